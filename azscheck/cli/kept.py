"""What commands have in common that keep runs, or read kept ones."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct
from msgspec.structs import replace

from azscheck.cli.log import Log
from azscheck.cli.options import CONFIGURATION
from azscheck.errors import HistoryError, UsageError
from azscheck.results import Results

if TYPE_CHECKING:
    from azscheck.history.address import Address
    from azscheck.history.runs import Run
    from azscheck.history.store import History
    from azscheck.sources.configuration import Configuration
    from azscheck.sources.keeping import Keeping

history_option = click.option(
    "--history",
    metavar="URL",
    help="Where runs are kept: sqlite:///azscheck.db or postgresql://...  [default: `history` of the configuration]",
)
since_last_option = click.option(
    "--since-last", is_flag=True, help="Tell what is different from the last kept run of the same stamps and sets."
)


class Kept(Struct, frozen=True):
    """Where runs are kept, and for how long."""

    address: "Address"
    keeping: "Keeping"

    def open(self, *, create: bool = False) -> "History":
        """The store."""
        from azscheck.history.store import History

        return History.open(self.address, create=create)


def kept_of(history: str | None, configuration: "Configuration | None") -> Kept | None:
    """What --history names, else the configuration; None where neither does. Raises UsageError before any work."""
    from azscheck.sources.keeping import Keeping

    known = configuration.history if configuration else None
    if history is None and known is None:
        return None
    from azscheck.history.address import address_of

    if history is not None:
        if not history:
            raise UsageError("--history: name a store, such as sqlite:///azscheck.db.")
        return Kept(address_of(history), replace(known, url=history) if known else Keeping(history))
    assert known is not None
    return Kept(address_of(known.url, known.base, known.password()), known)


def kept_by(history: str | None, configuration: Path | None) -> Kept:
    """The same, of a command that needs no stamp: for it the configuration need not be there."""
    file = configuration or CONFIGURATION
    known = None
    if configuration is not None or (history is None and file.exists()):
        from azscheck.sources.configuration import read_configuration

        known = read_configuration(file)
    found = kept_of(history, known)
    if found is None:
        raise UsageError(f"where are the runs kept? --history names it, or `history` in {file}.")
    return found


def is_run(text: str) -> bool:
    """Whether a text names a kept run: `run:17`, `latest`, `previous`; a file of such a name is named `./latest`."""
    return text in ("latest", "previous") or text.startswith("run:")


def run_named(text: str, history: "History") -> "Run":
    """The kept run of a name; `latest` is the newest of all, and `previous` the one before it of the same series."""
    if text.startswith("run:"):
        number = text.removeprefix("run:")
        if not (number.isascii() and number.isdecimal()) or len(number) > 9:
            raise UsageError(f"{text!r} names no run: write run:17, latest or previous.")
        return history.run(int(number))
    newest = history.newest()
    if newest is None:
        raise HistoryError(f"the history {history.address.words}: no run was kept there yet.")
    if text == "latest":
        return newest
    before = history.before(newest)
    if before is None:
        raise HistoryError(f"the history {history.address.words}: no earlier run of the same stamps and sets is kept.")
    return before


def results_of(text: str, kept: Kept) -> Results:
    """What a kept run found."""
    with kept.open() as history:
        return history.results(run_named(text, history))


def since_last(results: Results, kept: Kept, log: Log, *, themselves: bool = False) -> Results:
    """The results with what is different from the last kept run; as they are where that cannot be told, which is said.

    `themselves`: the results may be kept already.
    """
    from azscheck.results.changes import compare

    try:
        with kept.open(create=not themselves) as history:
            run = history.last(results, kept=themselves)
            if run is None:
                log.say("history", "no earlier run of the same stamps and sets is kept to compare with.")
                return results
            changes = compare(history.results(run), results, history.failing_since(run))
    except HistoryError as error:
        _say(error, "what is different is not told", log)
        return results
    return replace(results, changes=changes)


def keep(results: Results, kept: Kept, log: Log) -> "Run | None":
    """Keep a run, and remove what is to be kept no longer. That it fails is said, and changes no verdict."""
    run = None
    try:
        with kept.open(create=True) as history:
            run = history.keep(results)
            log.say("history", f"kept as {run.name}", run=run.id)
            if kept.keeping.keep is not None or kept.keeping.older_than is not None:
                history.prune(results.now, kept.keeping.keep, kept.keeping.older_than)
    except HistoryError as error:
        _say(error, "this run was not kept; the verdict is what it is" if run is None else "nothing was pruned", log)
    return run


def _say(error: HistoryError, consequence: str, log: Log) -> None:
    log.say("history", f"azscheck: {error} ({consequence})", always=True)
