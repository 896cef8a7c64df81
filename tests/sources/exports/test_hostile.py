"""Files that are damaged, huge or something else are read or refused in one sentence, soon."""

import json
from pathlib import Path
from typing import Any

import pytest

from azscheck.errors import AzscheckError
from azscheck.sources.exports.source_file import SourceFile

from .files import backup, read, write

ITEM = json.dumps(backup())
TITLE = b"Backup Validation Report "
CSV = "VmName,CreationTime,IsConsistent,Type\n"
ROW = "web01,2026-05-31 01:00:00,True,Increment\n"
MUCH = 3_000_000


def whole(kind: str, file: Path) -> list[dict[str, Any]]:
    said = {"mapping": "veeam"} if kind == "csv" else {}
    return [dict(found.body["properties"]) for found in read(kind, file, as_of="2026-05-31", **said)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("recovery-services", f"[{ITEM}]"),
        ("csv", CSV + ROW),
        ("test-azurestack", "Azure Stack Alert Summary   PASS\r\n"),
        ("backup-validator", "<title>Backup Validation Report</title>BackupType: Plan Count: 3"),
        ("readiness-checker", '{"Certificate": {"Test": "Parse PFX", "Result": "OK"}}'),
    ],
)
def test_what_powershell_writes_is_read(tmp_path: Path, kind: str, text: str, encoding: str) -> None:
    """Who redirects the output on another version of PowerShell has a file that is refused."""
    assert len(whole(kind, write(tmp_path, text.encode(encoding), "f"))) == 1


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("backup-validator", TITLE + b"<" * MUCH),
        ("backup-validator", TITLE + b"<a " * MUCH),
        ("backup-validator", TITLE + b"</a" * MUCH),
        ("backup-validator", TITLE + b"<!--" * MUCH),
        ("backup-validator", TITLE + b"<![x" * MUCH),
        ("backup-validator", TITLE + b"<script>" * 1_000_000),
        ("backup-validator", TITLE + b'<a x="' * 2_000_000),
        ("backup-validator", TITLE + b"&#9" * MUCH + b"9" * 10_000 + b";"),
        ("backup-validator", TITLE + b"BackupType: Plan " * 500_000),
        ("test-azurestack", b"x   PASS\n" + b" " * MUCH),
        ("test-azurestack", b"\xdcbersicht \x1b[32m  PASS\x1b[0m\n"),
        ("recovery-services", b" " * (10 * MUCH) + b"[]"),
    ],
)
def test_what_is_odd_is_read_soon(tmp_path: Path, kind: str, content: bytes) -> None:
    """A page of tags that nobody closes, or the letters of another country, end a run or hold it up for hours."""
    whole(kind, write(tmp_path, content, "f"))


@pytest.mark.parametrize(
    ("kind", "content", "sentence"),
    [
        ("recovery-services", b'[{"id": ' + b"9" * 5000 + b"}]", "a number of 5000 digits is none"),
        ("readiness-checker", b'{"Jobs": ' + b"9" * 5000 + b"}", "a number of 5000 digits is none"),
        ("recovery-services", f"[{ITEM}".replace("WEB", "WÉB").encode("latin-1"), "export it again, in UTF-8"),
        ("recovery-services", b"[" * 100_000, "nested too deep"),
        ("csv", (CSV + "a," * MUCH).encode(), "f:2:1: .*a row is longer than 1 MiB"),
        ("csv", b"a," * MUCH, "f:1:1: .*a row is longer than 1 MiB"),
        ("csv", (CSV + '"' + "a\n" * MUCH).encode(), "a row is longer than 1 MiB|field larger than"),
        ("csv", CSV.encode() + ROW.replace("web", "wéb").encode("latin-1"), "or correct the encoding of the mapping"),
        ("test-azurestack", b"\0" * 1000, "has no line"),
        ("backup-validator", b"\x7fELF" * 1000, "is no report of the backup validator"),
        ("test-azurestack", b"x   PASS\n" * 2_000_000, "is larger than 16 MiB: no such report is"),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, kind: str, content: bytes, sentence: str) -> None:
    """The interpreter's own words are shown, the memory of the machine is filled, or a fault has no place."""
    with pytest.raises(AzscheckError, match=sentence) as refused:
        whole(kind, write(tmp_path, content, "f"))
    assert len(str(refused.value)) < 1000
    assert "sys." not in str(refused.value)


def test_a_report_without_sections_is_not_known(tmp_path: Path) -> None:
    """A page with the right title and nothing else ends the run."""
    (found,) = whole("backup-validator", write(tmp_path, TITLE, "f"))
    assert found["result"] == "unknown"


def test_what_a_page_hides_is_no_result(tmp_path: Path) -> None:
    """A count in a script, a style or a comment passes for one in the backup."""
    hidden = "BackupType: Offer Count: 1"
    page = f"<script>{hidden}</script ><style>{hidden}</style><!-- <p>{hidden}</p> -->BackupType:&nbsp;Plan Count: 2"
    (found,) = whole("backup-validator", write(tmp_path, TITLE + page.encode(), "f"))
    assert {c["name"]: c["result"] for c in found["checks"]}["Plan"] == "passed"
    assert {c["name"]: c["result"] for c in found["checks"]}["Offer"] == "unknown"


def test_the_type_above_the_columns(tmp_path: Path) -> None:
    """An export of Windows PowerShell without -NoTypeInformation fits no mapping, or its lines are one off."""
    file = write(tmp_path, "#TYPE Selected.Veeam\n" + CSV + ROW, "f")
    (found,) = read("csv", file, mapping="veeam")
    assert (found.body["name"], found.origin.line) == ("web01", 3)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="a system without such a device")
def test_a_device_that_never_ends() -> None:
    """The memory of the machine is filled."""
    with pytest.raises(AzscheckError, match="is larger than"):
        SourceFile.read(Path("/dev/zero"), 1000)
