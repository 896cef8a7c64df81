"""What is posted: azscheck's own JSON, an Adaptive Card for Teams, Block Kit for Slack; each within its bounds.

What comes from a stamp stands in parts whose text is shown as it is, never in those that read Markdown.
"""

from collections.abc import Callable
from typing import Any, Final

from azscheck.inventory.fields import json_text
from azscheck.notify.notice import Notice
from azscheck.notify.words import by_kind, compared, headline, rest, standing

WEBHOOK_BYTES: Final = 256 * 1024
TEAMS_BYTES: Final = 24 * 1024
"""Teams takes 28 KB, of which its own envelope needs some.

https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using"""
_SLACK_TEXT: Final = 2900
"""A section takes 3000 characters (https://docs.slack.dev/reference/block-kit/blocks/section-block)."""
_SLACK_BLOCKS: Final = 50
"""A message takes 50 blocks (https://docs.slack.dev/reference/block-kit/blocks)."""
_SLACK_BYTES: Final = 96 * 1024
_HEADER: Final = 150
"""https://docs.slack.dev/reference/block-kit/blocks/header-block"""


def body(kind: str, notice: Notice) -> bytes:
    """The JSON for a webhook, teams or slack channel, with as many changes named as fit."""
    make, most = _FORMS[kind]
    # Halving it at each step leaves at least half of what would fit, in a few steps.
    number = len(notice.items)
    while True:
        made = make(notice.only(number))
        text = json_text(made, (",", ":")).encode("utf-8", "replace")
        if (len(text) <= most and len(made.get("blocks", ())) <= _SLACK_BLOCKS) or not number:
            return text
        number //= 2


def _webhook(notice: Notice) -> dict[str, Any]:
    return {**notice.fields(), "headline": headline(notice)}


def _teams(notice: Notice) -> dict[str, Any]:
    """A message as the Teams workflow "when a webhook request is received" takes it.

    Runs of a RichTextBlock are literal, a TextBlock reads Markdown:
    https://adaptivecards.io/explorer/TextRun.html
    """
    blocks = [
        _rich([_run(f"azscheck: {headline(notice)}", size="Large", weight="Bolder")]),
        _rich([_run(standing(notice))]),
    ]
    for title, lines in by_kind(notice):
        blocks.append(_rich([_run(title, weight="Bolder")]))
        blocks += [_rich([_run(f"- {line}")]) for line in lines]
    blocks += [_rich([_run(words, isSubtle=True)]) for words in (rest(notice), compared(notice)) if words]
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": blocks,
        "msteams": {"width": "Full"},
    }
    if notice.link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": "Report", "url": notice.link}]
    content = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [content]}


def _rich(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": runs}


def _run(text: str, **style: Any) -> dict[str, Any]:
    return {"type": "TextRun", "text": text, **style}


def _slack(notice: Notice) -> dict[str, Any]:
    """A message of plain_text objects, which Slack shows as they are; `text` is for the notification alone."""
    blocks: list[dict[str, Any]] = [{"type": "header", "text": _plain(f"azscheck: {headline(notice)}"[:_HEADER])}]
    lines = [standing(notice)]
    for title, below in by_kind(notice):
        lines += ["", f"{title}:", *(f"\u2022 {line}" for line in below)]
    blocks += [{"type": "section", "text": _plain(text)} for text in _sections([*lines, rest(notice)])]
    blocks.append({"type": "context", "elements": [_plain(compared(notice))]})
    if notice.link:
        button = {"type": "button", "text": _plain("Report"), "url": notice.link, "action_id": "report"}
        blocks.append({"type": "actions", "elements": [button]})
    return {"text": _escaped(f"azscheck: {headline(notice)}"), "mrkdwn": False, "blocks": blocks}


def _sections(lines: list[str]) -> list[str]:
    """The lines in texts that are as long as a section may be."""
    found = [""]
    for line in lines:
        added = f"{found[-1]}\n{line[:_SLACK_TEXT]}" if found[-1] else line[:_SLACK_TEXT]
        if len(added) <= _SLACK_TEXT:
            found[-1] = added
        else:
            found.append(line[:_SLACK_TEXT])
    return [text for text in found if text.strip()]


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def _escaped(text: str) -> str:
    """https://docs.slack.dev/messaging/formatting-message-text#escaping"""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_FORMS: Final[dict[str, tuple[Callable[[Notice], dict[str, Any]], int]]] = {
    "webhook": (_webhook, WEBHOOK_BYTES),
    "teams": (_teams, TEAMS_BYTES),
    "slack": (_slack, _SLACK_BYTES),
}
