"""Why a share cannot be read: one sentence a cause, with what to do. Imports smbprotocol."""

import socket
from collections.abc import Callable
from typing import Final

from smbprotocol.exceptions import SMBAuthenticationError, SMBConnectionClosed, SMBException, SMBResponseException
from smbprotocol.header import NtStatus

from azscheck.sources.share.settings import ShareSettings
from azscheck.sources.share.unc import Unc
from azscheck.sources.share.wire import TimedOut

# [MS-ERREF] 2.3.1, https://learn.microsoft.com/openspecs/windows_protocols/ms-erref/596a1078-e883-4972-9bbc-49e60bebca55
_ACCOUNT: Final = {
    0xC0000064: "there is no such account",
    0xC000006A: "the password is wrong",
    0xC000006D: "the name or the password is wrong",
    0xC000006E: "the account is restricted",
    0xC000006F: "the account may not sign in at this time",
    0xC0000070: "the account may not sign in from this computer",
    0xC0000071: "the password has expired",
    0xC0000072: "the account is disabled",
    0xC000015B: "the account may not sign in over the network",
    0xC0000193: "the account has expired",
    0xC0000224: "the password must be changed first",
    0xC0000234: "the account is locked out",
}
_NO_SHARE: Final = {NtStatus.STATUS_BAD_NETWORK_NAME, 0xC00000C9}
_ELSEWHERE: Final = 0xC0000257
_NOT_THERE: Final = {
    NtStatus.STATUS_OBJECT_NAME_NOT_FOUND,
    NtStatus.STATUS_OBJECT_PATH_NOT_FOUND,
    NtStatus.STATUS_OBJECT_NAME_INVALID,
    NtStatus.STATUS_NO_SUCH_FILE,
    0xC0000103,
}


def leads_elsewhere(error: Exception) -> bool:
    """True where a path of a DFS namespace leads to another server."""
    return isinstance(error, SMBResponseException) and error.status == _ELSEWHERE


def no_such_share(error: Exception) -> bool:
    """True where the server has no share of that name; a domain's namespace is none of its own."""
    return isinstance(error, SMBResponseException) and error.status in _NO_SHARE


def not_there(error: Exception) -> bool:
    """True when the server says that a folder is not there, or is a file."""
    return isinstance(error, SMBResponseException) and error.status in _NOT_THERE


class Failures:
    """The sentences of one share."""

    def __init__(self, settings: ShareSettings, unc: Unc) -> None:
        self._settings = settings
        self._unc = unc
        self._server = f"The server {unc.host} of the backup share"

    def resolving(self, error: OSError) -> str:
        """The server's name means nothing here."""
        reason = error.strerror or "no address"
        return (
            f"The name {self._unc.host} of the backup share's server does not resolve ({reason}): run azscheck where it"
            " does, or set `backupShare.path` to a name or an address that does."
        )

    def connecting(self, error: Exception) -> str:
        """Nothing was said yet."""
        port, cause = self._settings.port, error.__cause__ if isinstance(error, ValueError) else error
        if isinstance(cause, ConnectionRefusedError):
            return f"{self._server} does not listen on port {port}: start SMB there, or open the port to this computer."
        if isinstance(cause, TimeoutError | socket.timeout):
            return (
                f"{self._server} did not answer on port {port} within {self._settings.limits.connect_seconds:g} s: open"
                " the port to this computer, in all firewalls between."
            )
        if isinstance(cause, OSError):
            return f"{self._server} cannot be reached on port {port}: {cause.strerror or cause}."
        return self._other(
            error, f"speak SMB 2 or 3 on port {port}", lambda e: f"{self._server} refused SMB: {_text(e)}."
        )

    def not_encrypted(self) -> str:
        """The server cannot encrypt, and encryption is required."""
        return (
            f"{self._server} does not offer SMB encryption, so nobody signed in: switch it on there (SMB 3), or accept"
            f" what it offers with `backupShare.encryption: {self._settings.in_clear}`."
        )

    def signing_in(self, error: Exception) -> str:
        """The account was not accepted."""
        account = self._settings.user or "Kerberos ticket's account"
        if isinstance(error, ImportError):
            return "Kerberos needs a library that is not installed: pip install 'azscheck[kerberos]'."
        if isinstance(error, SMBResponseException):
            reason = _ACCOUNT.get(error.status)
            if reason is None and error.status == NtStatus.STATUS_ACCESS_DENIED:
                reason = "access is denied"
            if reason:
                return f"{self._server} refused the account {account}: {reason} (`backupShare.user`, and its password)."
        if isinstance(error, SMBAuthenticationError):
            return f"Signing in to the backup share as {account} failed: {_text(error)}."
        return self._other(error, f"sign {account} in", lambda e: f"{self._server} signed nobody in: {_text(e)}.")

    def entering(self, error: Exception) -> str:
        """The share was not opened."""
        share = f"\\\\{self._unc.host}\\{self._unc.share}"
        if isinstance(error, SMBResponseException):
            if error.status in _NO_SHARE:
                return (
                    f"{self._server} has no share {self._unc.share}: check `backupShare.path`; of a DFS namespace, give"
                    " the path on the server itself."
                )
            if error.status == NtStatus.STATUS_ACCESS_DENIED:
                return f"The account {self._settings.user} may not enter {share}: give it read rights on the share."
        return self._other(error, f"open {share}", lambda e: f"{share} cannot be opened: {_text(e)}.")

    def listing(self, error: Exception, folder: str) -> str:
        """A folder was not listed."""
        if isinstance(error, SMBResponseException):
            if error.status == NtStatus.STATUS_ACCESS_DENIED:
                return (
                    f"The account {self._settings.user} has no right to list {folder}: give it read rights there and"
                    " below."
                )
            if error.status == _ELSEWHERE:
                return f"{folder} lies on another server (DFS): set `backupShare.path` to the path on that server."
        return self._other(error, f"list {folder}", lambda e: f"{folder} cannot be listed: {_text(e)}.")

    def too_long(self) -> str:
        """All of it took longer than it may."""
        seconds = self._settings.limits.total_seconds
        return (
            f"{self._server} was not read within {seconds:g} s: look at what slows it, or raise"
            " `backupShare.deadlineSeconds`."
        )

    def _other(self, error: Exception, what: str, else_: Callable[[Exception], str]) -> str:
        if isinstance(error, TimedOut | TimeoutError):
            seconds = min(self._settings.limits.answer_seconds, self._settings.limits.total_seconds)
            return (
                f"{self._server} did not {what} within {seconds:g} s: it accepts connections and does not answer."
                if what.startswith("speak")
                else f"{self._server} did not answer within {seconds:g} s, asked to {what}."
            )
        if isinstance(error, SMBConnectionClosed) or (type(error) is SMBException and "closed" in str(error)):
            return f"{self._server} closed the connection, asked to {what}."
        return else_(error)


def _text(error: Exception) -> str:
    """The library's words in one line, without what it adds in capitals."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text.rstrip(".")[:200]
