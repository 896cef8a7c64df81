"""Reports: what an evaluation found, in the form that its reader takes.

A report is a pure function of `Results`: no clock, no file but the shipped templates, no environment; so the same
results give the same bytes, and the format never decides the exit code.
"""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from azscheck.results import Results

__all__ = ["FORMATS", "Format", "render"]


class Format(Struct, frozen=True):
    """One form of the report; its module has `render(results, *, colour, width, evidence) -> str`."""

    name: str
    module: str
    suffix: str
    """What a file of this format is usually called, with the dot."""
    description: str


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        f.name: f
        for f in (
            Format("table", "azscheck.reports.table", ".txt", "for a terminal"),
            Format("json", "azscheck.reports.json", ".json", "everything, versioned; any report can be made of it"),
            Format("html", "azscheck.reports.html", ".html", "one self-contained page for managers and auditors"),
            Format("markdown", "azscheck.reports.markdown", ".md", "GitHub flavoured, for job summaries and comments"),
            Format("junit", "azscheck.reports.junit", ".xml", "Jenkins xUnit, for test tabs of CI systems"),
            Format("sarif", "azscheck.reports.sarif", ".sarif", "SARIF 2.1.0, for code scanning"),
            Format("lines", "azscheck.reports.lines", ".ndjson", "JSON, a line a resource, for scripts; the quickest"),
            Format("csv", "azscheck.reports.csv", ".csv", "one row a result, for spreadsheets"),
            Format("github", "azscheck.reports.github", ".github.txt", "annotations of GitHub's workflows"),
            Format("azdo", "azscheck.reports.azdo", ".azdo.txt", "issues of Azure DevOps' pipelines"),
            Format("gitlab", "azscheck.reports.gitlab", ".gitlab.json", "a Code Quality report for GitLab"),
        )
    }
)
"""The formats by name. A new one is a module, a line here and a golden file."""


def render(results: "Results", format: str, *, colour: bool = False, width: int = 100, evidence: bool = False) -> str:
    """Results as the text of a report, always encodable as UTF-8.

    `colour` and `width` matter to `table` only, `evidence` (whether findings have it) to `lines`.

    KeyError for a format that is not in `FORMATS`.
    """
    # Each format's module, and jinja2, rich or xml with it, is imported when that format is first asked for.
    text: str = import_module(FORMATS[format].module).render(results, colour=colour, width=width, evidence=evidence)
    return text
