"""azscheck.yaml: which stamps to read, as whom, and by which policies to judge them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from azscheck.documents import Document, check, read_document
from azscheck.errors import DocumentError, Place
from azscheck.packaged import schema_file
from azscheck.sources.channels import Channel, Metrics, channel_mistakes, channel_of, metrics_of
from azscheck.sources.exports import Export
from azscheck.sources.hub.settings import Credential, StampSettings
from azscheck.sources.keeping import Keeping, keeping_mistakes, keeping_of
from azscheck.sources.share.configured import declared, share_mistakes, share_settings
from azscheck.sources.share.settings import ShareSettings

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
    evidence: tuple[Path | Export, ...] | None = None
    """Saved inventories and exports; None: none was named, which is not the same as there being none."""
    sets: tuple[str, ...] = ()
    """Empty: `backup-and-dr`, where the policies are the shipped ones."""
    exemptions: tuple[Path, ...] = ()
    attestations: tuple[Path, ...] | None = None
    """None: none was named, which is not the same as there being none."""
    shares: Mapping[str, ShareSettings] = field(default_factory=dict)
    """How to read the backup share, by stamp."""
    allowed_signers: Path | None = None
    """Who may sign exemptions and attestations; where it is named, what is not signed is not in force."""
    notify: tuple[Channel, ...] = ()
    """Who is told of changes."""
    metrics: Metrics = field(default_factory=Metrics)
    history: Keeping | None = None
    """How runs are kept; None: they are not."""


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
    mistakes += _channel_mistakes(document)
    mistakes += keeping_mistakes(document)
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
        notify=tuple(channel_of(channel, base) for channel in value.get("notify", ())),
        metrics=metrics_of(value.get("metrics", {}), base),
        history=keeping_of(value.get("history"), base),
    )


def _channel_mistakes(document: Document) -> Iterator[tuple[Place, str]]:
    taken: set[str] = set()
    for i, channel in enumerate(document.value.get("notify", ())):
        for sentence in channel_mistakes(channel):
            yield document.place("notify", i), sentence
        if channel["name"].lower() in taken:
            place = document.place("notify", i, "name")
            yield place, f"the name {channel['name']!r} is taken by another channel."
        taken.add(channel["name"].lower())


def _evidence(entry: str | dict[str, Any], base: Path) -> Path | Export:
    """A saved inventory, or an export with what is said of it; a mapping is a shipped one's name, or a path."""
    if isinstance(entry, str):
        return base / entry
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
            given = [name for name in _SECRETS if name in self.value.get(key, {})]
            if key in self.value and len(given) != 1:
                place = self._document.place("stamps", self._index, key)
                yield place, f"{key} needs exactly one of {', '.join(_SECRETS)}; it has {len(given) or 'none'}."
        for sentence in share_mistakes(self.value.get("backupShare", {})):
            yield self._document.place("stamps", self._index, "backupShare"), sentence

    def settings(self) -> StampSettings:
        value = self.value
        return StampSettings(
            name=value["name"],
            admin=value.get("admin", "").rstrip("/"),
            tenant=value.get("tenant", "").rstrip("/"),
            credential=self._credential(value["credential"]),
            tenant_credential=self._credential(value["tenantCredential"]) if "tenantCredential" in value else None,
            ca_file=self._path(value.get("ca")),
            strict_x509=value.get("strictX509", True),
            connected=value.get("connected"),
            external_domain=value.get("externalDomain", ""),
            backup_share=declared(value.get("backupShare", {})),
            backup_offering=tuple(sorted(value.get("backupOffering", {}).items())),
            concurrency=value.get("concurrency", 8),
        )

    def _credential(self, value: dict[str, Any]) -> Credential:
        return Credential(
            client_id=value["clientId"],
            tenant_id=value.get("tenantId", ""),
            secret_env=value.get("secretEnv", ""),
            secret_file=self._path(value.get("secretFile")),
            certificate_file=self._path(value.get("certificateFile")),
            certificate_password_env=value.get("certificatePasswordEnv", ""),
        )

    def _path(self, text: str | None) -> Path | None:
        return None if text is None else self._base / Path(text).expanduser()
