"""Which api-version is asked for, against the stamp's own list, its errors, and the SDK's profile."""

import threading
from pathlib import Path

import pytest

from azscheck.demo import DemoStamp, Fault, read_content
from azscheck.sources.hub import StampSettings, collect
from azscheck.sources.hub.failures import refusal_of
from azscheck.sources.hub.limits import Limits
from azscheck.sources.hub.pipeline import parse_json
from azscheck.sources.hub.resource_manager import Plane
from azscheck.sources.hub.sdk import Clients
from azscheck.sources.hub.table import TABLE, Row, scope_of
from azscheck.sources.hub.transport import Transport, trust
from azscheck.sources.hub.versions import first_version, lacks, next_version, offered_of

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


DISKS, VIEWS = "Microsoft.Compute/disks", "Microsoft.Compute/disks/views"
ABSENT = [
    (404, "InvalidResourceNamespace", ""),
    (404, "InvalidResourceType", "The supported api-versions are '2016-01-01'."),
    (400, "NoRegisteredProviderFound", ""),
    (404, "", "The resource type 'disks' could not be found in the namespace 'Microsoft.Compute'."),
]


@pytest.mark.parametrize(("status", "code", "message"), ABSENT)
def test_only_a_stamp_whose_providers_lack_a_type_has_none_of_it(status: int, code: str, message: str) -> None:
    """A broken provider would read as one that is not there, and a policy would pass over machines that exist."""
    refusal = refusal_of(status, {"error": {"code": code, "message": message}})
    listed = {"microsoft.compute": (), DISKS.lower(): ("2019-07-01",)}
    assert lacks(DISKS, {"microsoft.network": ()}, (), refusal)
    assert lacks(DISKS, {"microsoft.compute": ()}, (), refusal)
    assert lacks(DISKS, listed, {"microsoft.compute"}, refusal)
    assert not lacks(DISKS, listed, (), refusal)
    assert not lacks(DISKS, None, (), refusal), "what could not be read proves nothing"
    assert not lacks(VIEWS, listed, (), refusal), "this stamp lists no child types"
    assert lacks(VIEWS, {**listed, "microsoft.compute/a/b": ()}, (), refusal)


def test_other_refusals_never_mean_that_there_is_none() -> None:
    """A list that was refused for another reason would count as read, and empty."""
    for status, code, message in (
        (400, "NoRegisteredProviderFound", "The supported api-versions are '2016-01-01'."),
        (404, "ResourceNotFound", ""),
        (403, "AuthorizationFailed", ""),
        (404, "", ""),
    ):
        assert not lacks(DISKS, {}, (), refusal_of(status, {"error": {"code": code, "message": message}}))


def test_a_subscription_that_says_it_is_not_registered_has_none_of_the_type() -> None:
    refusal = refusal_of(409, {"error": {"code": "MissingSubscriptionRegistration", "message": "..."}})
    assert lacks(DISKS, {}, {"microsoft.compute"}, refusal)
    assert not lacks(DISKS, {}, {"microsoft.network"}, refusal)
    assert not lacks(DISKS, None, (), refusal), "what could not be read proves nothing"


@pytest.mark.parametrize("code", ["InvalidResourceType", "InvalidResourceNamespace"])
def test_a_type_that_providers_list_and_a_call_denies_is_a_failure(
    stamp: DemoStamp, settings: StampSettings, code: str
) -> None:
    """The alerts of a stamp whose health provider is down would be reported as not offered, so as none."""
    stamp.faults.append(Fault("/snapshots?", "status", status=404, code=code, message="not found"))
    inventory = collect([settings], clock=lambda: NOW, limits=FAST)
    assert {line.type for line in failed(inventory)} == {"Microsoft.Compute/snapshots"}
    assert all("/providers does not confirm" in line.reason for line in failed(inventory))


@pytest.mark.parametrize(
    "document",
    [
        {"message": "The api-version '2020-06-01' is invalid. The supported versions are '2016-01-01,2017-12-01'."},
        {"error": {"code": "Whatever", "message": "Use api version 2017-12-01 instead of 2020-06-01."}},
        {"message": "The api-version '2020-06-01' is not supported."},
    ],
)
def test_a_refusal_in_another_shape_is_followed_by_another_version_too(document: dict[str, object]) -> None:
    """A stamp that wraps no errors, or names no versions, would fail on a version that an older build lacks."""
    assert next_version(refusal_of(400, document), PREFERRED, ["2020-06-01"]) == "2017-12-01"
    assert next_version(refusal_of(403, document), PREFERRED, ["2020-06-01"]) == ""
    assert next_version(refusal_of(400, {"message": "Bad name."}), PREFERRED, ["2020-06-01"]) == ""


def test_providers_are_read_whatever_their_letter_case() -> None:
    """A type that the stamp has is taken for one that it lacks."""
    kind = {"resourceType": "virtualMachines", "apiVersions": ["2020-06-01"]}
    documents = [{"namespace": "Microsoft.Compute", "registrationState": "NotRegistered", "resourceTypes": [kind]}]
    offered, unregistered = offered_of(documents)
    assert offered["microsoft.compute/virtualmachines"] == ("2020-06-01",)
    assert unregistered == {"microsoft.compute"}


@pytest.mark.parametrize("providers", [True, False])
def test_an_old_stamp_is_read_in_its_own_versions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, providers: bool
) -> None:
    """Machines of a stamp that speaks older versions only are not found."""
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
    # What most stamps lack is known to be lacking by /providers alone.
    unproven = {
        row.type for row in TABLE if row.type.startswith(("Microsoft.DataReplication", "Microsoft.RecoveryServices"))
    }
    assert failed(inventory) == []
    assert {line.type for line in inventory.coverage if not line.known} == (set() if providers else unproven)
    versions = {c.api_version for c in inventory.coverage if c.type == "Microsoft.Compute/virtualMachines"}
    assert versions == {"2017-12-01"}
    assert all(not m.unknown for m in inventory.of_type("Microsoft.Compute/virtualMachines"))
    assert (wrong == []) is providers


def test_a_providers_list_of_another_shape_is_no_reason_to_stop() -> None:
    assert offered_of([{"resourceTypes": 3}, {"resourceTypes": ["x", {"apiVersions": "2020"}]}])[1] == frozenset()


@pytest.mark.parametrize("body", [b"NaN", b"[1e999]", b"{", b"\xff\xff", b"", b"[" * 100_000])
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
