"""What collecting costs: processor time next to `requests` and `json`, time next to what the stamp's pace allows."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from azscheck.sources.hub.table import TABLE
from benchmarks import FOLDER, NOW, cache
from benchmarks.hub import PAGE
from benchmarks.plain_collection import THREADS
from benchmarks.processes import Failed, Run, python
from benchmarks.rounds import Row, take_turns
from benchmarks.stamp import MACHINES

_MOST = 5000
_LATENCY = 0.02
_START_SECONDS = 120
_PLAIN = "requests and json"


def collection(documents: int, rounds: int) -> Iterator[Row]:
    """One stamp, of which all is collected: at once, at 20 ms a call, and with a fifth of the machines."""
    machines = min(documents, _MOST)
    with _stamp(machines, 0) as (url, ca):
        contestants = {"collect": _collect(url, ca), _PLAIN: _plain(url, ca)}
        take_turns(contestants, 1)
        if _found("collected") != _found("plain"):
            raise Failed("azscheck and the plain collection found different resources")
        done = take_turns(contestants, rounds)
        yield Row(
            "collect, processor", _PLAIN, tuple(one["collect"].cpu_seconds / one[_PLAIN].cpu_seconds for one in done)
        )
        most = [one["collect"] for one in done]
    with _stamp(machines, _LATENCY) as (url, ca):
        done = take_turns({"collect": _collect(url, ca)}, min(rounds, 3))
        least = _calls() * _LATENCY / THREADS
        yield Row("collect, 20 ms a call", "calls x 20 ms / 8", tuple(one["collect"].seconds / least for one in done))
    with _stamp(machines // 5, 0) as (url, ca):
        few = [one["collect"] for one in take_turns({"collect": _collect(url, ca)}, min(rounds, 3))]
    yield Row("collect, peak memory", f"{machines} machines", tuple(run.peak_bytes / 2**20 for run in most), "MiB")
    added = (_least(most) - _least(few)) / (machines - machines // 5)
    yield Row("collect, peak memory", "each more machine", (added,), "bytes")


def _least(runs: list[Run]) -> int:
    return min(run.peak_bytes for run in runs)


@contextmanager
def _stamp(machines: int, seconds: float) -> Iterator[tuple[str, Path]]:
    """A stamp in a process of its own: its address, and the file of its authority."""
    file = cache.lines("hub")
    file.unlink(missing_ok=True)
    command = python("-m", "benchmarks.hub", file, str(machines), str(seconds))
    with subprocess.Popen(command, cwd=FOLDER.parent, stdin=subprocess.PIPE) as process:
        until = time.monotonic() + _START_SECONDS
        while not (file.exists() and file.read_text()):
            if process.poll() is not None or time.monotonic() > until:
                raise Failed("the stamp did not start")
            time.sleep(0.05)
        try:
            yield file.read_text(), file.with_name(f"{file.name}.pem")
        finally:
            # The end of its input is the end of it.
            process.communicate()


def _collect(url: str, ca: Path) -> tuple[str, ...]:
    secret, configuration = cache.lines("secret"), cache.CACHE / "collection.yaml"
    secret.write_text("made-up")
    credential = {"clientId": "made-up", "secretFile": str(secret)}
    stamp = {"name": "north", "tenant": url, "ca": str(ca), "credential": credential, "concurrency": THREADS}
    configuration.write_text(json.dumps({"stamps": [stamp]}))
    out = ("-o", cache.lines("collected"), "--now", NOW, "--all", "-q")
    return python("-m", "azscheck", "collect", "--config", configuration, *out)


def _plain(url: str, ca: Path) -> tuple[str, ...]:
    return python("-m", "benchmarks.plain_collection", url, ca, cache.lines("plain"))


def _found(name: str) -> list[str]:
    with cache.lines(name).open("rb") as lines:
        read = [json.loads(line) for line in lines]
    wanted = {row.type for row in TABLE}
    return sorted(json.dumps([r["type"], r["resource"]], sort_keys=True) for r in read if r.get("type") in wanted)


def _calls() -> int:
    """How many pages of lists and reads of machines there were, by what was found, which azscheck asked for."""
    kinds = {row.type for row in TABLE if not row.parent}
    calls = 0
    with cache.lines("collected").open("rb") as lines:
        for line in lines:
            record = json.loads(line)
            told = record.get("coverage", {})
            if record.get("type") == MACHINES:
                # Without its extensions these are a call of their own.
                calls += 1 if "resources" in record["resource"] else 2
            if told.get("type") in kinds and told.get("apiVersion"):
                calls += max(1, -(-int(told["count"]) // PAGE))
    return calls
