"""The lines on standard error: sentences for people, or, where `--log-format json` was given, a JSON object a line."""

import itertools
import threading
from collections.abc import Sequence
from typing import Any

import click

_OPTION = "--log-format"
_lock = threading.Lock()
_as_json = False


def begin(arguments: Sequence[str]) -> None:
    """See from a command's arguments how to speak: also of what is wrong with these very arguments."""
    global _as_json
    following = [after for word, after in itertools.pairwise(arguments) if word == _OPTION]
    given = [word.partition("=")[2] for word in arguments if word.startswith(f"{_OPTION}=")]
    _as_json = "json" in (*following, *given)


def say(text: str = "", event: str = "message", **fields: Any) -> None:
    """One line; `fields` are what a machine needs to know."""
    if _as_json:
        # Imported here: most commands say nothing in this form.
        from datetime import UTC, datetime

        from azscheck.inventory.fields import json_text

        time = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        text = json_text({"time": time, "event": event, **({"text": text} if text else {}), **fields})
    with _lock:
        click.echo(text, err=True)
