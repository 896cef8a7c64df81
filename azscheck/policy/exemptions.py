"""Exemptions: findings that somebody has accepted, for what, why and until when.

Azure's: https://learn.microsoft.com/azure/governance/policy/concepts/exemption-structure
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from azscheck.documents import Document, check, read_document
from azscheck.errors import DocumentError
from azscheck.packaged import schema_file
from azscheck.place import Place
from azscheck.policy.membership import patterns_of
from azscheck.policy.sets import PolicySet
from azscheck.times import parse_until

if TYPE_CHECKING:
    from azscheck.documents.signatures import AllowedSigners

NAMESPACE: Final = "azscheck-exemption"
"""For ssh-keygen: a signature of something else is none of an exemption."""
Scope = str | Mapping[str, str]
"""An id with everything under it, ids with `*` for anything, or tags."""


class Exemption(Struct, frozen=True):
    """An exemption as it is written; a malformed one says in `wrong` why it is not in force."""

    policy: str
    scope: Scope
    category: str
    justification: str
    owner: str
    approved_by: str
    expires_on: datetime | None
    place: Place
    policies: tuple[str, ...] = ()
    """The ids, with `*` for anything, of the policies that it is of."""
    wrong: str = ""


def load_exemptions(
    files: Iterable[Path], sets: Mapping[str, PolicySet], signers: "AllowedSigners | None" = None
) -> list[Exemption]:
    """The exemptions of files; a set's name in one means the set's policies.

    Where `signers` says who may sign, one that its approver has not signed is malformed.

    Raises DocumentError for a file that holds none. A single exemption that is malformed stops no run: it is not in
    force, and reports say so.
    """
    return [exemption for file in files for exemption in exemptions_of(read_document(file), sets, signers)]


def exemptions_of(
    document: Document, sets: Mapping[str, PolicySet], signers: "AllowedSigners | None" = None
) -> list[Exemption]:
    """The exemptions of a document."""
    value = document.value
    entries = value.get("exemptions") if isinstance(value, dict) else None
    if not isinstance(entries, list):
        check(document, schema_file("exemption"))
        return []
    check(Document(document.path, {**value, "exemptions": []}, document.places), schema_file("exemption"))
    return [
        _exemption(_alone(document, i), document.place("exemptions", i), sets, signers) for i in range(len(entries))
    ]


def _alone(document: Document, index: int) -> Document:
    """A document with one of the exemptions, which can be held against the schema by itself."""
    root = ("exemptions", index)
    places = {("exemptions", 0, *s[2:]): place for s, place in document.places.items() if s[:2] == root}
    return Document(document.path, {"exemptions": [document.value["exemptions"][index]]}, places)


def _exemption(
    document: Document, place: Place, sets: Mapping[str, PolicySet], signers: "AllowedSigners | None"
) -> Exemption:
    value = document.value["exemptions"][0]
    try:
        check(document, schema_file("exemption"))
        until = _until(document, value)
        _refuse_own_approval(document, value)
        if signers and (unsigned := signers.wrong(value, NAMESPACE)):
            raise document.mistake(f"it {unsigned}.", "exemptions", 0)
    except DocumentError as error:
        said = value if isinstance(value, dict) else {}
        texts = {key: text for key, text in said.items() if isinstance(text, str)}
        wrong = " ".join(sentence for _, sentence in error.mistakes).replace("'exemptions[0]'", "it")
        return _made(texts, texts.get("scope", ""), None, place, (), wrong)
    tags: Any = value["scope"]
    scope: Scope = tags if isinstance(tags, str) else tags["tags"]
    patterns = patterns_of(value["policy"], sets) if value["policy"] in sets else (value["policy"],)
    return _made(value, scope, until, place, patterns, "")


def _made(
    value: Mapping[str, Any], scope: Scope, until: datetime | None, place: Place, policies: tuple[str, ...], wrong: str
) -> Exemption:
    return Exemption(
        policy=value.get("policy", ""),
        scope=scope,
        category=value.get("category", ""),
        justification=" ".join(value.get("justification", "").split()),
        owner=value.get("owner", ""),
        approved_by=value.get("approvedBy", ""),
        expires_on=until,
        place=place,
        policies=policies,
        wrong=wrong,
    )


def _until(document: Document, value: Mapping[str, Any]) -> datetime:
    try:
        return parse_until(value["expiresOn"])
    except ValueError as error:
        raise document.mistake(f"expiresOn: {error}.", "exemptions", 0, "expiresOn") from error


def _refuse_own_approval(document: Document, value: Mapping[str, Any]) -> None:
    if value["owner"].strip().lower() == value["approvedBy"].strip().lower():
        sentence = "the owner has approved it: approvedBy must be another person."
        raise document.mistake(sentence, "exemptions", 0, "approvedBy")
