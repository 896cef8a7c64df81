"""What a scan finds: all that the stamp has, as the stamp has it, in an order that does not depend on timing."""

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from azscheck.demo import DemoStamp, Fault, read_content
from azscheck.inventory import CoverageState, Inventory, arm_key
from azscheck.sources.hub import StampSettings, collect
from azscheck.sources.hub.listed import Listed
from azscheck.sources.hub.listing import Lister
from azscheck.sources.hub.redaction import redact
from azscheck.sources.hub.table import MACHINES, TABLE, Row

from .conftest import FAST, NOW, Collect, failed, settings_of


class Reader:
    """Reads the stamp with nothing but the standard library, to compare with."""

    def __init__(self, stamp: DemoStamp) -> None:
        self._context = ssl.create_default_context(cadata=stamp.ca_pem.decode())
        self._urls = {"admin": stamp.admin_url, "tenant": stamp.tenant_url}
        self._stamp = stamp
        self._tokens = {plane: self._sign_in(plane) for plane in self._urls}

    def _sign_in(self, plane: str) -> str:
        metadata = self._send(f"{self._urls[plane]}/metadata/endpoints?api-version=2015-01-01")
        form = {
            "grant_type": "client_credentials",
            "client_id": self._stamp.client_id,
            "client_secret": self._stamp.client_secret,
            "resource": metadata["authentication"]["audiences"][0],
        }
        return str(self._send(f"{self._stamp.login_url}/adfs/oauth2/token", form)["access_token"])

    def _send(self, url: str, form: dict[str, str] | None = None, token: str = "") -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        data = urllib.parse.urlencode(form).encode() if form else None
        request = urllib.request.Request(url, data, headers)
        with urllib.request.urlopen(request, context=self._context) as answer:
            return json.load(answer)

    def get(self, plane: str, path: str) -> Any:
        return self._send(self._urls[plane] + path, token=self._tokens[plane])

    def list(self, plane: str, path: str) -> list[Any]:
        found, page = [], self.get(plane, path)
        while True:
            found += page["value"]
            link = page.get("nextLink")
            if not link:
                return found
            page = self.get(plane, link.removeprefix(self._urls[plane]))


@pytest.fixture
def reader(stamp: DemoStamp) -> Reader:
    return Reader(stamp)


def test_a_whole_stamp_is_read_and_nothing_is_missing_or_failed(whole: Inventory, reader: Reader) -> None:
    inventory = whole
    assert failed(inventory) == []
    subscriptions = [s["id"] for s in reader.list("tenant", "/subscriptions?api-version=2016-06-01")]
    assert len(subscriptions) > 1
    for kind, version in (
        ("Microsoft.Compute/virtualMachines", "2020-06-01"),
        ("Microsoft.Compute/disks", "2019-07-01"),
        ("Microsoft.Compute/snapshots", "2019-07-01"),
        ("Microsoft.Network/networkInterfaces", "2018-11-01"),
        ("Microsoft.KeyVault/vaults", "2019-09-01"),
    ):
        lists = [reader.list("tenant", f"{s}/providers/{kind}?api-version={version}") for s in subscriptions]
        wanted = {arm_key(item["id"]) for items in lists for item in items}
        assert {arm_key(r.id) for r in inventory.of_type(kind)} == wanted, f"{kind}: a scan would judge too few"
        assert wanted


def test_every_type_of_the_table_has_a_coverage_line(whole: Inventory) -> None:
    inventory = whole
    for row in TABLE:
        gaps = inventory.gaps(row.type, "east")
        assert gaps == [], f"{row.type} would read as unknown: {gaps}"


def test_the_lists_that_the_demo_stamp_has_are_not_empty(whole: Inventory) -> None:
    """A row whose path is wrong would find nothing on any stamp, and nobody would be told."""
    empty = {row.type for row in TABLE if not whole.of_type(row.type)}
    assert {kind.split("/")[0] for kind in empty} == {"Microsoft.DataReplication", "Microsoft.RecoveryServices"}


def test_replication_vaults_and_their_items_are_read_where_the_stamp_has_site_recovery(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = read_content()
    kind = "Microsoft.DataReplication/replicationVaults"
    content["tenant"]["providers"]["Microsoft.DataReplication"] = {
        "replicationVaults": ["2024-09-01"],
        "replicationVaults/protectedItems": ["2024-09-01"],
    }
    group = f"/subscriptions/{{guid:adatum}}/resourceGroups/shop-mgmt/providers/{kind}"
    content["tenant"]["lists"] += [
        {"at": group, "items": {"shop-vault": None}},
        {"at": f"{group}/shop-vault/protectedItems", "items": {"shop-web-01": {"properties": {"state": "Protected"}}}},
    ]
    with DemoStamp(content=content, now=NOW) as stamp:
        monkeypatch.setenv("STAMP_SECRET", stamp.client_secret)
        inventory = collect([settings_of(stamp, tmp_path)], clock=lambda: NOW, limits=FAST)
    assert failed(inventory) == []
    assert [r.name for r in inventory.of_type(kind)] == ["shop-vault"]
    assert [r.body["properties"] for r in inventory.of_type(f"{kind}/protectedItems")] == [{"state": "Protected"}]


def test_a_stamp_that_was_never_registered_has_no_marketplace_items(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disconnected stamp would never be complete."""
    content = read_content()
    lists = content["admin"]["lists"]
    content["admin"]["lists"] = [part for part in lists if "azurestack-activation" not in part["at"]]
    next(p for p in lists if p["at"].endswith("}/resourceGroups"))["items"].pop("azurestack-activation")
    with DemoStamp(content=content, now=NOW) as stamp:
        monkeypatch.setenv("STAMP_SECRET", stamp.client_secret)
        inventory = collect([settings_of(stamp, tmp_path)], clock=lambda: NOW, limits=FAST)
    lines = [line for line in inventory.coverage if line.type.startswith("Microsoft.AzureBridge.Admin")]
    assert [(line.state, line.count) for line in lines] == [(CoverageState.COMPLETE, 0)] * 2


def test_what_a_stamp_lacks_is_skipped_as_not_offered(whole: Inventory) -> None:
    lines = [c for c in whole.coverage if c.type.startswith("Microsoft.RecoveryServices")]
    assert {(c.state, c.reason) for c in lines} == {(CoverageState.SKIPPED, "not offered")}


def test_bodies_are_what_the_stamp_sends_when_asked_again_at_their_address(whole: Inventory, reader: Reader) -> None:
    inventory = whole
    pages: dict[tuple[str, str], dict[str, Any]] = {}
    for resource in inventory.resources:
        if resource.type.startswith("Azscheck/"):
            continue
        # Subscriptions and role assignments exist on both planes, each with its own.
        options = [row.plane for row in TABLE if row.type == resource.type]
        found = []
        for plane in options:
            key = (plane, resource.origin.address)
            if key not in pages:
                try:
                    document = reader.get(*key)
                except urllib.error.HTTPError:
                    # A subscription of the other plane.
                    document = {"value": []}
                parts = document["value"] if "value" in document else [document, *document.get("resources", [])]
                redact(parts)
                pages[key] = {arm_key(part["id"]): part for part in parts}
            found.append(pages[key].get(arm_key(resource.id)))
        assert dict(resource.body) in found, f"{resource.id} is not as the stamp has it"


def test_machines_come_with_their_instance_view(whole: Inventory) -> None:
    machines = whole.of_type("Microsoft.Compute/virtualMachines")
    assert all(m.body["properties"]["instanceView"]["statuses"] for m in machines)
    assert all(not m.unknown for m in machines)


def test_extensions_come_from_the_machine_where_it_has_them_and_from_their_list_where_not(
    scan: Collect, stamp: DemoStamp
) -> None:
    inventory = scan()
    machines = inventory.of_type("Microsoft.Compute/virtualMachines")
    extensions = inventory.of_type("Microsoft.Compute/virtualMachines/extensions")
    wanted = {arm_key(e["id"]) for m in machines for e in m.body.get("resources", [])}
    assert {arm_key(e.id) for e in extensions} == wanted
    asked = [r for r in stamp.requests if r.path.endswith("/extensions")]
    assert len(asked) == sum("resources" not in m.body for m in machines), (
        "a call a machine is wasted, or one is missing"
    )


def test_two_scans_of_the_same_stamp_are_the_same_inventory(scan: Collect, stamp: DemoStamp, whole: Inventory) -> None:
    # Some lists answer late now, so what ends first is another.
    stamp.faults.append(Fault("Microsoft.Compute/disks", "slow", seconds=0.1))
    stamp.faults.append(Fault("backupLocations", "slow", seconds=0.05))
    assert scan() == whole


def test_the_saved_form_of_a_scan_reads_back(whole: Inventory, tmp_path: Path) -> None:
    inventory = whole
    inventory.write(tmp_path / "stamp.ndjson")
    assert Inventory.read(tmp_path / "stamp.ndjson") == inventory


def test_the_stamp_itself_is_a_resource_with_what_is_known_of_it(scan: Collect) -> None:
    inventory = scan(connected=False, backup_share=(("location", "other room"),), backup_offering=(("place", "cloud"),))
    (found,) = inventory.of_type("Azscheck/stamps")
    assert (found.id, found.unknown) == ("/azscheck/stamps/east", {})
    properties = found.body["properties"]
    newest = max(
        (
            b.body["properties"]["backupInfo"]
            for b in inventory.of_type("Microsoft.Backup.Admin/backupLocations/backups")
        ),
        key=lambda info: info["createdDateTime"],
    )
    (update,) = inventory.of_type("Microsoft.Update.Admin/updateLocations")
    assert properties == {
        "region": "north",
        "externalDomain": "north.fabrikam.example",
        "publicDomain": "north.cloudapp.fabrikam.example",
        "identityProvider": "AD FS",
        "connected": False,
        "administratorEndpoint": "127.0.0.1",
        "tenantEndpoint": "127.0.0.1",
        "stampVersion": update.body["properties"]["currentVersion"],
        "oemVersion": update.body["properties"]["currentOemVersion"],
        "deploymentId": newest["deploymentID"],
        "nodeCount": len(inventory.of_type("Microsoft.Fabric.Admin/fabricLocations/scaleUnitNodes")),
        "backupShare": {"location": "other room"},
        "backupOffering": {"place": "cloud"},
    }


def test_only_tenants_are_read_where_there_is_no_administrator_endpoint(scan: Collect, stamp: DemoStamp) -> None:
    inventory = scan(admin="")
    assert inventory.of_type("Microsoft.Compute/virtualMachines")
    assert not [r for r in stamp.requests if r.plane == "admin"]
    (found,) = inventory.of_type("Azscheck/stamps")
    assert set(found.unknown) == {
        f"/properties/{n}" for n in ("stampVersion", "oemVersion", "deploymentId", "nodeCount")
    }


def test_a_dead_stamp_delays_and_loses_nothing_of_the_others(
    stamp: DemoStamp, settings: StampSettings, tmp_path: Path, whole: Inventory
) -> None:
    dead = replace(settings, name="dead", admin="https://127.0.0.1:1", tenant="https://127.0.0.1:1")
    other = settings_of(stamp, tmp_path, "west")
    both = collect([dead, settings, other], clock=lambda: NOW, limits=FAST)
    assert [r for r in both.resources if r.stamp == "east"] == list(whole.resources)
    assert len([r for r in both.resources if r.stamp == "west"]) == len(whole.resources)
    assert [r.type for r in both.resources if r.stamp == "dead"] == ["Azscheck/stamps"]
    assert {c.type for c in failed(both)} == {kind for row in TABLE for kind in row.covered}


def test_progress_counts_up_to_all_resources(settings: StampSettings) -> None:
    told: list[tuple[str, str, int]] = []
    inventory = collect([settings], clock=lambda: NOW, limits=FAST, progress=lambda *news: told.append(news))
    counts = [count for _, _, count in told]
    assert counts == sorted(counts)
    assert counts[-1] == len(inventory.resources) - 1
    assert {name for name, _, _ in told} == {"east"}
    assert "Microsoft.Compute/virtualMachines" in {reading for _, reading, _ in told}


def test_the_package_imports_without_the_sdks() -> None:
    import subprocess
    import sys

    code = "import sys, azscheck.sources.hub; sys.exit(not {'azure', 'msal', 'requests'}.isdisjoint(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0, "azscheck --version would be slow"


def test_a_machine_that_two_subscriptions_list_is_one(scan: Collect, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stamp that lists a machine twice ends the whole collection, or the machine is judged twice."""
    take, first = Lister.list, list[Listed]()

    def repeating(lister: Lister, row: Row, *arguments: Any) -> Listed:
        listed = take(lister, row, *arguments)
        if row.type != MACHINES:
            return listed
        first.append(listed)
        return replace(listed, resources=first[0].resources)

    monkeypatch.setattr(Lister, "list", repeating)
    inventory = scan(admin="")
    assert len(first) > 1
    assert sorted(r.id for r in inventory.of_type(MACHINES)) == sorted(r.id for r in first[0].resources)
