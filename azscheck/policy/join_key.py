"""The equality by which counted resources belong to the judged one."""

from azscheck.expressions import Expression, ExpressionError, calls, is_expression, parse
from azscheck.policy.conditions import AllOf, Condition, Field, JoinKey, Test
from azscheck.policy.paths import EACH, LOCATION


def join_key(condition: Condition | None) -> JoinKey | None:
    """The first equality with the judged resource that `condition` cannot be true without."""
    tests = condition.conditions if isinstance(condition, AllOf) else (condition,)
    return next((key for test in tests if test is not None and (key := is_key(test)) is not None), None)


def is_key(test: Condition) -> JoinKey | None:
    """The join key that a test is, if it is one."""
    if not isinstance(test, Test) or not isinstance(test.left, Field):
        return None
    if EACH in test.left.steps or test.left.key == LOCATION:
        return None
    if test.operator != "equals" or not is_expression(test.right):
        return None
    tree = _parsed(test.right)
    return JoinKey(test.left, tree) if tree is not None and only_of_the_subject(tree) else None


def _parsed(text: str) -> Expression | None:
    try:
        return parse(text)
    except ExpressionError:
        return None


def only_of_the_subject(tree: Expression) -> bool:
    """Whether an expression reads the judged resource and nothing of the counted one."""
    names = {call.name for call in calls(tree)}
    return "subject" in names and not names & {"field", "current"}
