"""Writing a plan: a piece a key, with comments; what is not said stands there as an example, commented out."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from azscheck.documents import parse_document
from azscheck.documents.appending import flow
from azscheck.errors import DocumentError
from azscheck.sources.deployment.plan import mistakes_of
from azscheck.sources.deployment.questions import PIECES, Piece

Answers = Mapping[str, Any]
"""Values by the name of their question."""

_WITH_BACKSLASH: Final = re.compile(r"[A-Za-z\\][\w.\\$@-]*", re.ASCII)
"""A path or an account, which needs no quotes in YAML, where its backslashes would be doubled."""
_HEAD: Final = """\
# yaml-language-server: $schema=plan.schema.json
# A deployment plan of an Azure Stack Hub. Judge it: azscheck readiness {file}
# What is missing is a finding; relative paths are relative to this file.

plan: {plan}
"""


def head(stamp: str, file: str) -> str:
    """How a new plan begins."""
    return _HEAD.format(plan=_scalar(stamp), file=file)


def written(answers: Answers, leave_out: Collection[str] = ()) -> str:
    """The pieces with what was answered, but those whose keys a file has already."""
    return "".join(f"\n{_piece(piece, answers)}" for piece in PIECES if piece.key not in leave_out)


def check_text(text: str, file: str) -> None:
    """Raise DocumentError for a plan that was written and would not be read; files that it names need not be there."""
    if mistakes := mistakes_of(parse_document(text, file)):
        raise DocumentError(mistakes)


def _piece(piece: Piece, answers: Answers) -> str:
    comment = "".join(f"# {line}\n" for line in piece.comment.splitlines())
    known = {q.name.removeprefix(f"{piece.key}."): answers[q.name] for q in piece.questions if q.name in answers}
    usual = {q.name.removeprefix(f"{piece.key}."): q.example for q in piece.questions}
    special = _SPECIAL.get(piece.key)
    if special:
        lines = special(known) if known else [f"# {line}" for line in special(usual)]
        return comment + "\n".join([f"{'' if known else '# '}{piece.key}:", *lines]) + "\n"
    if list(usual) == [piece.key]:
        return comment + f"{'' if known else '# '}{piece.key}: {_scalar({**usual, **known}[piece.key])}\n"
    lines = [f"{'' if known else '# '}{piece.key}:"]
    for name, example in usual.items():
        lines.append(f"  {name}: {_scalar(known[name])}" if name in known else f"  # {name}: {_scalar(example)}")
    return comment + "\n".join(lines) + "\n"


def _pools(known: Answers) -> list[str]:
    return [f"  - {{start: {pool['start']}, end: {pool['end']}}}" for pool in known["ipPools"]]


def _devices(known: Answers) -> list[str]:
    lines: list[str] = []
    for name in known.get("switches", ()):
        lines.append(_device(name, "switch", known.get("switchProcedure"), known.get("every"), "Switches"))
    if "hlh" in known:
        lines.append(_device(known["hlh"], "hlh", known.get("hlhProcedure"), known.get("every"), "HLH"))
    return lines or ["  []"]


def _device(name: str, kind: str, procedure: str | None, every: str | None, folder: str) -> str:
    said = {"name": name, "kind": kind, "procedure": procedure, "every": every, "folder": folder}
    return f"  - {{{', '.join(f'{key}: {_scalar(value)}' for key, value in said.items() if value is not None)}}}"


def _evidence(known: Answers) -> list[str]:
    if "file" not in known:
        return ["  []"]
    as_of = f", asOf: {_scalar(known['asOf'])}" if "asOf" in known else ""
    return [f"  - {{kind: readiness-checker, file: {_scalar(known['file'])}{as_of}}}"]


_SPECIAL: Final[Mapping[str, Callable[[Answers], list[str]]]] = {
    "ipPools": _pools,
    "devices": _devices,
    "evidence": _evidence,
}


def _scalar(value: Any) -> str:
    return value if isinstance(value, str) and "\\" in value and _WITH_BACKSLASH.fullmatch(value) else flow(value)


def keys_of(text: str, file: str) -> Sequence[str]:
    """The keys that a plan has already; raises DocumentError for one that is wrong."""
    check_text(text, file)
    keys: dict[str, Any] = parse_document(text, file).value
    return list(keys)
