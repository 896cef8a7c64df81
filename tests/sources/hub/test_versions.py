"""Which api-version is asked for, against the stamp's own list, its errors, and the SDK's profile."""

import threading
from pathlib import Path

import pytest

from azscheck.demo import DemoStamp, Fault, read_content
from azscheck.sources.hub import StampSettings, collect
from azscheck.sources.hub.failures import refusal_of
from azscheck.sources.hub.limits import Limits
from azscheck.sources.hub.listing import Subscription, lacks
from azscheck.sources.hub.pipeline import parse_json
from azscheck.sources.hub.resource_manager import Plane
from azscheck.sources.hub.sdk import Clients
from azscheck.sources.hub.table import TABLE, Row, scope_of
from azscheck.sources.hub.transport import Transport, trust
from azscheck.sources.hub.versions import first_version, is_absent, next_version, offered_of

from .conftest import FAST, NOW, failed, settings_of

PREFERRED = ("2020-06-01", "2017-12-01")
SUBSCRIPTION = "205f527e-c600-505d-959b-c116de48baef"


def _plane(settings: StampSettings) -> Plane:
    stop = threading.Event()
    transport = Transport(settings.tenant, trust(settings.ca_file, strict=True), 1, Limits(), stop)
    return Plane(settings.tenant, transport, Limits(), stop, None)


@pytest.mark.parametrize("row", [row for row in TABLE if row.sdk], ids=lambda row: row.type)
def test_a_row_asks_what_the_sdk_asks_for_the_hybrid_profile(row: Row, settings: StampSettings) -> None:
    plane = _plane(settings)
    clients = Clients(plane, SUBSCRIPTION)
    name, group, operation = row.sdk.split(".")
    client = clients._clients[name]
    assert hasattr(getattr(client, group), operation), "the SDK has no such operation in that profile"
    assert client._get_api_version(group) == row.versions[0]
    parent = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g/providers/{row.parent}/p" if row.parent else ""
    request, sender = clients.list_request(row, row.versions[0], parent)
    assert sender._pipeline is plane.pipeline, "the guard would not be in the way"
    path = row.path.format(subscription=f"/subscriptions/{SUBSCRIPTION}", parent=parent)
    assert request.method == "GET"
    assert request.url.lower() == f"{path}?api-version={row.versions[0]}".lower()


def test_the_preferred_version_that_the_stamp_has_is_taken() -> None:
    assert first_version(PREFERRED, None) == "2020-06-01"
    assert first_version(PREFERRED, ("2023-01-01", "2017-12-01")) == "2017-12-01"
    assert first_version(PREFERRED, ("2023-01-01-preview", "2022-01-01")) == "2022-01-01"
    assert first_version(PREFERRED, ("2023-01-01-preview",)) == "2023-01-01-preview"


@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (
            400,
            "InvalidApiVersionParameter",
            "The api-version 'X' is invalid. The supported versions are '2016-01-01,2017-12-01'.",
        ),
        (
            400,
            "NoRegisteredProviderFound",
            "... for type 't'. The supported api-versions are '2016-01-01, 2017-12-01'.",
        ),
        (404, "InvalidResourceType", "The resource type ... The supported api-versions are '2016-01-01,2017-12-01'."),
    ],
)
def test_a_refused_version_is_followed_by_one_that_the_error_names(status: int, code: str, message: str) -> None:
    refusal = refusal_of(status, {"error": {"code": code, "message": message}})
    assert next_version(refusal, PREFERRED, ["2020-06-01"]) == "2017-12-01"
    assert next_version(refusal, PREFERRED, ["2020-06-01", "2017-12-01"]) == "2016-01-01"
    assert next_version(refusal, PREFERRED, ["2017-12-01", "2016-01-01"]) == ""


def test_only_a_stamp_that_says_so_lacks_a_type() -> None:
    def error(status: int, code: str, message: str = "") -> bool:
        return is_absent(refusal_of(status, {"error": {"code": code, "message": message}}))

    assert error(404, "InvalidResourceNamespace")
    assert error(404, "InvalidResourceType")
    assert error(400, "NoRegisteredProviderFound")
    assert not error(400, "NoRegisteredProviderFound", "The supported api-versions are '2016-01-01'.")
    assert not error(404, "ResourceNotFound")
    assert not error(403, "AuthorizationFailed")


def test_a_subscription_that_says_it_is_not_registered_has_none_of_the_type() -> None:
    row = next(row for row in TABLE if row.type == "Microsoft.Compute/disks")
    refusal = refusal_of(409, {"error": {"code": "MissingSubscriptionRegistration", "message": "..."}})
    assert lacks(row, Subscription("/s", None, {}, frozenset({"microsoft.compute"})), refusal)
    assert not lacks(row, Subscription("/s", None, {}, frozenset({"microsoft.network"})), refusal)
    assert not lacks(row, Subscription("/s"), refusal), "what could not be read proves nothing"


def test_providers_are_read_whatever_their_letter_case() -> None:
    kind = {"resourceType": "virtualMachines", "apiVersions": ["2020-06-01"]}
    documents = [{"namespace": "Microsoft.Compute", "registrationState": "NotRegistered", "resourceTypes": [kind]}]
    offered, unregistered = offered_of(documents)
    assert offered["microsoft.compute/virtualmachines"] == ("2020-06-01",)
    assert unregistered == {"microsoft.compute"}


@pytest.mark.parametrize("providers", [True, False])
def test_an_old_stamp_is_read_in_its_own_versions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, providers: bool
) -> None:
    content = read_content()
    compute = content["tenant"]["providers"]["Microsoft.Compute"]
    for kind in ("virtualMachines", "virtualMachines/extensions"):
        compute[kind] = ["2017-12-01", "2016-03-30"]
    # With its /providers refused, only the errors tell.
    faults = [] if providers else [Fault("/providers?", "deny")]
    with DemoStamp(content=content, faults=faults, now=NOW) as stamp:
        monkeypatch.setenv("STAMP_SECRET", stamp.client_secret)
        inventory = collect([settings_of(stamp, tmp_path)], clock=lambda: NOW, limits=FAST)
        machines = [r for r in stamp.requests if "Microsoft.Compute/virtualMachines" in r.path]
        wrong = [r for r in machines if "2020-06-01" in r.query]
    assert failed(inventory) == []
    versions = {c.api_version for c in inventory.coverage if c.type == "Microsoft.Compute/virtualMachines"}
    assert versions == {"2017-12-01"}
    assert all(not m.unknown for m in inventory.of_type("Microsoft.Compute/virtualMachines"))
    assert (wrong == []) is providers


def test_a_providers_list_of_another_shape_is_no_reason_to_stop() -> None:
    assert offered_of([{"resourceTypes": 3}, {"resourceTypes": ["x", {"apiVersions": "2020"}]}])[1] == frozenset()


@pytest.mark.parametrize("body", [b"NaN", b"{", b"\xff\xff", b"", b"[" * 100_000])
def test_what_is_not_json_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises((ValueError, RecursionError)):
        parse_json(body)


def test_json_may_come_with_a_byte_order_mark() -> None:
    assert parse_json(b"\xef\xbb\xbf" + '{"name": "Zürich"}'.encode()) == {"name": "Zürich"}


def test_scopes() -> None:
    assert scope_of("/subscriptions") == ""
    assert scope_of("/subscriptions/s/resourceGroups") == "/subscriptions/s"
    assert scope_of("/subscriptions/s/providers/Microsoft.Compute/disks") == "/subscriptions/s"
    assert scope_of("/subscriptions/s/resourceGroups/g/providers/A/b") == "/subscriptions/s/resourceGroups/g"
    assert (
        scope_of("/subscriptions/s/resourceGroups/g/providers/A/b/c/d")
        == "/subscriptions/s/resourceGroups/g/providers/A/b/c"
    )
    assert scope_of("/subscriptions/s/providers/A/locations/n/quotas") == "/subscriptions/s/providers/A/locations/n"
