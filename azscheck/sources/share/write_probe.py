"""The one exception to "nothing on a share is ever changed": a folder that a probe makes for itself, and that goes.

Who wants it asks for it (`azscheck readiness --probe-share --allow-write-probe`); nothing else imports this module. The
folder has a random name, and a file is made in it, each by a message that fails where something has that name already
(FILE_CREATE), and that has the server delete it when it is closed or the connection ends (FILE_DELETE_ON_CLOSE). So no
message deletes, and none names what was there before. See [MS-SMB2] 2.2.13.
"""

import secrets
from typing import Any, Final

from smbprotocol.exceptions import SMBException, SMBResponseException
from smbprotocol.header import Commands, NtStatus
from smbprotocol.open import CreateDisposition, CreateOptions, FilePipePrinterAccessMask, ImpersonationLevel, Open

from azscheck.sources.share.listing import NotThere, Refusal
from azscheck.sources.share.smb import SmbShare
from azscheck.sources.share.wire import ReadingConnection

NAME: Final = "azscheck-probe-"
_FILE: Final = "probe"
_CONTENT: Final = b"Written by azscheck to see whether it may, and deleted when this file is closed.\r\n"
_ACCESS: Final[int] = (
    FilePipePrinterAccessMask.FILE_WRITE_DATA
    | FilePipePrinterAccessMask.FILE_READ_ATTRIBUTES
    | FilePipePrinterAccessMask.DELETE
    | FilePipePrinterAccessMask.SYNCHRONIZE
)
_DENIED: Final = {
    NtStatus.STATUS_ACCESS_DENIED: "access is denied",
    0xC00000A2: "the share is read-only",
    0xC000007F: "the disk is full",
    0xC0000044: "the account's quota is exceeded",
}


class ProbingConnection(ReadingConnection):
    """Sends what reads, and beside it the making of two names that it was told, and writes to what that made."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.names: frozenset[str] = frozenset()
        """What may be made."""
        self.made: set[bytes] = set()
        """The handles of what was made."""

    def may_send(self, message: Any) -> bool:
        """Whether a message reads, makes one of its own, or writes to one."""
        if super().may_send(message):
            return True
        match message.COMMAND:
            case Commands.SMB2_CREATE:
                name = message["buffer_path"].get_value().decode("utf-16-le")
                return (
                    name in self.names
                    and not message["desired_access"].get_value() & ~_ACCESS
                    and message["create_disposition"].get_value() == CreateDisposition.FILE_CREATE
                    and bool(message["create_options"].get_value() & CreateOptions.FILE_DELETE_ON_CLOSE)
                )
            case Commands.SMB2_WRITE:
                return bytes(message["file_id"].get_value()) in self.made
        return False


class ProbedShare(SmbShare):
    """A share that was entered to see whether its account may write there."""

    _connects = ProbingConnection

    def probe(self) -> str:
        """Make a folder, write a file in it, see both go; why it cannot be done, empty when it can. Raises Refusal."""
        connection = self._connection
        assert isinstance(connection, ProbingConnection)
        folder = (f"{NAME}{secrets.token_hex(8)}",)
        names = [self._name(folder), self._name((*folder, _FILE))]
        connection.names = frozenset(names)
        opened: list[Any] = []
        try:
            for name, options in zip(names, (CreateOptions.FILE_DIRECTORY_FILE, 0), strict=True):
                opened.append(self._make(name, options))
            opened[-1].write(_CONTENT)
        except SMBResponseException as error:
            if error.status in _DENIED:
                return _DENIED[error.status]
            raise self._cannot(error) from error
        except (SMBException, OSError) as error:
            raise self._cannot(error) from error
        finally:
            self._close(opened)
        return self._left(folder)

    def _name(self, path: tuple[str, ...]) -> str:
        names = [*self._unc.folders, *path]
        if self._tree.is_dfs_share:
            names = [self._unc.host, self._unc.share, *names]
        return "\\".join(names)

    def _make(self, name: str, options: int) -> Any:
        assert isinstance(self._connection, ProbingConnection)
        one = Open(self._tree, name)
        deleted = options | CreateOptions.FILE_DELETE_ON_CLOSE
        one.create(ImpersonationLevel.Impersonation, _ACCESS, 0, 0x7, CreateDisposition.FILE_CREATE, deleted)
        self._connection.made.add(bytes(one.file_id))
        return one

    def _close(self, opened: list[Any]) -> None:
        for one in reversed(opened):
            try:
                one.close(False)
            except (SMBException, OSError):
                # The server deletes it when the connection ends, which is next.
                return

    def _left(self, folder: tuple[str, ...]) -> str:
        try:
            for _ in self.entries(folder):
                break
        except NotThere:
            return ""
        return (
            f"{self.shown(folder)} was made and cannot be deleted: delete it, and give the account the right to delete"
        )

    def _cannot(self, error: Exception) -> Refusal:
        words = " ".join(str(error).split()).rstrip(".")[:200] or type(error).__name__
        return Refusal(f"Whether the account may write to {self._unc} could not be tried: {words}.")
