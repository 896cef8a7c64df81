"""The engine: `evaluate(inventory, policies, now)` gives results."""

from azscheck.engine.evaluation import evaluate

__all__ = ["evaluate"]
