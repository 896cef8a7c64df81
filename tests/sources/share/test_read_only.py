"""Nothing that is sent to a share can change it."""

from typing import Any

import pytest
from smbprotocol.connection import Connection
from smbprotocol.header import Commands
from smbprotocol.open import CreateDisposition, CreateOptions, Open, SMB2CreateRequest, SMB2WriteRequest

from azscheck.sources.share.listing import walk
from azscheck.sources.share.wire import READ_ACCESS, reads_only
from tests.sources.share.samba import Samba, samba
from tests.sources.share.test_smb import entered, settings

# [MS-SMB2] 2.2.13.1.2: list, read attributes, synchronize. Not the right to write, append, delete, or change rights.
MAY = 0x00000001 | 0x00000080 | 0x00100000


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """All messages that leave, as the library sends them."""
    messages: list[Any] = []
    send = Connection._send

    def spy(connection: Any, more: list[Any], *arguments: Any, **named: Any) -> Any:
        messages.extend(more)
        return send(connection, more, *arguments, **named)

    monkeypatch.setattr(Connection, "_send", spy)
    return messages


def test_no_message_asks_for_more_than_reading(sent: list[Any], server: Samba) -> None:
    """azscheck opens the backups of a stamp with rights that could destroy them."""
    share = entered(settings(server))
    share.facts()
    assert list(walk(share, ("Switches",)))
    share.close()
    commands = {message.COMMAND for message in sent}
    assert Commands.SMB2_CREATE in commands
    assert not commands & {Commands.SMB2_WRITE, Commands.SMB2_SET_INFO, Commands.SMB2_LOCK, Commands.SMB2_READ}
    for message in sent:
        if message.COMMAND == Commands.SMB2_CREATE:
            assert message["desired_access"].get_value() & ~MAY == 0
            assert message["create_disposition"].get_value() == CreateDisposition.FILE_OPEN
            assert message["create_options"].get_value() == CreateOptions.FILE_DIRECTORY_FILE


@pytest.mark.parametrize(
    ("access", "disposition", "options"),
    [
        (READ_ACCESS | 0x2, CreateDisposition.FILE_OPEN, 0),
        (0x10000, CreateDisposition.FILE_OPEN, 0),
        (READ_ACCESS, CreateDisposition.FILE_CREATE, 0),
        (READ_ACCESS, CreateDisposition.FILE_OPEN_IF, 0),
        (READ_ACCESS, CreateDisposition.FILE_OVERWRITE, 0),
        (READ_ACCESS, CreateDisposition.FILE_SUPERSEDE, 0),
        (READ_ACCESS, CreateDisposition.FILE_OPEN, CreateOptions.FILE_DELETE_ON_CLOSE),
    ],
)
def test_a_mistake_of_ours_is_stopped_before_it_is_sent(access: int, disposition: int, options: int) -> None:
    """A later change of the code asks for a right to write, and nobody notices."""
    message = SMB2CreateRequest()
    message["desired_access"] = access
    message["create_disposition"] = disposition
    message["create_options"] = options
    assert not reads_only(message)
    assert not reads_only(SMB2WriteRequest())


def test_a_share_that_may_be_written_is_not() -> None:
    """The guard holds on paper only: a server that would let it happen sees a new file."""
    with samba("if_required", read_only=False) as server:
        server.share.chmod(0o777)
        share = entered(settings(server))
        new = Open(share._tree, "new.txt")
        with pytest.raises(AssertionError, match="azscheck only reads"):
            new.create(2, 0x2, 0, 7, CreateDisposition.FILE_CREATE, 0)
        share.close()
        assert list(server.share.iterdir()) == []
