"""A bounded pool of workers for calls, and one thread that decides what follows from each answer."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from azscheck.errors import CollectionError

_T = TypeVar("_T")


class Schedule:
    """Calls run in the pool; what follows from them runs in the thread of `run()`, one at a time and without locks."""

    def __init__(self, name: str, workers: int, stop: threading.Event) -> None:
        self._pool = ThreadPoolExecutor(max(1, workers), thread_name_prefix=f"azscheck {name}")
        # Not concurrent.futures.wait: it looks at every pending future each time, and there is one a machine.
        self._done: queue.SimpleQueue[tuple[Future[Any], Callable[[Any], None]]] = queue.SimpleQueue()
        self._pending = 0
        self._stop = stop

    def submit(self, call: Callable[[], _T], then: Callable[[_T | CollectionError], None]) -> None:
        """Make a call; `then` gets what it returned, or the CollectionError that it raised."""
        self._pending += 1
        self._pool.submit(call).add_done_callback(lambda future: self._done.put((future, then)))

    def run(self) -> None:
        """Until nothing is left to do. Any error but a CollectionError stops the collection and is raised."""
        try:
            while self._pending:
                future, then = self._done.get()
                self._pending -= 1
                error = future.exception()
                if isinstance(error, CollectionError):
                    then(error)
                elif error is not None:
                    raise error
                else:
                    then(future.result())
        except BaseException:
            self._stop.set()
            raise
        finally:
            self._pool.shutdown(cancel_futures=True)
