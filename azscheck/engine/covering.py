"""Counts of the newest that covers the judged resource, such as an attestation: found by the id that it is of.

A count says so where the id of the judged one equals a field F of the counted one, or lies under it, as a part of an
`anyOf`: `{value: "[subject('id')]", like: "[concat(field('F'), '/*')]"}`. What else it asks may not look at the judged
one. Each for each of many would be more work than a policy may make.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field

from azscheck.engine.compiled.joins import reads_subject
from azscheck.engine.frame import Frame
from azscheck.expressions import Call, Expression, Literal, is_expression, parse
from azscheck.inventory import Resource
from azscheck.policy.conditions import AllOf, AnyOf, Condition, Field, Test, Value
from azscheck.policy.paths import parse_path

if TYPE_CHECKING:
    from azscheck.engine.interpret import Interpreter


class Covering(Struct):
    """The counted resources, in their order: what may cover anything, and the others by the id that they are of."""

    anywhere: list[tuple[int, Resource]] = field(default_factory=list)
    by_id: dict[str, list[tuple[int, Resource]]] = field(default_factory=dict)

    def of(self, identity: str) -> list[Resource]:
        """Those that can cover the resource with this id; of the others it is certain that they do not."""
        found = list(self.anywhere)
        for above in _above(identity.lower()):
            found += self.by_id.get(above, ())
        return [resource for _, resource in sorted(found, key=lambda numbered: numbered[0])]


def covering(
    where: Condition | None, candidates: Sequence[Resource], frame: Frame, interpreter: "Interpreter"
) -> Covering | None:
    """The candidates by what they cover, for all judged resources; None where `where` does not say it so."""
    parts = where.conditions if isinstance(where, AllOf) else (where,) if where is not None else ()
    alternatives = next((p.conditions for p in parts if isinstance(p, AnyOf) and _field_of(p.conditions)), None)
    if alternatives is None:
        return None
    path = _field_of(alternatives)
    assert path is not None
    alone = [part for part in parts if not reads_subject(part)]
    anyway = [part for part in alternatives if not reads_subject(part)]
    made = Covering()
    for number, resource in enumerate(candidates):
        inner = frame.of(resource)
        if any(interpreter.truth(part, inner) is False for part in alone):
            continue
        value = inner.read(path)
        if any(interpreter.truth(p, inner) is not False for p in anyway) or not isinstance(value, str) or "*" in value:
            made.anywhere.append((number, resource))
        else:
            made.by_id.setdefault(value.lower(), []).append((number, resource))
    return made


def _above(identity: str) -> Iterable[str]:
    """An id, and what it lies under."""
    yield identity
    for end, character in enumerate(identity):
        if character == "/":
            yield identity[:end]


def _field_of(alternatives: Sequence[Condition]) -> Field | None:
    """The field of the counted one that all alternatives hold against the judged one's id, and nothing else of it."""
    fields: dict[str, Field] = {}
    for test in alternatives:
        if not reads_subject(test):
            continue
        found = _named(test)
        if found is None:
            return None
        fields[found.path] = found
    return next(iter(fields.values())) if len(fields) == 1 else None


def _named(test: Condition) -> Field | None:
    if not isinstance(test, Test) or not isinstance(test.left, Value) or not _is_the_judged_id(test.left.value):
        return None
    tree = _tree(test.right)
    match test.operator, tree:
        case "equals", Call(name="field", arguments=(Literal(value=str(path)),)):
            return parse_path(path)
        case "like", Call(
            name="concat",
            arguments=(Call(name="field", arguments=(Literal(value=str(path)),)), Literal(value="/*")),
        ):
            return parse_path(path)
    return None


def _is_the_judged_id(value: object) -> bool:
    match _tree(value):
        case Call(name="subject", arguments=(Literal(value=str(path)),)):
            return path.lower() == "id"
    return False


def _tree(value: object) -> Expression | None:
    return parse(value) if isinstance(value, str) and is_expression(value) else None
