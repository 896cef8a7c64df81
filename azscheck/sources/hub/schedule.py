"""A bounded pool of workers for calls, and one thread that decides what follows from each answer."""

import itertools
import queue
import threading
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

from azscheck.errors import CollectionError

_T = TypeVar("_T")
_Task = tuple[Callable[[], Any], Callable[[Any], None]]
_FIRST, _USUAL, _LAST = range(3)
_WAIT_SECONDS: Final = 0.2
_LAST_SECONDS: Final = 1.5
"""How long a stopped collection waits for calls that are under way."""


class Schedule:
    """Calls run in the pool; what follows from them runs in the thread of `run()`, one at a time and without locks."""

    def __init__(self, name: str, workers: int, stop: threading.Event) -> None:
        self._name = name
        self._most = max(1, workers)
        self._workers: list[threading.Thread] = []
        self._calls: queue.PriorityQueue[tuple[int, int, _Task | None]] = queue.PriorityQueue()
        self._number = itertools.count()
        self._done: queue.SimpleQueue[tuple[Any, BaseException | None, Callable[[Any], None]]] = queue.SimpleQueue()
        self._pending = 0
        self._stop = stop

    def submit(
        self, call: Callable[[], _T], then: Callable[[_T | CollectionError], None], *, first: bool = False
    ) -> None:
        """Make a call, before those that are not `first`; `then` gets what it returned, or the CollectionError that it
        raised."""
        self._pending += 1
        self._calls.put((_FIRST if first else _USUAL, next(self._number), (call, then)))
        if len(self._workers) < min(self._most, self._pending):
            # Daemons, unlike those of ThreadPoolExecutor: an interrupted process would wait for each call that hangs.
            worker = threading.Thread(target=self._work, name=f"azscheck {self._name}", daemon=True)
            self._workers.append(worker)
            worker.start()

    def run(self) -> None:
        """Until nothing is left to do, or the collection is stopped. Raises any error but a CollectionError, and stops
        the collection then."""
        try:
            while self._pending and not self._stop.is_set():
                try:
                    result, error, then = self._done.get(timeout=_WAIT_SECONDS)
                except queue.Empty:
                    continue
                self._pending -= 1
                if error is not None and not isinstance(error, CollectionError):
                    raise error
                then(result if error is None else error)
        except BaseException:
            # Ctrl-C too: the workers must be told before they are waited for.
            self._stop.set()
            raise
        finally:
            self._end()

    def _work(self) -> None:
        while (task := self._calls.get()[2]) is not None:
            call, then = task
            if self._stop.is_set():
                return
            try:
                self._done.put((call(), None, then))
            except BaseException as error:
                # Raised again in the thread of run().
                self._done.put((None, error, then))

    def _end(self) -> None:
        for _ in self._workers:
            self._calls.put((_LAST, next(self._number), None))
        until = time.monotonic() + _LAST_SECONDS
        for worker in self._workers:
            worker.join(max(0.0, until - time.monotonic()) if self._stop.is_set() else None)
