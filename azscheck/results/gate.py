"""What a run over files has that one over a stamp has not: the files, and the policies that files cannot answer."""

from typing import Any, Final

from msgspec import Struct

FILES: Final = "Azscheck/files"
"""The type of the one list that a file is: it could not be read when the file could not be understood."""


class GateFile(Struct, frozen=True):
    """A template or plan that was judged."""

    name: str
    """What stands for the stamp's name in its results: the path, and what tells two sets of parameters apart."""
    path: str
    line: int = 1
    """Where it could not be understood; else its beginning."""
    column: int = 1


class NotHere(Struct, frozen=True):
    """A policy of the default set that is not asked of files."""

    policy: str
    title: str
    reason: str


class Gate(Struct, frozen=True):
    """What is judged before it is deployed."""

    files: tuple[GateFile, ...]
    live: bool = False
    """Whether the change was judged against a stamp as it is: then the results are of that stamp."""
    untouched: int = 0
    """How many results of that stamp are left out, because the change leaves them as they are."""
    passed_over: int = 0
    """How many JSON files in the folders are neither templates nor plans."""
    not_here: tuple[NotHere, ...] = ()

    def file(self, name: str) -> GateFile | None:
        """The file of a name."""
        return next((file for file in self.files if file.name == name), None)


def gate_fields(gate: Gate) -> dict[str, Any]:
    """As JSON."""
    return {
        "files": [{"name": f.name, "path": f.path, "line": f.line, "column": f.column} for f in gate.files],
        "live": gate.live,
        "untouched": gate.untouched,
        "passedOver": gate.passed_over,
        "notJudgedHere": [{"policy": n.policy, "title": n.title, "reason": n.reason} for n in gate.not_here],
    }


def gate_of(fields: dict[str, Any]) -> Gate:
    """From JSON."""
    return Gate(
        files=tuple(GateFile(**file) for file in fields["files"]),
        live=fields["live"],
        untouched=fields["untouched"],
        passed_over=fields["passedOver"],
        not_here=tuple(NotHere(**policy) for policy in fields["notJudgedHere"]),
    )
