"""One HTTPS listener on loopback: HTTP/1.1 with keep-alive, a thread a connection."""

from __future__ import annotations

import contextlib
import os
import socket
import socketserver
import ssl
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from azscheck.demo.messages import Reply, Request

Answer = Callable[[Request], Reply]

# A client that connects and says nothing must not hold its thread for ever.
_IDLE_SECONDS = 120.0
_HANDSHAKE_SECONDS = 10.0
_LONGEST_HEADER = 60_000


class Listener(ThreadingHTTPServer):
    """Serves `answer` over TLS on 127.0.0.1. `port` 0 takes a free port; a taken one raises OSError."""

    daemon_threads = True
    request_queue_size = 128
    # On Windows this option lets two processes share a port silently.
    allow_reuse_address = os.name != "nt"

    def __init__(self, port: int, context: ssl.SSLContext, answer: Answer) -> None:
        self.answer = answer
        self._context = context
        self._open: set[ssl.SSLSocket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """`https://127.0.0.1:PORT`."""
        return f"https://127.0.0.1:{self.server_address[1]}"

    def start(self) -> None:
        """Begin to accept connections."""
        self._thread.start()

    def stop(self) -> None:
        """Close the port and every connection. Once only."""
        self.shutdown()
        self.server_close()
        self._thread.join()
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def server_bind(self) -> None:
        """Bind without `HTTPServer`'s look-up of the host's name, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", int(self.server_address[1])

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Shake hands in the connection's own thread, so that a slow client does not hold up the others."""
        request.settimeout(_HANDSHAKE_SECONDS)
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            connection = self._context.wrap_socket(request, server_side=True)
        except OSError:
            return
        connection.settimeout(_IDLE_SECONDS)
        with self._lock:
            self._open.add(connection)
        try:
            _Handler(connection, client_address, self)
        finally:
            with self._lock:
                self._open.discard(connection)
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_WR)
            connection.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that went away; a defect of the demo stamp itself still shows on stderr."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def _pieces(reply: Reply) -> list[bytes]:
    return [reply.body[at : at + 1] for at in range(len(reply.body))] if reply.pause else [reply.body]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body in one segment: else Nagle and delayed acknowledgements cost 40 ms a reply.
    wbufsize = -1
    server: Listener

    def _serve(self) -> None:
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.answer(Request(self.command, unquote(path), query, headers, body))
        if reply.drop:
            self.close_connection = True
            return
        if reply.endless:
            self._drip_header(reply.pause)
            return
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body) if reply.promised is None else reply.promised))
        self.end_headers()
        for piece in _pieces(reply) if self.command != "HEAD" else ():
            self.wfile.write(piece)
            self.wfile.flush()
            if reply.pause:
                time.sleep(reply.pause)
        self.wfile.flush()
        if reply.promised is not None:
            self.close_connection = True

    def _drip_header(self, pause: float) -> None:
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Padding: ")
        for _ in range(_LONGEST_HEADER):
            self.wfile.write(b"a")
            self.wfile.flush()
            time.sleep(pause)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve

    def version_string(self) -> str:
        return "Microsoft-HTTPAPI/2.0"

    def log_message(self, *args: object) -> None:
        """The stamp keeps its own record of requests."""
