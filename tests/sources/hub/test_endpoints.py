"""Which endpoint is which: what the metadata says, what the plane's own subscriptions say, and which are configured."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from azscheck.demo import DemoStamp, Fault, read_content
from azscheck.demo.faults import FaultInjector
from azscheck.demo.messages import json_reply
from azscheck.errors import CollectionError
from azscheck.inventory import CoverageState
from azscheck.sources.hub import StampSettings, collect
from azscheck.sources.hub.discovery import discover
from azscheck.sources.hub.failures import Refusal, refusal_of
from azscheck.sources.hub.resource_manager import Answer
from azscheck.sources.hub.table import SUBSCRIPTIONS, TABLE

from .conftest import FAST, NOW, Collect, failed, sentences, settings_of


class _Says:
    """A plane that answers one question only, with what it is told to."""

    origin, host = ("https", "management.north.example:443"), "management.north.example:443"

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)

    def get(self, _: Any) -> Answer:
        answer = self.answers.pop(0)
        if isinstance(answer, Refusal):
            raise answer
        return Answer(answer, "")


def _cloud(address: str, login: str) -> dict[str, Any]:
    return {"resourceManager": address, "authentication": {"loginEndpoint": login, "audiences": ["https://a"]}}


AZURE = _cloud("https://management.azure.com/", "https://login.microsoftonline.com/")
OURS = "https://adfs.north.example/adfs"


def _found(*answers: Any) -> Any:
    plane: Any = _Says(*answers)
    return discover(plane)


@pytest.mark.parametrize("address", ["https://management.north.example", "HTTPS://Management.North.Example:443/"])
def test_of_several_clouds_the_stamps_own_is_taken(address: str) -> None:
    """The sign-in, and with it the secret, would go to another cloud."""
    assert _found([AZURE, _cloud(address, OURS)]).authority == "https://adfs.north.example"


def test_of_several_clouds_none_is_guessed() -> None:
    """The secret would be sent to whichever cloud stands first."""
    with pytest.raises(CollectionError, match="lists 2 clouds, and none of them is at management"):
        _found([AZURE, _cloud("https://management.south.example", OURS)])


@pytest.mark.parametrize("first", [refusal_of(405, None), refusal_of(403, None), refusal_of(500, None), {}])
def test_a_stamp_that_knows_the_newer_metadata_only_is_read(first: Any) -> None:
    """A new build, or a gateway before it, need not refuse an old version with 400."""
    assert _found(first, [_cloud("", OURS)]).identity_provider == "AD FS"
    with pytest.raises(CollectionError, match=r"\(403\)|not that of a Resource Manager|\(40[35]\)|\(500\)"):
        _found(first, {}, {})


def test_the_administrators_endpoint_is_not_taken_for_the_tenants(settings: StampSettings, scan: Collect) -> None:
    """The stamp would seem to have no machines: nothing to find fault with."""
    inventory = scan(tenant=settings.admin)
    (sentence,) = sentences(inventory)
    assert "is the administrators' endpoint" in sentence
    assert {c.type for c in failed(inventory)} == {t for row in TABLE if row.plane == "tenant" for t in row.covered}


def test_tenants_beside_the_provider_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One subscription's name makes all machines of the others disappear."""
    content = read_content()
    (listing,) = [part for part in content["tenant"]["lists"] if part["at"] == "/subscriptions"]
    listing["items"]["{guid:woodgrove}"]["displayName"] = "Default Provider Subscription"
    with DemoStamp(content=content, now=NOW) as stamp:
        monkeypatch.setenv("STAMP_SECRET", stamp.client_secret)
        inventory = collect([settings_of(stamp, tmp_path)], clock=lambda: NOW, limits=FAST)
    assert failed(inventory) == []
    assert len(inventory.of_type("Microsoft.Compute/virtualMachines")) == 32


def test_the_tenants_endpoint_is_not_taken_for_the_administrators(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one subscription to be seen, all of the administrators' lists would count as not offered."""
    content = read_content()
    (listing,) = [part for part in content["tenant"]["lists"] if part["at"] == "/subscriptions"]
    listing["items"] = dict(list(listing["items"].items())[:1])
    with DemoStamp(content=content, now=NOW) as stamp:
        monkeypatch.setenv("STAMP_SECRET", stamp.client_secret)
        settings = settings_of(stamp, tmp_path)
        inventory = collect([replace(settings, admin=settings.tenant)], clock=lambda: NOW, limits=FAST)
    (sentence,) = sentences(inventory)
    assert "check that it is the administrators' endpoint" in sentence


@pytest.mark.parametrize(("left", "words"), [("admin", "administrators'"), ("tenant", "tenants'")])
def test_an_endpoint_that_is_not_configured_is_said_to_be_skipped(scan: Collect, left: str, words: str) -> None:
    """What was never to be read would look like what was forgotten."""
    inventory = scan(**{left: ""})
    skipped = {c.type: c.reason for c in inventory.coverage if c.state is CoverageState.SKIPPED and words in c.reason}
    assert set(skipped) == {t for row in TABLE if row.plane == left for t in row.covered} - {SUBSCRIPTIONS}
    assert set(skipped.values()) == {f"the {words} endpoint of this stamp is not configured"}
    assert inventory.gaps(SUBSCRIPTIONS, "east") == []


@pytest.mark.parametrize("code", ["AuthorizationFailed", "ReadOnlyDisabledSubscription"])
def test_a_disabled_subscription_is_called_disabled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """The operator would be sent to grant rights that change nothing."""
    content = read_content()
    (listing,) = [part for part in content["tenant"]["lists"] if part["at"] == "/subscriptions"]
    for item in listing["items"].values():
        item["state"] = "Disabled"
    faults = [Fault("Microsoft.Compute/disks?", "status", status=403 if "Auth" in code else 409, code=code)]
    with DemoStamp(content=content, faults=faults, now=NOW) as stamp:
        monkeypatch.setenv("STAMP_SECRET", stamp.client_secret)
        inventory = collect([settings_of(stamp, tmp_path)], clock=lambda: NOW, limits=FAST)
    assert all(
        re.search(r"the subscription is Disabled \(40[39] " + code, sentence) for sentence in sentences(inventory)
    )
    assert sentences(inventory)


def test_of_two_locations_that_of_the_systems_group_is_the_region(
    scan: Collect, stamp: DemoStamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Backups, alerts and updates would all be asked for in a region that does not have them."""
    _answer(monkeypatch, stamp, "Subscriptions.Admin/locations?", {"value": [{"name": "south"}, {"name": "North"}]})
    inventory = scan(tenant="", external_domain="south.fabrikam.example")
    assert failed(inventory) == []
    assert inventory.of_type("Microsoft.Backup.Admin/backupLocations/backups")


ALERTS = "regionHealths/north/alerts?"


def test_documents_without_an_id_are_all_kept(scan: Collect, stamp: DemoStamp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two alerts that share the end of a name one would vanish, and with it an active alert."""
    items = [
        {"name": "n/backup", "x": 1},
        {"name": "p/backup", "x": 2},
        {"name": "n/backup", "x": 1},
        {"x": 3},
        {"x": 4},
    ]
    _answer(monkeypatch, stamp, ALERTS, {"value": items})
    inventory = scan(tenant="")
    found = {r.id.rpartition("/")[2]: r.body["x"] for r in inventory.of_type(TYPE)}
    assert found == {"backup": 1, "backup#2": 2, "unnamed": 3, "unnamed#2": 4}


TYPE = "Microsoft.InfrastructureInsights.Admin/regionHealths/alerts"


def test_a_list_with_an_error_in_it_is_not_complete(
    scan: Collect, stamp: DemoStamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A provider that failed half-way would read as one without alerts."""
    _answer(monkeypatch, stamp, ALERTS, {"value": [], "error": {"code": "Partial", "message": "x"}})
    inventory = scan(tenant="")
    assert [line.type for line in failed(inventory)] == [TYPE]


def _answer(monkeypatch: pytest.MonkeyPatch, stamp: DemoStamp, match: str, document: Any) -> None:
    """Let the stamp answer requests that match with another document."""
    stamp.faults.append(Fault(match, "malformed", plane="admin"))
    serve = FaultInjector._apply

    def apply(injector: Any, fault: Fault, request: Any, serve_it: Any) -> Any:
        if fault.match == match:
            return json_reply(json.loads(json.dumps(document)))
        return serve(injector, fault, request, serve_it)

    monkeypatch.setattr(FaultInjector, "_apply", apply)
