"""What a plan says, read: a change a resource, with masks of what is not known or sensitive.

The format: https://developer.hashicorp.com/terraform/internals/json-format
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct


class View(Struct, frozen=True):
    """Values, or those of a block within them, beside what of them is known after apply, and what is sensitive."""

    values: Mapping[str, Any]
    unknown: Any
    sensitive: Any

    def attribute(self, name: str) -> "Part":
        """An attribute; its value is None where it is not set."""
        return Part(self.values.get(name), part(self.unknown, name), part(self.sensitive, name))


class Part(Struct, frozen=True):
    """A value likewise."""

    value: Any
    unknown: Any
    sensitive: Any

    @property
    def text(self) -> str:
        """The value, where it is a text that is known and may be shown."""
        plain = self.unknown is not True and self.sensitive is not True
        return self.value if plain and isinstance(self.value, str) else ""

    def element(self, step: str | int) -> "Part":
        """A part of it."""
        value: Any = None
        if isinstance(self.value, dict) and isinstance(step, str):
            value = self.value.get(step)
        elif isinstance(self.value, list) and isinstance(step, int):
            value = self.value[step] if step < len(self.value) else None
        return Part(value, part(self.unknown, step), part(self.sensitive, step))

    @property
    def view(self) -> View:
        """The value as a block."""
        return View(self.value if isinstance(self.value, dict) else {}, self.unknown, self.sensitive)


class Change(Struct, frozen=True):
    """One resource of a plan, by its address."""

    address: str
    module: str
    """The address of the module that it is in; empty for the root."""
    type: str
    name: str
    index: str | int | None
    """Its key under `for_each`, its number under `count`."""
    actions: tuple[str, ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    unknown: Any
    """What of `after` is known after apply: true, or the same shape with true where it is not."""
    sensitive: Any
    """Likewise what of `after` is sensitive."""
    sensitive_before: Any
    reason: str = ""
    deposed: bool = False
    """What a replacement left over, not the resource that stands at the address."""

    @property
    def planned(self) -> "View":
        """The resource as it will be."""
        return View(self.after, self.unknown, self.sensitive)

    @property
    def was(self) -> "View":
        """The resource as it is now."""
        return View(self.before, None, self.sensitive_before)

    @property
    def stays(self) -> bool:
        """Whether there is such a resource once the plan is applied."""
        return not self.deposed and bool({"create", "update", "no-op"} & set(self.actions))

    @property
    def removal(self) -> str:
        """What becomes of the resource that was there: `delete`, `replace`, `forget`, or empty."""
        if "forget" in self.actions:
            return "forget"
        if "delete" in self.actions:
            return "replace" if "create" in self.actions else "delete"
        return ""


class Plan(Struct, frozen=True):
    """A plan, read."""

    path: Path
    changes: tuple[Change, ...]
    deferred: tuple[tuple[str, str], ...]
    """Type and reason of what Terraform could not plan yet."""
    complete: bool
    """False where another run has to follow, and where only targets were planned."""
    configuration: Mapping[str, Any]
    subscription: str
    """The subscription that the provider's configuration names; empty where it is not a plain text there."""


def below(value: Any, *keys: str) -> Mapping[str, Any]:
    """The object at the end of keys; an empty one where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def part(mask: Any, step: str | int) -> Any:
    """What `after_unknown` or `after_sensitive` say of a part: true for all that is in what is true."""
    if mask is True:
        return True
    if isinstance(mask, dict) and isinstance(step, str):
        return mask.get(step)
    if isinstance(mask, list) and isinstance(step, int) and step < len(mask):
        return mask[step]
    return None
