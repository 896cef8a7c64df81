"""GET /metrics over HTTP, for as long as `scan --every` runs."""

import os
import socket
import socketserver
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

_IDLE_SECONDS: Final = 5.0
_MOST_AT_ONCE: Final = 16

Answer = Callable[[str], tuple[bytes, str]]
"""From an Accept header to a body and its media type."""


class Endpoint(ThreadingHTTPServer):
    """Answers GET of /metrics and nothing else; raises OSError for an address that cannot be taken."""

    daemon_threads = True
    request_queue_size = 64
    # On Windows this option lets two processes share a port silently.
    allow_reuse_address = os.name != "nt"

    def __init__(self, host: str, port: int, answer: Answer) -> None:
        self.answer = answer
        self._slots = threading.BoundedSemaphore(_MOST_AT_ONCE)
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), _Handler)
        threading.Thread(target=self.serve_forever, args=(0.1,), name="azscheck metrics", daemon=True).start()

    @property
    def port(self) -> int:
        """The port that was taken."""
        return int(self.server_address[1])

    def stop(self) -> None:
        """Close the port. Once only."""
        self.shutdown()
        self.server_close()

    def server_bind(self) -> None:
        """Bind without `HTTPServer`'s look-up of the host's name, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "azscheck", self.port

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread a connection, so many and no more: whoever opens another is turned away."""
        if not self._slots.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Give the slot back, whatever came of it."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that went away."""


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint
    timeout = _IDLE_SECONDS

    def do_GET(self) -> None:
        if self.path.partition("?")[0] != "/metrics":
            self.send_error(404, explain="The metrics are at /metrics.")
            return
        body, media_type = self.server.answer(self.headers.get("Accept", ""))
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        return "azscheck"

    def log_message(self, *args: object) -> None:
        """Scrapes are no news."""
