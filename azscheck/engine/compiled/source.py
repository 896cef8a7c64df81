"""From policies of one resource type to the source of a Python function.

No text of a policy becomes code: constants go into the function's namespace, property names as string literals.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from azscheck.engine.compiled.answers import KEYS, NoAnswer, answer_of, of_count, quick
from azscheck.engine.compiled.reads import Layout, Node, Steps, code_of_reads, variant
from azscheck.engine.compiled.rules import OF_THE_JUDGED, OF_WHAT_IS_AT_HAND, Given, Opaque, Rule, Scope, Told
from azscheck.engine.equality import normal_type
from azscheck.engine.frame import Frame
from azscheck.engine.work import TooMuch
from azscheck.expressions import ExpressionError, calls, is_expression, parse
from azscheck.inventory import Origin, Resource
from azscheck.policy.conditions import (
    AllOf,
    AnyOf,
    ArrayCount,
    Condition,
    Field,
    Not,
    ResourceCount,
    Test,
    Value,
)
from azscheck.policy.paths import EACH, LOCATION, TYPE
from azscheck.values import ABSENT, Unknown

_DEEPEST = 20
_MOST_WITHIN = 100_000
"""Elements that loops within a loop go over."""
_MOST_LOOPS = 15
"""Loops within loops; Python takes no more than 20 blocks within blocks."""
_ENVELOPE: Mapping[tuple[str, ...], str] = {
    ("id",): "id",
    ("name",): "name",
    ("type",): "common_type",
    ("fullname",): "full_name",
}
_NOWHERE = Resource("", "", "", {}, Origin("", ""))


class Writer:
    """Writes the code of conditions; constants gather in `names`, properties in `layout`."""

    def __init__(self, given: Given, layout: Layout) -> None:
        self._given = given
        self._rule_at_hand = Rule(None, AllOf(()), {})
        self.layout = layout
        self.names: dict[str, Any] = {}
        self.root = Scope(("",), Node("d", ()))
        self.told: list[Told] = []
        """For each rule what telling code tells."""
        self._tests: list[tuple[Test, str, str]] = []
        """The tests of a rule, with the code for the truth and for the value of each."""
        self.opaque = 0
        """How many policies have no code."""
        self._envelope: dict[str, str] = {}
        self._variables = 0

    @property
    def envelope(self) -> set[str]:
        """What is read of a resource beside its document: its id, its name."""
        return set(self._envelope)

    def constant(self, value: Any) -> str:
        """The name of a value in the code."""
        name = f"c{len(self.names)}"
        self.names[name] = value
        return name

    def variable(self) -> str:
        """A fresh variable."""
        self._variables += 1
        return f"v{self._variables}"

    def condition(self, condition: Condition, scope: Scope, depth: int = 0) -> str:
        """A Python expression for a condition's truth; what must be worked out before goes into `scope.lines`."""
        if depth > _DEEPEST:
            raise Opaque
        match condition:
            case AllOf(conditions=parts) | AnyOf(conditions=parts):
                word, empty = (" and ", "True") if isinstance(condition, AllOf) else (" or ", "False")
                return f"({word.join(self.condition(part, scope, depth + 1) for part in parts) or empty})"
            case Not(condition=part):
                return f"(not {self.condition(part, scope, depth + 1)})"
            case Test():
                marks = len(scope.lines)
                try:
                    return self._test(condition, scope, depth)
                except Opaque:
                    if scope.outer is not None or self._given.ask is None:
                        raise
                    del scope.lines[marks:]
                    return f"{self.constant(self._given.ask(condition, self._rule_at_hand))}(r)"

    def _test(self, test: Test, scope: Scope, depth: int) -> str:
        text, var = self._test_of(test, scope, depth)
        if scope.outer is None:
            self._tests.append((test, text, var))
        return text

    def _test_of(self, test: Test, scope: Scope, depth: int) -> tuple[str, str]:
        wanted = self._static(test.right)
        if wanted is None and test.right is not None:
            wanted = ABSENT
        match test.left:
            case Field() as path:
                if path.key == LOCATION:
                    raise Opaque
                wanted = normal_type(wanted) if path.key == TYPE else wanted
                var = self._local(path, scope)
                return self._answer(test.operator, wanted, var, quick), var
            case Value(value=value):
                seen = self._static(value)
                var = self.constant(self._rule_at_hand.blank if seen is ABSENT else seen)
                return self._answer(test.operator, wanted, var, quick), var
            case ArrayCount():
                counted = self._elements(test.left, scope, depth)
                return self._answer(test.operator, wanted, counted, of_count), counted
            case ResourceCount():
                if scope.outer is not None:
                    raise Opaque
                join, path_ = self._given.join(test.left, self._rule_at_hand)
                counted = self.variable()
                argument = self._local(path_, scope) if path_ else "r"
                scope.lines.append(f"{counted} = {self.constant(join)}({argument})")
                return self._answer(test.operator, wanted, counted, of_count), counted
            case _:
                raise Opaque

    def _answer(self, operator: str, wanted: Any, var: str, write: Callable[..., str]) -> str:
        positive = "not" if operator.startswith("not") and write is quick else ""
        told = operator[3].lower() + operator[4:] if positive else operator
        text = write(told, wanted, var, self.constant, answer_of(told, wanted, self._given.now))
        return f"(not {text})" if positive else text

    def _static(self, value: Any) -> Any:
        """A value that is the same for all resources, with its expressions evaluated; Opaque for any other."""
        if any(_names(text) & (OF_THE_JUDGED | OF_WHAT_IS_AT_HAND) for text in _expressions(value)):
            raise Opaque
        rule = self._rule_at_hand
        try:
            found = Frame(_NOWHERE, {}, rule.parameters, self._given.now, work=rule.work).resolve(value)
        except TooMuch as error:
            raise Opaque from error
        if isinstance(found, Unknown):
            raise Opaque
        return found

    def _local(self, path: Field, scope: Scope) -> str:
        at, steps = _found(path, scope)
        if EACH in steps:
            raise Opaque
        envelope = _ENVELOPE.get(path.key[1:])
        if at.outer is None and envelope:
            return self._envelope.setdefault(envelope, f"e{envelope}")
        node = self._node(at.root, steps)
        self.layout.values.add(node.path)
        return node.var

    def _node(self, node: Node, steps: Steps) -> Node:
        for step in steps:
            if step not in node.children:
                path = (*node.path, step.lower())
                node.children[step] = Node(self.variable(), path, step)
                self.layout.seen[path] = step
            node = node.children[step]
        return node

    def _elements(self, count: ArrayCount, scope: Scope, depth: int) -> str:
        at, steps = _found(count.field, scope)
        if not steps or EACH in steps[:-1] or _loops(scope) >= _MOST_LOOPS:
            raise Opaque
        held = self._node(at.root, steps[:-1])
        path = (*held.path, EACH)
        self.layout.seen[path] = EACH
        loop = Scope(count.field.key, Node(self.variable(), path), scope)
        where = self.condition(count.where, loop, depth + 1) if count.where else "True"
        counted = self.variable()
        if scope.outer is not None:
            # Loops within loops multiply; the interpreter knows how much is too much.
            scope.lines += [
                f"if type({held.var}) is list: w += len({held.var})",
                f"if w > {_MOST_WITHIN}: raise NoAnswer",
            ]
        else:
            scope.lines.append("w = 0")
        scope.lines += [
            f"{counted} = 0",
            f"if type({held.var}) is list:",
            f" for {loop.root.var} in {held.var}:",
            *code_of_reads(loop.root, self.layout, "  "),
            *(f"  {line}" for line in loop.lines),
            f"  if {where}: {counted} += 1",
            f"elif {held.var} is not A and {held.var} is not None: raise NoAnswer",
        ]
        return counted

    def function(self, rules: Sequence[Rule], *, telling: bool = False, also: Field | None = None) -> str:
        """The source of `judge(d, r)`, which gives three sets as bits: not complied with, not applicable, no answer.

        It gives the first alone where the others are empty. Telling, it is `judge(d, r, tell)`, and gives `tell` what
        `t0`, `t1`, ... say of each rule that is not complied with. With a property that is wanted too, it gives that as
        a second value.
        """
        try:
            more = f", {self._local(also, self.root)}" if also else ""
        except Opaque:
            self.opaque += 1
            more = ", None"
        body = [line for i, rule in enumerate(rules) for line in self._rule(i, rule, telling)]
        reads = [f" {var} = r.{name}" for name, var in self._envelope.items()]
        reads += code_of_reads(self.root.root, self.layout, " ")
        head = "def judge(d, r, tell):" if telling else "def judge(d, r):"
        return "\n".join([head, *reads, " f = n = p = 0", *body, f" return ((f, n, p) if n or p else f){more}"])

    def _rule(self, index: int, rule: Rule, telling: bool) -> list[str]:
        bit = 1 << index
        self._rule_at_hand = rule
        self.told.append(Told((), ()))
        try:
            applies, before_when = self._whole(rule.when) if rule.when is not None else ("", [])
            self._tests = []
            complies, before = self._whole(rule.require)
        except (Opaque, RecursionError):
            self.opaque += 1
            return [f" p |= {bit}"]
        variables = list(dict.fromkeys(var for _, _, var in self._tests))
        self.told[-1] = Told(
            tuple(test for test, _, _ in self._tests), tuple(variables.index(var) for _, _, var in self._tests)
        )
        judged = [
            *before,
            f"if not {complies}:",
            f" f |= {bit}",
            *([f" tell({self._finding(index, variables)})"] * telling),
        ]
        if applies:
            judged = [*before_when, f"if {applies}:", *(f" {line}" for line in judged), f"else: n |= {bit}"]
        return [" try:", *(f"  {line}" for line in judged), f" except NoAnswer: p |= {bit}"]

    def _finding(self, index: int, variables: Sequence[str]) -> str:
        if len(variables) != 1:
            truths = "".join(f"{truth}, " for _, truth, _ in self._tests)
            return f"t{index}.several(({truths}), ({''.join(f'{var}, ' for var in variables)}))"
        var = variables[0]
        return f"t{index}.one[{var}] if type({var}) in K else t{index}.odd(({var},))"

    def _whole(self, condition: Condition) -> tuple[str, list[str]]:
        self.root.lines = []
        text = self.condition(condition, self.root)
        return text, self.root.lines

    def namespace(self) -> dict[str, Any]:
        """What the code refers to."""
        return {**self.names, "A": ABSENT, "K": KEYS, "NoAnswer": NoAnswer, "variant": variant}


def _loops(scope: Scope) -> int:
    return 0 if scope.outer is None else 1 + _loops(scope.outer)


def _found(path: Field, scope: Scope) -> tuple[Scope, Steps]:
    """The innermost loop that a path goes on from, and its steps from there."""
    if path.alias_of or len(path.steps) > _DEEPEST:
        raise Opaque
    at = scope
    while path.key[: len(at.key)] != at.key:
        if at.outer is None:
            raise Opaque
        at = at.outer
    return at, path.steps[len(at.key) - 1 :]


def _names(text: str) -> set[str]:
    try:
        return {call.name for call in calls(parse(text))}
    except ExpressionError as error:
        raise Opaque from error


def _expressions(value: Any) -> list[str]:
    match value:
        case str() if is_expression(value):
            return [value]
        case list():
            return [text for item in value for text in _expressions(item)]
        case dict():
            return [text for item in value.values() for text in _expressions(item)]
        case _:
            return []
