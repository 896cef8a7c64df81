"""The table format: for a terminal, from 60 columns up; in ASCII but for names, so that it fits any terminal."""

import io
from collections.abc import Mapping

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from azscheck.policy.model import Category, Severity
from azscheck.reports.changed import change_state, change_words, groups, since_of, since_words
from azscheck.reports.places import found_words, name_words
from azscheck.reports.summary import (
    PolicyGroup,
    Verdict,
    baseline_words,
    categories,
    count_words,
    exemption_state,
    exemption_words,
    findings,
    gate_words,
    incomplete,
    not_judged,
    stamp_names,
    subject,
    verdict,
)
from azscheck.reports.wording import (
    CATEGORIES,
    inert,
    one_line,
    plural,
    resource_words,
    shortened,
    visible,
)
from azscheck.results import FILES, ExemptionState, Result, Results
from azscheck.results.changes import Changes
from azscheck.times import format_time

SHOWN = 5
"""How many resources are named a policy; the rest are counted."""
CHANGES = 20
"""How many findings are named of a kind of change."""
NAME, MESSAGE, STAMPS = 60, 300, 2000
"""The longest name, message and list of stamps that are shown whole."""
WORD = 16
"""The width of a column up to which it has all that it needs."""

_TONES = {"good": "bold green", "bad": "bold red", "unsure": "bold yellow"}
_SEVERITIES = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
}


def render(results: Results, *, colour: bool = False, width: int = 100, **_: object) -> str:
    """Results as lines of at most `width` columns; without `colour` there is no escape code in them."""
    out = io.StringIO()
    console = plain_console(out, colour, width)
    with_stamp = len(stamp_names(results)) > 1
    _print_head(console, results)
    if results.changes:
        print_changes(console, results.changes, with_stamp)
    for category in categories(results):
        _print_findings(console, results, category, with_stamp)
    for category in categories(results):
        _print_not_judged(console, results, category, with_stamp)
    _print_not_read(console, results, with_stamp)
    _print_exemptions(console, results)
    _print_baseline(console, results)
    _print_not_here(console, results)
    _print_appendices(console, results)
    console.print()
    counts = f"{plural(len(results.policies), 'policy', 'policies')}: {count_words(results.counts())}."
    console.print(Text(counts))
    return lines_of(out)


def plain_console(out: io.StringIO, colour: bool, width: int) -> Console:
    """What prints to a text, for a terminal of so many columns."""
    return Console(
        file=out,
        width=max(width, 60),
        height=100,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        # An empty environment: NO_COLOR, COLUMNS and the like are the command line's to read.
        _environ={},
    )


def lines_of(out: io.StringIO) -> str:
    """What was printed, without what stands at the ends of lines."""
    return "".join(f"{inert(line.rstrip())}\n" for line in out.getvalue().splitlines())


def _grid(*widths: int | None) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    for width in widths:
        grid.add_column(width=width, ratio=None if width else 1, overflow="fold")
    grid.expand = True
    return grid


def _print_head(console: Console, results: Results) -> None:
    stamps = shortened(", ".join(visible(name) for name in stamp_names(results)), STAMPS) or "none"
    times = f"judged {format_time(results.now)}, collected {format_time(results.collected)}"
    grid = _grid(14, None)
    grid.add_row(Text(f"azscheck {results.version}", style="bold"), Text(times))
    grid.add_row(Text(subject(results, 2)), Text(stamps))
    for sentence in gate_words(results):
        grid.add_row("", Text(shortened(sentence, STAMPS), style="dim"))
    if results.sets:
        grid.add_row(Text("Policy sets"), Text(visible(", ".join(results.sets))))
    if reasons := incomplete(results):
        grid.add_row()
        grid.add_row(Text("INCOMPLETE", style="bold yellow"), Text(shortened(" ".join(reasons), MESSAGE)))
    grid.add_row()
    for category in categories(results):
        given = verdict(results, category)
        grid.add_row(Text(CATEGORIES[category]), _verdict_text(given))
        grid.add_row("", Text(count_words(results.counts(category)), style="dim"))
    console.print(grid)


def _verdict_text(given: Verdict) -> Text:
    return Text(given.words.upper(), style=_TONES[given.tone])


def _print_heading(console: Console, text: str) -> None:
    console.print()
    console.print(Text(text.upper(), style="bold"))


def print_changes(console: Console, changes: Changes, with_stamp: bool, *, still_failing: bool = False) -> None:
    """What is different: each kind of change with its findings."""
    _print_heading(console, f"Since {format_time(changes.before)}")
    console.print(Text(f"{change_words(changes)}."))
    for words, policies in (("New", changes.policies_added), ("No longer judged by", changes.policies_removed)):
        if policies:
            console.print(Text(f"{words}: {visible(', '.join(policies))}", style="dim"))
    for title, found in groups(changes, still_failing=still_failing):
        console.print(Text(title, style="bold"))
        grid = _grid(20, console.width // 4, None)
        for change in found[:CHANGES]:
            name = shortened(resource_words(change.result, with_stamp=with_stamp), NAME)
            words = "; ".join(filter(None, (change_state(change), since_of(change))))
            grid.add_row(Text(f"  {visible(change.result.policy)}"), Text(name), Text(words))
        if (more := len(found) - CHANGES) > 0:
            grid.add_row("", Text(f"and {more:,} more", style="dim"))
        console.print(grid)


def _print_findings(console: Console, results: Results, category: Category, with_stamp: bool) -> None:
    found = findings(results, category)
    if not found:
        return
    since = since_words(results)
    _print_heading(console, f"{CATEGORIES[category]}: findings")
    for group in found:
        severity = group.policy.severity
        title = Text(f"{visible(group.policy.id)} ", style="bold")
        title.append(shortened(one_line(group.policy.title), MESSAGE))
        title.append(f" ({plural(len(group.results), 'resource')})", style="not bold dim")
        head = _grid(8, None)
        head.add_row(Text(str(severity), style=_SEVERITIES[severity]), title)
        console.print(head)
        console.print(_resources(results, group, with_stamp, console.width, since))


def _resources(results: Results, group: PolicyGroup, with_stamp: bool, width: int, since: Mapping[str, str]) -> Table:
    # What is new stands before what a baseline holds.
    shown = sorted(group.results, key=lambda r: r.baselined)[:SHOWN]
    names = [shortened(name_words(results, result, with_stamp=with_stamp), NAME) for result in shown]
    # As wide as the names need, but never more than a third: the messages have to be read.
    grid = _grid(8, min(max(map(cell_len, names)), width // 3), None)
    for result, name in zip(shown, names, strict=True):
        grid.add_row("", Text(name), Text(shortened(found_words(results, result), MESSAGE) + _mark(since, result)))
    if more := len(group.results) - len(shown):
        grid.add_row("", Text(f"and {more:,} more", style="dim"))
    return grid


def _mark(since: Mapping[str, str], result: Result) -> str:
    return f" ({since[result.id]})" if since and result.id in since else ""


def _print_not_judged(console: Console, results: Results, category: Category, with_stamp: bool) -> None:
    reasons = not_judged(results, category)
    if not reasons:
        return
    _print_heading(console, f"{CATEGORIES[category]}: not judged")
    grid = _grid(34, None)
    for group in reasons:
        policies = ", ".join(visible(g.policy.id) for g in group.groups)
        grid.add_row(Text(policies), Text(shortened(group.reason, MESSAGE), style="yellow"))
        named = [r for g in group.groups for r in g.results]
        names = dict.fromkeys(shortened(name_words(results, r, with_stamp=with_stamp), NAME) for r in named)
        shown = ", ".join(list(names)[:SHOWN])
        grid.add_row("", Text(f"of {shown}" + (f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else "")))
    console.print(grid)


def _print_exemptions(console: Console, results: Results) -> None:
    """What the exemptions came to, and each that somebody has to look at."""
    if not results.exemptions:
        return
    _print_heading(console, "Exemptions")
    console.print(Text(f"{exemption_words(results)}."))
    grid = _grid(34, None)
    for use in results.exemptions:
        state = exemption_state(use, results)
        if state != ExemptionState.IN_FORCE.words:
            place = visible(f"{use.place.path}:{use.place.line}")
            grid.add_row(Text(shortened(place, NAME)), Text(shortened(state, MESSAGE), style="yellow"))
    if grid.row_count:
        console.print(grid)


def _print_appendices(console: Console, results: Results) -> None:
    for appendix in results.appendices:
        _print_heading(console, visible(appendix.title))
        console.print(Text(visible(appendix.note)))
        cells = [[visible(cell) for cell in row] for row in (appendix.columns, *appendix.rows)]
        longest = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
        # Words and ids have the room that they need; what is longer shares the rest.
        grid = _grid(*(length if length <= WORD else None for length in longest))
        for number, row in enumerate(cells):
            grid.add_row(*(Text(shortened(cell, MESSAGE), style="" if number else "dim") for cell in row))
        console.print(grid)


def _print_baseline(console: Console, results: Results) -> None:
    """How much is known already, and what of the baseline can go."""
    if results.baseline is None:
        return
    _print_heading(console, "Baseline")
    console.print(Text(f"{baseline_words(results)}."))
    grid = _grid(34, None)
    for entry in results.baseline.fixed[:SHOWN]:
        grid.add_row(Text(visible(entry.policy)), Text(shortened(visible(entry.resource), MESSAGE), style="dim"))
    if grid.row_count:
        console.print(grid)


def _print_not_here(console: Console, results: Results) -> None:
    """Which policies of the default set nothing was asked of."""
    if results.gate and results.gate.not_here:
        _print_heading(console, "Not judged here")
        number = plural(len(results.gate.not_here), "policy", "policies")
        said = f"Of the default set {number}, about what no file tells: the html, markdown and json formats name them."
        console.print(Text(said, style="dim"))


def _print_not_read(console: Console, results: Results, with_stamp: bool) -> None:
    if results.failed_coverage:
        _print_heading(console, "Could not be read")
        # One cause fails many lists: each cause stands once.
        causes: dict[str, list[str]] = {}
        for coverage in results.failed_coverage:
            stamp = f"{visible(coverage.stamp)}: " if with_stamp and coverage.type != FILES else ""
            causes.setdefault(stamp + shortened(visible(coverage.reason), MESSAGE), []).append(visible(coverage.type))
        for reason, types in causes.items():
            console.print(Text(reason, style="yellow"))
            if types != [FILES]:
                named = ", ".join(dict.fromkeys(types[:SHOWN]))
                more = f" and {len(types) - SHOWN:,} more" if len(types) > SHOWN else ""
                console.print(Text(f"  {plural(len(types), 'list')}: {named}{more}", style="dim"))
    if results.unmatched:
        _print_heading(console, "Policies that found no resource")
        console.print(Text(", ".join(visible(p.id) for p in results.unmatched)))
