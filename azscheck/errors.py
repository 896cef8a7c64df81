"""Everything azscheck can say went wrong, as a tree; `exit_code` is what the command line ends with."""

from enum import IntEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from azscheck.place import Place

_MOST_TOLD: Final = 100
_LONGEST_TOLD: Final = 1000


class ExitCode(IntEnum):
    """The same for every command and every format; the greatest that holds is the one."""

    COMPLIANT = 0
    FINDINGS = 1
    USAGE = 2
    INCOMPLETE = 3


class AzscheckError(Exception):
    """One clear sentence: what was being done, to what, and what to do next."""

    exit_code = ExitCode.INCOMPLETE


class UsageError(AzscheckError):
    """The command, the configuration or a policy is wrong: nothing was run."""

    exit_code = ExitCode.USAGE


class DocumentError(UsageError):
    """A file that azscheck's user wrote is wrong, in one or several places, each with its sentence."""

    def __init__(self, mistakes: "list[tuple[Place, str]]") -> None:
        self.mistakes = sorted(mistakes)
        told = [f"{place}: {_short(sentence)}" for place, sentence in self.mistakes[:_MOST_TOLD]]
        more = len(self.mistakes) - len(told)
        super().__init__("\n".join([*told, *([f"... and {more} more."] if more else [])]))


def _short(sentence: str) -> str:
    # A file can hold a word of a million characters, and a sentence that quotes it is none.
    if len(sentence) <= _LONGEST_TOLD:
        return sentence
    half = _LONGEST_TOLD // 2
    return f"{sentence[:half]} ... {sentence[-half:]}"


class InventoryError(AzscheckError):
    """A saved inventory or saved results cannot be read."""


class CollectionError(AzscheckError):
    """A stamp could not be read: discovery, sign-in or a list failed."""


class HistoryError(AzscheckError):
    """The kept runs cannot be read or written."""
