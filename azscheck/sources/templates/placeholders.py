"""Texts in the stead of what is not known in a name, by which what belongs together finds itself: `{vmName}-nic`."""

from typing import Any, Final
from zlib import crc32

from azscheck.expressions import Access, Call, Expression, ExpressionError, Literal, evaluate, parse, text_of
from azscheck.sources.templates.frame import Frame
from azscheck.values import ABSENT, Unknown

_LONGEST_SHOWN: Final = 120
_LONGEST: Final = 2_000
# fmt: off
_BUILDING: Final = frozenset((
    "concat", "format", "string", "tolower", "toupper", "trim", "uri",
    "resourceid", "subscriptionresourceid", "tenantresourceid", "extensionresourceid",
))
# fmt: on
"""The functions that only put texts together, so that a placeholder among them stays one."""


def placeholder(text: str) -> str:
    """A text in braces that can stand in an id; what is long is cut, and told apart by a checksum."""
    shown = text.strip("[]").replace("/", ":")
    if len(shown) > _LONGEST_SHOWN:
        shown = f"{shown[:_LONGEST_SHOWN]}...{crc32(shown.encode()):08x}"
    return f"{{{shown}}}"


def name_of(frame: Frame, text: str) -> Any:
    """The value of a text, or a text that stands for it: of it, only what is not known is a placeholder."""
    value = frame.evaluate(text)
    if not isinstance(value, Unknown):
        return value
    try:
        return _described(frame, parse(text))
    except (ExpressionError, RecursionError):
        return placeholder(text)


def _described(frame: Frame, tree: Expression) -> Any:
    frame.scope.steps.spend()
    value = evaluate(tree, frame.here, frame.scope.steps.spend_on)
    if not isinstance(value, Unknown) and value is not ABSENT:
        return value
    match tree:
        case Call(name="parameters", arguments=(Literal(value=str(name)),)):
            return frame.scope.parameter(name).text()
        case Call(name="variables", arguments=(Literal(value=str(name)),)):
            return frame.scope.variable(name).text()
        case Call(name="if", arguments=(condition, then, otherwise)):
            truth = evaluate(condition, frame.here, frame.scope.steps.spend_on)
            if isinstance(truth, bool):
                return _described(frame, then if truth else otherwise)
        case Call() if tree.name in _BUILDING:
            built = _built(frame, tree)
            if isinstance(built, str) and len(built) <= _LONGEST:
                return built
        case _:
            pass
    turn = "".join(f"[{index}]" for index in frame.loops.values() if isinstance(index, int)) if _turns(tree) else ""
    return placeholder(text_of(tree) + turn)


def _built(frame: Frame, call: Call) -> Any:
    from azscheck.expressions import FUNCTIONS

    parts = [_described(frame, argument) for argument in call.arguments]
    if call.name == "uri":
        # A base that is not known need not look like an address.
        return f"{parts[0]}/{parts[1]}" if len(parts) == 2 else None
    own = frame.here.get(call.name)
    try:
        return own(*parts) if callable(own) else FUNCTIONS[call.name].call(*parts)
    except (ValueError, TypeError):
        return None


def _turns(tree: Expression) -> bool:
    match tree:
        case Call():
            return tree.name == "copyindex" or any(map(_turns, tree.arguments))
        case Access():
            return _turns(tree.target) or _turns(tree.key)
        case _:
            return False
