"""`azscheck scan --every`: a schedule, one run at a time, and an end when it is asked for."""

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from azscheck.cli.every import STOPPED_BEFORE_A_RUN, Schedule, Stopped, repeat
from azscheck.cli.lock import held
from azscheck.cli.log import Log
from azscheck.cli.state_file import state_file
from azscheck.demo import DemoStamp, Fault
from azscheck.errors import AzscheckError, ExitCode, InventoryError, UsageError
from tests.cli.conftest import Run, configuration

HOUR = 3600.0


class Day:
    """A clock that goes on when somebody sleeps or runs, and ends after so many hours."""

    def __init__(self, hours: float, takes: Callable[[int], float] = lambda _: 60.0) -> None:
        self.now, self.end, self.takes = 0.0, hours * HOUR, takes
        self.begun: list[float] = []

    def run(self) -> ExitCode:
        self.begun.append(self.now)
        self.now += self.takes(len(self.begun))
        return ExitCode.FINDINGS

    def sleep(self, seconds: float) -> None:
        assert 0 < seconds <= 1, "Windows hears of a signal when a wait ends"
        self.now += seconds + 0.0003
        if self.now >= self.end:
            raise Stopped

    def repeat(self, schedule: Schedule, run: Callable[[], ExitCode] | None = None) -> int:
        return repeat(run or self.run, schedule, Log("text"), clock=lambda: self.now, sleep=self.sleep)


def test_runs_begin_on_the_beat_whatever_they_take() -> None:
    """Each run begins a little later than the last one, and after a month the nightly scan is at noon."""
    day = Day(48, takes=lambda n: 60.0 + n * 17)
    assert day.repeat(Schedule(6 * HOUR)) == ExitCode.FINDINGS
    assert [round(begun / HOUR, 3) for begun in day.begun] == [0, 6, 12, 18, 24, 30, 36, 42]


def test_a_run_that_takes_too_long_leaves_beats_out(capsys: pytest.CaptureFixture[str]) -> None:
    """After one slow run the stamp is asked over and over until the missed runs are made up for."""
    day = Day(10, takes=lambda n: 2.5 * HOUR if n == 2 else 60.0)
    day.repeat(Schedule(HOUR))
    assert [round(begun / HOUR) for begun in day.begun] == [0, 1, 4, 5, 6, 7, 8, 9]
    assert "2 passed during this one. Take a longer --every." in capsys.readouterr().err


def test_jitter_sets_scanners_apart_and_adds_up_to_nothing() -> None:
    """Twenty scanners that were started together ask their stamps in the same second for ever."""
    first = [Schedule(HOUR, 0.1, f"stamp {n}").due(1) for n in range(20)]
    assert len({round(due / 10) for due in first}) > 12
    assert all(HOUR <= due < 1.1 * HOUR for due in first)
    one = Schedule(HOUR, 0.1, "north")
    assert all(beat * HOUR <= one.due(beat) < (beat + 0.1) * HOUR for beat in range(1, 500))
    assert one.due(7) == Schedule(HOUR, 0.1, "north").due(7), "another process, another schedule"
    assert all(one.after(one.due(beat)) == beat + 1 for beat in range(500)), "one beat runs twice"


@pytest.mark.parametrize(
    "error", [InventoryError("north.ndjson: is damaged."), OSError(28, "No space left"), ValueError()]
)
def test_an_error_ends_its_run_alone(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    """One night without a network, and nobody has scanned since."""
    day = Day(3)

    def run() -> ExitCode:
        code = day.run()
        if len(day.begun) == 1:
            raise error
        return code

    assert day.repeat(Schedule(HOUR), run) == ExitCode.FINDINGS
    assert len(day.begun) == 3
    told = capsys.readouterr().err
    assert "azscheck: " in told
    assert "Traceback" not in told


def test_stopped_before_a_run_has_ended_is_no_verdict() -> None:
    """A scan that was stopped in its first minute ends with 0, and a script takes the stamp for compliant."""

    def run() -> ExitCode:
        raise KeyboardInterrupt

    assert repeat(run, Schedule(HOUR), Log("text", quiet=True)) == STOPPED_BEFORE_A_RUN


def test_configuration_and_policies_are_read_anew(
    run: Run, shareless_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A policy that was corrected counts only after somebody remembers to restart the scanner."""
    policy = Path("p.yaml")
    text = (
        "id: MY-001\ntitle: A machine has a name\nseverity: {}\ncategory: tenant\nwhy: Nobody finds it.\n"
        "remediation: Name it.\n"
        "references: [{{title: t, url: 'https://x'}}]\n"
        "appliesTo: Microsoft.Compute/virtualMachines\nrequire: {{field: name, exists: true}}\n"
    )
    told: list[str] = []
    now = [0.0]

    def sleep(_: float) -> None:
        now[0] += HOUR
        told.append(Path("r.json").read_text())
        if len(told) == 3:
            raise Stopped
        policy.write_text(text.format(["high", "wrong"][len(told) - 1]))

    policy.write_text(text.format("low"))
    monkeypatch.setattr("azscheck.cli.watch.repeat", partial(repeat, clock=lambda: now[0], sleep=sleep))
    arguments = ["--policies", policy, "--format", "json=r.json", "--every", "30m", "--state", "s.json"]
    ran = run("scan", "--inventory", shareless_file, *arguments)
    assert len(told) == 3, ran.err
    assert '"severity": "low"' in told[0]
    assert '"severity": "high"' in told[1]
    assert "p.yaml:3:" in ran.err
    assert ran.code == ExitCode.USAGE, "the last run's"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--every", "soon"), "--every: 'soon' is not a duration such as PT24H, 24h or 7d."),
        (("--every", "0s"), "--every 0s: take from a second to 366 days."),
        (("--every", "P2000D"), "--every P2000D: take from a second to 366 days."),
        (("--every", "1h", "--now", "2026-01-01T00:00:00Z"), "--now stands still, and --every does not"),
        (("--every", "1h", "--state", "."), "--state: . is a folder: name a file."),
    ],
)
def test_mistakes_are_told_before_the_first_run(run: Run, options: tuple[str, ...], sentence: str) -> None:
    ran = run("scan", *options)
    assert (ran.code, ran.out) == (2, "")
    assert sentence in ran.err


def test_each_configuration_has_its_own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two stamps' scanners on one computer hold each other up, or mix up their changes."""
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    north, south = (state_file(None, [tmp_path / name / "azscheck.yaml"]) for name in ("north", "south"))
    assert north != south
    assert north.parent == tmp_path / "azscheck"
    assert north == state_file(None, [tmp_path / "south" / ".." / "north" / "azscheck.yaml"])
    monkeypatch.setenv("STATE_DIRECTORY", f"{tmp_path / 'a'}:{tmp_path / 'b'}")
    assert state_file(None, [Path("azscheck.yaml")]).parent == tmp_path / "a"
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="its folder cannot be made"):
        state_file(tmp_path / "file" / "s.json", [])


@contextmanager
def scanning(*arguments: str | Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-m", "azscheck", "scan", *map(str, arguments)]
    path = str(Path(__file__).parents[2])
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def told(process: "subprocess.Popen[str]", words: str) -> None:
    assert process.stderr is not None
    assert any(words in line for line in process.stderr)


@pytest.mark.skipif(sys.platform == "win32", reason="there nothing sends SIGTERM")
def test_sigterm_ends_it_between_runs_with_the_last_runs_code(shareless_file: Path, tmp_path: Path) -> None:
    """`systemctl stop` waits for ninety seconds and kills, or a second scanner asks the stamp as well."""
    state = ("--every", "1h", "--state", tmp_path / "state" / "s.json")
    arguments = ("--inventory", shareless_file, "--format", f"json={tmp_path / 'r.json'}", *state)
    with scanning(*arguments) as process:
        told(process, "the next begins at")
        with scanning(*arguments) as second:
            assert second.wait(30) == ExitCode.INCOMPLETE
            assert second.stderr is not None
            sentence = second.stderr.read()
        assert f"`scan --every` of this configuration is under way already: process {process.pid} on" in sentence
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == ExitCode.FINDINGS
    with scanning(*arguments) as third:
        told(third, "the next begins at")


@pytest.mark.skipif(sys.platform == "win32", reason="there nothing sends SIGTERM")
@pytest.mark.parametrize(
    ("number", "options"),
    [(signal.SIGTERM, ("--every", "1h")), (signal.SIGINT, ("--every", "1h")), (signal.SIGTERM, ())],
)
def test_a_run_that_is_under_way_is_abandoned(
    stamp: DemoStamp, tmp_path: Path, number: int, options: tuple[str, ...]
) -> None:
    """Whoever stops the service, or the container in which nobody else hears SIGTERM, waits until it is killed."""
    file = configuration(stamp, tmp_path)
    stamp.faults.append(Fault("virtualMachines", "slow", seconds=60))
    with scanning("--config", file, *options, "--state", tmp_path / "s.json") as process:
        until = time.monotonic() + 30
        while not any("virtualMachines" in request.path for request in list(stamp.requests)):
            assert time.monotonic() < until
            time.sleep(0.05)
        process.send_signal(number)
        begun = time.monotonic()
        assert process.wait(20) == STOPPED_BEFORE_A_RUN
        assert time.monotonic() - begun < 10


@pytest.mark.parametrize("configured", [True, False])
def test_metrics_are_answered_from_the_first_run_on(shareless_file: Path, tmp_path: Path, configured: bool) -> None:
    """Monitoring finds nothing where the scanner says that it answers, or the port stays taken."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    file = tmp_path / "azscheck.yaml"
    stamp = {"name": "north", "tenant": "https://x", "credential": {"clientId": "a", "secretEnv": "B"}}
    file.write_text(json.dumps({"stamps": [stamp], "metrics": {"listen": f"127.0.0.1:{port}"}}))
    listen = ("--config", file) if configured else ("--metrics-listen", f"127.0.0.1:{port}")
    output = ("--format", f"json={tmp_path / 'r.json'}", *listen)
    arguments = ("--inventory", shareless_file, *output, "--every", "1h", "--state", tmp_path / "s.json")
    with scanning(*arguments) as process:
        told(process, "the next begins at")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            text = answer.read().decode()
        assert "azscheck_exit_code 1.0" in text
        assert 'azscheck_findings{category="tenant",severity="high",stamp="north"}' in text
        process.terminate()
        process.wait(10)
    with pytest.raises(OSError, match="refused"), socket.create_connection(("127.0.0.1", port), 2):
        pass


def test_memory_does_not_grow_from_run_to_run(run: Run, shareless_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service is killed for its memory after three weeks."""
    now, sizes = [0.0], list[int]()

    def sleep(_: float) -> None:
        now[0] += HOUR
        gc.collect()
        sizes.append(len(gc.get_objects()))
        if len(sizes) == 12:
            raise Stopped

    monkeypatch.setattr("azscheck.cli.watch.repeat", partial(repeat, clock=lambda: now[0], sleep=sleep))
    options = ("--format", "json=r.json", "--metrics-file", "m.prom", "--every", "30m", "--state", "s.json", "-q")
    policy = ("--policies", Path(__file__).parents[2] / "benchmarks" / "policies" / "managed-disks.yaml")
    assert run("scan", "--inventory", shareless_file, *policy, *options).code == ExitCode.COMPLIANT
    assert len(sizes) == 12
    assert sizes[-1] - sizes[3] < 200, sizes


def test_a_lock_goes_with_its_process(tmp_path: Path) -> None:
    """After a power failure every scan says that another one is under way."""
    file = tmp_path / "s.lock"
    code = (
        f"import os, pathlib, azscheck.cli.lock as lock\nwith lock.held(pathlib.Path({str(file)!r}), 'x'): os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    assert file.read_text().startswith("process ")
    with (
        held(file, "a scan"),
        pytest.raises(AzscheckError, match=f"a scan is under way already: process {os.getpid()}"),
        held(file, "a scan"),
    ):
        pass
