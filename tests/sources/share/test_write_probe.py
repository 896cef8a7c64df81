"""The write test: it makes a folder of its own, nothing else, and nothing of it is left."""

from typing import Any

import pytest
from smbprotocol.header import Commands
from smbprotocol.open import CreateDisposition, CreateOptions, Open, SMB2CreateRequest, SMB2WriteRequest

from azscheck.sources.share.smb import SmbShare
from azscheck.sources.share.unc import parse_unc
from azscheck.sources.share.write_probe import NAME, ProbedShare, ProbingConnection
from tests.sources.share.samba import PASSWORD, Samba, samba
from tests.sources.share.test_read_only import sent
from tests.sources.share.test_smb import settings

__all__ = ["sent"]
DELETE_ON_CLOSE = CreateOptions.FILE_DELETE_ON_CLOSE


def entered(server: Samba, path: str = "") -> ProbedShare:
    unc = parse_unc(server.path + path)
    assert unc is not None
    return ProbedShare(settings(server), unc, PASSWORD)


@pytest.mark.parametrize("path", ["", r"\east\north"])
def test_what_is_made_is_gone(sent: list[Any], path: str) -> None:
    """A file is left on the share, or one that was there is touched."""
    with samba("if_required", read_only=False) as server:
        (server.share / "east/north").mkdir(parents=True)
        (server.share / "mine.txt").write_text("mine")
        for folder in (server.share, *server.share.rglob("*")):
            folder.chmod(0o777)
        before = sorted(server.share.rglob("*"))
        share = entered(server, path)
        assert share.probe() == ""
        share.close()
        assert sorted(server.share.rglob("*")) == before
        assert (server.share / "mine.txt").read_text() == "mine"
    making = [m for m in sent if m.COMMAND == Commands.SMB2_CREATE and m["create_disposition"].get_value() != 1]
    names = [message["buffer_path"].get_value().decode("utf-16-le") for message in making]
    assert [name.rpartition("\\")[2].startswith(NAME) for name in names] == [True, False]
    assert names[1].startswith(names[0] + "\\")
    assert all(message["create_options"].get_value() & DELETE_ON_CLOSE for message in making)
    assert [m.COMMAND for m in sent].count(Commands.SMB2_WRITE) == 1
    assert Commands.SMB2_SET_INFO not in {m.COMMAND for m in sent}


def test_who_may_not_write_is_told(server: Samba) -> None:
    """An account that can read alone passes for one that backs up."""
    share = entered(server)
    assert share.probe() in ("access is denied", "the share is read-only")
    share.close()


def test_each_probe_has_a_name_of_its_own(sent: list[Any], server: Samba) -> None:
    """Two probes at once delete each other's folder."""
    share = entered(server)
    share.probe(), share.probe()
    share.close()
    made = {m["buffer_path"].get_value() for m in sent if m.COMMAND == Commands.SMB2_CREATE} - {b"", b"\0\0"}
    assert len(made) == 2


def test_a_connection_that_ends_leaves_nothing() -> None:
    """A probe that is killed half-way leaves its folder."""
    with samba("if_required", read_only=False) as server:
        server.share.chmod(0o777)
        share = entered(server)
        connection = share._connection
        assert isinstance(connection, ProbingConnection)
        connection.names = frozenset({f"{NAME}x"})
        share._make(f"{NAME}x", CreateOptions.FILE_DIRECTORY_FILE)
        assert [path.name for path in server.share.iterdir()] == [f"{NAME}x"]
        share.close()
        import time

        until = time.monotonic() + 5
        while list(server.share.iterdir()) and time.monotonic() < until:
            time.sleep(0.05)
        assert list(server.share.iterdir()) == []


def message(name: str, disposition: int, options: int, access: int = 0x10002) -> SMB2CreateRequest:
    made = SMB2CreateRequest()
    made["buffer_path"] = name.encode("utf-16-le")
    made["desired_access"] = access
    made["create_disposition"] = disposition
    made["create_options"] = options
    return made


@pytest.mark.parametrize(
    "wrong",
    [
        message("other", CreateDisposition.FILE_CREATE, DELETE_ON_CLOSE),
        message("own\\..\\other", CreateDisposition.FILE_CREATE, DELETE_ON_CLOSE),
        message("", CreateDisposition.FILE_CREATE, DELETE_ON_CLOSE),
        message("own", CreateDisposition.FILE_OPEN, DELETE_ON_CLOSE),
        message("own", CreateDisposition.FILE_OPEN_IF, DELETE_ON_CLOSE),
        message("own", CreateDisposition.FILE_OVERWRITE_IF, DELETE_ON_CLOSE),
        message("own", CreateDisposition.FILE_SUPERSEDE, DELETE_ON_CLOSE),
        message("own", CreateDisposition.FILE_CREATE, 0),
        message("own", CreateDisposition.FILE_CREATE, DELETE_ON_CLOSE, 0x40002),
        SMB2WriteRequest(),
    ],
)
def test_a_mistake_of_ours_is_stopped_before_it_is_sent(wrong: Any) -> None:
    """A later change of the code opens, overwrites or deletes what others wrote, and nobody notices."""
    connection = ProbingConnection("127.0.0.1", 445, 1.0, 0.0)
    connection.names = frozenset({"own"})
    connection.made.add(b"\1" * 16)
    assert connection.may_send(message("own", CreateDisposition.FILE_CREATE, DELETE_ON_CLOSE))
    assert not connection.may_send(wrong)


def test_a_share_that_is_only_read_stays_so() -> None:
    """With the probe in the program, a scan can write, too."""
    with samba("if_required", read_only=False) as server:
        server.share.chmod(0o777)
        unc = parse_unc(server.path)
        assert unc is not None
        share = SmbShare(settings(server), unc, PASSWORD)
        with pytest.raises(AssertionError, match="azscheck only reads"):
            Open(share._tree, "new").create(2, 0x10002, 0, 7, CreateDisposition.FILE_CREATE, DELETE_ON_CLOSE)
        share.close()
        assert list(server.share.iterdir()) == []


def test_one_module_alone_imports_the_probe() -> None:
    """A scan that only reads comes to hold what can write."""
    from pathlib import Path

    import azscheck

    package = Path(azscheck.__file__).parent
    importing = {
        file.relative_to(package).as_posix()
        for file in package.rglob("*.py")
        if "share.write_probe import" in file.read_text("utf-8")
    }
    assert importing == {"sources/deployment/probe.py"}
