"""Addresses of resources and modules, as Terraform writes them: `module.app["a"].azurestack_virtual_machine.web[0]`."""

import json
import re
from functools import lru_cache
from typing import Final

_STEP: Final = re.compile(r"""\.?(?P<name>[^\s.\[\]"]+)(?:\[(?P<index>\d{1,9}|"(?:[^"\\]|\\.)*+")\])?""")
Index = str | int | None
Step = tuple[str, Index]


def steps_of(address: str) -> list[Step]:
    """The names of an address, each with its index; what follows something else than a name is left away."""
    steps: list[Step] = []
    at = 0
    while found := _STEP.match(address, at):
        steps.append((found["name"], index_of(found["index"])))
        at = found.end()
    return steps


def index_of(text: str | None) -> Index:
    """The index within brackets."""
    if not text:
        return None
    if text[0] != '"':
        return int(text)
    try:
        key = json.loads(text.replace("$${", "${").replace("%%{", "%{"), strict=False)
    except ValueError:
        return text
    return key if isinstance(key, str) else text


@lru_cache(4096)
def module_steps(address: str) -> tuple[Step, ...]:
    """The calls that lead to a module, each with its index."""
    steps = steps_of(address)
    return tuple(step for mark, step in zip(steps[::2], steps[1::2], strict=False) if mark[0] == "module")
