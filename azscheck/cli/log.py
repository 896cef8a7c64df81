"""What is said on standard error while stamps are read: sentences for people, or a JSON object a line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from msgspec import Struct

from azscheck.cli.stderr import say


class Log(Struct, frozen=True):
    """How a command speaks."""

    form: Literal["text", "json"]
    verbose: bool = False
    quiet: bool = False

    @property
    def live(self) -> bool:
        """Whether a display that is drawn over and over has its place here."""
        return self.form == "text" and not self.verbose and sys.stderr.isatty()

    def say(self, event: str, text: str = "", *, always: bool = False, **fields: Any) -> None:
        """One line, also where quiet is asked for when `always`; `fields` are what a machine needs to know."""
        if self.quiet and not always:
            return
        say(text, event, **fields)

    @contextmanager
    def requests(self) -> Iterator[None]:
        """Within it each call is said, where more than usual is asked for."""
        if not self.verbose:
            yield
            return
        # Imported here: `logging` takes its time, and few look on.
        from azscheck.cli.requests import heard

        with heard(self):
            yield
