"""What is posted: within its reader's bounds, and with nothing in it that acts."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azscheck.notify.bodies import TEAMS_BYTES, WEBHOOK_BYTES, body
from azscheck.notify.mail import message
from azscheck.notify.notice import TOLD, Notice, notice_of
from azscheck.notify.words import headline
from azscheck.sources.channels import Mail
from tests.notify.notices import item, notice

MAIL = Mail("mail.contoso.example", 587, "starttls", "azscheck@contoso.example", ("a@contoso.example",))
POSTED = ("webhook", "teams", "slack")
EVIL = (
    "<!channel> <@U012AB3CD> <https://evil.example|click>",
    "[click](https://evil.example) **bold** _x_ ~y~ `z`",
    "<at>everyone</at><script>alert(1)</script>",
    "a\r\nBcc: everyone@contoso.example\r\n\r\nbody",
    "\u202egnp.exe \x1b[31m \ud800 \x00",
    "{{DATE(2026-01-01T00:00:00Z)}} @{triggerBody()} ${x}",
)


def texts(value: Any, key: str = "") -> list[tuple[str, str]]:
    """All strings of a JSON value, each with the key it is under."""
    match value:
        case dict():
            return [found for name, below in value.items() for found in texts(below, name)]
        case list():
            return [found for below in value for found in texts(below, key)]
        case str():
            return [(key, value)]
    return []


def slack_bounds(sent: dict[str, Any]) -> None:
    assert len(sent["blocks"]) <= 50
    for block in sent["blocks"]:
        limit = {"header": 150, "section": 3000}.get(block["type"])
        if limit:
            assert 0 < len(block["text"]["text"]) <= limit


@pytest.mark.parametrize("kind", POSTED)
@pytest.mark.parametrize("number", [1, 7, 50, 200])
def test_a_message_fits_its_reader(kind: str, number: int) -> None:
    """The night in which everything fails is the one of which nobody is told: the message is too large."""
    long = {"name": "n" * 500, "title": "t" * 500, "message": "m" * 500, "resource": "r" * 500}
    told = notice(*(item(n, **long) for n in range(number)), more=4000, link="https://reports.contoso.example/north")
    sent = body(kind, told)
    found = json.loads(sent)
    assert "more" in json.dumps(found)
    assert "https://reports.contoso.example/north" in json.dumps(found)
    match kind:
        case "teams":
            assert len(sent) <= TEAMS_BYTES
        case "webhook":
            assert len(sent) <= WEBHOOK_BYTES
            assert len(found["items"]) + found["more"] == number + 4000
        case "slack":
            slack_bounds(found)


@pytest.mark.parametrize("name", EVIL)
@pytest.mark.parametrize("kind", POSTED)
def test_a_name_in_the_stamp_acts_on_nobody(kind: str, name: str) -> None:
    """A tenant names a machine so that the operators' whole channel is called, or shows a link of his own."""
    found = json.loads(body(kind, notice(item(name=name, title=name, message=name, stamp=name))))
    for key, text in texts(found):
        assert all(character.isprintable() or character == "\n" for character in text) or kind == "webhook", text
        if kind == "teams" and key == "text":
            continue
        if kind == "slack" and key == "text" and text != found["text"]:
            continue
        if kind != "webhook":
            assert "<!" not in text
            assert "evil" not in text or "&lt;" in text or "<" not in text
    if kind == "teams":
        literal = {block["type"] for block in found["attachments"][0]["content"]["body"]}
        assert literal == {"RichTextBlock"}, "a TextBlock reads Markdown"
    if kind == "slack":
        assert found["mrkdwn"] is False
        kinds = [text for key, text in texts(found["blocks"]) if key == "type"]
        assert "mrkdwn" not in kinds


@pytest.mark.parametrize("name", EVIL)
def test_a_name_in_the_stamp_adds_no_header_to_a_letter(name: str) -> None:
    """A machine's name sends the letter to somebody else."""
    made = message(notice(item(name=name, stamp=name)), MAIL)
    sent = made.as_bytes()
    headers = sent.partition(b"\r\n\r\n")[0]
    assert b"\nBcc" not in headers
    assert made["To"] == "a@contoso.example"
    assert sent.isascii()
    assert made.get_content_type() == "text/plain"


def test_a_letter_says_what_it_is() -> None:
    """It looks like spam, an absent colleague's answer comes back, or the same letter is there twice."""
    made = message(notice(link="https://reports.contoso.example/"), MAIL)
    assert made["Subject"] == "azscheck: north: 1 new finding"
    assert made["Auto-Submitted"] == "auto-generated"
    assert made["Message-ID"] == f"<{'k' * 32}@contoso.example>"
    assert made["Date"].datetime.isoformat() == "2026-06-02T12:00:00+00:00"
    assert made.get_content() == (
        "Now: Infrastructure compliant, Tenants non-compliant. Findings: 12 high, 3 low.\n\n"
        "New findings:\n"
        "  high ASH-TEN-001 A running machine is protected: web-01. no product protects it\n\n"
        "Judged 2026-06-02T12:00:00Z, compared with 2026-06-01T12:00:00Z.\n\n"
        "https://reports.contoso.example/\n"
    )


@pytest.mark.parametrize(
    ("detail", "there", "gone"),
    [
        ("counts", ("1 new finding",), ("ASH-TEN-001", "web-01", "no product", "resourceGroups")),
        ("names", ("ASH-TEN-001", "web-01"), ("no product", "resourceGroups")),
        ("messages", ("ASH-TEN-001", "web-01", "no product"), ()),
    ],
)
@pytest.mark.parametrize("kind", [*POSTED, "email"])
def test_no_more_is_sent_than_the_channel_may_know(
    kind: str, detail: Any, there: tuple[str, ...], gone: tuple[str, ...]
) -> None:
    """What a property holds is in a chat that half of the company reads."""
    told = notice().within(detail)
    text = message(told, MAIL).as_string() if kind == "email" else body(kind, told).decode()
    assert all(word in text for word in there)
    assert not any(word in text for word in gone)


def test_each_kind_of_change_has_its_words_and_is_named_once() -> None:
    """A kind of change that is new is told of in no message."""
    told = notice(*(item(n, kind=kind) for n, kind in enumerate(TOLD)))
    assert headline(told) == (
        "north: 1 new finding, 1 no longer exempt, 1 of new policies, 1 no longer known, 1 known again, 1 fixed,"
        " 1 exempt now, 1 gone"
    )
    for kind in POSTED:
        text = body(kind, told).decode()
        assert all(text.count(f'web-{n:02}"') + text.count(f"web-{n:02}.") >= 1 for n in range(len(TOLD)))
    assert {entry["kind"] for entry in json.loads(body("webhook", told))["items"]} == {
        "new", "lapsed", "ofNewPolicies", "becameUnknown", "knownAgain", "fixed", "exempted", "gone",
    }  # fmt: skip


def test_what_was_not_known_before_is_said() -> None:
    """After an outage everybody takes the old findings for new ones."""
    text = body("teams", notice(item(was="unknown"))).decode()
    assert "web-01 (was not known before)" in text


@given(st.lists(st.sampled_from(TOLD), min_size=1, max_size=5), st.text(max_size=30), st.integers(0, 9))
def test_a_notice_waits_in_the_state_unharmed(kinds: list[str], name: str, more: int) -> None:
    """What is told after an outage is not what would have been told before it."""
    told: Notice = notice(*(item(n, kind=kind, name=name) for n, kind in enumerate(kinds)), more=more)
    assert notice_of(json.loads(json.dumps(told.fields()))) == told
