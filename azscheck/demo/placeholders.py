"""The placeholders of `stamp.yaml`: GUIDs by name, times counted from now, virtual machines' ids."""

from __future__ import annotations

import re
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

_PLACEHOLDER = re.compile(r"\{(guid|GUID|vm|VM|ago|in|key)(?::([^{}]*))?\}")
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


class Filler:
    """Replaces the placeholders in any YAML value; called as a function."""

    def __init__(self, now: datetime, seed: int, stamp: str, domain: str) -> None:
        self._now = now.astimezone(UTC).replace(microsecond=0)
        self._namespace = uuid5(NAMESPACE_DNS, f"{seed}.{domain}")
        self.stamp = stamp
        self.machines: dict[str, str] = {}

    def __call__(self, value: Any, key: str = "") -> Any:
        if isinstance(value, str):
            return _PLACEHOLDER.sub(lambda found: self._one(found[1], found[2] or "", key), value)
        if isinstance(value, dict):
            return {self(name, key): self(item, key) for name, item in value.items()}
        if isinstance(value, list):
            return [self(item, key) for item in value]
        return value

    def guid(self, name: str) -> str:
        """The GUID that a name stands for."""
        return str(uuid5(self._namespace, name))

    def ago(self, duration: str) -> str:
        """The time a duration before now, with the seven digits of fraction that .NET writes."""
        return self._time(-_parse_duration(duration), duration)

    def before(self, duration: str) -> datetime:
        """The same, as a time to the second."""
        return self._now - _parse_duration(duration)

    def _one(self, kind: str, text: str, key: str) -> str:
        match kind:
            case "guid":
                return self.guid(text)
            case "GUID":
                return self.guid(text).upper()
            case "key":
                return key
            case "ago":
                return self.ago(text)
            case "in":
                return self._time(_parse_duration(text), text)
            case _ if text in self.machines:
                # The letter case the compute provider uses when it refers to its own resources.
                return self.machines[text] if kind == "vm" else _shouted(self.machines[text])
            case _:
                raise ValueError(f"demo stamp: no virtual machine is called {text!r}")

    def _time(self, offset: timedelta, text: str) -> str:
        fraction = zlib.crc32(text.encode()) % 10_000_000
        return f"{self._now + offset:%Y-%m-%dT%H:%M:%S}.{fraction:07d}Z"


def _shouted(resource_id: str) -> str:
    start, rest = resource_id.split("/providers/", 1)
    subscription, group = start.split("/")[2], start.split("/")[4]
    return f"/subscriptions/{subscription.upper()}/resourceGroups/{group.upper()}/providers/{rest}"


def _parse_duration(text: str) -> timedelta:
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        raise ValueError(f"demo stamp: {text!r} is not a duration such as P2DT3H")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
