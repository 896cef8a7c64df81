"""A connection that can only read, and that waits for no answer longer than it may; imports smbprotocol.

SMB's own words are those of [MS-SMB2], https://learn.microsoft.com/openspecs/windows_protocols/ms-smb2/.
"""

import logging
import time
import uuid
from typing import Any, Final

from smbprotocol.connection import Connection
from smbprotocol.exceptions import SMBException
from smbprotocol.header import Commands
from smbprotocol.ioctl import CtlCode
from smbprotocol.open import CreateDisposition, CreateOptions, DirectoryAccessMask
from smbprotocol.session import SessionFlags

# Without a handler, Python prints the library's warnings on standard error.
for _name in ("smbprotocol", "spnego"):
    logging.getLogger(_name).addHandler(logging.NullHandler())

READ_ACCESS: Final[int] = (
    DirectoryAccessMask.FILE_LIST_DIRECTORY | DirectoryAccessMask.FILE_READ_ATTRIBUTES | DirectoryAccessMask.SYNCHRONIZE
)
"""All that is ever asked of a folder; no file is opened."""

_SENT: Final = {
    Commands.SMB2_NEGOTIATE,
    Commands.SMB2_SESSION_SETUP,
    Commands.SMB2_LOGOFF,
    Commands.SMB2_TREE_CONNECT,
    Commands.SMB2_TREE_DISCONNECT,
    Commands.SMB2_CREATE,
    Commands.SMB2_CLOSE,
    Commands.SMB2_CANCEL,
    Commands.SMB2_ECHO,
    Commands.SMB2_QUERY_DIRECTORY,
    Commands.SMB2_QUERY_INFO,
    Commands.SMB2_IOCTL,
}

_CONTROLS: Final = {
    # Protects against a downgrade of the dialect.
    CtlCode.FSCTL_VALIDATE_NEGOTIATE_INFO,
    # Asks where a path of a namespace leads.
    CtlCode.FSCTL_DFS_GET_REFERRALS,
}
"""The only controls that are sent."""


class TimedOut(SMBException):  # type: ignore[misc]
    """No answer came in time."""


class Damaged(SMBException):  # type: ignore[misc]
    """An answer makes no sense."""


class ReadingConnection(Connection):  # type: ignore[misc]
    """Sends nothing that could change a share, whatever the code above it asks for."""

    def __init__(self, host: str, port: int, answer_seconds: float, until: float) -> None:
        super().__init__(uuid.uuid4(), host, port)
        self._answer_seconds = answer_seconds
        self._until = until
        self.encryption_demanded = False
        """The server encrypts all of the session, asked or not."""

    def _send(self, messages: list[Any], *arguments: Any, **named: Any) -> Any:
        for message in messages:
            if not self.may_send(message):
                raise AssertionError(f"azscheck only reads, and was about to send {type(message).__name__}")
        try:
            return super()._send(messages, *arguments, **named)
        except (SMBException, OSError):
            raise
        except Exception as error:
            raise _damaged(error) from error

    def may_send(self, message: Any) -> bool:
        """Whether a message may leave."""
        return reads_only(message)

    def receive(self, request: Any, wait: bool = True, timeout: float | None = None, **named: Any) -> Any:
        """Wait for an answer; raises TimedOut."""
        left = self._until - time.monotonic()
        seconds = min(self._answer_seconds, left, *([timeout] if timeout else []))
        # The library waits in whole seconds, and for as long as an answer says "pending".
        if seconds <= 0 or not request.response_event.wait(seconds):
            # What is asked next would be waited for in vain, too.
            self._until = 0
            raise TimedOut
        try:
            response = super().receive(request, wait, max(1.0, seconds), **named)
        except SMBException as error:
            if "Connection timeout of" in str(error):
                self._until = 0
                raise TimedOut from error
            raise
        except OSError:
            raise
        except Exception as error:
            raise _damaged(error) from error
        if response["command"].get_value() == Commands.SMB2_SESSION_SETUP:
            flags = int.from_bytes(response["data"].get_value()[2:4], "little")
            self.encryption_demanded = bool(flags & SessionFlags.SMB2_SESSION_FLAG_ENCRYPT_DATA)
        return response


def _damaged(error: Exception) -> Damaged:
    """In place of what the library's reading thread died of."""
    return Damaged(f"an answer was damaged ({type(error).__name__})")


def reads_only(message: Any) -> bool:
    """True for a message that changes nothing: no write, no other disposition than opening what is there."""
    if message.COMMAND not in _SENT:
        return False
    if message.COMMAND == Commands.SMB2_IOCTL:
        return message["ctl_code"].get_value() in _CONTROLS
    if message.COMMAND != Commands.SMB2_CREATE:
        return True
    return (
        not message["desired_access"].get_value() & ~READ_ACCESS
        and message["create_disposition"].get_value() == CreateDisposition.FILE_OPEN
        and not message["create_options"].get_value() & CreateOptions.FILE_DELETE_ON_CLOSE
    )
