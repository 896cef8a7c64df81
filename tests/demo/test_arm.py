"""Resource Manager's habits: versions, errors, pages, names and ids as a stamp writes them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from azure.identity import ClientSecretCredential
from azure.mgmt.compute import ComputeManagementClient
from azure.profiles import KnownProfiles

from azscheck.demo.content import read_content

from .stamp_client import Client

SYSTEM = "{}/resourceGroups/system.north/providers"


def system(client: Client) -> str:
    return SYSTEM.format(client.subscription("Default Provider Subscription"))


def test_the_compute_sdk_lists_all_machines_over_pages(shared: Client) -> None:
    stamp, count, names = shared.stamp, 0, set()
    options = {"connection_verify": str(shared.ca)}
    with ClientSecretCredential(
        stamp.tenant_id,
        stamp.client_id,
        stamp.client_secret,
        authority=stamp.login_url,
        disable_instance_discovery=True,
        **options,
    ) as credential:
        for subscription in shared.value("tenant", "/subscriptions", "2016-06-01"):
            with ComputeManagementClient(
                credential,
                subscription["subscriptionId"],
                profile=KnownProfiles.v2020_09_01_hybrid,
                base_url=stamp.tenant_url,
                credential_scopes=[shared.audience("tenant") + "/.default"],
                **options,
            ) as compute:
                for machine in compute.virtual_machines.list_all():
                    count += 1
                    names.add(machine.name)
                    assert machine.instance_view is None
                assert len(list(compute.disks.list())) > 10
                one = compute.virtual_machines.get(machine.id.split("/")[4], machine.name)
                assert one.instance_view.statuses[-1].code.startswith("PowerState/")
    assert count == len(names) == len(read_content()["tenant"]["virtualMachines"]) == 32


def test_the_admin_plane_shows_the_default_provider_subscription_and_the_tenant_plane_the_tenants(
    shared: Client,
) -> None:
    for plane, names in (
        ("admin", ["Default Provider Subscription"]),
        ("tenant", ["Adatum Retail", "Woodgrove Bank"]),
    ):
        subscriptions = shared.value(plane, "/subscriptions", "2016-06-01")
        assert [item["displayName"] for item in subscriptions] == names


def test_pages_keep_host_port_version_and_filter(shared: Client) -> None:
    path = shared.subscription("Adatum Retail") + "/providers/Microsoft.Compute/virtualMachines"
    reply = shared.get("tenant", path, "2020-06-01", **{"$filter": "location eq 'north'"}).json()
    assert len(reply["value"]) == 10
    assert reply["nextLink"].startswith(shared.stamp.tenant_url + "/subscriptions/")
    assert "api-version=2020-06-01" in reply["nextLink"]
    assert "$skiptoken=" in reply["nextLink"]
    assert "$filter=" in reply["nextLink"]


def test_next_link_is_absent_from_most_lists_and_null_in_backup(shared: Client) -> None:
    backups = shared.get("admin", system(shared) + "/Microsoft.Backup.Admin/backupLocations", "2018-09-01").json()
    alerts = "/Microsoft.InfrastructureInsights.Admin/regionHealths/north/alerts"
    assert backups["nextLink"] is None
    assert "nextLink" not in shared.get("admin", system(shared) + alerts, "2016-05-01").json()


@pytest.mark.parametrize(
    ("path", "version", "status", "code"),
    [
        ("/subscriptions", None, 400, "MissingApiVersionParameter"),
        ("/subscriptions", "2099-01-01", 400, "InvalidApiVersionParameter"),
        ("{sub}/resourceGroups", "2099-01-01", 400, "InvalidApiVersionParameter"),
        ("{sub}/providers/Microsoft.Compute/virtualMachines", "2024-11-01", 400, "NoRegisteredProviderFound"),
        ("{sub}/providers/Microsoft.Compute/galleries", "2020-06-01", 404, "InvalidResourceType"),
        ("{sub}/providers/Microsoft.RecoveryServices/vaults", "2020-06-01", 404, "InvalidResourceNamespace"),
        (
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups",
            "2019-10-01",
            404,
            "SubscriptionNotFound",
        ),
        ("{sub}/resourceGroups/none/resources", "2019-10-01", 404, "ResourceGroupNotFound"),
        (
            "{sub}/resourceGroups/shop-prod/providers/Microsoft.Compute/virtualMachines/none",
            "2020-06-01",
            404,
            "ResourceNotFound",
        ),
        (
            "{sub}/resourceGroups/shop-prod/providers/Microsoft.Compute/virtualMachines/none/extensions",
            "2020-06-01",
            404,
            "ResourceNotFound",
        ),
    ],
)
def test_refusals_have_resource_managers_code(
    shared: Client, path: str, version: str | None, status: int, code: str
) -> None:
    reply = shared.get("tenant", path.format(sub=shared.subscription("Adatum Retail")), version)
    assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    "path", ["/resourceGroups", "/providers/Microsoft.Compute/disks", "/providers/Microsoft.Compute/x"]
)
def test_a_refused_version_names_those_that_would_do(shared: Client, path: str) -> None:
    """Without the list in the message a client cannot fall back to an older version."""
    reply = shared.get("tenant", shared.subscription("Adatum Retail") + path, "2099-01-01")
    message = reply.json()["error"]["message"]
    assert re.search(r"supported (api-)?versions are '[-0-9a-z, ]+'", message)


def test_every_type_a_plane_advertises_is_served_at_each_of_its_versions(shared: Client) -> None:
    for plane, name in (("admin", "Default Provider Subscription"), ("tenant", "Adatum Retail")):
        subscription = shared.subscription(name)
        providers = shared.value(plane, subscription + "/providers", "2019-10-01")
        for provider in providers:
            for kind in provider["resourceTypes"]:
                if "/" in kind["resourceType"] or provider["namespace"] == "Microsoft.Resources":
                    continue
                for version in kind["apiVersions"]:
                    path = f"{subscription}/providers/{provider['namespace']}/{kind['resourceType']}"
                    assert shared.get(plane, path, version).status_code == 200, path


def test_the_instance_view_is_given_when_asked_for_only(shared: Client) -> None:
    path = (
        shared.subscription("Woodgrove Bank")
        + "/resourceGroups/core-banking/providers/Microsoft.Compute/virtualMachines"
    )
    plain = shared.get("tenant", path + "/core-batch-01", "2020-06-01").json()
    expanded = shared.get("tenant", path + "/core-batch-01", "2020-06-01", **{"$expand": "instanceView"}).json()
    alone = shared.get("tenant", path + "/core-batch-01/instanceView", "2020-06-01").json()
    assert "instanceView" not in plain["properties"]
    assert expanded["properties"]["instanceView"] == alone
    assert alone["vmAgent"]["statuses"][0]["displayStatus"] == "Not Ready"


def test_backup_locations_gain_their_blob_fields_with_the_later_version(shared: Client) -> None:
    path = system(shared) + "/Microsoft.Backup.Admin/backupLocations/north"
    early, late = (shared.get("admin", path, version).json() for version in ("2018-09-01", "2021-09-01"))
    assert "blobStorageUrl" not in early["properties"]["externalStoreDefault"]
    assert late["properties"]["externalStoreDefault"]["blobStorageUrl"] is None


def test_alerts_can_be_filtered_by_state(shared: Client) -> None:
    path = system(shared) + "/Microsoft.InfrastructureInsights.Admin/regionHealths/north/alerts"
    condition = "(Properties/State eq 'Active') and (Properties/Severity eq 'Warning')"
    found = shared.get("admin", path, "2016-05-01", **{"$filter": condition}).json()["value"]
    assert sorted(alert["properties"]["faultTypeId"] for alert in found) == [
        "AzureStack.BackupController.BackupPartialSucceededFault",
        "CertificateExpiration.ExternalCert.Warning",
    ]


def test_a_stamps_quirks_are_there_for_a_client_to_stumble_on(shared: Client) -> None:
    providers, subscription = system(shared), shared.subscription("Default Provider Subscription")

    def listing(path: str, version: str) -> list[dict[str, Any]]:
        return shared.value("admin", path, version)

    backups = listing(providers + "/Microsoft.Backup.Admin/backupLocations/north/backups", "2018-09-01")
    assert all(re.fullmatch(r"north/[-0-9a-f]{36}", backup["name"]) for backup in backups)
    assert re.search(r"\.\d{7}Z$", backups[0]["properties"]["backupInfo"]["createdDateTime"])
    assert "/System.north/" in backups[0]["id"]
    nodes = listing(providers + "/Microsoft.Fabric.Admin/fabricLocations/north/scaleUnitNodes", "2016-05-01")
    assert "/resourcegroups/" in nodes[0]["id"]
    assert nodes[0]["id"].split("/")[2].isupper()
    roles = listing(providers + "/Microsoft.Fabric.Admin/fabricLocations/north/infraRoles", "2016-05-01")
    assert roles[0]["properties"]["instances"][0].startswith("subscriptions/")
    quotas = f"{subscription}/providers/Microsoft.{{}}.Admin/locations/north/quotas"
    assert listing(quotas.format("Compute"), "2021-01-01")[0]["name"] is None
    assert listing(quotas.format("Network"), "2015-06-15")[0]["location"] == ""
    assert listing(quotas.format("KeyVault"), "2017-02-01-preview")[0]["properties"] is None
    users = listing(f"{subscription}/providers/Microsoft.Subscriptions.Admin/subscriptions", "2015-11-01")
    assert not {"properties", "type"} & users[0].keys()


def test_resources_of_all_types_come_without_properties(shared: Client) -> None:
    path = shared.subscription("Adatum Retail") + "/resources"
    everything = shared.value("tenant", path, "2019-10-01")
    assert {"Microsoft.Compute/virtualMachines", "Microsoft.Storage/storageAccounts"} <= {r["type"] for r in everything}
    assert not any("properties" in resource for resource in everything)
    condition = "resourceType eq 'Microsoft.Compute/snapshots'"
    snapshots = shared.get("tenant", path, "2019-10-01", **{"$filter": condition}).json()["value"]
    assert [snapshot["name"] for snapshot in snapshots] == ["shop-cache-01-before-patch"]


def test_replies_tell_how_many_reads_are_left(shared: Client) -> None:
    reply = shared.get("admin", "/subscriptions", "2016-06-01")
    assert int(reply.headers["x-ms-ratelimit-remaining-subscription-reads"]) < 15_000
    assert reply.headers["x-ms-request-id"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD"])
def test_a_write_is_refused_and_recorded(client: Client, method: str) -> None:
    reply = client.session.request(method, client.stamp.admin_url + "/subscriptions/x", json={"a": 1})
    assert reply.status_code == 405
    assert [(record.method, record.path) for record in client.stamp.writes] == [(method, "/subscriptions/x")]


def test_the_record_shows_where_tokens_went(client: Client) -> None:
    client.get("admin", "/subscriptions", "2016-06-01")
    assert client.stamp.requests[-1].audience == client.audience("admin")
    assert client.stamp.requests[-1].audience is None
    client.session.get(client.stamp.login_url + "/x", headers={"Authorization": "Bearer stray"})
    assert (client.stamp.requests[-1].plane, client.stamp.requests[-1].audience) == ("identity", "unknown")
    assert client.stamp.writes == []
