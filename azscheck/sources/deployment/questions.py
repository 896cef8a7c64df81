"""What is asked for a plan, a piece a key: the words, an example, and how an answer is read."""

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any, Final

from msgspec import Struct

from azscheck.times import parse_duration, parse_since


def _text(answer: str) -> str:
    return answer


def _number(answer: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,5}", answer):
        raise ValueError("answer with a number")
    return int(answer)


def _truth(answer: str) -> bool:
    known = {"y": True, "yes": True, "true": True, "n": False, "no": False, "false": False}
    if answer.lower() not in known:
        raise ValueError("answer yes or no")
    return known[answer.lower()]


def _duration(answer: str) -> str:
    parse_duration(answer)
    return answer


def _day(answer: str) -> str:
    parse_since(answer)
    return answer


def _one_of(*words: str) -> Callable[[str], str]:
    def read(answer: str) -> str:
        for word in words:
            if word.lower() == answer.lower():
                return word
        raise ValueError(f"answer with one of {', '.join(words)}")

    return read


def _ranges(answer: str) -> list[dict[str, str]]:
    """`10.1.0.0-10.1.0.255, 192.0.2.0-192.0.2.255`."""
    found = []
    for part in answer.split(","):
        start, dash, end = (piece.strip() for piece in part.partition("-"))
        if not (start and dash and end):
            raise ValueError("answer with ranges such as 10.1.0.0-10.1.0.255, with commas between them")
        found.append({"start": start, "end": end})
    return found


def _names(answer: str) -> list[str]:
    return [name.strip() for name in answer.split(",") if name.strip()]


class Question(Struct, frozen=True):
    """Something that is asked; its example stands in the file where nobody has answered."""

    name: str
    """The path in the plan, `schedule.everyHours`."""
    words: str
    example: Any
    read: Callable[[str], Any] = _text
    """Raises ValueError, with what to answer."""


class Piece(Struct, frozen=True):
    """A key of the plan, with its comment and what is asked for it."""

    key: str
    comment: str
    questions: tuple[Question, ...]


_Q = Question
PIECES: Final = (
    Piece(
        "location",
        "Where the stamp will stand, in the words that are used for places below, too.",
        (_Q("location", "Where the stamp will stand", "datacenter A"),),
    ),
    Piece("region", "The region's name.", (_Q("region", "The region's name", "east"),)),
    Piece(
        "externalDomain",
        "region.fqdn, the domain of the stamp's endpoints.",
        (_Q("externalDomain", "The external domain, region.fqdn", "east.contoso.com"),),
    ),
    Piece(
        "internalDomain",
        "The domain of the stamp's own Active Directory.",
        (_Q("internalDomain", "The internal domain", "azurestack.local"),),
    ),
    Piece(
        "identityProvider",
        "Entra ID or AD FS.",
        (_Q("identityProvider", "How people sign in: Entra ID or AD FS", "AD FS", _one_of("Entra ID", "AD FS")),),
    ),
    Piece(
        "connected",
        "Whether the stamp will be connected to Azure.",
        (_Q("connected", "Connected to Azure, yes or no", False, _truth),),
    ),
    Piece("nodes", "How many servers the scale unit has.", (_Q("nodes", "How many nodes", 4, _number),)),
    Piece(
        "ipPools",
        "The ranges of addresses that the stamp will have: its infrastructure's, and public ones.",
        (
            _Q(
                "ipPools",
                "Ranges of addresses, first-last, with commas between",
                [{"start": "10.1.0.0", "end": "10.1.0.255"}],
                _ranges,
            ),
        ),
    ),
    Piece(
        "backupShare",
        "The share that will take the infrastructure backup, by the server's full domain name. device is\n"
        "windowsFileServer or thirdPartyDevice; capacity the room that is free; encryption what the server does about\n"
        "it (required, offered, none); user the account that the stamp writes with. For --probe-share: passwordEnv.",
        (
            _Q(
                "backupShare.path",
                r"The backup share, \\server\share\folder",
                r"\\fs01.corp.contoso.com\azsbackup\east",
            ),
            _Q("backupShare.device", "Its device: windowsFileServer or thirdPartyDevice", "windowsFileServer"),
            _Q("backupShare.location", "Where it is", "datacenter B"),
            _Q("backupShare.capacity", "The room that is free on it, such as 500 GB", "500 GB"),
            _Q(
                "backupShare.encryption",
                "SMB encryption there: required, offered or none",
                "required",
                _one_of("required", "offered", "none"),
            ),
            _Q("backupShare.user", r"The account that the stamp writes with, DOMAIN\user", r"CORP\svc-azsbackup"),
            _Q("backupShare.onlyForBackups", "May that account do nothing but write there, yes or no", True, _truth),
        ),
    ),
    Piece(
        "schedule",
        "How often a backup is taken (4 to 12 h), and how long it is kept (2 to 14 d).",
        (
            _Q("schedule.everyHours", "Hours between two backups", 12, _number),
            _Q("schedule.retentionDays", "Days that a backup is kept", 7, _number),
        ),
    ),
    Piece(
        "encryptionCertificate",
        "The certificate that backups are encrypted with, DER or PEM, without its private key; and\n"
        "where that is kept, away from the stamp.",
        (
            _Q("encryptionCertificate.file", "The certificate's file, without its private key", "backup.cer"),
            _Q("encryptionCertificate.privateKey", "Where its private key is kept", "the vault of datacenter B"),
        ),
    ),
    Piece(
        "devices",
        "What the infrastructure backup leaves out: each switch (kind: switch) and the hardware lifecycle host (hlh),\n"
        "the vendor's procedure, how often it is run, and the folder on the share that takes it, not in MASBackup.",
        (
            _Q("devices.switches", "The switches' names, with commas between", ["BMC", "TOR1", "TOR2"], _names),
            _Q(
                "devices.switchProcedure",
                "The vendor's procedure for switches, document and section",
                "Vendor's guide, 4.2",
            ),
            _Q("devices.hlh", "The hardware lifecycle host's name", "HLH"),
            _Q("devices.hlhProcedure", "The vendor's procedure for it, document and section", "Vendor's guide, 5.1"),
            _Q("devices.every", "How often these are run, such as 7d", "7d", _duration),
        ),
    ),
    Piece(
        "recoveryPlan",
        "What says how the stamp itself is recovered, and when it was looked through.",
        (
            _Q("recoveryPlan.document", "The plan for the loss of the stamp, and where it is", "BC-17 on the intranet"),
            _Q(
                "recoveryPlan.reviewedOn",
                "The day on which it was looked through, such as 2026-05-01",
                "2026-05-01",
                _day,
            ),
        ),
    ),
    Piece(
        "backupOffering",
        "The backup that tenants will be offered (none where nothing is), its product, the host or share that takes\n"
        "its backups, and where that is: sameDatacenter, otherDatacenter or cloud.",
        (
            _Q("backupOffering.name", "The backup that tenants are offered, or none", "Contoso Backup"),
            _Q("backupOffering.product", "The product that it is made with", "Azure Backup Server"),
            _Q("backupOffering.target", "The host or share that takes its backups", "mabs.corp.contoso.com"),
            _Q(
                "backupOffering.place",
                "Where it keeps their data: sameDatacenter, otherDatacenter or cloud",
                "otherDatacenter",
            ),
        ),
    ),
    Piece(
        "replication",
        "To where tenants' machines and data can be replicated.",
        (
            _Q("replication.product", "What replicates tenants' machines", "Azure Site Recovery"),
            _Q("replication.target", "To where", "south"),
            _Q("replication.location", "Where that is", "datacenter B"),
        ),
    ),
    Piece(
        "evidence",
        "The report of Microsoft's Readiness Checker, and when it was made.",
        (
            _Q("evidence.file", "The Readiness Checker's report", "AzsReadinessCheckerReport.json"),
            _Q("evidence.asOf", "When it was made, such as 2026-05-20, or modified", "modified"),
        ),
    ),
)
"""All that a plan says beside its stamp's name, in the order in which it is asked and written."""


def questions(leave_out: Collection[str] = ()) -> Iterator[Question]:
    """What is to be asked, but for keys that a file has already."""
    for piece in PIECES:
        if piece.key not in leave_out:
            yield from piece.questions
