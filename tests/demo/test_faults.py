"""Each fault, as a client that has no defences sees it."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from azure.core.exceptions import HttpResponseError
from azure.identity import ClientSecretCredential
from azure.mgmt.compute import ComputeManagementClient
from azure.profiles import KnownProfiles

from azscheck.demo import DemoStamp, Fault
from azscheck.demo.faults import Action

from .stamp_client import Client, connect


def subscriptions(client: Client) -> requests.Response:
    return client.get("admin", "/subscriptions", "2016-06-01")


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Fault("/subscriptions", "throttle"), 429, "TooManyRequests"),
        (Fault("/subscriptions", "status", status=504, code="GatewayTimeout"), 504, "GatewayTimeout"),
        (Fault("/subscriptions", "deny"), 403, "AuthorizationFailed"),
        (Fault("/subscriptions", "expire"), 401, "ExpiredAuthenticationToken"),
        (Fault("/subscriptions", "unregistered"), 409, "MissingSubscriptionRegistration"),
    ],
)
def test_refusals(client: Client, fault: Fault, status: int, code: str) -> None:
    client.stamp.faults.append(fault)
    reply = subscriptions(client)
    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)
    client.stamp.faults.clear()
    assert subscriptions(client).status_code == 200


def test_throttling_names_a_pause_only_if_told_to(client: Client) -> None:
    client.stamp.faults.append(Fault("/subscriptions", "throttle", times=1))
    assert "Retry-After" not in subscriptions(client).headers
    client.stamp.faults = [Fault("/subscriptions", "throttle", retry_after=5)]
    assert subscriptions(client).headers["Retry-After"] == "5"


def test_a_dropped_connection(client: Client) -> None:
    client.stamp.faults.append(Fault("/subscriptions", "drop"))
    with pytest.raises(requests.ConnectionError):
        subscriptions(client)


def test_a_body_cut_short(client: Client) -> None:
    client.stamp.faults.append(Fault("/subscriptions", "truncate"))
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        subscriptions(client)


@pytest.mark.parametrize("action", ["malformed", "html", "empty"])
def test_a_200_that_is_no_json(client: Client, action: Action) -> None:
    client.stamp.faults.append(Fault("/subscriptions", action))
    reply = subscriptions(client)
    assert reply.status_code == 200
    with pytest.raises(requests.exceptions.JSONDecodeError):
        reply.json()


def test_a_next_link_that_leads_to_itself(client: Client) -> None:
    client.stamp.faults.append(Fault("/subscriptions", "loop"))
    assert subscriptions(client).json()["nextLink"] == client.stamp.admin_url + "/subscriptions?api-version=2016-06-01"


def test_a_next_link_to_another_origin_shows_whether_the_token_leaks(client: Client) -> None:
    client.stamp.faults.append(Fault("/subscriptions", "foreign"))
    assert len(client.value("admin", "/subscriptions", "2016-06-01")) == 1
    last = client.stamp.requests[-1]
    assert (last.plane, last.path, last.audience) == ("identity", "/elsewhere", client.audience("admin"))


def test_a_redirect_to_another_origin(client: Client) -> None:
    client.stamp.faults += [
        Fault("/subscriptions", "redirect", times=1),
        Fault("/subscriptions", "redirect", url="https://elsewhere.example/"),
    ]
    first, second = subscriptions(client), subscriptions(client)
    assert (first.status_code, first.headers["Location"]) == (307, client.stamp.login_url + "/elsewhere")
    assert second.headers["Location"] == "https://elsewhere.example/"


def test_an_item_that_comes_twice(client: Client) -> None:
    client.stamp.faults.append(Fault("/subscriptions", "duplicate"))
    items = subscriptions(client).json()["value"]
    assert items[0] == items[-1]
    assert len(items) == 2


def test_a_slow_answer_can_also_be_a_bad_one(client: Client) -> None:
    subscriptions(client)
    client.stamp.faults += [Fault("/subscriptions", "slow", seconds=0.2), Fault("/subscriptions", "deny")]
    start = time.monotonic()
    assert subscriptions(client).status_code == 403
    assert time.monotonic() - start >= 0.2


def test_a_fault_hits_only_what_it_was_meant_for(client: Client) -> None:
    client.stamp.faults += [
        Fault(re.compile(r"^GET /subscriptions\?api-version=2015"), "deny"),
        Fault("/SUBSCRIPTIONS", "deny", plane="tenant"),
    ]
    assert subscriptions(client).status_code == 200
    assert client.get("admin", "/subscriptions", "2015-11-01").status_code == 403
    assert client.get("tenant", "/subscriptions", "2016-06-01").status_code == 403


def test_a_fault_hits_as_often_as_told_and_then_never_again(client: Client) -> None:
    client.stamp.faults.append(Fault("/subscriptions", "status", after=1, times=2))
    assert [subscriptions(client).status_code for _ in range(5)] == [200, 500, 500, 200, 200]


def test_faults_hit_the_same_number_of_requests_from_many_threads(client: Client) -> None:
    """A collector's soak test counts on it."""
    client.stamp.faults.append(Fault("/subscriptions", "throttle", after=10, times=20))
    client.tokens["admin"] = client.token("admin")
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: subscriptions(client).status_code, range(100)))
    assert statuses.count(429) == 20
    assert statuses.count(200) == 80


def test_a_fault_in_the_identity_service(tmp_path: Path) -> None:
    with DemoStamp(faults=[Fault("POST /adfs/oauth2/token", "status", plane="identity", status=503)]) as stamp:
        client = connect(stamp, tmp_path)
        assert client.token_reply(scope=client.audience("admin") + "/.default").status_code == 503
        client.close()


def test_an_unregistered_provider_makes_the_bare_sdk_write_and_the_record_shows_it(client: Client) -> None:
    """The hazard a read-only client has to guard against: the SDK registers the provider by itself."""
    stamp = client.stamp
    stamp.faults.append(Fault("/virtualMachines", "unregistered"))
    options = {"connection_verify": str(client.ca)}
    subscription = client.subscription("Adatum Retail").rpartition("/")[2]
    with (
        ClientSecretCredential(
            stamp.tenant_id,
            stamp.client_id,
            stamp.client_secret,
            authority=stamp.login_url,
            disable_instance_discovery=True,
            **options,
        ) as credential,
        ComputeManagementClient(
            credential,
            subscription,
            profile=KnownProfiles.v2020_09_01_hybrid,
            base_url=stamp.tenant_url,
            credential_scopes=[client.audience("tenant") + "/.default"],
            **options,
        ) as compute,
        pytest.raises(HttpResponseError),
    ):
        list(compute.virtual_machines.list_all())
    assert [record.method for record in stamp.writes] == ["POST"]
    assert stamp.writes[0].path.endswith("/providers/Microsoft.Compute/register")


def test_a_dripping_body_comes_whole_but_slowly(client: Client) -> None:
    """A test of what never ends would prove nothing if the body came at once, or broken."""
    whole = subscriptions(client).content
    client.stamp.faults.append(Fault("/subscriptions", "drip", seconds=0.001))
    start = time.monotonic()
    assert subscriptions(client).content == whole
    assert time.monotonic() - start > 0.001 * len(whole)
