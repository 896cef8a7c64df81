"""azscheck.yaml: which stamps to read, as whom, and by which policies to judge them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from azscheck.documents import Document, check, read_document
from azscheck.errors import DocumentError, Place
from azscheck.packaged import schema_file
from azscheck.sources.exports import Export
from azscheck.sources.hub.settings import Credential, StampSettings
from azscheck.sources.share.configured import declared, share_mistakes, share_settings
from azscheck.sources.share.settings import ShareSettings
from azscheck.sources.vaults import PUBLIC, Vault

_SECRETS = ("secretEnv", "secretFile", "certificateFile")


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration file, checked; its relative paths are made relative to the file."""

    stamps: tuple[StampSettings, ...]
    policies: tuple[Path, ...] = ()
    """Empty: the shipped ones."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    stamp_parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    """Of all stamps in the file, whichever of them were chosen."""
    evidence: tuple[Path | Export | Vault, ...] | None = None
    """Saved inventories, exports and vaults; None: none was named, which is not the same as there being none."""
    sets: tuple[str, ...] = ()
    """Empty: `backup-and-dr`, where the policies are the shipped ones."""
    exemptions: tuple[Path, ...] = ()
    attestations: tuple[Path, ...] | None = None
    """None: none was named, which is not the same as there being none."""
    shares: Mapping[str, ShareSettings] = field(default_factory=dict)
    """How to read the backup share, by stamp."""
    allowed_signers: Path | None = None
    """Who may sign exemptions and attestations; where it is named, what is not signed is not in force."""


def read_configuration(path: Path) -> Configuration:
    """Read and check a configuration; raises DocumentError with every mistake, each at its place."""
    document = read_document(path)
    if document.value is None:
        raise DocumentError([(Place(document.path), "is empty: `azscheck init` writes one to start from.")])
    check(document, schema_file("configuration"))
    value, base = document.value, path.parent
    stamps = [_Stamp(document, i, base) for i in range(len(value["stamps"]))]
    mistakes = [mistake for stamp in stamps for mistake in stamp.mistakes()]
    names = [stamp.value["name"].lower() for stamp in stamps]
    mistakes += [
        (document.place("stamps", i, "name"), f"the name {stamps[i].value['name']!r} is taken by another stamp.")
        for i, name in enumerate(names)
        if name in names[:i]
    ]
    mistakes += _evidence_mistakes(document)
    if mistakes:
        raise DocumentError(mistakes)
    evidence, attestations = value.get("evidence"), value.get("attestations")
    return Configuration(
        stamps=tuple(stamp.settings() for stamp in stamps),
        policies=tuple(base / p for p in value.get("policies", ())),
        parameters=value.get("parameters", {}),
        stamp_parameters={s.value["name"]: s.value["parameters"] for s in stamps if "parameters" in s.value},
        names=tuple(stamp.value["name"] for stamp in stamps),
        evidence=None if evidence is None else tuple(_evidence(entry, base) for entry in evidence),
        sets=tuple(value.get("sets", ())),
        exemptions=tuple(base / p for p in value.get("exemptions", ())),
        attestations=None if attestations is None else tuple(base / p for p in attestations),
        shares={
            s.value["name"]: share_settings(s.value["backupShare"], base) for s in stamps if "backupShare" in s.value
        },
        allowed_signers=base / value["allowedSigners"] if "allowedSigners" in value else None,
    )


def _evidence_mistakes(document: Document) -> Iterator[tuple[Place, str]]:
    """What no schema can say of `evidence:`."""
    for i, entry in enumerate(document.value.get("evidence") or ()):
        if isinstance(entry, str) or "vault" not in entry:
            continue
        if wrong := _wrong_credential("credential", entry["credential"]):
            yield document.place("evidence", i, "credential"), wrong
        if entry["kind"] == "data-replication" and "target" not in entry:
            yield document.place("evidence", i), "a vault of data-replication needs target: the second stamp's name."
        if entry["kind"] == "data-replication" and "resourceManager" not in entry:
            yield document.place("evidence", i), "a vault of data-replication needs the second stamp's resourceManager."


def _evidence(entry: str | dict[str, Any], base: Path) -> Path | Export | Vault:
    """A saved inventory, a vault, or an export with what is said of it; a mapping is a name or a path."""
    if isinstance(entry, str):
        return base / entry
    if "vault" in entry:
        return Vault(
            kind=entry["kind"],
            subscription_id=entry["subscriptionId"],
            resource_group=entry["resourceGroup"],
            name=entry["vault"],
            credential=_credential(entry["credential"], base),
            resource_manager=entry.get("resourceManager", PUBLIC).rstrip("/"),
            ca_file=_path(entry.get("ca"), base),
            stamp=entry.get("stamp", ""),
            target=entry.get("target", ""),
            whole=entry.get("all", False),
        )
    file, mapping = entry["file"], entry.get("mapping", "")
    return Export(
        kind=entry["kind"],
        files=tuple(base / name for name in ([file] if isinstance(file, str) else file)),
        stamp=entry.get("stamp", ""),
        as_of=entry.get("asOf", ""),
        mapping=(base / mapping).as_posix() if (base / mapping).is_file() else mapping,
        target=entry.get("target", ""),
        whole=entry.get("all", False),
    )


class _Stamp:
    def __init__(self, document: Document, index: int, base: Path) -> None:
        self.value: dict[str, Any] = document.value["stamps"][index]
        self._document, self._index, self._base = document, index, base

    def mistakes(self) -> Iterator[tuple[Place, str]]:
        """What no schema can say."""
        if self.value.get("admin", "").rstrip("/").lower() == self.value.get("tenant", "").rstrip("/").lower():
            place = self._document.place("stamps", self._index, "tenant")
            yield place, "tenant is the same address as admin: a stamp has two Resource Managers, each with its own."
        for key in ("credential", "tenantCredential"):
            if key in self.value and (wrong := _wrong_credential(key, self.value[key])):
                yield self._document.place("stamps", self._index, key), wrong
        for sentence in share_mistakes(self.value.get("backupShare", {})):
            yield self._document.place("stamps", self._index, "backupShare"), sentence

    def settings(self) -> StampSettings:
        value = self.value
        return StampSettings(
            name=value["name"],
            admin=value.get("admin", "").rstrip("/"),
            tenant=value.get("tenant", "").rstrip("/"),
            credential=_credential(value["credential"], self._base),
            tenant_credential=_credential(value["tenantCredential"], self._base)
            if "tenantCredential" in value
            else None,
            ca_file=_path(value.get("ca"), self._base),
            strict_x509=value.get("strictX509", True),
            connected=value.get("connected"),
            external_domain=value.get("externalDomain", ""),
            backup_share=declared(value.get("backupShare", {})),
            backup_offering=tuple(sorted(value.get("backupOffering", {}).items())),
            concurrency=value.get("concurrency", 8),
        )


def _wrong_credential(key: str, value: dict[str, Any]) -> str:
    given = [name for name in _SECRETS if name in value]
    if len(given) == 1:
        return ""
    return f"{key} needs exactly one of {', '.join(_SECRETS)}; it has {len(given) or 'none'}."


def _credential(value: dict[str, Any], base: Path) -> Credential:
    return Credential(
        client_id=value["clientId"],
        tenant_id=value.get("tenantId", ""),
        secret_env=value.get("secretEnv", ""),
        secret_file=_path(value.get("secretFile"), base),
        certificate_file=_path(value.get("certificateFile"), base),
        certificate_password_env=value.get("certificatePasswordEnv", ""),
    )


def _path(text: str | None, base: Path) -> Path | None:
    return None if text is None else base / Path(text).expanduser()
