"""What the stamp holds: the same in every run, without secrets, and with the cases the policies are shown on."""

from __future__ import annotations

import json
import socket
import ssl
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from azscheck.demo import DemoStamp, read_content
from azscheck.demo.arm import ResourceManager
from azscheck.demo.content import StampContent, expand
from azscheck.demo.messages import Request
from azscheck.demo.resources import parse_address

from .stamp_client import NOW, Client


def bodies(content: StampContent) -> dict[str, bytes]:
    """Every list and every resource of both planes, as it goes over the wire."""
    found = {}
    for name, plane in (("admin", content.admin), ("tenant", content.tenant)):
        manager = ResourceManager(plane, content.name, 10)
        for entry in plane.entries:
            for path in (entry.address, entry.address.rpartition("/")[0]):
                address = parse_address(path)
                namespace, _, kind = address.type.partition("/")
                types = {key.lower(): value for key, value in plane.providers[namespace].items()}
                query = f"api-version={types[kind.lower()][0]}&$expand=instanceView"
                reply = manager.answer(Request("GET", path, query, {"host": "stamp"}, b""))
                assert reply.status == 200, (path, reply.body)
                found[f"{name} {path}"] = reply.body
    return found


def machines(content: StampContent) -> dict[str, dict[str, Any]]:
    kind = "Microsoft.Compute/virtualMachines"
    return {e.body["name"]: e.body for e in content.tenant.entries if e.body.get("type") == kind}


@pytest.fixture(scope="module")
def content() -> StampContent:
    return expand(read_content(), NOW, 0)


def test_the_same_now_and_seed_give_the_same_bytes(content: StampContent) -> None:
    again = expand(read_content(), NOW, 0)
    assert bodies(content) == bodies(again)
    assert content.protected_items == again.protected_items


def test_another_seed_gives_other_guids_and_another_now_other_times(content: StampContent) -> None:
    assert expand(read_content(), NOW, 1).client_id != content.client_id
    later = expand(read_content(), datetime(2027, 1, 1, tzinfo=UTC), 0)
    assert later.protected_items[0]["id"] == content.protected_items[0]["id"]
    assert later.protected_items != content.protected_items


def test_no_body_holds_a_secret_a_port_or_an_unfilled_placeholder(content: StampContent, shared: Client) -> None:
    for path, body in bodies(content).items():
        text = body.decode()
        assert "PRIVATE KEY" not in text, path
        assert shared.stamp.client_secret not in text, path
        assert "127.0.0.1" not in text, path
        assert "{guid" not in text.lower(), path
        assert "{vm" not in text.lower(), path
        assert "{ago" not in text, path
    location = next(e.body for e in content.admin.entries if e.body.get("type", "").endswith("/backupLocations"))
    assert location["properties"]["externalStoreDefault"]["password"] is None


def test_every_reference_between_resources_leads_somewhere(content: StampContent) -> None:
    """A machine's disks, interfaces and sets, a snapshot's disk and a disk's machine are joined on by policies."""
    known = {entry.address.lower() for entry in content.tenant.entries}
    for name, machine in machines(content).items():
        properties = machine["properties"]
        storage = properties["storageProfile"]
        wanted = [disk["managedDisk"]["id"] for disk in (storage["osDisk"], *storage["dataDisks"])]
        wanted += [nic["id"] for nic in properties["networkProfile"]["networkInterfaces"]]
        wanted += [properties[key]["id"] for key in ("availabilitySet", "virtualMachineScaleSet") if key in properties]
        assert not [reference for reference in wanted if reference.lower() not in known], name
    for entry in content.tenant.entries:
        if "managedBy" in entry.body:
            assert entry.body["managedBy"].lower() in known
        if entry.body.get("type") == "Microsoft.Compute/snapshots":
            assert entry.body["properties"]["creationData"]["sourceResourceId"].lower() in known


def test_the_backups_tell_the_story_the_policies_are_shown_on(content: StampContent) -> None:
    kind = "Microsoft.Backup.Admin/backupLocations/backups"
    found = [e.body["properties"]["backupInfo"] for e in content.admin.entries if e.body.get("type") == kind]
    found.sort(key=lambda backup: backup["createdDateTime"], reverse=True)
    scheduled = [backup for backup in found if backup["isAutomaticBackup"]]
    assert (len(found), len(scheduled)) == (16, 14)
    assert [(b["status"], b["isCloudRecoveryReady"]) for b in found[:2]] == [
        ("PartialSucceeded", False),
        ("Succeeded", True),
    ]
    assert [r["roleName"] for r in found[0]["roleStatus"] if r["status"] == "Failed"] == ["KeyVaultDataPlane"]
    assert [b["status"] for b in found if not b["isAutomaticBackup"]] == ["Succeeded", "Failed"]
    assert len({b["backupId"] for b in found}) == len(found)


def test_protected_items_name_machines_of_the_stamp_but_for_one_orphan(content: StampContent) -> None:
    known = {machine["id"].lower() for machine in machines(content).values()}
    sources = [item["properties"]["sourceResourceId"] for item in content.protected_items]
    assert [source.rpartition("/")[2] for source in sources if source.lower() not in known] == ["shop-legacy-01"]
    assert any(
        source not in {m["id"] for m in machines(content).values()} and source.lower() in known for source in sources
    )


def test_some_machines_need_failover_and_one_of_them_has_none(content: StampContent) -> None:
    wanted = {name for name, vm in machines(content).items() if vm.get("tags", {}).get("dr:required") == "true"}
    replicated = {item["properties"]["sourceResourceId"].rpartition("/")[2] for item in content.replicated_items}
    assert wanted - replicated == {"core-file-01"}


def test_tags_hold_what_breaks_careless_reports(content: StampContent) -> None:
    tags = machines(content)["dev-scratch-01"]["tags"]
    assert tags["owner"] == "<script>alert(1)</script>"
    assert tags["costCenter"] == "=cmd|' /C calc'!A0"


def test_items_are_handed_out_in_azschecks_own_shape(shared: Client) -> None:
    for items, kind in (
        (shared.stamp.protected_items(), "Azscheck/protectedItems"),
        (shared.stamp.replicated_items(), "Azscheck/replicatedItems"),
    ):
        assert {item["type"] for item in items} == {kind}
        assert all(item["id"].lower().startswith(f"/{kind.lower()}/") for item in items)
        json.dumps(items)


def test_content_can_be_changed_before_it_is_served() -> None:
    changed = read_content()
    changed["tenant"]["virtualMachines"] = changed["tenant"]["virtualMachines"][:1]
    with pytest.raises(ValueError, match="no virtual machine is called"):
        DemoStamp(content=changed)


def test_a_misspelt_duration_is_named() -> None:
    changed = read_content()
    changed["protectedItems"]["shop-web-03"]["lastRecoveryPoint"] = "{ago:9 hours}"
    with pytest.raises(ValueError, match="'9 hours' is not a duration"):
        DemoStamp(content=changed)


def test_a_stamp_starts_within_half_a_second_and_stops_twice() -> None:
    begun = time.perf_counter()
    stamp = DemoStamp(now=NOW).start()
    assert time.perf_counter() - begun < 0.5
    stamp.stop()
    stamp.stop()
    with pytest.raises(OSError, match=r"refused|10061"):
        socket.create_connection(("127.0.0.1", int(stamp.admin_url.rpartition(":")[2])), timeout=1)


def test_a_port_that_is_taken_is_an_error_and_leaves_none_open() -> None:
    with DemoStamp() as first:
        taken = int(first.admin_url.rpartition(":")[2])
        with pytest.raises(OSError, match=r"in use|10048"):
            DemoStamp(ports=(0, 0, taken)).start()


def test_the_certificates_pass_the_strict_check_of_newer_pythons(shared: Client) -> None:
    context = ssl.create_default_context(cadata=shared.stamp.ca_pem.decode())
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    for host in ("127.0.0.1", "localhost"):
        port = int(shared.stamp.tenant_url.rpartition(":")[2])
        with (
            socket.create_connection(("127.0.0.1", port), timeout=5) as raw,
            context.wrap_socket(raw, server_hostname=host) as tls,
        ):
            assert tls.version() in ("TLSv1.2", "TLSv1.3")


def test_a_client_that_never_shakes_hands_does_not_hold_up_the_others(client: Client) -> None:
    port = int(client.stamp.admin_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        assert client.get("admin", "/subscriptions", "2016-06-01").status_code == 200
