"""Exemptions: what they are of becomes exempt, and nothing else; each is accounted for."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from azscheck.documents import parse_document
from azscheck.engine import evaluate
from azscheck.errors import DocumentError, ExitCode
from azscheck.policy import STAMPS
from azscheck.policy.exemptions import Exemption, exemptions_of, load_exemptions
from azscheck.policy.load import load_library
from azscheck.results import ExemptionState, Results
from azscheck.results.saved import dumps, from_json, to_json

from ..builders import GROUP, NOW, OTHER, THING, failed, inventory, policy, resource, states

ENTRY: dict[str, Any] = {
    "policy": "TST-001",
    "scope": f"{GROUP}/providers/{THING}/a",
    "category": "waiver",
    "justification": "It goes\n  in March.",
    "owner": "anna@contoso.com",
    "approvedBy": "bela@contoso.com",
    "expiresOn": "2026-06-30",
}
FAILS = {"field": "properties.n", "equals": 1}
STAMP = "/azscheck/stamps/east"


def exemptions(*entries: Any) -> list[Exemption]:
    import json

    text = json.dumps({"exemptions": [{**ENTRY, **entry} for entry in entries]}, indent=1)
    return exemptions_of(parse_document(text, "accepted.yaml"), load_library().sets)


def things() -> list[Any]:
    return [
        resource("a", {"n": 2}, tags={"Stage": "Test", "team": "shop"}),
        resource("a2", {"n": 2}, tags={"stage": "live"}),
        resource("child", {"n": 2}, id=f"{GROUP}/providers/{THING}/A/parts/child"),
        resource("good", {"n": 1}, tags={"stage": "test"}),
        resource("unread", unknown={"/properties/n": "403"}),
        resource("odd", {"n": {"x": 1}}),
        resource("s", {}, kind=STAMPS, id=STAMP),
    ]


def judged(*entries: Any, parts: Any = (), **fields: Any) -> Results:
    policies = [policy(FAILS, **fields), policy(FAILS, id="TST-002", appliesTo=OTHER)]
    return evaluate(inventory(*things(), *parts), policies, now=NOW, exemptions=exemptions(*entries))


PLAIN = states(judged())


@pytest.mark.parametrize(
    ("entry", "names"),
    [
        ({}, {"a", "child"}),
        ({"scope": f"{GROUP.upper()}/PROVIDERS/{THING}/A/"}, {"a", "child"}),
        ({"scope": f"{GROUP}/providers/{THING}/a/parts/child"}, {"child"}),
        ({"scope": f"{GROUP}/providers/{THING}/a*"}, {"a", "a2", "child"}),
        ({"scope": f"*/{THING}/a"}, {"a"}),
        ({"scope": "*"}, {"a", "a2", "child", "unread", "odd"}),
        ({"scope": "/subscriptions/s1"}, {"a", "a2", "child", "unread", "odd"}),
        ({"scope": "/subscriptions/s"}, set()),
        ({"scope": STAMP}, {"a", "a2", "child", "unread", "odd"}),
        ({"scope": "/azscheck/stamps/west"}, set()),
        ({"scope": {"tags": {"stage": "test"}}}, {"a"}),
        ({"scope": {"tags": {"stage": "test", "TEAM": "Shop"}}}, {"a"}),
        ({"scope": {"tags": {"stage": "test", "team": "bank"}}}, set()),
        ({"policy": "TST-*"}, {"a", "child"}),
        ({"policy": "tst-001"}, {"a", "child"}),
        ({"policy": "TST-002"}, set()),
        ({"policy": "TST-00"}, set()),
        ({"policy": "infrastructure"}, set()),
    ],
)
def test_what_an_exemption_is_of(entry: Any, names: set[str]) -> None:
    """An accepted risk fails the pipeline all the same, or one that nobody accepted is hidden."""
    found = judged(entry)
    assert {name for name, state in states(found).items() if state == "exempt"} == names
    assert {n: s for n, s in states(found).items() if n not in names} == {
        n: s for n, s in PLAIN.items() if n not in names
    }
    assert found.exemptions[0].applied == len(names)


def test_a_set_stands_for_its_policies() -> None:
    """An exemption from a policy set is of nothing, or of every policy."""
    found = judged({"policy": "tenant", "scope": "*"}, id="ASH-TEN-001")
    assert {r.policy for r in found.results if r.state == "exempt"} == {"ASH-TEN-001"}


def test_what_it_would_have_been_is_kept() -> None:
    """A report shows that something is exempt, and not what is accepted by it."""
    found = judged({"scope": "*"})
    result = {r.name: r for r in found.results}
    assert {n: r.would_be and r.would_be.value for n, r in result.items()} == {
        **{n: s for n, s in PLAIN.items() if s != "compliant"},
        "good": None,
    }
    assert result["a"].evidence
    assert result["a"].message.startswith(
        "waiver until 2026-06-30: It goes in March. (non-compliant: properties.n is 2"
    )
    assert "403" in result["unread"].message
    assert dumps(from_json(to_json(found))) == dumps(found)
    assert '"applied": 5' in dumps(found)


def test_exempt_findings_do_not_fail_a_run_and_do_not_make_it_whole() -> None:
    """A run in which nothing could be judged is green, because all of it is exempt."""
    fine = evaluate(inventory(things()[0]), [policy(FAILS)], now=NOW, exemptions=exemptions({}))
    assert fine.exit_code() is ExitCode.COMPLIANT
    assert fine.exit_code(fail_on_unknown=True) is ExitCode.COMPLIANT
    blind = resource("a", unknown={"/properties/n": "403"})
    dark = evaluate(inventory(blind), [policy(FAILS)], now=NOW, exemptions=exemptions({}))
    assert states(dark) == {"a": "exempt"}
    assert dark.exit_code() is ExitCode.INCOMPLETE


def test_a_list_that_could_not_be_read() -> None:
    """Machines that nobody has seen are exempt because one of them would be."""
    gap = failed(THING, scope="/subscriptions/s2")
    for scope, exempt in (
        ("/subscriptions/s2", True),
        ("*", True),
        (STAMP, True),
        ("/subscriptions/s2/x", False),
        ("*2", False),
        ({"tags": {"a": "b"}}, False),
    ):
        found = judged({"scope": scope}, parts=[gap])
        (result,) = [r for r in found.results if r.resource == "/subscriptions/s2"]
        assert (result.state.value == "exempt") is exempt, scope
        assert found.incomplete


@pytest.mark.parametrize(
    ("entry", "state", "note"),
    [
        ({"expiresOn": "2026-06-01"}, ExemptionState.IN_FORCE, ""),
        ({"expiresOn": "2026-05-31"}, ExemptionState.EXPIRED, ""),
        ({"expiresOn": "2026-06-01T12:00:00Z"}, ExemptionState.EXPIRED, ""),
        ({"expiresOn": "2026-06-01T12:00:01Z"}, ExemptionState.IN_FORCE, ""),
        ({"expiresOn": "30.6.2026"}, ExemptionState.MALFORMED, "'30.6.2026' is not a time"),
        ({"expiresOn": "2026-02-30"}, ExemptionState.MALFORMED, "is not a time"),
        ({"expiresOn": 2026}, ExemptionState.MALFORMED, "'expiresOn' must be a string"),
        ({"approvedBy": "Anna@contoso.com "}, ExemptionState.MALFORMED, "another person"),
        ({"category": "wavier"}, ExemptionState.MALFORMED, "did you mean 'waiver'?"),
        ({"justification": " "}, ExemptionState.MALFORMED, "why it is accepted"),
        ({"owner": None}, ExemptionState.MALFORMED, "'owner' must be a string"),
        ({"scope": "shop"}, ExemptionState.MALFORMED, "an id such as /subscriptions"),
        ({"scope": "/"}, ExemptionState.MALFORMED, "an id such as /subscriptions"),
        ({"scope": {"tags": {}}}, ExemptionState.MALFORMED, "must not be empty"),
        ({"reason": "x"}, ExemptionState.MALFORMED, "'reason' is not a known key here"),
    ],
)
def test_only_what_is_whole_and_not_expired_is_in_force(entry: Any, state: ExemptionState, note: str) -> None:
    """A finding is hidden by an exemption that lapsed, that nobody approved, or that cannot be read."""
    found = judged(entry)
    (use,) = found.exemptions
    assert use.state is state
    assert note in use.note
    assert (states(found)["a"] == "exempt") is (state is ExemptionState.IN_FORCE)
    assert str(use.place).startswith("accepted.yaml:3:")


@pytest.mark.parametrize("key", ENTRY)
def test_every_part_is_needed(key: str) -> None:
    """An exemption that nobody answers for, or that never ends, is in force."""
    import json

    text = json.dumps({"exemptions": [{k: v for k, v in ENTRY.items() if k != key}]})
    (exemption,) = exemptions_of(parse_document(text, "accepted.yaml"), {})
    assert exemption.wrong == f"it lacks {key!r}."


def test_one_malformed_exemption_leaves_the_others_in_force() -> None:
    """A slip in one of many exemptions brings all the accepted findings back."""
    found = judged({"category": "x"}, {"scope": f"{GROUP}/providers/{THING}/a2"})
    assert states(found)["a2"] == "exempt"
    assert [use.state.value for use in found.exemptions] == ["malformed", "inForce"]


def test_each_is_accounted_for() -> None:
    """Nobody notices that an exemption is about to end, or is of nothing any more."""
    good, other = f"{GROUP}/providers/{THING}/good", f"{GROUP}/providers/{THING}/gone"
    found = judged(
        {"expiresOn": "2026-07-01T12:00:00Z"},
        {"expiresOn": "2026-07-01T12:00:01Z", "scope": good},
        {"scope": other},
        {"policy": "TST-01"},
    )
    assert [use.expires_soon(found.now) for use in found.exemptions] == [True, False, True, True]
    assert [use.matched_nothing for use in found.exemptions] == [False, False, True, True]
    assert [(use.applied, use.matched) for use in found.exemptions] == [(2, 2), (0, 1), (0, 0), (0, 0)]
    assert found.exemptions[3].note == "no policy of this run is called 'TST-01'; did you mean 'TST-001'?"


def test_the_one_that_ends_last_is_named() -> None:
    """A report says that an exemption ends tomorrow although another goes on."""
    found = judged({"expiresOn": "2026-06-02"}, {"expiresOn": "2026-09-01", "category": "mitigated"}, {})
    assert {r.name: r.message for r in found.results}["a"].startswith("mitigated until 2026-09-01")
    assert [use.applied for use in found.exemptions] == [2, 2, 2]


def test_a_file_without_exemptions(tmp_path: Path) -> None:
    """Another file by mistake is a run without exemptions."""
    for text, sentence in (
        ("stamps: []", "'stamps' is not a known key"),
        ("", "must be an object"),
        ("exemptions: none", "must be an array"),
        ("exemptions: []\nexemption: []", "did you mean 'exemptions'"),
    ):
        (tmp_path / "e.yaml").write_text(text)
        with pytest.raises(DocumentError, match=sentence):
            load_exemptions([tmp_path / "e.yaml"], {})
    with pytest.raises(DocumentError, match="cannot be read"):
        load_exemptions([tmp_path / "gone.yaml"], {})


def test_many_exemptions_of_many_machines() -> None:
    """Each machine is held against each exemption, and a large stamp takes hours."""
    import time

    many = [resource(f"vm{i}", {"n": 2}) for i in range(4000)]
    entries = exemptions(*({"scope": thing.id} for thing in many))
    begun = time.process_time()
    found = evaluate(inventory(*many), [policy(FAILS)], now=NOW + timedelta(minutes=1), exemptions=entries)
    assert {r.state.value for r in found.results} == {"exempt"}
    assert time.process_time() - begun < 15
