"""The engine: `evaluate(inventory, policies, now)` gives results."""

from azscheck.engine.evaluate import evaluate

__all__ = ["evaluate"]
