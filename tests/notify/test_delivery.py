"""Bringing a notice to a server that is slow, busy, elsewhere, or not who it says."""

import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Self

import pytest
from msgspec.structs import replace

from azscheck.demo.messages import Reply
from azscheck.notify.attempt import Failed
from azscheck.notify.delivery import Delivery, Patience, deliver, send_one
from azscheck.notify.notice import Notice
from azscheck.sources.channels import Channel, Hook, Mail
from tests.notify.notices import notice
from tests.notify.receivers import PATH, HookServer, MailServer, hook_server, mail_server

FAST = Patience(4, 1, (0.05, 0.05))


@pytest.fixture
def hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HookServer]:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    with hook_server(tmp_path) as server:
        monkeypatch.setenv("HOOK", server.url)
        yield server


def channel(hook: HookServer, kind: str = "webhook") -> Channel:
    return Channel("ops", kind, Hook(env="HOOK"), ca_file=hook.ca)


def brought(channel: Channel, *notices: Notice, patience: Patience = FAST) -> Delivery:
    (found,) = deliver({channel.name: notices or [notice()]}, [channel], patience=patience)
    return found


def test_a_notice_arrives_as_json_with_its_key(hook: HookServer) -> None:
    """The receiver takes it for a form, or cannot tell that it has it already."""
    found = brought(channel(hook))
    assert (found.delivered, found.failure, found.attempts) == (["k" * 32], "", 1)
    (request,) = hook.requests
    assert (request.method, request.path) == ("POST", PATH)
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert request.headers["idempotency-key"] == json.loads(request.body)["id"] == "k" * 32
    assert request.headers["user-agent"].startswith("azscheck/")
    assert "authorization" not in request.headers


@pytest.mark.parametrize("reply", [Reply(429), Reply(500), Reply(503), Reply(408), Reply(drop=True)])
def test_what_passes_is_waited_for(hook: HookServer, reply: Reply) -> None:
    """A receiver that restarts costs a notification."""
    hook.replies += [reply, reply]
    found = brought(channel(hook))
    assert (found.delivered, found.failure, found.attempts, found.failures) == (["k" * 32], "", 3, 2)


def test_how_long_to_wait_is_the_receivers_to_say(hook: HookServer) -> None:
    """The receiver throttles for longer and longer, since nobody listens."""
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=1000), usegmt=True)
    hook.replies += [Reply(429, headers=(("Retry-After", "1"),))]
    assert brought(channel(hook)).failure == ""
    assert hook.times[1] - hook.times[0] >= 1
    for text in ("1000", later):
        hook.replies = [Reply(429, headers=(("Retry-After", text),))]
        began = time.monotonic()
        found = brought(channel(hook))
        assert found.attempts == 1
        assert re.match(r"127\.0\.0\.1 answered HTTP 429 and asks to wait (1000|99\d) s", found.failure)
        assert time.monotonic() - began < 2
    hook.replies = [Reply(429, headers=(("Retry-After", "soon"),))]
    assert brought(channel(hook)).failure == ""


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_what_does_not_pass_is_not_tried_again(hook: HookServer, status: int) -> None:
    """An address that is revoked is asked again and again until the receiver blocks us."""
    hook.replies += [Reply(status)] * 9
    found = brought(channel(hook), notice(id="1"), notice(id="2"))
    assert (found.delivered, found.attempts) == ([], 1)
    assert found.failure == f"127.0.0.1 answered HTTP {status}"


def test_one_message_that_is_refused_does_not_hold_up_the_next(hook: HookServer) -> None:
    """The receiver does not like one of them, and from that day on nothing arrives."""
    hook.replies += [Reply(400)]
    found = brought(channel(hook), notice(id="1"), notice(id="2"))
    assert (found.delivered, found.failure) == (["2"], "127.0.0.1 answered HTTP 400")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(hook: HookServer, tmp_path: Path, status: int) -> None:
    """Whoever can answer for the receiver has everything sent to himself."""
    (tmp_path / "other").mkdir()
    with hook_server(tmp_path / "other") as other:
        hook.replies += [Reply(status, headers=(("Location", other.url),))]
        found = brought(channel(hook))
        assert other.requests == []
    assert found.failure.startswith(f"127.0.0.1 redirects (HTTP {status}), and no redirect is followed")


def test_a_certificate_of_another_authority_is_not_trusted(hook: HookServer, tmp_path: Path) -> None:
    """Anybody on the way reads what is told, and the address by which to post."""
    (tmp_path / "other").mkdir()
    with hook_server(tmp_path / "other") as other:
        found = brought(replace(channel(hook), ca_file=other.ca))
    assert "the certificate of 127.0.0.1 is not trusted" in found.failure
    assert brought(replace(channel(hook), ca_file=None)).delivered == []
    assert hook.requests == []
    (tmp_path / "none.pem").write_text("nothing")
    assert "cannot be read as PEM" in brought(replace(channel(hook), ca_file=tmp_path / "none.pem")).failure


@pytest.mark.parametrize("status", [200, 500])
def test_an_answer_that_does_not_end_is_given_up(hook: HookServer, status: int) -> None:
    """A receiver that drips its answer keeps the scan from ending; or what it has taken is sent again."""
    hook.replies += [Reply(status, body=b"x" * 400, pause=0.05)] * 9
    began = time.monotonic()
    found = brought(channel(hook), patience=Patience(2.5, 1, (0.05,)))
    assert time.monotonic() - began < 4
    assert found.delivered == (["k" * 32] if status == 200 else [])
    assert found.failure == ("" if status == 200 else "127.0.0.1 answered HTTP 500")


def test_a_server_that_takes_connections_and_says_nothing(hook: HookServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the same with one that hangs before a word is said."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("HOOK", f"https://127.0.0.1:{silent.getsockname()[1]}{PATH}")
        began = time.monotonic()
        found = brought(channel(hook), patience=Patience(1.5, 0.5, (0.05,)))
        assert time.monotonic() - began < 3
    assert found.failure == "127.0.0.1 did not answer in time"


def test_a_channel_that_hangs_for_ever_is_left_behind(hook: HookServer) -> None:
    """A name server that does not answer stops the scan, and the other channels with it."""
    never = threading.Event()

    def send(to: Channel, *_: object) -> str:
        return "" if to.name == "other" else str(never.wait(30))

    channels = [channel(hook), replace(channel(hook), name="other")]
    found = deliver({"ops": [notice()], "other": [notice()]}, channels, patience=Patience(0.5), send=send)
    never.set()
    assert [(d.delivered, d.failure) for d in found] == [([], "no answer within 0.5 s"), (["k" * 32], "")]


def test_a_fault_of_our_own_is_told_and_shows_no_secret(hook: HookServer) -> None:
    """A mistake in azscheck ends the scan after all."""

    def send(*_: object) -> str:
        raise KeyError("s3cr3t")

    (found,) = deliver({"ops": [notice()]}, [channel(hook)], patience=FAST, send=send)
    assert found.failure == "a fault in azscheck itself, KeyError"


class Proxy:
    """Takes one CONNECT and passes bytes on."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.asked: list[bytes] = []
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()
        self.server.close()

    def _run(self) -> None:
        client, _ = self.server.accept()
        request = b""
        while b"\r\n\r\n" not in request:
            request += client.recv(4096)
        self.asked.append(request)
        host, port = request.split()[1].decode().split(":")
        with client, socket.create_connection((host, int(port))) as there:
            client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=self._pass, args=(there, client))
            back.start()
            self._pass(client, there)
            back.join()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(4096):
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)


def test_a_proxy_sees_the_host_alone(hook: HookServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind the company's proxy nothing is told; or the proxy's log has the address that is a secret."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with Proxy() as proxy:
        monkeypatch.setenv("https_proxy", f"http://me:pass%20word@127.0.0.1:{proxy.port}")
        assert brought(channel(hook)).failure == ""
    (asked,) = proxy.asked
    assert asked.startswith(b"CONNECT 127.0.0.1:")
    assert b"Proxy-Authorization: Basic bWU6cGFzcyB3b3Jk" in asked
    assert b"s3cr3t" not in asked
    assert b"proxy-authorization" not in {name.encode() for name in hook.requests[0].headers}
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert brought(channel(hook)).failure == ""
    assert len(proxy.asked) == 1


def mailed(server: MailServer, security: str = "starttls", user: str = "azscheck", file: Path | None = None) -> Channel:
    target = Mail(
        "localhost",
        server.port,
        security,
        "azscheck@contoso.example",
        ("a@contoso.example", "b@contoso.example"),
        user,
        password_file=file,
    )
    return Channel("post", "email", target, ca_file=server.ca)


@pytest.fixture
def password(tmp_path: Path) -> Path:
    (tmp_path / "password").write_text("correct horse\n")
    return tmp_path / "password"


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_letter_goes_over_tls(tmp_path: Path, password: Path, security: str) -> None:
    """The mail server's password and the findings go over the network in the clear."""
    with mail_server(tmp_path, security) as server:
        assert brought(mailed(server, security, "azscheck" if security == "starttls" else "", password)).failure == ""
        assert server.encrypted == [True]
        assert server.recipients == [["a@contoso.example", "b@contoso.example"]]


def test_a_server_without_starttls_gets_nothing(tmp_path: Path, password: Path) -> None:
    """Somebody on the way removes the offer of STARTTLS, and reads everything."""
    with mail_server(tmp_path, "none") as server:
        found = brought(mailed(server, file=password))
        assert "does not offer what is needed" in found.failure
        assert (server.mails, found.attempts) == ([], 1)
        assert brought(mailed(server, "none", user="")).failure == ""


def test_a_mail_servers_certificate_is_verified(tmp_path: Path, password: Path, hook: HookServer) -> None:
    with mail_server(tmp_path) as server:
        found = brought(replace(mailed(server, file=password), ca_file=hook.ca))
        assert "the certificate of localhost is not trusted" in found.failure
        assert server.mails == []


def test_what_a_mail_server_refuses(tmp_path: Path, password: Path) -> None:
    """One colleague has left, and nobody gets a letter; or the others get it every night."""
    with mail_server(tmp_path) as server:
        server.refused = {"b@contoso.example"}
        found = brought(mailed(server, file=password))
        assert (found.delivered, found.failure) == (["k" * 32], "")
        assert found.remarks == ["localhost refused b@contoso.example; the others have it"]
        server.refused = {"a@contoso.example", "b@contoso.example"}
        assert brought(mailed(server, file=password)).failure == "localhost refused every recipient (SMTP 550)"
        server.refused = set()
        server.codes += ["451 busy"]
        found = brought(mailed(server, file=password))
        assert (found.delivered, found.attempts) == (["k" * 32], 2)
        password.write_text("wrong")
        found = brought(mailed(server, file=password))
        assert found.failure == "localhost did not take the user and password (SMTP 535)"
        assert found.attempts == 1
        password.unlink()
        assert (
            "The password of azscheck for the channel post cannot be read"
            in brought(mailed(server, file=password)).failure
        )


def test_http_is_for_loopback_alone(hook: HookServer) -> None:
    """What is told of the stamp goes over the network in the clear."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            client, _ = server.accept()
            client.recv(100_000)
            client.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
            client.close()

        threading.Thread(target=answer, daemon=True).start()
        local = Hook(url=f"http://127.0.0.1:{server.getsockname()[1]}/x")
        assert send_one(replace(channel(hook), target=local), notice(), 2) == ""
    found = brought(replace(channel(hook), target=Hook(url="http://192.0.2.1/x")))
    assert "is not https" in found.failure


def test_a_name_that_is_not_there(hook: HookServer) -> None:
    with pytest.raises(Failed, match=r"the name nowhere\.invalid was not found"):
        send_one(replace(channel(hook), target=Hook(url="https://nowhere.invalid/x")), notice(), 5)
