"""A stamp's tenant endpoint that answers at once, or after a while: `python -m benchmarks.hub FILE N SECONDS`.

It has N machines and their data disks, and does nothing but answer: what is measured is who asks. FILE gets its
address, and FILE.pem the authority of its certificate; it ends with its standard input.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from azscheck.demo.certificates import make_server_certificate, server_context
from benchmarks.machines import machine
from benchmarks.stamp import MACHINES

PAGE = 100
_TOKEN = {"access_token": "made-up", "token_type": "bearer", "expires_in": 86_400}


def _text(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


class _Stamp:
    def __init__(self, machines: int) -> None:
        self.url = ""
        self._read: dict[str, bytes] = {}
        self._lists: dict[str, list[bytes]] = {}
        for index in range(machines):
            body = dict(machine(index).body)
            identity = str(body["id"])
            self._read[identity.lower()] = _text(body)
            properties = {name: value for name, value in body["properties"].items() if name != "instanceView"}
            scope = identity[: identity.lower().index("/resourcegroups/")]
            listed = {**body, "properties": properties}
            listed.pop("resources", None)
            self._add(f"{scope}/providers/{MACHINES}", listed)
            group = identity.partition("/providers/")[0]
            for disk in body["properties"]["storageProfile"]["dataDisks"]:
                address = f"{group}/providers/Microsoft.Compute/disks/{disk['name']}"
                self._add(f"{scope}/providers/Microsoft.Compute/disks", {"id": address, **disk})
        self._subscriptions = sorted({path.partition("/providers")[0] for path in self._lists})

    def _add(self, path: str, document: Any) -> None:
        self._lists.setdefault(path.lower(), []).append(_text(document))

    def answer(self, target: str) -> bytes:
        """The document at an address."""
        parts = urlsplit(target)
        path = parts.path.lower()
        if path == "/metadata/endpoints":
            login = {"loginEndpoint": f"{self.url}/adfs", "audiences": ["https://management.adfs.fabrikam.example/x"]}
            return _text({"authentication": login})
        if path == "/adfs/.well-known/openid-configuration":
            names = {"authorization_endpoint": "authorize", "token_endpoint": "token"}
            oauth = {name: f"{self.url}/adfs/oauth2/{last}/" for name, last in names.items()}
            return _text({"issuer": f"{self.url}/adfs", **oauth})
        if path.startswith("/adfs/oauth2/token"):
            return _text(_TOKEN)
        if path == "/subscriptions":
            return _text(
                {"value": [{"id": s, "subscriptionId": s[15:], "state": "Enabled"} for s in self._subscriptions]}
            )
        if path in self._read:
            return self._read[path]
        return self._page(parts.path, parse_qs(parts.query))

    def _page(self, path: str, query: dict[str, list[str]]) -> bytes:
        found, start = self._lists.get(path.lower(), []), int(query.get("$skiptoken", ["0"])[0])
        value = b'{"value":[' + b",".join(found[start : start + PAGE]) + b"]"
        if start + PAGE < len(found):
            link = f"{self.url}{path}?api-version={query['api-version'][0]}&$skiptoken={start + PAGE}"
            value += b',"nextLink":' + _text(link)
        return value + b"}"


class _Connection(asyncio.Protocol):
    def __init__(self, answer: Callable[[str], bytes], seconds: float) -> None:
        self._answer, self._seconds, self._got = answer, seconds, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._out = transport

    def data_received(self, data: bytes) -> None:
        """One request after the other: nobody sends a second before the first is answered."""
        self._got += data
        head, end, body = self._got.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if end and len(body) >= int(length or 0):
            self._got = b""
            asyncio.get_running_loop().call_later(self._seconds, self._reply, head.split(b" ", 2)[1].decode())

    def _reply(self, target: str) -> None:
        content = self._answer(target)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        self._out.write(head.encode() + content)


async def serve(file: Path, machines: int, seconds: float) -> None:
    """Serve until standard input ends."""
    stamp, certificate, loop = _Stamp(machines), make_server_certificate(), asyncio.get_running_loop()
    connect = lambda: _Connection(stamp.answer, seconds)  # noqa: E731
    server = await loop.create_server(connect, "127.0.0.1", 0, ssl=server_context(certificate))
    stamp.url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    file.with_name(f"{file.name}.pem").write_bytes(certificate.ca_pem)
    file.write_text(stamp.url)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
