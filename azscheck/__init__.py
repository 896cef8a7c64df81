"""azscheck: are an Azure Stack Hub and its tenants protected against a disaster, by the documented rules?

The Python API is three names, imported when they are first used::

    from azscheck import Inventory, evaluate, load_policies

    inventory = Inventory.read("inventory.ndjson")
    results = evaluate(inventory, load_policies(), now=datetime.now(UTC))
    for result in results.findings():
        print(result.policy, result.resource, result.message)
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Inventory", "Results", "__version__", "evaluate", "load_policies"]

if TYPE_CHECKING:
    from azscheck.engine import evaluate as evaluate
    from azscheck.inventory import Inventory as Inventory
    from azscheck.policy import load_policies as load_policies
    from azscheck.results import Results as Results

_HOMES = {
    "Inventory": "azscheck.inventory",
    "Results": "azscheck.results",
    "evaluate": "azscheck.engine",
    "load_policies": "azscheck.policy",
}


def __getattr__(name: str) -> Any:
    # Start-up stays under 0.15 s because nothing is imported before it is used.
    if name not in _HOMES:
        raise AttributeError(f"module 'azscheck' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
