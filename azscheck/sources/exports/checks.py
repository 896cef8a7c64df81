"""The reports of Microsoft's checks, read tolerantly: what is recognised counts, what is not is not guessed.

Readiness checker: https://learn.microsoft.com/azure-stack/operator/azure-stack-validation-report
Test-AzureStack: https://learn.microsoft.com/azure-stack/operator/azure-stack-diagnostic-test
Backup validator: https://github.com/Azure/AzureStack-Tools/tree/az/InfrastructureBackupValidator
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from msgspec import Struct, field

from azscheck.sources.exports.source_file import SourceFile
from azscheck.times import parse_time

PASSED, FAILED, PARTIAL, UNKNOWN = "passed", "failed", "partial", "unknown"
_WORDS: Final = {
    **dict.fromkeys(("ok", "pass", "passed", "success", "succeeded", "true"), PASSED),
    **dict.fromkeys(("fail", "failed", "failure", "error", "critical", "false"), FAILED),
    **dict.fromkeys(("warn", "warning"), PARTIAL),
}
_SECTIONS: Final = ("certificate", "azureregistration", "azureidentity", "graph", "adfs", "jobs")
_DETAILS: Final = ("failuredetail", "failuredetails", "errordetails", "errordetail", "outputobject")
_PASS: Final = r"(?P<word>PASS(?:ED)?|FAIL(?:ED)?|WARN(?:ING)?|SKIP(?:PED)?)"
_BEGINS: Final = re.compile(rf"\[?{_PASS}(?:\]|:| -|  |\t)")
_ENDS: Final = re.compile(rf"(?:[:\[|\t]|[:|] |  ){_PASS}\]?$")
_LISTED: Final = ("ComputeQuota", "NetworkQuota", "StorageQuota", "Offer", "Subscription", "Plan")
_SECTION: Final = re.compile(r"BackupType:\s*(\w{1,40})")
_COUNT: Final = re.compile(r"Count:\s*(\d{1,9})")
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]{0,20}m")
_HIDDEN: Final = re.compile(r"<(script|style)\b", re.IGNORECASE)
_CLOSING: Final = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style")}
_SPACES: Final = re.compile(r"&(?:nbsp|#160|#xa0);", re.IGNORECASE)
_EPOCH: Final = re.compile(r"/Date\((\d{1,14})\)/$")


class Check(Struct, frozen=True):
    """One check of a report; `result` is passed, failed, partial or unknown."""

    name: str
    result: str
    detail: str = ""


class Report(Struct, frozen=True):
    """What a report says, and when it was made where it says that."""

    result: str
    checks: Sequence[Check]
    date: datetime | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


def readiness_checker(source: SourceFile) -> Report:
    """AzsReadinessCheckerReport.json: everything in it that has a `Result`."""
    value = source.whole()
    if not isinstance(value, dict) or not any(str(key).lower() in _SECTIONS for key in value):
        raise source.mistake("is no report of the readiness checker: it has no section such as Certificate or Jobs.")
    try:
        checks = list(_results(value, ()))
    except RecursionError as error:
        raise source.mistake("is nested too deep to be such a report.") from error
    ends = [moment for job in _jobs(value) if (moment := _moment(job))]
    return Report(_overall(checks), checks, max(ends, default=None))


def test_azurestack(source: SourceFile) -> Report:
    """The text that Test-AzureStack prints: the lines that end or begin with PASS, FAIL or WARN."""
    lines = _COLOURS.sub("", source.tolerant_text()).splitlines()
    checks = [check for line in lines if (check := _line(line.strip()))]
    if not checks:
        raise source.mistake("has no line that begins or ends with PASS, FAIL or WARN, as Test-AzureStack prints them.")
    return Report(_overall(checks), checks)


def backup_validator(source: SourceFile) -> Report:
    """BackupValidationReport.htm: the kinds of resources that the decrypted backup gave; it is written at the end."""
    text = " ".join(_shown(source.tolerant_text()).split())
    if "Backup Validation Report" not in text:
        raise source.mistake("is no report of the backup validator: it is not titled Backup Validation Report.")
    starts = list(_SECTION.finditer(text))
    ends = [*(found.start() for found in starts[1:]), len(text)][: len(starts)]
    counts = {found[1].lower(): _COUNT.search(text, found.end(), end) for found, end in zip(starts, ends, strict=True)}
    checks = [_listed(name, name.lower() in counts, counts.get(name.lower())) for name in _LISTED]
    return Report(_overall(checks), checks)


REPORTS: Final[Mapping[str, Callable[[SourceFile], Report]]] = {
    "readiness-checker": readiness_checker,
    "test-azurestack": test_azurestack,
    "backup-validator": backup_validator,
}


def _line(line: str) -> Check | None:
    if found := _BEGINS.match(line):
        name = line[found.end() :]
    elif found := _ENDS.search(line[-12:]):
        name = line[: -len(found[0])]
    else:
        return None
    name = name.strip(" \t:.-|[]")
    return Check(name, _result(found["word"])) if name else None


def _listed(name: str, there: bool, count: "re.Match[str] | None") -> Check:
    if not there:
        return Check(name, UNKNOWN, "not in the report")
    return Check(name, PASSED, f"{count[1]} in the backup") if count else Check(name, UNKNOWN, "no count in the report")


def _result(word: Any) -> str:
    return _WORDS.get(str(word).strip().lower(), UNKNOWN)


def _overall(checks: Sequence[Check]) -> str:
    """The worst that is known; `passed` only where every check passed."""
    results = {check.result for check in checks}
    if FAILED in results:
        return FAILED
    if results == {PASSED}:
        return PASSED
    return PARTIAL if results & {PASSED, PARTIAL} else UNKNOWN


def _results(value: Any, path: tuple[str, ...]) -> Iterator[Check]:
    if isinstance(value, list):
        for below in value:
            yield from _results(below, path)
    elif isinstance(value, dict):
        named = {str(key).lower(): below for key, below in value.items()}
        if isinstance(named.get("result"), str | bool):
            own = next((str(named[key]) for key in ("test", "name", "operation") if named.get(key)), "")
            detail = next((named[key] for key in _DETAILS if named.get(key)), "")
            yield Check(" / ".join((*path, own)).strip(" /"), _result(named["result"]), _words(detail))
        else:
            for key, below in value.items():
                yield from _results(below, (*path, str(key)))


def _words(detail: Any) -> str:
    parts = detail if isinstance(detail, list) else [detail]
    return "; ".join(" ".join(str(part).split()) for part in parts if part)[:1000]


def _jobs(value: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    jobs = next((below for key, below in value.items() if key.lower() == "jobs"), ())
    below = jobs.values() if isinstance(jobs, dict) else jobs if isinstance(jobs, list) else ()
    for job in [jobs, *below]:
        if isinstance(job, dict):
            yield {str(key).lower(): said for key, said in job.items()}


def _moment(job: Mapping[str, Any]) -> datetime | None:
    """When a job ended; a date as one country writes it is not guessed at."""
    for key in ("endtime", "starttime"):
        text = str(job.get(key, ""))
        with suppress(ValueError, OverflowError, OSError):
            epoch = _EPOCH.match(text)
            return datetime.fromtimestamp(int(epoch[1]) / 1000, UTC) if epoch else parse_time(text)
    return None


def _shown(page: str) -> str:
    """The text of a page, without its tags, comments, scripts and styles; read once, however damaged it is.

    Not by html.parser, which takes hours for a few megabytes of tags that nobody closes.
    """
    parts: list[str] = []
    at = 0
    while (start := page.find("<", at)) >= 0:
        parts.append(page[at:start])
        hidden = _HIDDEN.match(page, start)
        end = page.find("-->", start) if page.startswith("<!--", start) else page.find(">", start)
        if hidden and end >= 0:
            closing = _CLOSING[hidden[1].lower()].search(page, end)
            end = page.find(">", closing.end()) if closing else -1
        if end < 0:
            # What is cut off in the middle of a tag shows nothing more.
            return _SPACES.sub(" ", " ".join(parts))
        at = end + 1
    return _SPACES.sub(" ", " ".join([*parts, page[at:]]))
