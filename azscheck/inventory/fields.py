"""The parts of an inventory as JSON, in the saved form of inventories and of results."""

import json
import re
from typing import Any, Final

from azscheck.inventory.parts import Coverage, CoverageState, Origin, Resource
from azscheck.times import format_time, parse_time

_UNSAFE: Final = "[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ud800-\udfff\ufeff\ufff0-\uffff]"


def json_text(value: Any, separators: tuple[str, str] = (", ", ": ")) -> str:
    """JSON that UTF-8 can hold and a terminal does not act on; raises ValueError for NaN.

    What is escaped stands in JSON's strings only, where an escape means the same (RFC 8259, section 7).
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=separators)
    if text.isascii() and "\x7f" not in text:
        return text
    return re.sub(_UNSAFE, lambda c: f"\\u{ord(c[0]):04x}", text)


def _compact(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value not in (None, "", {})}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def origin_fields(origin: Origin) -> dict[str, Any]:
    """An origin as JSON."""
    return _compact(
        {
            "source": origin.source,
            "address": origin.address,
            "time": origin.time and format_time(origin.time),
            "line": origin.line,
            "column": origin.column,
        }
    )


def origin_of(fields: dict[str, Any]) -> Origin:
    """An origin from JSON."""
    time = fields.get("time")
    source, address = _text(fields.get("source", "")), _text(fields.get("address", ""))
    return Origin(source, address, time and parse_time(time), fields.get("line"), fields.get("column"))


def coverage_fields(coverage: Coverage) -> dict[str, Any]:
    """A coverage as JSON."""
    return {
        "stamp": coverage.stamp,
        "type": coverage.type,
        "scope": coverage.scope,
        "state": coverage.state.value,
        "count": coverage.count,
        **_compact(
            {
                "reason": coverage.reason,
                "apiVersion": coverage.api_version,
                "time": coverage.time and format_time(coverage.time),
            }
        ),
    }


def coverage_of(fields: dict[str, Any]) -> Coverage:
    """A coverage from JSON."""
    time = fields.get("time")
    return Coverage(
        stamp=_text(fields["stamp"]),
        type=_text(fields["type"]),
        scope=_text(fields["scope"]),
        state=CoverageState(fields["state"]),
        reason=_text(fields.get("reason", "")),
        api_version=_text(fields.get("apiVersion", "")),
        count=int(fields["count"]),
        time=time and parse_time(time),
    )


def resource_fields(resource: Resource) -> dict[str, Any]:
    """A resource as JSON: the envelope, and in `resource` the service's own."""
    return {
        "stamp": resource.stamp,
        "type": resource.type,
        "id": resource.id,
        "origin": origin_fields(resource.origin),
        **_compact(
            {
                "unknown": dict(resource.unknown),
                "places": {pointer: origin_fields(place) for pointer, place in resource.places.items()},
            }
        ),
        "resource": resource.body,
    }


def resource_of(fields: dict[str, Any]) -> Resource:
    """A resource from JSON."""
    body, unknown = fields["resource"], fields.get("unknown", {})
    if not isinstance(body, dict) or not isinstance(unknown, dict):
        raise TypeError
    stamp, kind, resource_id = _text(fields["stamp"]), _text(fields["type"]), _text(fields["id"])
    reasons = {pointer: _text(reason) for pointer, reason in unknown.items()}
    places = {pointer: origin_of(place) for pointer, place in fields.get("places", {}).items()}
    return Resource(stamp, kind, resource_id, body, origin_of(fields["origin"]), reasons, places)
