"""What a run holds: its saved results, packed on a frame that its series shares."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select

from azscheck.history import packing
from azscheck.history.failing import numbers_of, packed_bits
from azscheck.history.runs import digest_of
from azscheck.history.schema import frames, runs

if TYPE_CHECKING:
    from sqlalchemy import Connection

_OWN: Final = 0.25
"""When so many of a run's lines have a form that the frame lacks, a new frame is begun."""


def insert(connection: "Connection", row: dict[str, Any], split: packing.Split, failing: Sequence[str]) -> int:
    """Write a run, in a transaction that no other writer is in; its id."""
    newest = select(frames).where(frames.c.series == row["series"]).order_by(frames.c.id.desc()).limit(1)
    frame = connection.execute(newest).one_or_none()
    try:
        known = packing.unpack_forms(frame.forms) if frame else ()
    except packing.Damaged:
        # What stands on it is lost; this run need not be.
        known = ()
    content, own = packing.pack(split, known)
    number = frame.id if frame else 0
    if not known or own > _OWN * len(split.forms):
        forms = packing.pack_forms(split.forms)
        number = _inserted_id(connection, frames.insert().values(series=row["series"], forms=forms))
        content, _ = packing.pack(split, packing.unpack_forms(forms))
    bits = packed_bits(numbers_of(connection, failing).values())
    return _inserted_id(connection, runs.insert().values(**row, frame=number, content=content, failing=bits))


def text_of(connection: "Connection", run: int) -> str:
    """The saved results of a run; raises packing.Damaged where they are not what was written."""
    query = select(runs.c.content, runs.c.digest, frames.c.forms).join(frames).where(runs.c.id == run)
    row = connection.execute(query).one()
    text = packing.unpack(row.content, packing.unpack_forms(row.forms))
    if digest_of(text) != row.digest:
        raise packing.Damaged
    return text


def remove(connection: "Connection", ids: Sequence[int]) -> None:
    """Remove runs, and the frames that no run needs any more."""
    for start in range(0, len(ids), 500):
        connection.execute(delete(runs).where(runs.c.id.in_(ids[start : start + 500])))
    connection.execute(delete(frames).where(frames.c.id.not_in(select(runs.c.frame))))


def _inserted_id(connection: "Connection", statement: Any) -> int:
    key: Any = connection.execute(statement).inserted_primary_key
    return int(key[0])
