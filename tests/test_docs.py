"""The docs say what is so: pages made from the code are current, commands parse, examples run, links lead somewhere."""

import json
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import generate
import pytest

from azscheck.cli import azscheck
from azscheck.engine.cases import cases_of
from azscheck.notify.bodies import body
from azscheck.notify.metrics import Run, exposed, metrics_of
from azscheck.notify.notice import notice_of
from azscheck.policy import ATTESTATIONS
from azscheck.policy.exemptions import load_exemptions
from azscheck.policy.load import load_library
from azscheck.policy.membership import choose
from azscheck.sources import attestations, evidence
from azscheck.sources.configuration import read_configuration
from azscheck.sources.exports import Export
from azscheck.sources.exports.mapping import read_mapping
from azscheck.sources.vaults import Vault
from tests.reports import sample
from tests.sources.deployment.plans import write_plan
from tests.sources.deployment.test_plan import judged

ROOT = Path(__file__).parents[1]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


def blocks(kind: str) -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for found in re.finditer(rf"^```{kind}\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.MULTILINE):
            yield page, found[1]


def test_pages_made_from_the_code_are_current() -> None:
    """A page describes options or keys that are no longer there: `make docs` mends it."""
    for page, text in generate.pages():
        assert page.read_text("utf-8") == text, f"{page.relative_to(ROOT)} is out of date"


def test_no_page_is_of_a_policy_that_is_gone() -> None:
    """A page says what no policy does any more."""
    made = {page for page, _ in generate.pages()}
    assert set((ROOT / "docs" / "policies").glob("*.md")) <= made


def command_lines() -> list[str]:
    lines = [line for _, block in blocks("console") for line in block.splitlines()]
    texts = [page.read_text("utf-8") for page in PAGES]
    inline = [found for text in texts for found in re.findall(r"`(azscheck [a-z][^`]*)`", text)]
    return sorted({line.split("   ")[0] for line in (*lines, *inline) if re.match(r"(python -m )?azscheck ", line)})


@pytest.mark.parametrize("line", command_lines())
def test_a_command_in_the_docs_parses(line: str) -> None:
    """Somebody copies a command and is told that there is no such option."""
    words = shlex.split(line.removeprefix("python -m "))[1:]
    command: click.Command = azscheck
    context = click.Context(azscheck, info_name="azscheck")
    while isinstance(command, click.Group) and words:
        found = command.get_command(context, words[0])
        assert found is not None, line
        command, words = found, words[1:]
    if not isinstance(command, click.Group) and words:
        # Parses, and runs nothing; a name alone is only spoken of.
        command.make_context("azscheck", words)


def test_the_python_example_runs(inventory_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first thing that somebody tries of the Python API does not work."""
    (tmp_path / "inventory.ndjson").write_bytes(inventory_file.read_bytes())
    monkeypatch.chdir(tmp_path)
    examples = list(blocks("python"))
    assert examples
    for page, code in examples:
        exec(compile(code, str(page), "exec"), {})


def test_the_policy_example_and_its_cases(tmp_path: Path) -> None:
    """A policy that is copied from the page to begin with is refused."""
    policy, cases = (text for page, text in blocks("yaml") if page.name == "writing-policies.md")
    (tmp_path / "owner.yaml").write_text(policy, "utf-8")
    (tmp_path / "owner.test.yaml").write_text(cases, "utf-8")
    loaded, found = cases_of(tmp_path / "owner.yaml")
    assert len(found) == 3
    assert [case.failure(loaded) for case in found] == [""] * 3


def test_the_evidence_example_is_evidence(tmp_path: Path) -> None:
    """Somebody writes an export as the page shows it, and is told that it is no inventory."""
    example = [block for page, block in blocks("json") if page.name == "inventory.md"][-1]
    (tmp_path / "protection.ndjson").write_text(example, "utf-8")
    found = evidence.collect([tmp_path / "protection.ndjson"], ["north"], datetime(2026, 6, 1, 12, tzinfo=UTC))
    assert found.gaps("Azscheck/protectedItems", "north") == []
    (item,) = found.of_type("Azscheck/protectedItems", "north")
    assert item.body["properties"]["target"] == r"\\fs02.corp.example\mabs"


def block(page: str, folder: Path, name: str) -> Path:
    (text,) = (text for found, text in blocks("yaml") if found.name == page)
    (folder / name).write_text(text, "utf-8")
    return folder / name


def test_the_policy_set_example(tmp_path: Path) -> None:
    """A policy set that is copied from the page is refused, or gives no values."""
    library = load_library([block("policy-sets.md", tmp_path, "shop.yaml")])
    chosen = {p.id: p for p in choose(library.policies, library.sets, ["shop"])}
    assert set(chosen) == {policy.id for policy in library.policies if not policy.id.startswith("ASH-PLAN-")}
    assert chosen["ASH-INF-006"].parameters["maximumAge"].default == "PT12H"
    assert "production" in library.conditions


def test_the_configuration_example(tmp_path: Path) -> None:
    """Groups that are copied from the page are refused, or give no settings."""
    found = read_configuration(block("configuration.md", tmp_path, "azscheck.yaml"))
    assert [stamp.concurrency for stamp in found.stamps] == [4, 2, 8]
    assert found.groups == {"factories": ("north", "south")}


def test_the_named_conditions_are_documented() -> None:
    """A condition that policies can use is known to nobody."""
    page = (ROOT / "docs" / "writing-policies.md").read_text("utf-8")
    for condition in load_library().conditions.values():
        parameters = ", ".join(f"`{name}`" for name in condition.parameters)
        assert f"| `{condition.name}` ({parameters}) |" in page


def test_the_deployment_plan_example(tmp_path: Path) -> None:
    """A plan that is copied from the page is refused, or lacks something."""
    write_plan(tmp_path)
    (tmp_path / "AzsReadinessCheckerReport.json").write_bytes((tmp_path / "report.json").read_bytes())
    assert not judged(block("readiness.md", tmp_path, "plan.yaml")).findings()


def test_the_exemptions_example(tmp_path: Path) -> None:
    """An exemption that is copied from the page is not in force."""
    found = load_exemptions([block("exemptions.md", tmp_path, "e.yaml")], load_library().sets)
    assert [exemption.wrong for exemption in found] == [""] * 3
    assert found[1].policies == ("ASH-INF-*",)


def test_the_attestations_example(tmp_path: Path) -> None:
    """An attestation that is copied from the page is refused, or says nothing."""
    (tmp_path / "switches.log").write_text("test")
    file = block("attestations.md", tmp_path, "a.yaml")
    (found,) = attestations.collect([file], ["north"], datetime(2026, 6, 1, tzinfo=UTC)).of_type(ATTESTATIONS)
    assert found.unknown == {}


def test_the_evidence_examples(tmp_path: Path) -> None:
    """A configuration, mapping or policy that is copied from the page is refused."""
    configured, live, mapping, policy = (text for page, text in blocks("yaml") if page.name == "evidence.md")
    (tmp_path / "m.yaml").write_text(mapping, "utf-8")
    assert read_mapping(str(tmp_path / "m.yaml")).moment("31.01.2026 12:00") == "2026-01-31T11:00:00Z"
    stamp = "stamps: [{name: north, tenant: 'https://x', credential: {clientId: a, secretEnv: B}}]\n"
    (tmp_path / "azscheck.yaml").write_text(stamp + configured, "utf-8")
    named = read_configuration(tmp_path / "azscheck.yaml").evidence or ()
    assert [type(entry) for entry in named[:3]] == [Export] * 3
    (tmp_path / "azscheck.yaml").write_text(stamp + live, "utf-8")
    assert {type(entry) for entry in read_configuration(tmp_path / "azscheck.yaml").evidence or ()} == {Vault}
    (tmp_path / "p.yaml").write_text(policy, "utf-8")
    assert load_library([tmp_path / "p.yaml"]).policies[0].counts == {"Azscheck/evidence"}


def test_the_notifications_examples(tmp_path: Path) -> None:
    """A channel that is copied from the page is refused, or a program reads JSON that is never sent."""
    text = (ROOT / "docs" / "notifications.md").read_text("utf-8")
    configured, _ = (block for page, block in blocks("yaml") if page.name == "notifications.md")
    stamp = "stamps: [{name: north, tenant: 'https://x', credential: {clientId: a, secretEnv: B}}]\n"
    (tmp_path / "azscheck.yaml").write_text(stamp + configured, "utf-8")
    assert [channel.kind for channel in read_configuration(tmp_path / "azscheck.yaml").notify] == ["teams", "email"]
    (example,) = (json.loads(block) for page, block in blocks("json") if page.name == "notifications.md")
    sent = json.loads(body("webhook", notice_of(example).within("names")))
    assert (sent.keys(), sent["items"], sent["headline"]) == (example.keys(), example["items"], example["headline"])
    run = Run(datetime(2026, 6, 1, tzinfo=UTC), 1, 0, sample.clean(), datetime(2026, 6, 1, tzinfo=UTC))
    named = set(re.findall(r"\bazscheck_[a-z_]+", text))
    assert named == {
        line.split()[0].partition("{")[0]
        for line in exposed(metrics_of(run))[0].decode().splitlines()
        if line[0] != "#"
    }


def anchors(page: Path) -> set[str]:
    """What a link may name of a page: its headings as GitHub writes them, and anchors."""
    text = page.read_text("utf-8")
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(re.findall(r'<a id="([^"]+)"', text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """A link in the docs ends nowhere."""
    for target, anchor in re.findall(r"\]\(([^)#]*)#?([^)]*)\)", page.read_text("utf-8")):
        if not target.startswith("https://"):
            there = page.parent / target if target else page
            assert there.exists(), f"{page.relative_to(ROOT)}: {target}"
            assert not anchor or anchor in anchors(there), f"{page.relative_to(ROOT)}: {target}#{anchor}"
