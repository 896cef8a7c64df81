"""What a scan tells of changes: each once, to each channel and to monitoring, and with no say in the verdict."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from azscheck.cli.demo import _configure
from azscheck.demo import DemoStamp
from azscheck.demo.messages import Reply
from azscheck.inventory import Inventory
from azscheck.notify.delivery import Patience, deliver
from azscheck.times import parse_time
from tests.cli.conftest import Ran, Run
from tests.conftest import NOW
from tests.notify.receivers import HookServer, MailServer, hook_server, mail_server

MACHINE = "core-file-01"
SCAN = ("scan", "--format", "json=r.json", "--state", "state/s.json", "--now", NOW)


@pytest.fixture
def hook(tmp_path: Path) -> Iterator[HookServer]:
    with hook_server(tmp_path) as server:
        yield server


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[MailServer]:
    with mail_server(tmp_path) as server:
        yield server


@pytest.fixture
def watched(run: Run, stamp: DemoStamp, hook: HookServer, mail: MailServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo stamp's configuration with one channel of each kind, in the folder of `run`."""
    del run
    file = _configure(stamp, Path(), parse_time(NOW))
    monkeypatch.setenv("HOOK", hook.url)
    monkeypatch.setenv("MAIL_PASSWORD", "correct horse")
    monkeypatch.setattr("azscheck.notify.telling.deliver", partial(deliver, patience=Patience(5, 2, (0.01,))))
    posted = [
        {"name": kind, "kind": kind, "urlEnv": "HOOK", "ca": str(hook.ca)} for kind in ("webhook", "teams", "slack")
    ]
    smtp = {"server": "localhost", "port": mail.port, "user": "azscheck", "passwordEnv": "MAIL_PASSWORD"}
    mailed = {"name": "post", "kind": "email", "smtp": smtp, "ca": str(mail.ca)}
    mailed |= {"from": "azscheck@contoso.example", "to": ["a@contoso.example", "b@contoso.example"]}
    change(file, notify=[*posted, mailed], metrics={"file": "azscheck.prom"})
    return file


def change(file: Path, **keys: Any) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), **keys}))


def unprotect(machine: str) -> None:
    """Take one machine's protection out of the export."""
    whole = Inventory.read("protection.ndjson")
    kept = [r for r in whole.resources if (r.type, r.name) != ("Azscheck/protectedItems", machine)]
    assert len(kept) == len(whole.resources) - 1
    Inventory.of(whole.created, kept, whole.coverage).write("protection.ndjson")


def metrics(file: str = "azscheck.prom") -> dict[tuple[str, ...], float]:
    """The value of each series, by its name and its labels' values, in the order of the labels' names."""
    found = {}
    for family in text_string_to_metric_families(Path(file).read_text("utf-8")):
        for sample in family.samples:
            found[sample.name, *(value for _, value in sorted(sample.labels.items()))] = sample.value
    return found


@pytest.mark.usefixtures("watched")
def test_one_machine_loses_its_protection_and_each_channel_hears_it_once(
    run: Run, hook: HookServer, mail: MailServer
) -> None:
    """Somebody is told nothing, or the same every night, or is told of a hundred things of which one is new."""
    first = run(*SCAN)
    assert (first.code, hook.requests, mail.mails) == (1, [], []), "the first run is no change"
    assert "webhook, teams, slack, post will hear of changes" in first.err
    before = metrics()
    unprotect(MACHINE)
    second = run(*SCAN)
    assert second.code == 1
    after = metrics()
    bodies = {kind_of(body): body for body in (json.loads(request.body) for request in hook.requests)}
    assert len(hook.requests) == len(bodies) == 3

    told = bodies["webhook"]
    assert told["changes"] == {"new": 1}
    (item,) = told["items"]
    assert (item["policy"], item["name"], item["stamp"]) == ("ASH-TEN-001", MACHINE, "north")
    assert (item["was"], item["now"], item["severity"]) == ("compliant", "nonCompliant", "high")
    assert told["headline"] == "north: 1 new finding"
    card = json.dumps(bodies["teams"])
    message = json.dumps(bodies["slack"])
    (letter,) = mail.mails
    assert letter["Subject"] == "azscheck: north: 1 new finding"
    assert mail.encrypted == [True]
    for text in (card, message, letter.get_content()):
        assert text.count(MACHINE) == 1
        assert text.count("ASH-") == 1
        assert "New findings" in text

    moved = {key: after[key] - before.get(key, 0) for key in after if after[key] != before.get(key)}
    # Of a machine without protection the other policies have nothing to judge any more.
    passing = ("compliant", "notApplicable")
    assert {key: value for key, value in moved.items() if "seconds" not in key[0] and key[-1] not in passing} == {
        ("azscheck_findings", "tenant", "high", "north"): 1,
        ("azscheck_results", "ASH-TEN-001", "north", "nonCompliant"): 1,
    }

    third = run(*SCAN)
    assert third.code == 1
    assert (len(hook.requests), len(mail.mails)) == (3, 1), "nothing has changed since"


@pytest.mark.usefixtures("watched")
def test_diff_trend_report_webhook_and_metric_say_the_same(run: Run, hook: HookServer) -> None:
    """The report tells of one change, the message of two, and the curve of none: nobody believes any of them."""
    history = ("--history", "sqlite:///h.db")
    files = ("--format", "json=r.json", "--format", "markdown=r.md", "--state", "s.json")
    days = ("2026-06-01T12:00:00Z", "2026-06-01T18:00:00Z")
    run("scan", *files, *history, "--now", days[0])
    before = metrics()
    unprotect(MACHINE)
    assert run("scan", *files, *history, "--since-last", "--now", days[1]).code == 1
    after = metrics()

    told = next(body for body in (json.loads(request.body) for request in hook.requests) if kind_of(body) == "webhook")
    kinds = [key for key, value in told["changes"].items() if value]
    assert (kinds, [(item["policy"], item["name"]) for item in told["items"]]) == (["new"], [("ASH-TEN-001", MACHINE)])

    reported = json.loads(Path("r.json").read_text())["changes"]
    assert [item["name"] for item in reported["new"]] == [MACHINE]
    assert [item["id"] for item in reported["new"]] == [item["id"] for item in told["items"]]
    others = [key for key, value in reported.items() if isinstance(value, list) and value]
    assert sorted(others) == ["new", "stillFailing"]
    assert "1 new finding" in Path("r.md").read_text()

    different = run("diff", "previous", "latest", *history, "--format", "json=d.json")
    assert different.code == 1
    found = json.loads(Path("d.json").read_text())
    assert [item["id"] for item in found["changes"]["new"]] == [item["id"] for item in told["items"]]

    run("trend", *history, "--by", "policy", "--format", "json=t.json")
    moved = {
        line["name"]: (line["findings"][0], line["findings"][-1])
        for line in json.loads(Path("t.json").read_text())["lines"]
        if line["findings"][0] != line["findings"][-1]
    }
    key = ("azscheck_results", "ASH-TEN-001", "north", "nonCompliant")
    assert moved == {"ASH-TEN-001": (before[key], after[key])}
    assert after[key] - before[key] == 1


@pytest.mark.usefixtures("watched")
def test_a_test_message_shows_that_the_channels_work(
    run: Run, hook: HookServer, mail: MailServer, stamp: DemoStamp
) -> None:
    """Whether anybody will be told shows in the night in which something breaks."""
    ran = run("notify")
    assert (ran.code, ran.out, stamp.requests) == (0, "", [])
    assert ran.err.count("took the test message.") == 4
    assert len(hook.requests) == 3
    assert mail.mails[0]["Subject"] == "azscheck: north: a test, nothing is different"
    assert "no stamp was looked at" in mail.mails[0].get_content()
    hook.replies += [Reply(403)]
    ran = run("notify", "--channel", "slack")
    assert (ran.code, len(hook.requests)) == (3, 4)
    assert ran.err == "slack: was not told: 127.0.0.1 answered HTTP 403.\n"
    ran = run("notify", "--channel", "slac")
    assert ran.code == 2
    assert "there is no channel 'slac'" in ran.err
    assert "slack" in ran.err


def test_a_test_message_needs_a_channel(run: Run, stamp: DemoStamp) -> None:
    _configure(stamp, Path(), parse_time(NOW))
    ran = run("notify")
    assert ran.code == 2
    assert "azscheck.yaml: `notify` names no channel." in ran.err


def kind_of(body: dict[str, Any]) -> str:
    if body.get("azscheck") == "changes":
        return "webhook"
    return "teams" if "attachments" in body else "slack"


def test_what_comes_to_nothing_is_told_by_the_next_run_and_changes_no_verdict(
    run: Run, watched: Path, hook: HookServer, mail: MailServer
) -> None:
    """The change of the night in which the mail server was down is never heard of, or a pipeline fails for it."""
    change(
        watched,
        notify=[
            channel for channel in json.loads(watched.read_text())["notify"] if channel["name"] in ("webhook", "post")
        ],
    )
    run(*SCAN)
    unprotect(MACHINE)
    hook.replies += [Reply(503)] * 2
    mail.codes += ["451 later"] * 2
    failed = run(*SCAN)
    assert failed.code == 1
    assert "webhook was not told: 127.0.0.1 answered HTTP 503; the next scan tries again." in failed.err
    assert "post was not told: localhost answered SMTP 451; the next scan tries again." in failed.err
    seen = metrics()
    assert (seen["azscheck_notification_failures_total",], seen["azscheck_notifications_pending",]) == (4, 2)
    keys = {request.headers["idempotency-key"] for request in hook.requests}
    assert (len(hook.requests), len(keys)) == (2, 1)

    again = run(*SCAN)
    assert again.code == 1
    assert hook.requests[-1].headers["idempotency-key"] in keys
    assert json.loads(hook.requests[-1].body)["headline"] == "north: 1 new finding"
    assert [letter["Subject"] for letter in mail.mails] == ["azscheck: north: 1 new finding"]
    seen = metrics()
    assert (seen["azscheck_notification_failures_total",], seen["azscheck_notifications_pending",]) == (4, 0)
    run(*SCAN)
    assert (len(hook.requests), len(mail.mails)) == (3, 1)


@pytest.mark.usefixtures("watched")
def test_a_scan_that_tells_nobody_leaves_it_to_the_next(run: Run, hook: HookServer) -> None:
    """Somebody tries something on the console, and the night's notification has nothing to tell any more."""
    run(*SCAN)
    unprotect(MACHINE)
    run(*SCAN, "--no-notify")
    assert hook.requests == []
    run(*SCAN)
    assert len(hook.requests) == 3


def test_a_stamp_that_was_not_looked_at_has_not_changed(run: Run, watched: Path, hook: HookServer) -> None:
    """A scan of one stamp alone tells that all findings of the other one are gone."""
    stamps = json.loads(watched.read_text())["stamps"]
    change(watched, stamps=[*stamps, {**stamps[0], "name": "south"}], attestations=[], evidence=[])
    assert run(*SCAN).code in (1, 3)
    run(*SCAN, "--stamp", "north")
    run(*SCAN)
    assert [json.loads(request.body).get("headline") for request in hook.requests] == []


@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "The address of the channel webhook is not there: set the environment variable HOOK."),
        ("http://hooks.contoso.example/s3cr3t", "is not https: what is told of the stamp could be read on the way."),
        ("hooks.contoso.example/s3cr3t", "is none: an https address without an account is needed."),
        ("https://me:s3cr3t@hooks.contoso.example/", "is none: an https address without an account is needed."),
        ("https://hooks.contoso.example:99999/s3cr3t", "is none: an https address"),
        ("https://hooks.contoso.example/a\r\nX: s3cr3t", "is none: an https address"),
    ],
)
def test_an_address_that_is_none_is_told_and_stops_no_scan(
    run: Run, monkeypatch: pytest.MonkeyPatch, address: str, sentence: str
) -> None:
    """The mistake shows in the night when something changes, or nobody judges until it is mended; or a secret shows."""
    monkeypatch.setenv("HOOK", address)
    ran = run(*SCAN)
    assert ran.code == 1
    assert sentence in ran.err
    unprotect(MACHINE)
    told = run(*SCAN)
    assert told.code == 1
    assert "webhook was not told: The address of the channel webhook is" in told.err
    assert metrics()["azscheck_notifications_pending",] == 3
    assert "s3cr3t" not in ran.err + told.err + Path("state/s.json").read_text()


@pytest.mark.usefixtures("watched")
def test_no_secret_is_in_the_state_the_metrics_or_a_message(run: Run, hook: HookServer, stamp: DemoStamp) -> None:
    """A file that is readable for the monitoring gives the address away to which anybody may post."""
    run(*SCAN)
    unprotect(MACHINE)
    hook.replies += [Reply(503)] * 9
    printed = run(*SCAN, "-v")
    state = Path("state/s.json")
    assert state.stat().st_mode & 0o077 == 0
    for text in (state.read_text(), Path("azscheck.prom").read_text(), printed.err, printed.out):
        for secret in ("s3cr3t", "correct horse", stamp.client_secret):
            assert secret not in text
    for request in hook.requests:
        assert b"recoveryPoint" not in request.body
        assert b"properties" not in request.body


@pytest.mark.usefixtures("watched")
def test_a_damaged_state_is_put_aside_and_said(run: Run, hook: HookServer) -> None:
    """After a power failure no scan runs any more, or changes are missed without a word."""
    run(*SCAN)
    whole = Path("state/s.json").read_text()
    Path("state/s.json").write_text(whole[: len(whole) // 2])
    ran = run(*SCAN)
    assert ran.code == 1
    assert "s.json: is damaged. It is state/s.json.damaged now" in ran.err.replace("\\", "/")
    assert hook.requests == []
    assert json.loads(Path("state/s.json").read_text())["results"] == json.loads(whole)["results"]


@pytest.mark.usefixtures("watched")
def test_a_run_without_results_is_measured(run: Run) -> None:
    """Monitoring shows the findings of last week as if they had been read today."""
    assert run(*SCAN, "--metrics-file", "m.prom").code == 1
    before = metrics("m.prom")
    assert before["azscheck_last_success_timestamp_seconds",] > 0
    Path("secret").unlink()
    assert run(*SCAN, "--metrics-file", "m.prom").code == 2
    after = metrics("m.prom")
    assert after["azscheck_exit_code",] == 2
    assert after["azscheck_last_success_timestamp_seconds",] == pytest.approx(
        before["azscheck_last_success_timestamp_seconds",], abs=1
    )
    assert not [key for key in after if key[0] in ("azscheck_findings", "azscheck_results")]


@pytest.mark.usefixtures("watched")
def test_a_stamp_that_cannot_be_read_shows_in_its_metrics(run: Run, stamp: DemoStamp) -> None:
    """The stamp is down, and its findings go to zero as if all was mended."""
    run(*SCAN)
    stamp.stop()
    ran = run(*SCAN)
    assert ran.code == 3
    seen = metrics()
    assert seen["azscheck_coverage_failed", "north"] > 0
    assert seen["azscheck_exit_code",] == 3
    states = {key[3] for key, value in seen.items() if key[0] == "azscheck_results" and "ASH-INF" in key[1] and value}
    assert "unknown" in states
    assert "notApplicable" not in states


@pytest.mark.usefixtures("watched")
def test_two_scans_with_one_state_do_not_mix(run: Run) -> None:
    """Two scans at once tell the same change twice, or lose one."""
    from azscheck.cli.lock import held

    run(*SCAN)
    with held(Path("state/s.json.lock"), "a test"):
        ran: Ran = run(*SCAN)
    assert ran.code == 3
    assert "A scan of this configuration is under way already: process" in ran.err


@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--metrics-listen", "127.0.0.1:9464"), "--metrics-listen goes with --every"),
        (("--every", "1h", "--metrics-listen", "9464"), "write HOST:PORT, such as 127.0.0.1:9464."),
        (("--every", "1h", "--metrics-listen", "192.0.2.1:9464"), "--metrics-listen 192.0.2.1:9464: cannot be taken:"),
        (("--metrics-file", "nowhere/m.prom"), "--metrics-file: there is no folder nowhere."),
        (("--metrics-file", "azscheck.yaml"), "azscheck.yaml is read by this command"),
    ],
)
def test_mistakes_in_options(run: Run, options: tuple[str, ...], sentence: str) -> None:
    ran = run("scan", "--state", "s.json", *options)
    assert ran.code == 2
    assert sentence in ran.err
