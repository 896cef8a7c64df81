"""A share over SMB 2 and 3: signed in, encrypted, listed; nothing on it is opened but folders, and for reading only."""

import socket
import struct
import time
from collections.abc import Iterator, Mapping
from typing import Any, Final

from smbprotocol.connection import Dialects, SecurityMode
from smbprotocol.exceptions import NoMoreFiles, SMBException
from smbprotocol.file_info import FileInformationClass
from smbprotocol.open import (
    CreateDisposition,
    CreateOptions,
    ImpersonationLevel,
    Open,
    ShareAccess,
    SMB2QueryDirectoryRequest,
    SMB2QueryDirectoryResponse,
    SMB2QueryInfoRequest,
    SMB2QueryInfoResponse,
)
from smbprotocol.session import Session
from smbprotocol.tree import TreeConnect

from azscheck.sources.share.answers import SIZE, space, unpacked
from azscheck.sources.share.failures import Failures, leads_elsewhere, no_such_share, not_there
from azscheck.sources.share.listing import Entry, NotThere, Path, Refusal
from azscheck.sources.share.referrals import referred
from azscheck.sources.share.settings import ShareSettings
from azscheck.sources.share.unc import Unc
from azscheck.sources.share.wire import READ_ACCESS, ReadingConnection

_DIALECTS: Final = {
    Dialects.SMB_2_0_2: "2.0.2",
    Dialects.SMB_2_1_0: "2.1",
    Dialects.SMB_3_0_0: "3.0",
    Dialects.SMB_3_0_2: "3.0.2",
    Dialects.SMB_3_1_1: "3.1.1",
}
_MOST_MOVES: Final = 5
_LIST_BYTES: Final = 256 * 1024
_FULL_SIZE: Final = 7
_FILE_SYSTEM: Final = 2
_SHARING: Final = ShareAccess.FILE_SHARE_READ | ShareAccess.FILE_SHARE_WRITE | ShareAccess.FILE_SHARE_DELETE
_ERRORS: Final = (
    SMBException,
    OSError,
    ValueError,
    ImportError,
    struct.error,
    ArithmeticError,
    LookupError,
    TypeError,
    AttributeError,
)
"""The latter ones are what the library makes of an answer that is not whole."""


class Moved(Exception):
    """The path is one of a DFS namespace, and leads to `target`."""

    def __init__(self, target: Unc) -> None:
        super().__init__(str(target))
        self.target = target


def open_smb(settings: ShareSettings, unc: Unc, password: str) -> "SmbShare":
    """The share at a path, which may be one of a DFS namespace; raises Refusal."""
    path = unc
    for _ in range(_MOST_MOVES):
        try:
            return SmbShare(settings, path, password)
        except Moved as moved:
            path = moved.target
    raise Refusal(f"The DFS namespace leads {unc} on and on, at last to {path}: give the path on the server itself.")


class SmbShare:
    """A share that was entered. Raises Refusal with the reason when it cannot be, and Moved where it lies elsewhere."""

    _connects: type[ReadingConnection] = ReadingConnection

    def __init__(self, settings: ShareSettings, unc: Unc, password: str) -> None:
        self._settings = settings
        self._unc = unc
        self._failures = Failures(settings, unc)
        self._addresses = self._resolve()
        limits = settings.limits
        until = time.monotonic() + limits.total_seconds
        self._connection = self._connects(unc.host, settings.port, limits.answer_seconds, until)
        try:
            self._negotiate()
            self._session = self._sign_in(password)
            self._tree = self._enter()
        except (Refusal, Moved):
            self.close()
            raise

    def _resolve(self) -> list[str]:
        try:
            found = socket.getaddrinfo(self._unc.host, self._settings.port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise Refusal(self._failures.resolving(error)) from error
        return sorted({str(address[4][0]) for address in found})

    def _negotiate(self) -> None:
        try:
            self._connection.connect(timeout=self._settings.limits.connect_seconds)
        except _ERRORS as error:
            raise Refusal(self._failures.connecting(error)) from error
        # Before anybody signs in: what a stranger's server learns of an account is worth an attack.
        if self._settings.require_encryption and not self._connection.supports_encryption:
            raise Refusal(self._failures.not_encrypted())

    def _sign_in(self, password: str) -> Any:
        settings = self._settings
        session = Session(
            self._connection,
            settings.user or None,
            password or None,
            require_encryption=bool(self._connection.supports_encryption),
            auth_protocol=settings.authentication,
        )
        try:
            session.connect()
        except _ERRORS as error:
            raise Refusal(self._failures.signing_in(error)) from error
        return session

    def _enter(self) -> Any:
        tree = TreeConnect(self._session, f"\\\\{self._unc.host}\\{self._unc.share}")
        try:
            tree.connect()
            if tree.is_dfs_share:
                self._open((), tree).close(False)
        except _ERRORS as error:
            if (leads_elsewhere(error) or no_such_share(error)) and (target := self._referred()):
                raise Moved(target) from None
            if not tree.tree_connect_id:
                raise Refusal(self._failures.entering(error)) from error
        return tree

    def _referred(self) -> Unc | None:
        """Where the path leads, if it is one of a DFS namespace; None where nobody says so."""
        try:
            return referred(self._session, self._unc)
        except _ERRORS:
            return None

    def entries(self, path: Path) -> Iterator[Entry]:
        """See `Share`."""
        try:
            folder = self._open(path)
            while (data := self._some(folder)) is not None:
                yield from unpacked(data)
            # Not after a failure: a server that does not answer would be waited for twice.
            folder.close(False)
        except _ERRORS as error:
            if not_there(error):
                raise NotThere(self.shown(path)) from error
            raise Refusal(self._failures.listing(error, self.shown(path))) from error

    def _open(self, path: Path, tree: Any = None) -> Any:
        tree, names = tree or self._tree, [*self._unc.folders, *path]
        if tree.is_dfs_share:
            names = [self._unc.host, self._unc.share, *names]
        folder = Open(tree, "\\".join(names))
        folder.create(
            ImpersonationLevel.Impersonation,
            READ_ACCESS,
            0,
            _SHARING,
            CreateDisposition.FILE_OPEN,
            CreateOptions.FILE_DIRECTORY_FILE,
        )
        return folder

    def _some(self, folder: Any) -> bytes | None:
        """As many entries as go into one answer; None after the last."""
        query = SMB2QueryDirectoryRequest()
        query["file_information_class"] = FileInformationClass.FILE_DIRECTORY_INFORMATION
        query["file_id"] = folder.file_id
        query["output_buffer_length"] = min(_LIST_BYTES, self._connection.max_transact_size)
        query["buffer"] = "*".encode("utf-16-le")
        try:
            return self._asked(query, SMB2QueryDirectoryResponse())
        except NoMoreFiles:
            return None

    def _asked(self, query: Any, answer: Any) -> bytes:
        connection = self._connection
        request = connection.send(query, self._session.session_id, self._tree.tree_connect_id)
        answer.unpack(connection.receive(request)["data"].get_value())
        return bytes(answer["buffer"].get_value())

    def facts(self) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """See `Share`."""
        connection, session = self._connection, self._session
        known: dict[str, Any] = {
            "path": str(self._unc),
            "mounted": False,
            "host": self._unc.host,
            "addresses": self._addresses,
            "encryption": {
                "offered": bool(connection.supports_encryption),
                "required": bool(connection.encryption_demanded or self._tree.encrypt_data),
                "used": bool(session.encrypt_data),
            },
            "signing": {
                "required": bool(connection.server_security_mode & SecurityMode.SMB2_NEGOTIATE_SIGNING_REQUIRED),
                "used": bool(session.signing_required or session.encrypt_data),
            },
            "dialect": _DIALECTS.get(connection.dialect, str(connection.dialect)),
            "account": self._settings.user,
        }
        try:
            free, total = self._space()
        except _ERRORS as error:
            reason = self._failures.listing(error, self.shown(()))
            return known, {f"/properties/{name}": reason for name in ("freeBytes", "totalBytes")}
        return known | {"freeBytes": free, "totalBytes": total}, {}

    def _space(self) -> tuple[int, int]:
        folder = self._open(())
        query = SMB2QueryInfoRequest()
        query["info_type"] = _FILE_SYSTEM
        query["file_info_class"] = _FULL_SIZE
        query["output_buffer_length"] = SIZE.size
        query["file_id"] = folder.file_id
        answer = self._asked(query, SMB2QueryInfoResponse())
        folder.close(False)
        return space(answer)

    def shown(self, path: Path) -> str:
        """See `Share`."""
        return "\\".join([str(self._unc), *path])

    def close(self) -> None:
        """See `Share`."""
        # Without a farewell: the server may be the one that does not answer.
        self._connection.disconnect(close=False)
