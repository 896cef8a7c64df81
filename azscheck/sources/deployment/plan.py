"""The file of a deployment plan, read and checked, with the place of everything in it."""

from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from azscheck.documents import Document, Path_, check, read_document
from azscheck.errors import DocumentError
from azscheck.packaged import schema_file
from azscheck.place import Place
from azscheck.sources.deployment.certificate import CertificateFile, read_certificate
from azscheck.sources.exports import Export, as_of_mistake
from azscheck.sources.exports.model import CHECKS
from azscheck.sources.share.settings import Limits, ShareSettings
from azscheck.times import parse_duration, parse_since

_USUAL: Final = Limits()


class DeploymentPlan(Struct, frozen=True):
    """A plan, checked; its relative paths are relative to the file."""

    document: Document
    base: Path
    certificate: CertificateFile | None
    """What the file of the encryption certificate shows; None where the plan names none."""

    @property
    def value(self) -> dict[str, Any]:
        """What the file says."""
        value: dict[str, Any] = self.document.value
        return value

    @property
    def stamp(self) -> str:
        """The name of the stamp that is planned."""
        return str(self.value["plan"])

    def said(self, *steps: str) -> Any:
        """What the plan says of something; None where it does not."""
        value: Any = self.value
        for step in steps:
            value = value.get(step) if isinstance(value, dict) else None
        return value

    @property
    def evidence(self) -> tuple[Export, ...]:
        """The reports of checks that it names."""
        return tuple(
            Export(
                kind=entry["kind"],
                files=tuple(
                    self.base / name for name in ([entry["file"]] if isinstance(entry["file"], str) else entry["file"])
                ),
                stamp=entry.get("stamp", ""),
                as_of=entry.get("asOf", ""),
            )
            for entry in self.value.get("evidence", ())
        )

    @property
    def share(self) -> ShareSettings:
        """How to look at the planned share."""
        said = self.value.get("backupShare", {})
        total = float(said.get("deadlineSeconds", _USUAL.total_seconds))
        return ShareSettings(
            path=said.get("path", ""),
            user=said.get("user", ""),
            password_env=said.get("passwordEnv", ""),
            password_file=self.base / Path(said["passwordFile"]).expanduser() if "passwordFile" in said else None,
            authentication=said.get("authentication", "negotiate"),
            require_encryption=said.get("encryption") != "none",
            in_clear="none",
            port=said.get("port", 445),
            limits=Limits(min(_USUAL.connect_seconds, total), min(_USUAL.answer_seconds, total), total),
        )


def read_plan(path: Path) -> DeploymentPlan:
    """Read and check a plan; raises DocumentError with every mistake, each at its place."""
    document = read_document(path)
    if document.value is None:
        sentence = f"is empty: `azscheck readiness --new {path.name}` writes one to start from."
        raise DocumentError([(Place(document.path), sentence)])
    mistakes = mistakes_of(document)
    certificate = None
    file = document.value.get("encryptionCertificate", {}).get("file")
    if file is not None:
        try:
            certificate = read_certificate(path.parent / Path(file).expanduser())
        except ValueError as error:
            mistakes.append((document.place("encryptionCertificate", "file"), f"{file}: {error}."))
    if mistakes:
        raise DocumentError(mistakes)
    return DeploymentPlan(document, path.parent, certificate)


def mistakes_of(document: Document) -> list[tuple[Place, str]]:
    """What is wrong with a plan, its files aside; raises DocumentError for what the schema does not allow."""
    check(document, schema_file("plan"))
    return list(_mistakes(document))


def _mistakes(document: Document) -> Iterator[tuple[Place, str]]:
    """What no schema can say."""
    value: dict[str, Any] = document.value
    region, domain = value.get("region", ""), value.get("externalDomain", "")
    if region and domain and not domain.lower().startswith(f"{region.lower()}."):
        sentence = f"externalDomain is region.fqdn, so it begins with {region}: {region}.{domain}?"
        yield document.place("externalDomain"), sentence
    if value.get("connected") is False and value.get("identityProvider") == "Entra ID":
        sentence = (
            "a stamp that is not connected signs people in by AD FS: one of connected and identityProvider is wrong."
        )
        yield document.place("identityProvider"), sentence
    for i, pool in enumerate(value.get("ipPools", ())):
        yield from _wrong_pool(document, ("ipPools", i), pool)
    names: set[str] = set()
    for i, device in enumerate(value.get("devices", ())):
        if device["name"].lower() in names:
            yield document.place("devices", i, "name"), f"there is another device called {device['name']}."
        names.add(device["name"].lower())
        if "every" in device:
            yield from _wrong(document, ("devices", i, "every"), _cadence, device["every"])
    if reviewed := value.get("recoveryPlan", {}).get("reviewedOn"):
        yield from _wrong(document, ("recoveryPlan", "reviewedOn"), parse_since, reviewed)
    for i, entry in enumerate(value.get("evidence", ())):
        if entry["kind"] not in CHECKS:
            sentence = f"a stamp that is planned has no items yet: of evidence it takes {', '.join(CHECKS)}."
            yield document.place("evidence", i, "kind"), sentence
        if mistake := as_of_mistake(entry.get("asOf", "")):
            yield document.place("evidence", i, "asOf"), f"asOf: {mistake}"
    share = value.get("backupShare", {})
    if "passwordEnv" in share and "passwordFile" in share:
        yield document.place("backupShare", "passwordFile"), "passwordEnv stands here too: keep one of them."
    if "user" not in share and ("passwordEnv" in share or "passwordFile" in share):
        yield document.place("backupShare"), "backupShare has a password and no user: say whose it is."


def _cadence(text: str) -> None:
    if parse_duration(text) <= timedelta(0):
        raise ValueError("is no time at all; write how often it is done, such as 7d")


def _wrong(document: Document, steps: Path_, read: Any, text: str) -> Iterator[tuple[Place, str]]:
    try:
        read(text)
    except ValueError as error:
        yield document.place(*steps), f"{steps[-1]}: {error}."


def _wrong_pool(document: Document, steps: Path_, pool: dict[str, str]) -> Iterator[tuple[Place, str]]:
    ends = []
    for key in ("start", "end"):
        try:
            ends.append(ip_address(pool[key]))
        except ValueError:
            yield document.place(*steps, key), f"{pool[key]!r} is not an address such as 10.0.0.1."
    if len({end.version for end in ends}) == 2:
        yield document.place(*steps, "end"), f"{pool['end']} and {pool['start']} are of different kinds."
    elif len(ends) == 2 and int(ends[0]) > int(ends[1]):
        yield document.place(*steps, "end"), f"{pool['end']} lies before {pool['start']}."
