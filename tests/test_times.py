"""Times and durations: as Azure Stack Hub writes them, never guessed."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azscheck.times import format_duration, format_time, parse_duration, parse_time

from . import builders  # noqa: F401


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00.1234567Z", datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)),
        ("2026-01-31T12:00:00.5+02:00", datetime(2026, 1, 31, 10, 0, 0, 500000, tzinfo=UTC)),
        ("2026-01-31 12:00:00", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00-0130", datetime(2026, 1, 31, 13, 30, tzinfo=UTC)),
        (" 2026-01-31T12:00:00z\n", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("0001-01-01T00:00:00", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59.9999999Z", datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
    ],
)
def test_time(text: str, moment: datetime) -> None:
    """A recovery point's time is read wrongly, by hours or altogether."""
    assert parse_time(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        *("", "never", "1767225600", "2026-01-31", "31.01.2026 12:00:00", "2026-02-30T00:00:00Z"),
        *("2026-01-31T25:00:00Z", "2026-01-31T12:00:00+99:99", "\u0662\u0660\u0662\u0666-01-31T12:00:00Z"),
        *("0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"),
    ],
)
def test_no_time(text: str) -> None:
    """What is no time is taken for one, or ends the run with another error than the callers expect."""
    with pytest.raises(ValueError, match="is not a time"):
        parse_time(text)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("PT24H", timedelta(days=1)),
        ("P7D", timedelta(days=7)),
        ("P1DT2H3M4.5S", timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
        ("P2W", timedelta(weeks=2)),
        ("-PT1H", timedelta(hours=-1)),
        ("pt90m", timedelta(minutes=90)),
        ("24h", timedelta(hours=24)),
        ("1.5 d", timedelta(hours=36)),
        ("30M", timedelta(minutes=30)),
        (" 7d ", timedelta(days=7)),
    ],
)
def test_duration(text: str, length: timedelta) -> None:
    """An objective is read as longer than it was written: an old backup passes."""
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1DT",
        "P1M",
        "P1Y",
        "24",
        "24 hours",
        "h",
        "-24h",
        "1d2h",
        "5\u017f",
        "9" * 400 + "d",
        "P\u0663D",
    ],
)
def test_no_duration(text: str) -> None:
    """A month, which has no length, or a slip of the keyboard is taken for some length."""
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)


@given(st.datetimes(timezones=st.just(UTC)))
def test_round_trip(moment: datetime) -> None:
    """A time that azscheck wrote is one that azscheck does not read."""
    assert parse_time(format_time(moment)) == moment.replace(microsecond=0)


@given(st.text(max_size=25))
def test_any_text(text: str) -> None:
    """A text in the place of a time ends the run."""
    for parse in (parse_time, parse_duration):
        with contextlib.suppress(ValueError):
            assert parse(text) is not None


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(), "0 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(hours=14), "14 h"),
        (timedelta(days=2, hours=3, minutes=59), "2 d 3 h"),
        (timedelta(days=9, minutes=1), "9 d 1 min"),
        (timedelta(minutes=40), "40 min"),
    ],
)
def test_words(length: timedelta, words: str) -> None:
    """A report says another age than the backup has."""
    assert format_duration(length) == words
