"""Times and durations as Azure Stack Hub and policies write them."""

import re
from datetime import UTC, datetime, timedelta

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?\s*(Z|z|[+-]\d\d:?\d\d)?$", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d$", re.ASCII)
_ISO_DURATION = re.compile(
    r"(-)?P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$",
    re.IGNORECASE | re.ASCII,
)
_SHORT_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([wdhms])$", re.IGNORECASE | re.ASCII)
_SHORT_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def parse_time(text: str) -> datetime:
    """A time in RFC 3339's form, with the API's seven-digit fractions too; without an offset it is UTC.

    Raises ValueError with a sentence when the text is no such time.
    """
    if text[4:17:3] == "--T::" and (text[19:] == "Z" or (text[20:21].isdecimal() and text[-1] == "Z")):
        # The usual form, at once; a wrong one gets its sentence below.
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    found = _TIME.match(text.strip())
    if not found:
        raise ValueError(f"{text[:60]!r} is not a time such as 2026-01-31T12:00:00Z")
    day, clock, fraction, offset = found.groups()
    zone = "+00:00" if offset in (None, "Z", "z") else offset
    try:
        return datetime.fromisoformat(f"{day}T{clock}{(fraction or '')[:7]}{zone}").astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text[:60]!r} is not a time: {error}") from error


def parse_since(text: str) -> datetime:
    """A time as `parse_time` takes it, or a day (`2026-01-31`), which counts from its first second in UTC."""
    return parse_time(f"{text.strip()}T00:00:00Z" if _DAY.match(text.strip()) else text)


def parse_until(text: str) -> datetime:
    """A time as `parse_time` takes it, or a day (`2026-01-31`), which counts to its last second in UTC."""
    return parse_time(f"{text.strip()}T23:59:59Z" if _DAY.match(text.strip()) else text)


def format_time(moment: datetime) -> str:
    """The one form in which azscheck writes a time: UTC, to the second, `2026-01-31T12:00:00Z`."""
    # Not strftime: its %Y writes the year 1 with one digit on some systems.
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def parse_duration(text: str) -> timedelta:
    """A duration as ISO 8601 has it (`PT24H`, `P7D`) or short (`24h`, `7d`); months and years have no length.

    Raises ValueError with a sentence when the text is no such duration.
    """
    stripped = text.strip()
    short = _SHORT_DURATION.match(stripped)
    try:
        if short:
            return timedelta(**{_SHORT_UNITS[short[2].lower()]: float(short[1])})
        found = _ISO_DURATION.match(stripped)
        if found and stripped[-1] not in "PTpt":
            names = ("weeks", "days", "hours", "minutes", "seconds")
            length = timedelta(**{n: float(v) for n, v in zip(names, found.groups()[1:], strict=True) if v})
            return -length if found[1] else length
    except OverflowError:
        pass
    raise ValueError(f"{text[:60]!r} is not a duration such as PT24H, 24h or 7d")


def format_duration(length: timedelta) -> str:
    """A duration as a person says it, in its two largest units: `2 d 3 h`, `14 h`, `40 min`."""
    seconds = int(abs(length.total_seconds()))
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        amount, seconds = divmod(seconds, size)
        if amount:
            parts.append(f"{amount} {unit}")
    return " ".join(parts[:2]) or "0 s"
