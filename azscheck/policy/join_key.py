"""The equality by which counted resources belong to the judged one."""

from azscheck.expressions import Expression, ExpressionError, calls, is_expression, parse
from azscheck.policy.conditions import AllOf, Condition, Field, JoinKey, Test
from azscheck.policy.paths import EACH, LOCATION


def join_key(condition: Condition | None) -> JoinKey | None:
    """The first equality with the judged resource that `condition` cannot be true without."""
    tests = condition.conditions if isinstance(condition, AllOf) else (condition,)
    for test in tests:
        if (
            isinstance(test, Test)
            and isinstance(test.left, Field)
            and EACH not in test.left.steps
            and test.left.key != LOCATION
            and test.operator == "equals"
            and is_expression(test.right)
        ):
            tree = _parsed(test.right)
            if tree is not None and only_of_the_subject(tree):
                return JoinKey(test.left, tree)
    return None


def _parsed(text: str) -> Expression | None:
    try:
        return parse(text)
    except ExpressionError:
        return None


def only_of_the_subject(tree: Expression) -> bool:
    """Whether an expression reads the judged resource and nothing of the counted one."""
    names = {call.name for call in calls(tree)}
    return "subject" in names and not names & {"field", "current"}
