"""Which findings fail in a run, as the bits of one number: a thousand runs are looked through in a moment."""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from azscheck.history.schema import findings, runs
from azscheck.times import parse_time

if TYPE_CHECKING:
    from sqlalchemy import Connection

_AT_ONCE = 500
"""How many values a statement names; SQLite bounds them (SQLITE_MAX_VARIABLE_NUMBER)."""


def packed_bits(numbers: Iterable[int]) -> bytes:
    """Numbers as bits."""
    whole = bytearray()
    for number in numbers:
        if number >> 3 >= len(whole):
            whole.extend(bytes((number >> 3) + 1 - len(whole)))
        whole[number >> 3] |= 1 << (number & 7)
    return zlib.compress(bytes(whole), 9)


def bits(packed: bytes) -> int:
    """The bits as one number."""
    return int.from_bytes(zlib.decompress(packed), "little")


def numbers_of(connection: "Connection", ids: Iterable[str]) -> dict[str, int]:
    """The numbers of findings; those that have none are given one."""
    wanted = sorted(set(ids))
    known = _known(connection, wanted)
    if new := [id for id in wanted if id not in known]:
        connection.execute(findings.insert(), [{"finding": id} for id in new])
        known |= _known(connection, new)
    return known


def _known(connection: "Connection", ids: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(ids), _AT_ONCE):
        named = ids[start : start + _AT_ONCE]
        query = select(findings.c.finding, findings.c.number).where(findings.c.finding.in_(named))
        found |= {row.finding: row.number for row in connection.execute(query)}
    return found


def failing_since(connection: "Connection", run: int) -> Mapping[str, datetime]:
    """Of each finding of a run, by id, the first run of the series since which it fails without a break."""
    own = connection.execute(select(runs.c.series, runs.c.now, runs.c.failing).where(runs.c.id == run)).one()
    open_, since = bits(own.failing), own.now
    found: dict[int, str] = {}
    for moment, packed in _earlier(connection, own.series, own.now, run):
        ended = open_ & ~bits(packed)
        found |= dict.fromkeys(_places(ended), since)
        open_ &= ~ended
        if not open_:
            break
        since = moment
    found |= dict.fromkeys(_places(open_), since)
    names = {row.number: row.finding for row in connection.execute(select(findings))}
    return {names[number]: parse_time(moment) for number, moment in found.items()}


def _earlier(connection: "Connection", series: str, now: str, run: int) -> Iterator[tuple[str, bytes]]:
    query = (
        select(runs.c.now, runs.c.failing)
        .where(runs.c.series == series, (runs.c.now < now) | ((runs.c.now == now) & (runs.c.id < run)))
        .order_by(runs.c.now.desc(), runs.c.id.desc())
    )
    for row in connection.execute(query.execution_options(yield_per=50)):
        yield row.now, row.failing


def _places(number: int) -> list[int]:
    text = bin(number)[:1:-1]
    return [place for place, bit in enumerate(text) if bit == "1"]
