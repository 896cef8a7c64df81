"""Baselines: what is known, what is new, and what is gone."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from azscheck.inventory import Coverage, CoverageState
from azscheck.policy.model import Severity
from azscheck.results import ComplianceState, ExitCode, Results
from azscheck.results.baseline import entries_of, kept_beside, read, with_baseline, write
from tests.reports import sample

STATES = st.lists(st.sampled_from(ComplianceState), min_size=1, max_size=6)
NUMBERS = st.sampled_from(range(6))


def results(states: list[ComplianceState]) -> Results:
    """A machine in each state, by one policy."""
    found = tuple(
        sample.result(sample.PROTECTED, "main.json", f"vm-{n}", state, "said") for n, state in enumerate(states)
    )
    return replace(sample.clean(), results=found)


@given(STATES, STATES)
def test_only_what_is_the_same_is_known(before: list[ComplianceState], after: list[ComplianceState]) -> None:
    """Something new is green, because something else was known."""
    use = with_baseline(results(after), entries_of(results(before)), "known.json")
    kept = (ComplianceState.NON_COMPLIANT, ComplianceState.UNKNOWN)
    for number, result in enumerate(use.results):
        same = number < len(before) and before[number] is after[number]
        assert result.baselined is (same and result.state in kept)
        assert result.state is after[number]
    assert use.counts() == results(after).counts()
    assert use.verdict(sample.PROTECTED.category) is results(after).verdict(sample.PROTECTED.category)


@given(STATES)
def test_what_is_all_known_fails_no_run_but_one_that_is_incomplete(states: list[ComplianceState]) -> None:
    """A gate cannot be put up before all is mended; or a baseline hides that nothing could be judged."""
    found = results(states)
    use = with_baseline(found, entries_of(found), "known.json")
    wanted = ExitCode.INCOMPLETE if found.incomplete else ExitCode.COMPLIANT
    assert use.exit_code(Severity.LOW, fail_on_unknown=True) is wanted


@given(STATES, STATES)
def test_what_is_fixed_is_neither_failing_nor_unknown(
    before: list[ComplianceState], after: list[ComplianceState]
) -> None:
    """A finding is called fixed that nobody could look at."""
    use = with_baseline(results(after), entries_of(results(before)), "known.json").baseline
    assert use is not None
    open_states = (ComplianceState.NON_COMPLIANT, ComplianceState.UNKNOWN, ComplianceState.ERROR)
    still = {r.id for r in results(after).results if r.state in open_states}
    assert not {entry.id for entry in use.fixed} & still
    assert {e.id for e in entries_of(results(before))} - still == {entry.id for entry in use.fixed}


def test_what_was_not_read_is_not_fixed() -> None:
    """A list failed, the finding is not there, and its entry is thrown away."""
    failing, good = results([ComplianceState.NON_COMPLIANT]), results([ComplianceState.COMPLIANT])
    unread = replace(good, coverage=(Coverage("main.json", sample.VM, "", CoverageState.FAILED, "403"),))
    elsewhere = replace(good, policies=(sample.RECENT,), results=())
    for found in (unread, elsewhere):
        use = with_baseline(found, entries_of(failing), "known.json").baseline
        assert use is not None
        assert use.fixed == ()
        assert kept_beside(found, entries_of(failing)) == entries_of(failing)


def test_a_file_is_the_same_whatever_the_order(tmp_path: Path) -> None:
    """A review of a baseline shows lines that only moved."""
    entries = entries_of(sample.everything())
    write(entries, tmp_path / "a.json")
    write([*reversed(entries), *entries], tmp_path / "b.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert sorted(read(tmp_path / "a.json"), key=str) == sorted(entries, key=str)
    assert (tmp_path / "a.json").read_text("utf-8").count("\n") == len(entries) + 6
