"""Reading a share of a real SMB server: what is seen of it, and each reason why nothing is."""

import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from msgspec.structs import replace

from azscheck.sources.share.listing import NotThere, Refusal, walk
from azscheck.sources.share.settings import Limits, ShareSettings
from azscheck.sources.share.smb import SmbShare, open_smb
from azscheck.sources.share.unc import parse_unc
from tests.sources.share.samba import PASSWORD, Samba

QUICK = Limits(connect_seconds=1, answer_seconds=1, total_seconds=3)


def settings(server: Samba, **changes: Any) -> ShareSettings:
    return replace(ShareSettings(path=server.path, user=server.user, port=server.port, limits=QUICK), **changes)


def entered(given: ShareSettings, password: str = PASSWORD) -> SmbShare:
    unc = parse_unc(given.path)
    assert unc is not None
    return open_smb(given, unc, password)


@pytest.mark.parametrize("below", [(), ("Switches",)])
def test_a_namespace_is_followed(server: Samba, below: tuple[str, ...]) -> None:
    """A share that the stamp knows by its name in a DFS namespace is not read."""
    path = "\\".join((r"\\127.0.0.1\namespace\north", *below))
    share = entered(settings(server, path=path))
    found = {entry.name for entry in share.entries(() if below else ("Switches",))}
    assert "tor1.cfg" in found
    assert share.facts()[0]["path"] == "\\".join((server.path, *below))
    share.close()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("one", "leads .* on and on, at last to"),
        ("nowhere", "has no share nothing"),
    ],
)
def test_a_namespace_that_leads_nowhere(server: Samba, name: str, words: str) -> None:
    """A namespace that leads to itself is followed for ever, or ends the run."""
    with pytest.raises(Refusal, match=words):
        list(entered(settings(server, path=rf"\\127.0.0.1\namespace\{name}")).entries(()))


def test_files_are_seen_as_they_are(server: Samba) -> None:
    """A name, a size or a time is wrong, so a backup is taken for another or for an old one."""
    share = entered(settings(server))
    found = {entry.name: entry for entry in share.entries(("switches",))}
    assert set(found) == {"tor1.cfg", "größe-日本-😀.txt"}
    assert found["tor1.cfg"].bytes == 1234
    assert abs(found["tor1.cfg"].modified.timestamp() - (server.share / "Switches/tor1.cfg").stat().st_mtime) < 0.001
    assert not found["tor1.cfg"].folder
    with pytest.raises(NotThere):
        list(share.entries(("nothing",)))
    with pytest.raises(NotThere):
        list(share.entries(("Switches", "tor1.cfg")))
    share.close()


def test_a_folder_of_many_files_is_seen_whole(server: Samba) -> None:
    """What does not go into one answer is taken for missing."""
    many = server.share / "many"
    many.mkdir()
    for number in range(3000):
        (many / f"{number:05}-{'x' * 60}").touch()
    share = entered(settings(server, limits=Limits()))
    assert len(list(walk(share, ("many",)))) == 3000
    share.close()


@pytest.mark.parametrize("authentication", ["negotiate", "ntlm"])
@pytest.mark.parametrize(
    ("name", "encryption", "offered", "demanded", "used"),
    [
        ("server", True, True, False, True),
        ("server", False, True, False, True),
        ("strict_server", True, True, True, True),
        ("strict_server", False, True, True, True),
        ("clear_server", False, False, False, False),
    ],
)
def test_encryption_is_used_where_it_is_offered(
    request: pytest.FixtureRequest,
    authentication: str,
    name: str,
    encryption: bool,
    offered: bool,
    demanded: bool,
    used: bool,
) -> None:
    """Names of backups go over the network in clear although the server encrypts, or a report says that they do."""
    server: Samba = request.getfixturevalue(name)
    share = entered(settings(server, require_encryption=encryption, authentication=authentication))
    facts, unknown = share.facts()
    share.close()
    assert facts["encryption"] == {"offered": offered, "required": demanded, "used": used}
    assert facts["signing"]["used"]
    assert facts["dialect"] == "3.1.1"
    assert facts["addresses"] == ["127.0.0.1"]
    assert 0 < facts["freeBytes"] <= facts["totalBytes"]
    assert unknown == {}
    assert PASSWORD not in str(facts)


REFUSALS: list[tuple[str, dict[str, Any], str, str]] = [
    ("server", {}, "wrong", "refused the account {user}: the name or the password is wrong"),
    ("server", {"user": "ghost"}, PASSWORD, "refused the account ghost"),
    ("server", {"path": r"\\127.0.0.1\nothing"}, PASSWORD, "has no share nothing: check `backupShare.path`"),
    ("server", {"path": r"\\127.0.0.1\closed"}, PASSWORD, r"may not enter \\127.0.0.1\closed: give it read rights"),
    (
        "server",
        {"path": r"\\nothing.invalid\b"},
        PASSWORD,
        "The name nothing.invalid of the backup share's server does",
    ),
    ("server", {"port": 1}, PASSWORD, "does not listen on port 1: start SMB there, or open the port"),
    ("server", {"authentication": "kerberos"}, PASSWORD, "Kerberos"),
    ("clear_server", {}, PASSWORD, "does not offer SMB encryption, so nobody signed in"),
]


@pytest.mark.parametrize(("name", "changes", "password", "reason"), REFUSALS)
def test_one_clear_reason(
    request: pytest.FixtureRequest, name: str, changes: dict[str, Any], password: str, reason: str
) -> None:
    """An operator is told that something failed, and not what to mend."""
    server: Samba = request.getfixturevalue(name)
    with pytest.raises(Refusal) as refused:
        entered(settings(server, **changes), password)
    assert reason.format(user=server.user) in str(refused.value)
    assert str(refused.value).endswith(".")
    assert password not in str(refused.value) or password == "wrong"


def test_a_folder_without_rights_is_named(server: Samba) -> None:
    """A folder that nobody may list is taken for an empty one."""
    share = entered(settings(server))
    with pytest.raises(Refusal, match=r"has no right to list \\\\127.0.0.1\\backups\\denied: give it read rights"):
        list(share.entries(("denied",)))
    assert list(share.entries(("Switches",)))
    share.close()


@contextmanager
def relay(server: Samba | None, most: float, seed: int | None = None) -> Iterator[int]:
    """A port that passes on `most` bytes of the server's answers, and then says nothing; None: nothing at all.

    With a seed, some of the bytes are others.
    """
    chance = random.Random(seed)
    listening = socket.create_server(("127.0.0.1", 0))
    kept: list[socket.socket] = []

    def pass_on(source: socket.socket, target: socket.socket | None, left: float) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                left -= len(data)
                if seed is not None and left < float("inf"):
                    data = bytes(chance.randrange(256) if chance.random() < 0.003 else byte for byte in data)
                if target is not None and left >= 0:
                    target.sendall(data)

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = listening.accept()
                kept.append(client)
                behind = socket.create_connection(("127.0.0.1", server.port)) if server else None
                threading.Thread(target=pass_on, args=(client, behind, float("inf")), daemon=True).start()
                if behind is not None:
                    kept.append(behind)
                    threading.Thread(target=pass_on, args=(behind, client, most), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        for open_ in [listening, *kept]:
            with suppress(OSError):
                open_.shutdown(socket.SHUT_RDWR)
            open_.close()


@pytest.mark.parametrize("most", [None, 0, 200, 500, 700, 1000])
def test_a_server_that_falls_silent_is_left(server: Samba, most: int | None) -> None:
    """A share that hangs keeps the scan of all stamps."""
    started = time.monotonic()
    with relay(None if most is None else server, most or 0) as port, pytest.raises(Refusal, match="answer"):
        list(walk(entered(settings(server, port=port)), ("Switches",)))
    assert time.monotonic() - started < 5


def test_a_server_of_another_kind_is_told(server: Samba) -> None:
    """Something that is no file server is waited for, or its answer ends in a traceback."""
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        client, _ = listening.accept()
        with client:
            client.recv(100)
            client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    threading.Thread(target=answer, daemon=True).start()
    with pytest.raises(Refusal, match="SMB"):
        entered(settings(server, port=listening.getsockname()[1]))
    listening.close()


@pytest.mark.parametrize("seed", range(12))
def test_answers_that_are_damaged_are_refused(server: Samba, seed: int) -> None:
    """A broken or hostile server ends the scan of all stamps in a traceback."""
    try:
        with relay(server, 1e9, seed) as port:
            share = entered(settings(server, port=port, require_encryption=False))
            list(walk(share, ("Switches",)))
            share.facts()
    except (Refusal, NotThere):
        pass
