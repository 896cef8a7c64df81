"""Scanners that keep one run after another, and are killed: `python -m tests.history.scanners URL SECONDS FOLDER`.

A process of its own, so that to fork is safe; each scanner says in a file of the folder which runs it has kept.
"""

import os
import random
import signal
import sys
import time
from itertools import count
from pathlib import Path

from azscheck.history.address import address_of
from azscheck.history.store import History

from .builders import run

SCANNERS = 8


def scan(url: str, number: int, said: Path) -> None:
    """Keep runs, and say of each its id and digest when it is kept; never ends."""
    with said.open("w") as out:
        for scan in count():
            things = {f"t{n}": ("compliant", "nonCompliant")[(n * scan) % 7 == 0] for n in range(150)}
            # Several in a series, so that scanners share frames.
            found = run(things, scan + number / 60, stamp=f"stamp{number % 4}")
            with History.open(address_of(url), create=True) as history:
                kept = history.keep(found)
            print(kept.id, kept.digest, file=out, flush=True)


def main(url: str, seconds: float, folder: Path) -> None:
    """Let eight scan at once, and kill one and start another every second or so."""
    chance, numbers, running = random.Random(8), count(), []

    def start() -> None:
        number = next(numbers)
        if pid := os.fork():
            running.append(pid)
            return
        try:
            scan(url, number, folder / f"{number}")
        finally:
            # What it says of its end is on standard error; whoever started it goes on.
            os._exit(1)

    def kill(pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        if not os.WIFSIGNALED(status):
            sys.exit("a scanner ended by itself")

    for _ in range(SCANNERS):
        start()
    while not any(file.stat().st_size for file in folder.iterdir()):
        time.sleep(0.1)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(chance.uniform(0.3, 1.5))
        kill(running.pop(chance.randrange(SCANNERS)))
        start()
    for pid in running:
        kill(pid)
    print(next(numbers))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3]))
