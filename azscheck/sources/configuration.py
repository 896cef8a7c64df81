"""azscheck.yaml: which stamps to read, as whom, and by which policies to judge them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from azscheck.documents import Document, check, read_document
from azscheck.errors import DocumentError
from azscheck.packaged import schema_file
from azscheck.place import Place
from azscheck.sources.channels import Channel, Metrics, channel_mistakes, channel_of, metrics_of
from azscheck.sources.exports import Export, as_of_mistake
from azscheck.sources.hub.configured import credential_mistakes, credential_settings
from azscheck.sources.hub.settings import StampSettings
from azscheck.sources.inheritance import Settings, group_mistakes, members, settings_of
from azscheck.sources.keeping import Keeping, keeping_mistakes, keeping_of
from azscheck.sources.share.configured import declared, share_mistakes, share_settings
from azscheck.sources.share.settings import ShareSettings
from azscheck.sources.vaults import PUBLIC, Vault


class Configuration(Struct, frozen=True):
    """A configuration file, checked; its relative paths are made relative to the file."""

    stamps: tuple[StampSettings, ...]
    policies: tuple[Path, ...] = ()
    """Empty: the shipped ones."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    stamp_parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    """Of all stamps in the file, whichever of them were chosen."""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The names of the stamps in each group of the file."""
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
    history: Keeping | None = None
    """How runs are kept; None: they are not."""
    notify: tuple[Channel, ...] = ()
    """Who is told of changes."""
    metrics: Metrics = field(default_factory=Metrics)


def read_configuration(path: Path) -> Configuration:
    """Read and check a configuration; raises DocumentError with every mistake, each at its place."""
    document = read_document(path)
    if document.value is None:
        raise DocumentError([(Place(document.path), "is empty: `azscheck init` writes one to start from.")])
    check(document, schema_file("configuration"))
    value, base = document.value, path.parent
    stamps = [_Stamp(document, settings_of(value, i), base) for i in range(len(value["stamps"]))]
    # A set: what a group has wrong, each of its stamps has.
    mistakes = {*group_mistakes(document), *(mistake for stamp in stamps for mistake in stamp.mistakes())}
    names = [stamp.name.lower() for stamp in stamps]
    mistakes |= {
        (document.place("stamps", i, "name"), f"the name {stamps[i].name!r} is taken by another stamp.")
        for i, name in enumerate(names)
        if name in names[:i]
    } | {*_evidence_mistakes(document), *keeping_mistakes(document), *_channel_mistakes(document)}
    if mistakes:
        raise DocumentError(list(mistakes))
    evidence, attestations = value.get("evidence"), value.get("attestations")
    return Configuration(
        stamps=tuple(stamp.settings() for stamp in stamps),
        policies=tuple(base / p for p in value.get("policies", ())),
        parameters=value.get("parameters", {}),
        stamp_parameters={s.name: s.value["parameters"] for s in stamps if "parameters" in s.value},
        names=tuple(stamp.name for stamp in stamps),
        groups=members(value),
        evidence=None if evidence is None else tuple(_evidence(entry, base) for entry in evidence),
        sets=tuple(value.get("sets", ())),
        exemptions=tuple(base / p for p in value.get("exemptions", ())),
        attestations=None if attestations is None else tuple(base / p for p in attestations),
        shares={s.name: share_settings(s.value["backupShare"], base) for s in stamps if "backupShare" in s.value},
        allowed_signers=base / value["allowedSigners"] if "allowedSigners" in value else None,
        history=keeping_of(value.get("history"), base),
        notify=tuple(channel_of(channel, base) for channel in value.get("notify", ())),
        metrics=metrics_of(value.get("metrics", {}), base),
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


def _evidence_mistakes(document: Document) -> Iterator[tuple[Place, str]]:
    """What no schema can say of `evidence:`."""
    for i, entry in enumerate(document.value.get("evidence") or ()):
        if isinstance(entry, str):
            continue
        if mistake := as_of_mistake(entry.get("asOf", "")):
            yield document.place("evidence", i, "asOf"), f"asOf: {mistake}"
        if "vault" not in entry:
            continue
        for sentence in credential_mistakes(entry["credential"], "credential"):
            yield document.place("evidence", i, "credential"), sentence
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
            credential=credential_settings(entry["credential"], base),
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
    def __init__(self, document: Document, settings: Settings, base: Path) -> None:
        self.name, self.value = settings.name, settings.value
        self._document, self._settings, self._base = document, settings, base

    def mistakes(self) -> Iterator[tuple[Place, str]]:
        """What no schema can say."""
        if not {"admin", "tenant"} & self.value.keys():
            yield self._place("name"), f"the stamp {self.name!r} needs 'admin' or 'tenant', or both: its endpoints."
        elif self.value.get("admin", "").rstrip("/").lower() == self.value.get("tenant", "").rstrip("/").lower():
            sentence = "tenant is the same address as admin: a stamp has two Resource Managers, each with its own."
            yield self._place("tenant"), sentence
        if "credential" not in self.value:
            sentence = f"the stamp {self.name!r} needs a 'credential': its own, a group's, or one in defaults."
            yield self._place("name"), sentence
        for key in ("credential", "tenantCredential"):
            for sentence in credential_mistakes(self.value[key], key) if key in self.value else ():
                yield self._place(key), sentence
        for key, sentence in share_mistakes(self.value.get("backupShare", {})):
            yield self._place("backupShare", key), sentence

    def _place(self, *keys: str) -> Place:
        return self._settings.place(self._document, *keys)

    def settings(self) -> StampSettings:
        value, own = self.value, self.value.get("tenantCredential")
        return StampSettings(
            name=self.name,
            admin=value.get("admin", "").rstrip("/"),
            tenant=value.get("tenant", "").rstrip("/"),
            credential=credential_settings(value["credential"], self._base),
            tenant_credential=credential_settings(own, self._base) if own is not None else None,
            ca_file=_path(value.get("ca"), self._base),
            strict_x509=value.get("strictX509", True),
            connected=value.get("connected"),
            external_domain=value.get("externalDomain", ""),
            backup_share=declared(value.get("backupShare", {})),
            backup_offering=tuple(sorted(value.get("backupOffering", {}).items())),
            concurrency=value.get("concurrency", 8),
        )


def _path(text: str | None, base: Path) -> Path | None:
    return None if text is None else base / Path(text).expanduser()
