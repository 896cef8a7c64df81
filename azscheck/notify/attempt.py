"""One attempt to send something: how long it may take, whom it trusts, and how it fails."""

import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Failed(Exception):
    """An attempt that came to nothing: a sentence that shows no secret."""

    def __init__(self, sentence: str, *, again: bool = True, after: float | None = None, others: bool = False) -> None:
        super().__init__(sentence)
        self.again = again
        """Whether trying it once more at once makes sense."""
        self.after = after
        """How many seconds the receiver asks to wait."""
        self.others = others
        """Whether it may take other messages all the same."""


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """Verifies the chain and the name against `ca_file` alone, or the system's authorities; raises Failed."""
    try:
        context = ssl.create_default_context(cafile=str(ca_file or os.environ.get("REQUESTS_CA_BUNDLE") or "") or None)
    except (OSError, ssl.SSLError) as error:
        raise Failed(
            f"the authority {ca_file or 'in REQUESTS_CA_BUNDLE'} cannot be read as PEM", again=False
        ) from error
    # An intermediate authority in the file is enough, as Python has it from 3.13 on.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@contextmanager
def until(seconds: float, connection: Callable[[], socket.socket | None]) -> Iterator[None]:
    """After so many seconds the connection is cut, whatever it does: a timeout bounds each step of it only."""

    def cut() -> None:
        found = connection()
        if found is not None:
            with suppress(OSError):
                # Not the method of a TLS socket, which takes its TLS from under whoever reads.
                socket.socket.shutdown(found, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def reason(error: Exception, host: str) -> str:
    """Why a connection failed, in words."""
    match error:
        case ssl.SSLCertVerificationError():
            return f"the certificate of {host} is not trusted ({error.verify_message}): name its authority with ca"
        case ssl.SSLError():
            return f"{host} speaks no TLS that is accepted"
        case TimeoutError():
            return f"{host} did not answer in time"
        case socket.gaierror():
            return f"the name {host} was not found"
        case ConnectionRefusedError():
            return f"{host} takes no connections"
    return f"the connection to {host} broke off"
