"""What goes wrong on a user's side: one clear sentence, exit code 2 or 3, no traceback, nothing lost."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from azscheck.cli import COMMANDS
from azscheck.demo import DemoStamp
from tests.cli.conftest import Ran, Run, configuration
from tests.conftest import NOW

POLICIES = Path(__file__).parents[2] / "policies"


def sentence(ran: Ran, code: int, *words: str) -> None:
    """It ended so, and one line says why."""
    assert ran.code == code, ran.err
    lines = [line for line in ran.err.splitlines() if all(word in line for word in words)]
    assert lines, ran.err
    assert all(len(line) < 600 for line in ran.err.splitlines())


CONFIGURATIONS = {
    "one address for both": (
        "stamps:\n- name: a\n  admin: https://x\n  tenant: https://X/\n  credential: {clientId: a, secretEnv: B}\n",
        ":4:3:",
        "same address as admin",
    ),
    "empty": ("", "is empty", "azscheck init"),
    "unknown key": ("stamps: []\nstampz: []\n", ":2:1:", "'stampz' is not a known key", "did you mean 'stamps'"),
    "no stamps": ("stamps: []\n", ":1:1:", "must not be empty"),
    "not yaml": ("stamps: [\n", "is not YAML"),
    "not a mapping": ("- a\n", "must be an object"),
    "http": (
        "stamps:\n- name: a\n  admin: http://x\n  credential: {clientId: a, secretEnv: B}\n",
        ":3:3:",
        "https",
    ),
    "no endpoint": (
        "stamps:\n- name: a\n  credential: {clientId: a, secretEnv: B}\n",
        ":2:3:",
        "the stamp 'a' needs 'admin' or 'tenant'",
    ),
    "two secrets": (
        "stamps:\n- name: a\n  admin: https://x\n  credential: {clientId: a, secretEnv: B, secretFile: c}\n",
        ":4:3:",
        "exactly one of secretEnv",
    ),
    "a name twice": (
        "stamps:\n- &a {name: a, admin: 'https://x', credential: {clientId: a, secretEnv: B}}\n- *a\n",
        "is taken by another stamp",
    ),
    "a key twice": ("stamps: []\nstamps: []\n", ":2:1:", "twice"),
    "a secret in the file": (
        "stamps:\n- name: a\n  admin: https://x\n  credential: {clientId: a, secret: B}\n",
        ":4:29:",
        "'secret' is not a known key",
    ),
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_configuration(run: Run, name: str) -> None:
    """A slip in azscheck.yaml costs an evening, because nothing says where it is."""
    text, *words = CONFIGURATIONS[name]
    Path("azscheck.yaml").write_text(text)
    sentence(run("scan"), 2, "azscheck.yaml", *words)
    assert run("collect").code == 2


def test_no_configuration(run: Run) -> None:
    """A newcomer who types `azscheck scan` first is not told what to do."""
    sentence(run("scan"), 2, "azscheck.yaml", "azscheck init")
    sentence(run("scan", "--config", "other.yaml"), 2, "other.yaml", "no such file")


def test_init_writes_what_scan_reads(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file that `init` writes is refused, or a second `init` destroys a configuration."""
    assert run("init").code == 0
    monkeypatch.delenv("AZSCHECK_SECRET", raising=False)
    sentence(run("scan"), 2, "AZSCHECK_SECRET")
    Path("azscheck.yaml").write_text("mine")
    sentence(run("init"), 2, "is there already", "--force")
    assert Path("azscheck.yaml").read_text() == "mine"


Change = Callable[[DemoStamp, Path], dict[str, object]]


def other_authority(_: DemoStamp, folder: Path) -> dict[str, object]:
    with DemoStamp() as other:
        (folder / "other.pem").write_bytes(other.ca_pem)
    return {"ca": "other.pem"}


def wrong_secret(stamp: DemoStamp, folder: Path) -> dict[str, object]:
    (folder / "wrong").write_text("not the secret")
    return {"credential": {"clientId": stamp.client_id, "secretFile": "wrong"}}


def wrong_host(*_: object) -> dict[str, object]:
    return {"admin": "https://adminmanagement.nowhere.invalid", "tenant": "https://management.nowhere.invalid"}


def wrong_port(*_: object) -> dict[str, object]:
    return {"admin": "https://127.0.0.1:1", "tenant": "https://127.0.0.1:2"}


STAMPS: dict[str, tuple[Change, int, tuple[str, ...]]] = {
    "another stamp's authority": (other_authority, 3, ("certificate", "ca")),
    "no authority": (lambda *_: {"ca": None}, 3, ("certificate", "ca")),
    "a wrong secret": (wrong_secret, 3, ("Signing in", "refused")),
    "a host that is not there": (wrong_host, 3, ("nowhere.invalid",)),
    "nothing at the port": (wrong_port, 3, ("127.0.0.1:1",)),
    "a missing CA file": (lambda *_: {"ca": "gone.pem"}, 2, ("gone.pem",)),
    "a missing secret file": (
        lambda s, _: {"credential": {"clientId": s.client_id, "secretFile": "gone"}},
        2,
        ("gone",),
    ),
}


@pytest.mark.parametrize("name", STAMPS)
def test_a_stamp_that_cannot_be_read(run: Run, stamp: DemoStamp, name: str) -> None:
    """Setting azscheck up takes days of guessing which of host, certificate and secret is wrong."""
    change, code, words = STAMPS[name]
    configuration(stamp, Path(), **change(stamp, Path()))
    ran = run("scan", "--now", NOW)
    sentence(ran, code, *words)
    assert ran.out.count("COULD NOT BE READ") == (code == 3)
    told = ran.out.partition("COULD NOT BE READ")[2]
    assert told.count(" lists: ") + told.count(" list: ") <= 2, "one cause for each of the two planes"
    assert stamp.client_secret not in ran.out + ran.err
    assert "compliant" not in ran.out.replace("not compliant", "").lower() or "INCOMPLETE" in ran.out
    assert run("collect", "-o", "i.ndjson").code == code


TYPOS = {
    "severity: critical": ("severity: hgh", "'hgh' is not one of", "did you mean 'high'"),
    "  greaterOrEquals: 1": ("  greaterOrEqual: 1", "'greaterOrEqual' is not a known key", "'greaterOrEquals'"),
    "title: ": ("titel: ", "'titel' is not a known key", "did you mean 'title'"),
    "where: {value": ("where: {valu", "'valu' is not a known key", "did you mean 'value'"),
}


@pytest.mark.parametrize("right", TYPOS)
def test_a_policy_with_a_typo(run: Run, inventory_file: Path, right: str) -> None:
    """A typo switches a rule off, and the report is silent about it."""
    text = (POLICIES / "infrastructure" / "backup-share.yaml").read_text("utf-8")
    wrong, *words = TYPOS[right]
    assert right in text
    Path("mine.yaml").write_text(text.replace(right, wrong, 1), "utf-8")
    line = next(i for i, one in enumerate(Path("mine.yaml").read_text("utf-8").splitlines(), 1) if wrong in one)
    ran = run("scan", "--inventory", inventory_file, "--policies", "mine.yaml")
    sentence(ran, 2, f"mine.yaml:{line}:", *words)
    assert run("policy", "check", "mine.yaml").code == 2


def test_inventories(run: Run, inventory_file: Path) -> None:
    """A damaged inventory is judged as if it were whole, or ends in a traceback."""
    whole = inventory_file.read_bytes()
    Path("cut.ndjson").write_bytes(whole[: len(whole) // 2])
    sentence(run("scan", "--inventory", "cut.ndjson"), 3, "cut.ndjson", "line", "cut off")
    Path("short.ndjson").write_bytes(b"\n".join(whole.splitlines()[:-1]) + b"\n")
    sentence(run("scan", "--inventory", "short.ndjson"), 3, "short.ndjson", "cut off")
    Path("empty.ndjson").write_bytes(b"")
    sentence(run("scan", "--inventory", "empty.ndjson"), 3, "not an azscheck inventory")
    Path("other.ndjson").write_text("hello\n")
    sentence(run("scan", "--inventory", "other.ndjson"), 3, "not an azscheck inventory")
    sentence(run("scan", "--inventory", "gone.ndjson"), 3, "gone.ndjson", "cannot be read")
    sentence(run("scan", "--inventory", "."), 3, "cannot be read")
    sentence(run("report", inventory_file), 3, "azscheck")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--format", "tabel"), ("'tabel' is not one of", "did you mean 'table'")),
        (("--format", "html=nowhere/r.html"), ("no folder nowhere",)),
        (("--format", "html="), ("name a file",)),
        (("--format", "table", "--format", "json"), ("only one report",)),
        (("--parameter", "maximumAge"), ("NAME=VALUE",)),
        (("--parameter", "maximumAg=1h"), ("maximumAg", "did you mean 'maximumAge'")),
        (("--parameter", "maximumAge=soon"), ("'soon' is not a duration",)),
        (("--parameter", "maximumAge=5"), ("type duration",)),
        (("--now", "yesterday"), ("--now", "not a time")),
        (("--policies", "nowhere"), ("nowhere", "no such file or folder")),
        (("--fail-on", "severe"), ("severe",)),
        (("--stamp", "north"), ("--inventory",)),
        (("--frmat", "json"), ("--format",)),
    ],
)
def test_arguments(run: Run, inventory_file: Path, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    """A slip on the command line is answered with a stack trace, or is ignored."""
    sentence(run("scan", "--inventory", inventory_file, *arguments), 2, *words)


def test_a_folder_without_policies(run: Run, inventory_file: Path) -> None:
    """Pointing at the wrong folder evaluates nothing and passes."""
    Path("none").mkdir()
    sentence(run("scan", "--inventory", inventory_file, "--policies", "none"), 2, "none", "no policy")


def test_a_command_that_does_not_exist(run: Run) -> None:
    """A slip in a command's name is not recognised."""
    sentence(run("scna"), 2, "'scna'", "did you mean 'scan'")


def test_a_fault_of_azscheck_itself_is_not_a_finding(
    run: Run, inventory_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python's exit code for a crash is 1, and a pipeline would read it as findings."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("azscheck.cli.judging.evaluate", broken)
    sentence(run("scan", "--inventory", inventory_file), 3, "a fault in azscheck itself", "boom")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_examples(run: Run, name: str) -> None:
    """Nobody can learn a command from its help."""
    ran = run(name, "--help")
    assert ran.code == 0
    assert f"azscheck {name}" in ran.out
    assert name == "policy" or "Examples:" in ran.out


def test_unwritable_report_stops_no_other(run: Run, inventory_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One full disk costs all reports of a long run."""
    write = Path.write_text

    def full(self: Path, *arguments: Any, **options: Any) -> int:
        if self.name == "r.json":
            raise OSError(28, "No space left on device")
        return write(self, *arguments, **options)

    monkeypatch.setattr(Path, "write_text", full)
    ran = run("scan", "--inventory", inventory_file, "--format", "json=r.json", "--format", "csv=r.csv")
    sentence(ran, 3, "r.json", "cannot be written", "No space left")
    assert Path("r.csv").exists()


def test_files_that_cannot_be_written_are_told_first(run: Run, stamp: DemoStamp) -> None:
    """An hour of collection is lost, because only then it shows that there is no such folder."""
    configuration(stamp, Path())
    Path("folder").mkdir()
    for option in (
        ("--save-inventory", "gone/i.ndjson"),
        ("--format", "html=gone/r.html"),
        ("--format", "html=folder"),
    ):
        sentence(run("scan", *option), 2, option[0], "folder")
    sentence(run("collect", "-o", "folder"), 2, "--output", "is a folder")
    sentence(run("collect", "-o", "gone/i.ndjson"), 2, "--output", "no folder gone")
    assert stamp.requests == []


def test_no_input_is_written_over(run: Run, inventory_file: Path) -> None:
    """A slip replaces the inventory of an air-gapped stamp by a report of it."""
    Path("i.ndjson").write_bytes(inventory_file.read_bytes())
    Path("azscheck.yaml").write_text("mine")
    sentence(run("scan", "--inventory", "i.ndjson", "--format", "json=i.ndjson"), 2, "i.ndjson", "name another file")
    sentence(run("scan", "--inventory", "i.ndjson", "--format", "json=r", "--format", "csv=r"), 2, "name another file")
    sentence(run("collect", "-o", "azscheck.yaml"), 2, "azscheck.yaml", "name another file")
    assert Path("i.ndjson").read_bytes() == inventory_file.read_bytes()
    assert Path("azscheck.yaml").read_text() == "mine"


def test_a_clock_that_is_wrong(run: Run, inventory_file: Path) -> None:
    """A computer whose clock stands still calls every backup recent."""
    ran = run("scan", "--inventory", inventory_file, "--now", "2020-01-01T00:00:00Z")
    sentence(ran, 2, "2020-01-01T00:00:00Z", "2026-06-01T12:00:00Z", "clock")


def test_an_inventory_that_powershell_redirected(run: Run, inventory_file: Path) -> None:
    """A file from a Windows console is refused without a word of what is wrong with it."""
    text = inventory_file.read_text("utf-8")
    Path("bom.ndjson").write_text(text, "utf-8-sig")
    assert run("scan", "--inventory", "bom.ndjson", "--now", NOW).code == 1
    Path("16.ndjson").write_text(text, "utf-16")
    sentence(run("scan", "--inventory", "16.ndjson"), 3, "16.ndjson", "UTF-16")
