"""`--baseline` and `--write-baseline`."""

from collections.abc import Iterable
from pathlib import Path

import click
from msgspec import Struct

from azscheck.cli.options import writable
from azscheck.results import Results
from azscheck.results.baseline import Entry, entries_of, kept_beside, read, with_baseline, write


class Baseline(Struct, frozen=True):
    """What is known already, and where to write what is known from now on."""

    file: Path | None
    entries: tuple[Entry, ...]
    to: Path | None

    @classmethod
    def given(cls, file: Path | None, to: Path | None, inputs: Iterable[Path]) -> "Baseline":
        """Read before anything is judged; UsageError for a file that cannot be read, or must not be written."""
        if to is not None:
            # The one that is read may be written anew.
            writable("--write-baseline", to, [path for path in inputs if path != file])
        return cls(file, tuple(read(file)) if file else (), to)

    def __bool__(self) -> bool:
        return bool(self.file or self.to)

    def applied(self, results: Results) -> Results:
        """The results with what is known marked; with `--write-baseline` that is all that is there now."""
        if self.to is None:
            return with_baseline(results, self.entries, self.file.as_posix()) if self.file else results
        entries = [*entries_of(results), *kept_beside(results, self.entries)]
        write(entries, self.to)
        click.echo(f"wrote {self.to}", err=True)
        return with_baseline(results, entries, self.to.as_posix())
