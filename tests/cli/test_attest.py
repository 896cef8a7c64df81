"""`azscheck attest` and `azscheck exempt`, with signatures of the real ssh-keygen, as a user has them."""

import hashlib
import io
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.builders import policy_text
from tests.cli.conftest import Ran, Run
from tests.conftest import NOW

STAMP = "stamps: [{name: north, tenant: 'https://x', credential: {clientId: a, secretEnv: B}}]\n"
SAID = ("--owner", "anna@contoso.com", "--approved-by", "bela@contoso.com", "--now", NOW)
ATTEST = ("attest", "ASH-INF-003", "--comments", "Ran it for all: 4 switches.", *SAID)
EXEMPT = ("exempt", "ASH-TEN-001", "--scope", "/azscheck/stamps/north", "--category", "waiver", "--justification", "so")


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """Keys of bela and eve, of whom bela may sign."""
    if shutil.which("ssh-keygen") is None:
        pytest.fail("these tests need ssh-keygen: install the OpenSSH client (openssh-client)")
    folder = tmp_path / "keys"
    folder.mkdir()
    for name in ("bela", "eve"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    (folder / "allowed").write_text(f"bela@contoso.com {(folder / 'bela.pub').read_text()}")
    return folder


def test_an_attestation_is_written_and_added_to(run: Run) -> None:
    """An entry is lost, a comment in the file is, or the evidence is not hashed."""
    Path("run.log").write_text("done")
    Path("sub").mkdir()
    ran = run(*ATTEST, "--stamp", "north", "--evidence", "run.log=Log of the run", "-o", "sub/a.yaml")
    assert ran.code == 0
    assert "attested until 2026-07-01, by maximumAge of the policy" in ran.err
    assert "name sub/a.yaml under `attestations:`" in ran.err
    digest = hashlib.sha256(b"done").hexdigest()
    first = Path("sub/a.yaml").read_text("utf-8")
    assert f"      - {{description: Log of the run, file: ../run.log, sha256: {digest}}}\n" in first.replace('"', "")
    assert 'comments: "Ran it for all: 4 switches."' in first
    Path("sub/a.yaml").write_text("# ours\n" + first.replace("  - policy", "  # switches\n  - policy"))
    assert run(*ATTEST, "--scope", "/subscriptions/x", "--expires-on", "2026-09-01", "-o", "sub/a.yaml").code == 0
    text = Path("sub/a.yaml").read_text("utf-8")
    assert text.startswith("# ours\nattestations:\n  # switches\n  - policy: ASH-INF-003\n")
    assert text.count("  - policy: ASH-INF-003\n") == 2
    assert "expiresOn: 2026-09-01\n" in text


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        ("attestations: []\n", ""),
        ("attestations:\n", ""),
        ("attestations: [] # none yet\n", ""),
        ("", ""),
        ("# ours\n", ""),
        ("attestations: 3\n", "add it by hand"),
        ("attestations: [{policy: x}]\n", "add it by hand"),
        ("exemptions:\n  - policy: x\n", "add it by hand"),
        ("attestations: [\n", "is not YAML"),
    ],
)
def test_the_file_that_is_added_to(run: Run, before: str, sentence: str) -> None:
    """A file that cannot take an entry is written over."""
    Path("attestations.yaml").write_text(before)
    ran = run(*ATTEST)
    assert ran.code == (2 if sentence else 0)
    assert sentence in ran.err
    if sentence:
        assert Path("attestations.yaml").read_text() == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("attest", "ASH-INF-003"), "--owner, --approved-by, --comments: needed, and there is no terminal to ask on"),
        (("exempt", "ASH-TEN-001"), "--scope, --category, --justification, --owner, --approved-by: needed"),
        (("attest", "ASH-INF-03"), "there is no policy 'ASH-INF-03'; did you mean"),
        (("exempt", "ASH-INF-03"), "there is no policy or set 'ASH-INF-03'; did you mean"),
        (("exempt", "NONE-*"), "there is no policy or set 'NONE-*'"),
        ((*ATTEST, "--approved-by", "Anna@contoso.com "), "another person must approve it"),
        ((*EXEMPT, *SAID, "--approved-by", "anna@contoso.com"), "another person must approve it"),
        ((*ATTEST, "--expires-on", "2026-01-01"), "expiresOn lies before assessedOn"),
        ((*ATTEST, "--expires-on", "soon"), "expiresOn: 'soon' is not a time"),
        ((*ATTEST, "--assessed-on", "soon"), "--assessed-on: 'soon' is not a time"),
        ((*EXEMPT, *SAID, "--expires-on", "soon"), "would not be in force: expiresOn: 'soon'"),
        ((*EXEMPT, *SAID, "--tag", "a=b"), "--stamp, --scope and --tag: give one of them"),
        ((*ATTEST, "--evidence", "no.log"), "--evidence no.log: cannot be read: No such file"),
        ((*ATTEST, "--sign", "no.key"), "--sign no.key: ssh-keygen did not sign"),
        ((*ATTEST, "--config", "c.yaml", "--stamp", "nort"), "there is no stamp 'nort'; did you mean 'north'"),
        (("attest", "list"), "no attestations: name a file"),
        (("attest", "list", "a.yaml", "--within", "soon"), "--within: 'soon' is not a duration"),
    ],
)
def test_a_mistake_writes_nothing(run: Run, arguments: tuple[str, ...], sentence: str) -> None:
    """A pipeline waits for an answer, or a file gets an entry that is not in force."""
    Path("c.yaml").write_text(STAMP)
    ran = run(*arguments)
    assert (ran.code, sentence in ran.err) == (2, True), ran.err
    assert sorted(path.name for path in Path().iterdir()) == ["c.yaml"]


def test_a_person_is_asked_for_what_is_missing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody at a terminal is asked for what they said already, or for nothing."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal("bela\nPractised it.\n"))
    assert run("attest", "ASH-INF-003", "--owner", "anna", "--now", NOW).code == 0
    text = Path("attestations.yaml").read_text("utf-8")
    assert "approvedBy: bela\n" in text
    assert "comments: Practised it.\n" in text


def test_an_exemption_is_in_force(run: Run, inventory_file: Path) -> None:
    """What `azscheck exempt` writes is malformed, or of something else."""
    assert run(*EXEMPT, *SAID).code == 0
    assert (
        run("exempt", "ASH-TEN-*", "--tag", "no such=tag", *EXEMPT[4:], *SAID, "--expires-on", "2026-08-01").code == 0
    )
    ran = run(
        "scan",
        "--inventory",
        inventory_file,
        "--exemptions",
        "exemptions.yaml",
        "--now",
        NOW,
        "--format",
        "json=r.json",
    )
    results = json.loads(Path("r.json").read_text("utf-8"))
    states = {r["state"] for r in results["results"] if r["policy"] == "ASH-TEN-001"}
    assert "nonCompliant" not in states
    assert "exempt" in states
    assert [(e["state"], e["expiresOn"][:10]) for e in results["exemptions"]] == [
        ("inForce", "2026-08-30"),
        ("inForce", "2026-08-01"),
    ]
    assert ran.code == 1


def test_what_is_in_force_lapses_or_is_void(run: Run) -> None:
    """An attestation whose evidence changed is listed as one in force, or what lapses next month is not seen."""
    for name in ("a", "b"):
        Path(name).write_text(name)
        run(*ATTEST, "--evidence", name, "--expires-on", f"2026-0{7 if name == 'a' else 9}-01")
    Path("azscheck.yaml").write_text(STAMP + "attestations: [attestations.yaml]\n")
    Path("b").write_text("changed")
    lines = run("attest", "list", "--now", NOW).out.splitlines()
    assert lines[0] == "2026-07-01  ASH-INF-003  the stamp  Compliant  in force  (attestations.yaml:2:5)"
    assert lines[1].startswith(
        "2026-09-01  ASH-INF-003  the stamp  Compliant  void: the attestation of ASH-INF-003 at "
    )
    assert "its evidence b is not the file that was attested: its SHA-256 differs" in lines[1]
    assert len(run("attest", "list", "--now", NOW, "--within", "31d").out.splitlines()) == 1
    assert "lapsed" in run("attest", "list", "attestations.yaml", "--now", "2026-07-03T00:00:00Z").out


def test_an_attestation_of_no_policy_is_told(run: Run, inventory_file: Path) -> None:
    """One letter too few, and what somebody vouched for is missed in the disaster."""
    run(*ATTEST)
    file = Path("attestations.yaml")
    file.write_text(file.read_text().replace("ASH-INF-003", "ASH-INF-0003", 1))
    Path("azscheck.yaml").write_text(STAMP + "attestations: [attestations.yaml]\n")
    told = "attests 'ASH-INF-0003', and no policy is called so; did you mean 'ASH-INF-003'?"
    assert f"in force, but {told}" in run("attest", "list", "--now", NOW).out
    ran = run("scan", "--inventory", inventory_file, "--config", "azscheck.yaml", "--now", NOW)
    assert f"azscheck: attestations.yaml:2:5: {told}\n" in ran.err
    file.write_text(file.read_text().replace("ASH-INF-0003", "ASH-INF-003", 1))
    ran = run("scan", "--inventory", inventory_file, "--config", "azscheck.yaml", "--now", NOW, "--set", "tenant")
    assert "no policy is called so" not in ran.err


def scanned(run: Run, inventory: Path, *options: str) -> tuple[Ran, dict[str, Any]]:
    ran = run(
        "scan", "--inventory", inventory, "--config", "azscheck.yaml", "--now", NOW, "--format", "json=r.json", *options
    )
    return ran, json.loads(Path("r.json").read_text("utf-8")) if Path("r.json").exists() else {}


@pytest.mark.parametrize(
    ("key", "change", "doubt"),
    [
        ("bela", ("", ""), ""),
        ("eve", ("", ""), "is not as bela@contoso.com signed it"),
        ("", ("", ""), "is not signed, and allowed says who must sign"),
        ("bela", ("4 switches", "5 switches"), "is not as bela@contoso.com signed it"),
        ("bela", ("2026-09-01", "2036-09-01"), "is not as bela@contoso.com signed it"),
        ("bela", ("AAAA", "AAAB"), "is not as bela@contoso.com signed it"),
        ("bela", ("approvedBy: bela", "approvedBy: eve"), "is not as eve@contoso.com signed it"),
    ],
)
def test_a_signed_attestation(
    run: Run, keys: Path, inventory_file: Path, key: str, change: tuple[str, str], doubt: str
) -> None:
    """An attestation that somebody else signed, that nobody did, or that was changed since, counts."""
    signed = ("--sign", str(keys / key)) if key else ()
    require = {"use": "attested", "with": {"policy": "TST-001", "reason": "nobody attested it"}}
    Path("p.json").write_text(policy_text(require, appliesTo="Azscheck/stamps"))
    mine = ("attest", "TST-001", "--policies", "p.json", *ATTEST[2:], "--stamp", "north", "--expires-on", "2026-09-01")
    assert run(*mine, *signed).code == 0
    file = Path("attestations.yaml")
    assert change[0] in file.read_text()
    file.write_text(file.read_text().replace(*change) if change[0] else file.read_text())
    Path("azscheck.yaml").write_text(STAMP + "attestations: [attestations.yaml]\nallowedSigners: keys/allowed\n")
    listed = run("attest", "list", "--now", NOW).out
    assert ("in force" in listed) is (not doubt)
    assert doubt in listed
    _, results = scanned(run, inventory_file, "--policies", "p.json")
    (result,) = results["results"]
    assert result["state"] == ("unknown" if doubt else "compliant")
    assert doubt in result.get("message", "")


def test_a_comment_or_another_layout_keeps_a_signature(run: Run, keys: Path) -> None:
    """Formatting a file voids what is in it."""
    run(*ATTEST, "--sign", keys / "bela")
    text = (
        Path("attestations.yaml")
        .read_text()
        .replace('"Ran it for all: 4 switches."', "'Ran it for all: 4 switches.' # yes")
    )
    Path("attestations.yaml").write_text("# head\n" + text)
    Path("azscheck.yaml").write_text(STAMP + "attestations: [attestations.yaml]\nallowedSigners: keys/allowed\n")
    assert "in force" in run("attest", "list", "--now", NOW).out


@pytest.mark.parametrize(
    ("key", "change", "state", "note"),
    [
        ("bela", ("", ""), "inForce", ""),
        ("eve", ("", ""), "malformed", "it is not as bela@contoso.com signed it"),
        ("", ("", ""), "malformed", "it is not signed"),
        ("bela", ("stamps/north", "stamps"), "malformed", "it is not as bela@contoso.com signed it"),
    ],
)
def test_a_signed_exemption(
    run: Run, keys: Path, inventory_file: Path, key: str, change: tuple[str, str], state: str, note: str
) -> None:
    """An exemption that was widened after its approval excuses more than was approved."""
    signed = ("--sign", str(keys / key)) if key else ()
    assert run(*EXEMPT, *SAID, *signed).code == 0
    file = Path("exemptions.yaml")
    file.write_text(file.read_text().replace(*change) if change[0] else file.read_text())
    Path("azscheck.yaml").write_text(STAMP + "exemptions: [exemptions.yaml]\nallowedSigners: keys/allowed\n")
    _, results = scanned(run, inventory_file)
    (exemption,) = results["exemptions"]
    assert exemption["state"] == state
    assert note in exemption.get("note", "")


def test_a_signature_of_something_else_is_none(run: Run, keys: Path) -> None:
    """The signature of a commit or of an exemption is taken for that of an attestation."""
    from azscheck.documents.signatures import AllowedSigners, sign

    entry = {"approvedBy": "bela@contoso.com"}
    signers = AllowedSigners(keys / "allowed")
    whole = {**entry, "signature": sign(entry, keys / "bela", "azscheck-exemption")}
    assert signers.wrong(whole, "azscheck-exemption") == ""
    assert signers.wrong(whole, "azscheck-attestation") != ""
    assert signers.wrong({**whole, "signature": 3}, "azscheck-exemption") != ""
    assert run("attest", "list").code == 2


@pytest.mark.parametrize(("path", "sentence"), [("", "install the OpenSSH client"), (None, "there is no such file")])
def test_without_the_tool_or_the_file_nothing_is_judged(
    run: Run, keys: Path, inventory_file: Path, monkeypatch: pytest.MonkeyPatch, path: str | None, sentence: str
) -> None:
    """On a computer without ssh-keygen what is not verified counts, or counts as forged."""
    run(*ATTEST, "--sign", keys / "bela")
    named = "keys/allowed" if path is not None else "keys/none"
    Path("azscheck.yaml").write_text(STAMP + f"attestations: [attestations.yaml]\nallowedSigners: {named}\n")
    if path is not None:
        monkeypatch.setenv("PATH", path)
    ran, results = scanned(run, inventory_file)
    assert (ran.code, results) == (2, {})
    assert sentence in ran.err
