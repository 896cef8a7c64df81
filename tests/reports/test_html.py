"""The html report: one page, safe, whole, readable."""

import re
from itertools import pairwise
from xml.etree.ElementTree import Element

import html5lib
import pytest
from msgspec.structs import replace

from azscheck.packaged import templates_folder
from azscheck.reports import render
from azscheck.reports.html import link, prose
from azscheck.results import Results, in_order

from . import sample


def page(results: Results) -> Element:
    """The parsed page; html5lib's strict parser refuses what a browser would have to guess."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(render(results, "html"))
    return tree


@pytest.mark.parametrize("case", ["everything", "clean", "empty", "compared"])
def test_page_is_html_without_mistakes(case: str) -> None:
    """A browser guesses at broken markup, each in its own way; a name has perhaps broken out of its place."""
    assert page(getattr(sample, case)()).find("body/main") is not None


def test_page_runs_and_loads_nothing(everything: Results) -> None:
    """The page runs what a machine's name says, or is empty on a disconnected stamp's network."""
    tree = page(everything)
    names = {e.tag for e in tree.iter() if isinstance(e.tag, str)}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "audio", "video", "image"}
    attributes = {(e.tag, a) for e in tree.iter() for a in e.attrib}
    assert not [a for _, a in attributes if a.startswith("on") or a in ("src", "srcset", "style", "xlink:href")]
    addresses = [e.attrib["href"] for e in tree.iter("a")]
    assert addresses
    assert all(a.startswith(("#", "https://learn.microsoft.com/")) for a in addresses)
    css = "".join(e.text or "" for e in tree.iter("style"))
    assert "url(" not in css
    assert "@import" not in css


def test_page_forbids_scripts_and_loads(everything: Results) -> None:
    """Were something to slip through the escaping, the browser would run it."""
    policies = [m.attrib["content"] for m in page(everything).iter("meta") if "http-equiv" in m.attrib]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_every_result_that_needs_a_person_is_there(everything: Results) -> None:
    """An auditor looks for a finding's id and it is not on the page."""
    text = render(everything, "html")
    needed = [*everything.findings(), *everything.not_judged()]
    assert needed
    assert not [r.name for r in needed if f"finding {r.id}" not in text]


def test_within_page_links_lead_somewhere(everything: Results) -> None:
    """A manager follows a loss to its finding and stays where they were; or two places share one id."""
    tree = page(everything)
    ids = [e.attrib["id"] for e in tree.iter() if "id" in e.attrib]
    assert len(ids) == len(set(ids))
    wanted = {e.attrib["href"][1:] for e in tree.iter("a") if e.attrib["href"].startswith("#")}
    wanted |= {e.attrib["aria-labelledby"] for e in tree.iter() if "aria-labelledby" in e.attrib}
    assert wanted <= set(ids)


def test_headings_leave_no_level_out(everything: Results) -> None:
    """A screen reader's outline of the page has holes."""
    levels = [int(e.tag[1]) for e in page(everything).iter() if re.fullmatch("h[1-6]", str(e.tag))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_tables_have_header_cells(everything: Results) -> None:
    """A screen reader reads numbers without saying of what."""
    for table in page(everything).iter("table"):
        assert all(cell.tag == "th" and cell.attrib["scope"] == "col" for cell in table.iterfind("thead/tr/*"))
        assert table.find("tbody/tr/th[@scope='row']") is not None


def test_long_tables_are_folded_not_cut(everything: Results) -> None:
    """5,000 machines make the page unreadable, or some of them are silently left out."""
    template = next(r for r in everything.results if r.name == "web-01")
    state = everything.findings()[0].state
    machines = [replace(template, name=f"vm-{n}", resource=sample.machine(f"vm-{n}"), state=state) for n in range(300)]
    tree = page(replace(everything, results=in_order(machines, everything.policies)))
    folded = [d for d in tree.iter("details") if d.attrib.get("class") == "many"]
    assert [d.findtext("summary") for d in folded] == ["300 resources"]
    assert len(folded[0].findall("div/table/tbody/tr")) == 300


def test_grave_losses_are_told_first(everything: Results) -> None:
    """A manager reads of ten trifles before the stamp's backup, or some losses are left out."""
    policies = [replace(sample.OFFERING, id=f"ASH-TEN-{n}") for n in range(100, 110)] + [sample.PROTECTED]
    template = everything.findings()[-1]
    found = [replace(template, policy=p.id) for p in policies]
    tree = page(replace(everything, policies=tuple(policies), results=in_order(found, policies)))
    losses = [e for e in tree.iter("ul") if e.attrib.get("class") == "losses"]
    assert [len(e) for e in losses] == [1, 10]
    assert "10 less severe findings" in [e.text for e in tree.iter("summary")]


def test_page_claims_nothing_that_was_not_judged(everything: Results, clean: Results, empty: Results) -> None:
    """The page says that nothing would be lost where nobody looked, or where a loss was accepted by an exemption."""
    assert render(clean, "html").count("Nothing, by what was judged.") == 2
    assert render(empty, "html").count("Nothing was evaluated, so nothing is known.") == 2
    assert "Everything was judged." not in render(empty, "html")
    unread = render(replace(clean, coverage=everything.coverage), "html")
    assert unread.count("No finding tells of a loss, but not everything could be judged.") == 2
    text = render(everything, "html")
    assert text.count("1 result that would be non-compliant.") == 1


def luminance(colour: str) -> float:
    """A colour's relative luminance, WCAG 2.2."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, WCAG 2.2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_colours_have_contrast_enough() -> None:
    """People with weak sight, or a bad projector, cannot read the report: WCAG 2.2 AA, in light, dark and print."""
    css = (templates_folder() / "report.css").read_text("utf-8")
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6}|#[0-9a-f]{3})\b", part)) for part in css.split(":root")[1:4]]
    assert len(found) == 3
    for palette in found:
        palette = {name: c if len(c) == 7 else "#" + "".join(2 * d for d in c[1:]) for name, c in palette.items()}
        for name in ("text", "muted", "bad", "high", "medium", "low", "good", "unsure", "link"):
            for ground in ("page", "raised"):
                assert contrast(palette[name], palette[ground]) >= 4.5, (name, ground)
    bars = {name: colour for name, colour in found[0].items() if name.startswith("bar-")}
    assert len(bars) == 6
    for name, colour in bars.items():
        for ground in (found[0]["raised"], found[1]["raised"]):
            assert contrast(colour, ground) >= 3, (name, ground)


def test_only_web_addresses_become_links() -> None:
    """A policy's reference runs a script when an auditor clicks on it."""
    assert link("https://learn.microsoft.com/x") == "https://learn.microsoft.com/x"
    assert not link("javascript:alert(1)")
    assert not link("https://example.com/\u202ex")
    assert not link("data:text/html,x")


def test_commands_in_policies_show_as_code() -> None:
    """An operator copies a command together with its quotes; or a policy's text becomes markup."""
    assert prose("Run `a <b>`.\n\nThen\nwait.") == "<p>Run <code>a &lt;b&gt;</code>.</p><p>Then wait.</p>"
    assert prose("an odd ` mark") == "<p>an odd ` mark</p>"
