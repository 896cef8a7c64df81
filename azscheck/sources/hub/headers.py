"""Connections on which the headers of an answer must end in time: a socket's own timeout begins anew at each byte."""

import io
import time
from http.client import HTTPResponse
from typing import Any, Protocol

from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool


class _Readable(Protocol):
    def readinto(self, buffer: Any, /) -> int | None: ...

    def close(self) -> None: ...


class _Bounded(io.RawIOBase):
    """A socket's bytes, until a moment."""

    def __init__(self, raw: _Readable, until: float) -> None:
        self._raw = raw
        self.until: float | None = until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        if self.until is not None and time.monotonic() > self.until:
            raise TimeoutError("the headers did not end")
        return self._raw.readinto(buffer)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


def pool_of(seconds: float) -> type[HTTPSConnectionPool]:
    """Pools whose answers have so long for their status line and headers; then the read has timed out."""

    class Response(HTTPResponse):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._bounded = _Bounded(self.fp.detach(), time.monotonic() + seconds)
            self.fp = io.BufferedReader(self._bounded)

        def begin(self) -> None:
            super().begin()
            # The body has a bound of its own.
            self._bounded.until = None

    class Connection(HTTPSConnection):
        response_class = Response

    class Pool(HTTPSConnectionPool):
        ConnectionCls = Connection

    return Pool
