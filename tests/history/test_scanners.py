"""Eight scanners write at once, and one is killed every now and then: AZSCHECK_KILL_SECONDS says for how long."""

import os
import subprocess
import sys
from pathlib import Path

from azscheck.history.address import address_of
from azscheck.history.connection import reading
from azscheck.history.runs import digest_of
from azscheck.history.schema import frames
from azscheck.history.store import History
from azscheck.results.saved import dumps

SECONDS = float(os.environ.get("AZSCHECK_KILL_SECONDS", "8"))


def test_every_finished_run_is_there_whole(url: str, tmp_path: Path) -> None:
    """A run is lost, or half of one is there, because others wrote or its scanner was killed."""
    folder = tmp_path / "said"
    folder.mkdir()
    command = [sys.executable, "-m", "tests.history.scanners", url, str(SECONDS), str(folder)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS + 200)
    assert (ended.returncode, ended.stderr) == (0, "")
    started = int(ended.stdout)
    lines = [line.split() for file in folder.iterdir() for line in file.read_text().splitlines()]
    finished = {int(id): digest for id, digest in lines}
    assert len(finished) == len(lines) > 0
    with History.open(address_of(url)) as history:
        kept = history.runs()
        assert finished.items() <= {run.id: run.digest for run in kept}.items()
        # Each that was killed may have kept one run and not said so.
        assert len(kept) <= len(finished) + started
        for run in kept:
            assert digest_of(dumps(history.results(run))) == run.digest
        with reading(history._engine) as connection:
            assert {row.series for row in connection.execute(frames.select())} == {run.series for run in kept}
