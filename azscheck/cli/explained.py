"""An explanation as a tree of lines, for a terminal and for a pipe, and as JSON."""

from collections.abc import Iterator

from msgspec import Struct

from azscheck.engine.change import Change, has_expression, smallest_changes
from azscheck.engine.explain import Explanation
from azscheck.engine.operators import Truth
from azscheck.engine.sentences import step_words, subject_words, tally_words
from azscheck.engine.trace import Compared, Counted, Group, Member, Node
from azscheck.engine.values import shown
from azscheck.engine.words import count_words, left_words
from azscheck.reports.wording import origin_words, plural, value_words, visible
from azscheck.results import ComplianceState
from azscheck.times import format_time
from azscheck.values import ABSENT, Unknown

_FEW = 3
_MOST_WAYS = 5


class Branch(Struct, frozen=True):
    """A line of the tree, and what hangs on it."""

    truth: str
    words: str
    below: tuple["Branch", ...] = ()

    @property
    def line(self) -> str:
        """The line as text."""
        return f"[{self.truth}] {self.words}" if self.truth else self.words


def truth_word(truth: Truth) -> str:
    """true, false, unknown or error."""
    if isinstance(truth, Unknown):
        return "error" if truth.error else "unknown"
    return str(truth).lower()


def head(explanation: Explanation) -> list[str]:
    """What is explained, and the verdict."""
    policy, resource, result = explanation.policy, explanation.resource, explanation.result
    state = result.state.words.upper()
    message = f": {visible(result.message)}" if result.message else ""
    lines = [
        f"{visible(policy.id)}  {visible(' '.join(policy.info.title.split()))}",
        f"  policy    {visible(str(policy.info.place))}",
        f"  resource  {visible(resource.id)}",
        f"  read from {origin_words(resource.origin)}",
        f"  now       {format_time(explanation.now)}",
    ]
    lines += [f"  {visible(name)} = {value_words(value)}" for name, value in explanation.parameters.items()]
    return [*lines, "", f"{state}{message}"]


def foot(explanation: Explanation) -> list[str]:
    """What would turn the verdict, or what must be known first."""
    if explanation.not_known:
        mistaken = explanation.result.state is ComplianceState.ERROR
        title = "What is wrong, before there is a verdict:" if mistaken else "What must be known for a verdict:"
        return [title, *(f"  {visible(what)}: {visible(why.reason)}" for what, why in explanation.not_known)]
    changes = explanation.changes
    if not changes:
        return [f"Nothing about the resource changes this: it {explanation.turned} only by another policy."]
    title = f"The smallest change by which it {explanation.turned} ({plural(changes[0].cost, 'test')}"
    ways = list(dict.fromkeys(steps_in_words(change) for change in changes))[:_MOST_WAYS]
    lines = [f"{title}, any one of {len(ways)}):" if len(ways) > 1 else f"{title}):"]
    if not explanation.sure:
        lines.append("  (Other tests look at the same properties: see that they stay as they are.)")
    for i, way in enumerate(ways, 1):
        marks = [f"{i}. " if len(ways) > 1 else "", *("   " if len(ways) > 1 else "" for _ in way)]
        lines += [f"  {mark}{visible(step)}" for mark, step in zip(marks, way, strict=False)]
    return lines


def steps_in_words(change: Change) -> tuple[str, ...]:
    """The steps of a change, each once."""
    return tuple(dict.fromkeys(step_words(step, change) for step in change.steps))


def branches(explanation: Explanation, *, everything: bool) -> Iterator[Branch]:
    """The trees of `when` and `require`."""
    for word, node in (("when", explanation.when), ("require", explanation.require)):
        if node is not None:
            yield Branch("", word, (branch(node, explanation, everything=everything),))


def branch(node: Node, of: Explanation, *, everything: bool) -> Branch:
    """The tree of one node."""
    truth = truth_word(node.truth)
    match node:
        case Group(word=word, parts=parts):
            return Branch(truth, word, tuple(branch(part, of, everything=everything) for part in parts))
        case Compared(test=test):
            words = f"{visible(_left(node))} {test.operator} {_wanted(node)}; {_seen(node)}{_line(node, of)}"
            return Branch(truth, words)
        case Counted(test=test, tally=tally):
            members, hidden = chosen(node, everything=everything)
            words = f"{visible(count_words(test))} {test.operator} {_wanted(node)}; counted: {tally_words(tally)}"
            below = [_member(member, of, everything=everything) for member in members]
            if hidden:
                below.append(Branch("", f"and {plural(hidden, 'more', 'more')} looked at (--all shows them)"))
            if node.gap is not None:
                below.append(Branch("unknown", f"there may be more: {visible(node.gap.reason)}"))
            return Branch(truth, f"{words}{_looked_at(node)}{_line(node, of)}", tuple(below))


def chosen(node: Counted, *, everything: bool) -> tuple[list[Member], int]:
    """The members to show, and how many are left out: of each truth a few, the nearest to being counted first."""
    by_truth: dict[str, list[Member]] = {"true": [], "error": [], "unknown": [], "false": []}
    for member in node.members:
        by_truth[truth_word(member.truth)].append(member)
    by_truth["false"].sort(key=_distance)
    found = [m for members in by_truth.values() for m in (members if everything else members[:_FEW])]
    return found, len(node.members) - len(found)


def _distance(member: Member) -> int:
    changes = smallest_changes(member.node, True) if member.node is not None else ()
    return changes[0].cost if changes else 10**9


def _member(member: Member, of: Explanation, *, everything: bool) -> Branch:
    below = (branch(member.node, of, everything=everything),) if member.node is not None else ()
    counted = {"true": "is counted", "false": "is not counted"}.get(truth_word(member.truth), "may be counted")
    place = f" ({origin_words(member.resource.origin)})" if member.resource is not None else ""
    return Branch(truth_word(member.truth), f"{visible(member.name) or '(no name)'} {counted}{place}", below)


def _looked_at(node: Counted) -> str:
    looked = f" of {len(node.members):,} looked at"
    return f"{looked}, and {node.older:,} that are not the newest" if node.older else looked


def _left(node: Compared) -> str:
    text, subject = left_words(node.test), subject_words(node.test, node.frame)
    # What is longer than the property that it comes to is found at its line.
    return text if subject == text[1:-1] else subject


def _wanted(node: Compared | Counted) -> str:
    value, note = shown(node.wanted)
    words = note or value_words(value)
    written = node.test.right
    return visible(f"{written} = {words}" if isinstance(written, str) and has_expression(written) else words)


def _seen(node: Compared) -> str:
    if isinstance(node.truth, Unknown):
        known = not isinstance(node.seen, Unknown) and node.seen is not ABSENT
        seen = f"seen: {value_words(shown(node.seen)[0])}, which is not enough: " if known else "not known: "
        return visible(seen + node.truth.reason)
    value, note = shown(node.seen)
    return "seen: not there" if node.seen is ABSENT else f"seen: {note or value_words(value)}"


def _line(node: Compared | Counted, of: Explanation) -> str:
    place = node.test.place
    return f"  (line {place.line})" if place.path == of.policy.info.place.path else f"  ({visible(str(place))})"


def ascii_lines(branch: Branch, first: str = "", others: str = "") -> Iterator[str]:
    """A tree drawn with nothing but ASCII."""
    yield first + branch.line
    for i, below in enumerate(branch.below):
        last = i == len(branch.below) - 1
        yield from ascii_lines(below, others + ("`-- " if last else "|-- "), others + ("    " if last else "|   "))
