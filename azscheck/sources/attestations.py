"""What people attest, because no interface of a stamp shows it, as resources of the type `Azscheck/attestations`.

After Azure's: https://learn.microsoft.com/azure/governance/policy/concepts/attestation-structure
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from azscheck.documents import Document, Path_, check, did_you_mean, read_document
from azscheck.documents.signatures import KEY as SIGNATURE
from azscheck.documents.signatures import AllowedSigners
from azscheck.errors import DocumentError
from azscheck.inventory import Coverage, CoverageState, Inventory, Origin, Resource
from azscheck.packaged import schema_file
from azscheck.place import Place
from azscheck.policy.model import ATTESTATIONS
from azscheck.times import format_time, parse_since, parse_until

NAMESPACE: Final = "azscheck-attestation"
"""For ssh-keygen: a signature of something else is none of an attestation."""
_STAMPS: Final = "/azscheck/stamps/"
_STATE: Final = "/properties/complianceState"
_AHEAD: Final = timedelta(days=1)
"""A day that is written is today somewhere on Earth for as long before it begins in UTC."""


def collect(
    files: Sequence[Path] | None,
    stamps: Collection[str],
    now: datetime,
    known: Collection[str] = (),
    signers: AllowedSigners | None = None,
) -> Inventory:
    """The attestations in files, for these stamps; `files` None: none was named, which is not the same as none.

    `known` are further stamps that a file may speak of. An attestation whose evidence is not what it was says nothing
    any more, nor does one that its approver has not signed where `signers` says who may. Raises DocumentError for a
    file that is wrong.
    """
    resources: list[Resource] = []
    mistakes: list[tuple[Place, str]] = []
    number = 0
    for path in files or ():
        try:
            file = _File(read_document(path), [*dict.fromkeys([*stamps, *known])], signers)
        except DocumentError as error:
            mistakes += error.mistakes
            continue
        resources += (r for r in file.resources(number, now) if r.stamp in stamps)
        number += len(file.entries)
    if mistakes:
        raise DocumentError(mistakes)
    # No file named is none made: a policy that nobody vouches for says so itself.
    coverage = [
        Coverage(s, ATTESTATIONS, "", CoverageState.COMPLETE, count=sum(r.stamp == s for r in resources), time=now)
        for s in stamps
    ]
    return Inventory.of(now, resources, coverage)


class Standing(Struct, frozen=True):
    """An attestation as it is written, and why it says nothing any more."""

    value: Mapping[str, Any]
    place: Place
    expires_on: datetime
    doubt: str

    def lapsed(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.expires_on <= now


def standings(
    document: Document, stamps: Sequence[str], now: datetime, signers: AllowedSigners | None = None
) -> list[Standing]:
    """The attestations of a document with what they are worth; raises DocumentError. Of no stamps: of any."""
    file = _File(document, stamps, signers)
    return [
        Standing(
            value,
            document.place("attestations", i),
            parse_until(value["expiresOn"]),
            next(iter(file.doubt(("attestations", i), value, now).values()), ""),
        )
        for i, value in enumerate(file.entries)
    ]


class _File:
    def __init__(self, document: Document, stamps: Sequence[str], signers: AllowedSigners | None) -> None:
        self._path, self._stamps, self._signers = Path(document.path), stamps, signers
        self._document = document
        check(self._document, schema_file("attestation"))
        mistakes = [m for i in range(len(self.entries)) for m in self._mistakes(i)]
        if mistakes:
            raise DocumentError(mistakes)

    @property
    def entries(self) -> list[dict[str, Any]]:
        """The attestations as they are written."""
        entries: list[dict[str, Any]] = self._document.value["attestations"]
        return entries

    def _place(self, *steps: str | int) -> Place:
        return self._document.place("attestations", *steps)

    def _mistakes(self, i: int) -> Iterator[tuple[Place, str]]:
        """What no schema can say."""
        value = self.entries[i]
        if value["owner"].strip().lower() == value["approvedBy"].strip().lower():
            yield self._place(i, "approvedBy"), "the owner has approved it: approvedBy must be another person."
        times: dict[str, datetime] = {}
        for key, read in (("assessedOn", parse_since), ("expiresOn", parse_until)):
            try:
                times[key] = read(value[key])
            except ValueError as error:
                yield self._place(i, key), f"{key}: {error}."
        if len(times) == 2 and times["expiresOn"] < times["assessedOn"]:
            yield self._place(i, "expiresOn"), "expiresOn lies before assessedOn."
        yield from self._wrong_scope(i, value.get("scope", ""))

    def _wrong_scope(self, i: int, scope: str) -> Iterator[tuple[Place, str]]:
        if not self._stamps:
            return
        named = ", ".join(f"{_STAMPS}{stamp}" for stamp in self._stamps)
        if not scope and len(self._stamps) > 1:
            yield self._place(i), f"there are several stamps, so the attestation needs a scope, such as {named}."
        name = _stamp_in(scope)
        if name is not None and name.lower() not in map(str.lower, self._stamps):
            near = did_you_mean(name, self._stamps)
            yield self._place(i, "scope"), f"there is no stamp {name!r} here, but {named}{near}"

    def resources(self, first: int, now: datetime) -> Iterator[Resource]:
        """Each attestation for each stamp that its scope may be on."""
        for i, value in enumerate(self.entries):
            scope = value.get("scope") or f"{_STAMPS}{self._stamps[0]}"
            name = _stamp_in(scope)
            of = [s for s in self._stamps if name is None or s.lower() == name.lower()]
            unknown = self.doubt(("attestations", i), value, now)
            place = self._place(i)
            origin = Origin("attestation", place.path, None, place.line, place.column)
            assessed = parse_since(value["assessedOn"])
            body = {
                "name": f"{value['policy']} of {format_time(assessed)[:10]}",
                "type": ATTESTATIONS,
                "properties": {
                    **{key: said for key, said in value.items() if key != SIGNATURE},
                    "scope": scope.rstrip("/"),
                    "assessedOn": format_time(assessed),
                    "expiresOn": format_time(parse_until(value["expiresOn"])),
                },
            }
            for stamp in of:
                identity = f"/azscheck/attestations/{first + i + 1}"
                yield Resource(stamp, ATTESTATIONS, identity, {"id": identity, **body}, origin, unknown)

    def doubt(self, steps: Path_, value: dict[str, Any], now: datetime) -> dict[str, str]:
        """Why what was attested is not known: a day that has not come, evidence that is not what it was."""
        of = f"the attestation of {value['policy']} at {self._document.place(*steps)}"
        if parse_since(value["assessedOn"]) > now + _AHEAD:
            return {_STATE: f"{of} is dated in the future, {value['assessedOn']}"}
        if self._signers and (unsigned := self._signers.wrong(value, NAMESPACE)):
            return {_STATE: f"{of} {unsigned}"}
        for piece in value.get("evidence", ()):
            wrong = self._wrong_evidence(piece)
            if wrong:
                return {_STATE: f"{of}: its evidence {piece['file']} {wrong}"}
        return {}

    def _wrong_evidence(self, piece: dict[str, str]) -> str:
        if "file" not in piece:
            return ""
        file = self._path.parent / piece["file"]
        if not file.is_file():
            return "is not there"
        try:
            with file.open("rb") as opened:
                found = hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError as error:
            return f"cannot be read: {error.strerror or error}"
        return "" if found == piece["sha256"].lower() else "is not the file that was attested: its SHA-256 differs"


def _stamp_in(scope: str) -> str | None:
    """The name of the stamp whose id a scope is; None for another id."""
    if not scope.lower().startswith(_STAMPS):
        return None
    return scope[len(_STAMPS) :].rstrip("/")
