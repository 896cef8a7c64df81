"""Plans as inventories: what is known, what is not, and how what belongs together is found."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from azscheck.errors import DocumentError
from azscheck.inventory import CoverageState
from azscheck.sources.terraform import collect, is_plan
from azscheck.sources.terraform.mapping import mapped_types
from azscheck.sources.terraform.told import NOT_TOLD
from tests.sources.terraform.plans import (
    COMPUTE,
    GROUP,
    HERE,
    MACHINE,
    SUBSCRIPTION,
    WEB,
    change,
    configured,
    only,
    plan,
    read,
    root,
)

MACHINES, DISKS = "Microsoft.Compute/virtualMachines", "Microsoft.Compute/disks"
EXTENSIONS = f"{MACHINES}/extensions"
EXTENSION = "azurestack_virtual_machine_extension.agent"
AGENT = {"name": "agent", "publisher": "Contoso.Backup", "type": "Agent"}


@pytest.mark.parametrize("provider", ["azurestack", "azurerm"])
def test_a_machine_of_either_provider_is_what_resource_manager_would_list(tmp_path: Path, provider: str) -> None:
    machine = only(read(tmp_path, change(f"{provider}_virtual_machine.web", WEB)), MACHINES)
    assert machine.id == f"{COMPUTE}/virtualMachines/web01"
    assert machine.body["tags"] == {"backup:product": "Azure Backup Server"}
    assert machine.body["properties"]["storageProfile"]["osDisk"] == {
        "name": "web01-os",
        "createOption": "FromImage",
        "diskSizeGB": 127,
        "osType": "Windows",
        "managedDisk": {"id": f"{COMPUTE}/disks/web01-os"},
    }
    assert machine.body["properties"]["osProfile"]["computerName"] == "web01"


@pytest.mark.parametrize(("kind", "system"), [("linux", "Linux"), ("windows", "Windows")])
def test_the_newer_types_of_machines_say_their_system_by_their_name(tmp_path: Path, kind: str, system: str) -> None:
    values = {"name": "web01", "resource_group_name": "shop", "os_disk": [{"caching": "None", "disk_size_gb": 64}]}
    machine = only(read(tmp_path, change(f"azurerm_{kind}_virtual_machine.web", values)), MACHINES)
    disk = machine.body["properties"]["storageProfile"]["osDisk"]
    assert (disk["osType"], disk["caching"], disk["diskSizeGB"]) == (system, "None", 64)


def test_what_is_known_after_apply_is_unknown_and_nothing_else_is(tmp_path: Path) -> None:
    unknown = {"id": True, "tags": {"owner": True}, "storage_data_disk": [{}, {"disk_size_gb": True}]}
    disks = [{"lun": 0, "create_option": "Attach", "disk_size_gb": 10}, {"lun": 1, "create_option": "Attach"}]
    values = {**WEB, "storage_data_disk": disks}
    machine = only(read(tmp_path, change(MACHINE, values, unknown=unknown)), MACHINES)
    assert machine.body["tags"] == WEB["tags"]
    assert [d.get("diskSizeGB") for d in machine.body["properties"]["storageProfile"]["dataDisks"]] == [10, None]
    assert {p: r for p, r in machine.unknown.items() if not r.endswith("a plan does not tell")} == {
        "/tags/owner": f"{MACHINE}.tags.owner is known after apply",
        "/properties/storageProfile/dataDisks/1/diskSizeGB": (
            f"{MACHINE}.storage_data_disk[1].disk_size_gb is known after apply"
        ),
    }


def test_tags_that_are_not_known_at_all_are_unknown_not_absent(tmp_path: Path) -> None:
    values = {key: value for key, value in WEB.items() if key != "tags"}
    configuration = root(configured(MACHINE, tags=["local.tags"]))
    machine = only(
        read(tmp_path, change(MACHINE, values, unknown={"tags": True}, configuration=configuration)), MACHINES
    )
    assert "tags" not in machine.body
    assert machine.unknown["/tags"] == f"{MACHINE}.tags is known after apply"


def test_no_sensitive_value_is_in_the_inventory(tmp_path: Path) -> None:
    after = {**WEB, "name": "hunter2", "tags": {"a": "hunter2", "b": "fine"}, "vm_size": "hunter2"}
    sensitive = {"name": True, "tags": {"a": True}, "vm_size": True, "storage_os_disk": True}
    gone: dict[str, Any] = {"before": {**after, "id": f"{COMPUTE}/virtualMachines/old"}, "sensitive_before": sensitive}
    inventory = read(
        tmp_path,
        change(MACHINE, after, sensitive=sensitive),
        change("azurestack_virtual_machine.old", actions=("delete",), **gone),
        variables={"password": {"value": "hunter2"}},
        configuration=root(variables={"password": {"default": "hunter2", "sensitive": True}}),
    )
    inventory.write(tmp_path / "out.ndjson")
    assert "hunter2" not in (tmp_path / "out.ndjson").read_text("utf-8")
    machine = only(inventory, MACHINES)
    assert machine.body["tags"] == {"b": "fine"}
    assert machine.unknown["/tags/a"] == machine.unknown["/name"] == "sensitive value"
    assert machine.id == f"{COMPUTE}/virtualMachines/{{{MACHINE}.name}}"


@pytest.mark.parametrize(
    ("address", "references"),
    [(EXTENSION, [f"{MACHINE}.id", MACHINE]), (EXTENSION, [MACHINE]), (f"{EXTENSION}[0]", [f"{MACHINE}.id", MACHINE])],
)
def test_an_extension_of_a_machine_that_is_not_there_yet_finds_it(
    tmp_path: Path, address: str, references: list[str]
) -> None:
    inventory = read(
        tmp_path,
        change(MACHINE, WEB, unknown={"id": True}),
        change(address, AGENT, unknown={"virtual_machine_id": True, "id": True}),
        configuration=root(configured(MACHINE), configured(EXTENSION, virtual_machine_id=references)),
    )
    assert only(inventory, EXTENSIONS).id == f"{only(inventory, MACHINES).id}/extensions/agent"


@pytest.mark.parametrize(
    ("references", "each"),
    [
        ([MACHINE, "each.key"], ["local.names"]),
        (["each.value.id", "each.value"], [MACHINE]),
    ],
)
def test_instances_of_for_each_find_the_one_with_their_key(
    tmp_path: Path, references: list[str], each: list[str]
) -> None:
    unknown = {"virtual_machine_id": True}
    configuration = root(
        configured(MACHINE, for_each=["local.names"]),
        configured(EXTENSION, virtual_machine_id=references, for_each=each),
    )
    inventory = read(
        tmp_path,
        *(change(f'{MACHINE}["{key}"]', {**WEB, "name": f"vm-{key}"}) for key in ("a", "ü/b")),
        *(change(f'{EXTENSION}["{key}"]', AGENT, unknown=unknown) for key in ("a", "ü/b")),
        configuration=configuration,
    )
    assert [e.id for e in inventory.of_type(EXTENSIONS)] == [
        f"{COMPUTE}/virtualMachines/vm-a/extensions/agent",
        f"{COMPUTE}/virtualMachines/vm-ü%2Fb/extensions/agent",
    ]


def test_instances_of_count_find_the_one_with_their_number(tmp_path: Path) -> None:
    configuration = root(configured(EXTENSION, virtual_machine_id=[MACHINE, "count.index"]))
    inventory = read(
        tmp_path,
        *(change(f"{MACHINE}[{n}]", {**WEB, "name": f"vm{n}"}) for n in (0, 1)),
        *(change(f"{EXTENSION}[{n}]", AGENT, unknown={"virtual_machine_id": True}) for n in (0, 1)),
        configuration=configuration,
    )
    ids = [e.id for e in inventory.of_type(EXTENSIONS)]
    assert ids == [f"{COMPUTE}/virtualMachines/vm{n}/extensions/agent" for n in (0, 1)]


def test_where_it_is_not_sure_which_machine_is_meant_none_is(tmp_path: Path) -> None:
    configuration = root(configured(EXTENSION, virtual_machine_id=[MACHINE, "local.first"]))
    inventory = read(
        tmp_path,
        *(change(f"{MACHINE}[{n}]", {**WEB, "name": f"vm{n}"}) for n in (0, 1)),
        change(EXTENSION, AGENT, unknown={"virtual_machine_id": True}),
        configuration=configuration,
    )
    assert only(inventory, EXTENSIONS).id == f"{{{EXTENSION}.virtual_machine_id}}/extensions/agent"


def test_an_id_that_nobody_wrote_is_absent_and_one_in_a_dynamic_block_may_be_there(tmp_path: Path) -> None:
    address = "azurerm_lb.front"
    pointer = "/properties/frontendIPConfigurations/0/properties/subnet/id"
    values = {"name": "front", "frontend_ip_configuration": [{"name": "a"}]}
    unknown = {"frontend_ip_configuration": [{"subnet_id": True}]}
    block = {"address": address, "mode": "managed", "type": "azurerm_lb", "name": "front"}
    written = {**block, "expressions": {"frontend_ip_configuration": [{"name": {"constant_value": "a"}}]}}
    for resource, hidden in ((written, False), ({**block, "expressions": {}}, True)):
        inventory = read(tmp_path, change(address, values, unknown=unknown), configuration=root(resource))
        assert (pointer in only(inventory, "Microsoft.Network/loadBalancers").unknown) is hidden


def test_references_go_through_the_variables_and_outputs_of_modules(tmp_path: Path) -> None:
    agents = root(configured(EXTENSION, virtual_machine_id=["var.machine"]))["root_module"]
    machines = root(configured(MACHINE), outputs={"id": {"expression": {"references": [f"{MACHINE}.id", MACHINE]}}})
    calls = {
        "machines": {"module": machines["root_module"], "expressions": {}},
        "agents": {
            "module": agents,
            "expressions": {"machine": {"references": ["module.machines.id", "module.machines"]}},
        },
    }
    inventory = read(
        tmp_path,
        change(f"module.machines.{MACHINE}", WEB, unknown={"id": True}),
        change(f"module.agents[0].{EXTENSION}", AGENT, unknown={"virtual_machine_id": True}),
        configuration={"root_module": {"module_calls": calls}},
    )
    assert only(inventory, EXTENSIONS).id == f"{COMPUTE}/virtualMachines/web01/extensions/agent"


def test_children_of_what_has_no_name_yet_are_its_children(tmp_path: Path) -> None:
    values = {key: value for key, value in WEB.items() if key != "name"}
    configuration = root(
        configured(MACHINE, name=["random_pet.name.id", "random_pet.name"]),
        configured(EXTENSION, virtual_machine_name=["random_pet.name.id", "random_pet.name"]),
    )
    inventory = read(
        tmp_path,
        change(MACHINE, values, unknown={"name": True}),
        change(EXTENSION, {**AGENT, "resource_group_name": "shop"}, unknown={"virtual_machine_name": True}),
        configuration=configuration,
    )
    machine = only(inventory, MACHINES)
    assert machine.id == f"{COMPUTE}/virtualMachines/{{random_pet.name.id}}"
    assert machine.unknown["/name"] == f"{MACHINE}.name is known after apply (random_pet.name.id)"
    assert only(inventory, EXTENSIONS).id == f"{machine.id}/extensions/agent"


def test_the_disks_that_a_machine_brings_are_there_and_named_by_it(tmp_path: Path) -> None:
    data = [
        {
            "lun": 0,
            "create_option": "Empty",
            "name": "data0",
            "disk_size_gb": 2048,
            "managed_disk_type": "Standard_LRS",
        },
        {"lun": 1, "create_option": "Empty", "name": "blob", "vhd_uri": "https://a/b.vhd"},
    ]
    values = {**WEB, "storage_os_disk": [{"create_option": "FromImage"}], "storage_data_disk": data}
    inventory = read(tmp_path, change(MACHINE, values, unknown={"storage_os_disk": [{"name": True}]}))
    machine = only(inventory, MACHINES)
    disks = {disk.id: disk for disk in inventory.of_type(DISKS)}
    named, unnamed = disks[f"{COMPUTE}/disks/data0"], disks[f"{COMPUTE}/disks/{{web01_OsDisk}}"]
    assert len(disks) == 2
    assert named.body["managedBy"] == unnamed.body["managedBy"] == machine.id
    assert named.body["sku"] == {"name": "Standard_LRS"}
    assert named.body["properties"]["diskSizeGB"] == 2048
    assert unnamed.unknown["/properties/diskSizeGB"] == "how large the disk is, the image or the disk tells"
    assert unnamed.body["properties"]["osType"] == "Windows"
    (data0, blob) = machine.body["properties"]["storageProfile"]["dataDisks"]
    assert data0["managedDisk"]["id"] == named.id
    assert "managedDisk" not in blob


@pytest.mark.parametrize(
    ("publisher", "system"), [("Canonical", "Linux"), ("MicrosoftWindowsServer", "Windows"), ("Contoso", None)]
)
def test_the_image_tells_the_system_where_nothing_else_does(tmp_path: Path, publisher: str, system: str | None) -> None:
    values = {**WEB, "os_profile_windows_config": [], "storage_image_reference": [{"publisher": publisher}]}
    machine = only(read(tmp_path, change(MACHINE, values)), MACHINES)
    assert machine.body["properties"]["storageProfile"]["osDisk"].get("osType") == system
    pointer = "/properties/storageProfile/osDisk/osType"
    assert machine.unknown.get(pointer) == (None if system else "which system it is, the image tells")


def test_attached_disks_are_on_the_machine_and_know_it(tmp_path: Path) -> None:
    address = "azurerm_virtual_machine_data_disk_attachment.data"
    disk = {"name": "data", "resource_group_name": "shop", "disk_size_gb": 2048}
    attachment = {"lun": 3, "caching": "None"}
    unknown = {"virtual_machine_id": True, "managed_disk_id": True}
    configuration = root(
        configured(address, virtual_machine_id=[f"{MACHINE}.id", MACHINE], managed_disk_id=["azurerm_managed_disk.d"])
    )
    changes = change(MACHINE, WEB), change("azurerm_managed_disk.d", disk), change(address, attachment, unknown=unknown)
    inventory = read(tmp_path, *changes, configuration=configuration)
    machine = only(inventory, MACHINES)
    assert machine.body["properties"]["storageProfile"]["dataDisks"] == [
        {
            "createOption": "Attach",
            "caching": "None",
            "lun": 3,
            "managedDisk": {"id": f"{COMPUTE}/disks/data"},
            "diskSizeGB": 2048,
        }
    ]
    assert [(d.name, d.body["managedBy"]) for d in inventory.of_type(DISKS)] == [
        ("data", machine.id),
        ("web01-os", machine.id),
    ]


def test_an_attachment_to_who_knows_which_machine_may_be_to_any(tmp_path: Path) -> None:
    address = "azurerm_virtual_machine_data_disk_attachment.data"
    changes = change(MACHINE, WEB), change(address, {"lun": 3}, unknown={"virtual_machine_id": True})
    machine = only(read(tmp_path, *changes), MACHINES)
    assert machine.unknown["/properties/storageProfile/dataDisks/0"]


@pytest.mark.parametrize("targeted", [False, True])
def test_what_is_not_touched_is_there(tmp_path: Path, targeted: bool) -> None:
    values = {**WEB, "id": f"{COMPUTE}/virtualMachines/web01"}
    other = {**WEB, "name": "old", "id": f"{COMPUTE}/virtualMachines/old"}
    resources = [{"address": f"module.m.{MACHINE}", "mode": "managed", "type": "azurestack_virtual_machine",
                  "name": "web", "values": other, "sensitive_values": {"tags": {"backup:product": True}}}]  # fmt: skip
    gone = [{**resources[0], "deposed_key": "abcd1234", "values": {**other, "name": "deposed"}}]
    module = {"child_modules": [{"address": "module.m", "resources": [*gone, *resources]}]}
    # A plan of targets has the others in its prior state alone.
    where = (
        {"prior_state": {"values": {"root_module": module}}}
        if targeted
        else {"planned_values": {"root_module": module}}
    )
    inventory = read(tmp_path, change(MACHINE, values, ("no-op",), values), **where)
    assert [m.name for m in inventory.of_type(MACHINES)] == ["old", "web01"]
    assert inventory.of_type(MACHINES)[0].unknown["/tags/backup:product"] == "sensitive value"


def test_what_moved_within_the_configuration_is_there_once(tmp_path: Path) -> None:
    values = {**WEB, "id": f"{COMPUTE}/virtualMachines/web01"}
    there = {
        "address": MACHINE,
        "mode": "managed",
        "type": "azurestack_virtual_machine",
        "name": "web",
        "values": values,
    }
    moved = {**change(f"{MACHINE}2", values, ("no-op",), values), "previous_address": MACHINE}
    inventory = read(tmp_path, moved, prior_state={"values": {"root_module": {"resources": [there]}}})
    assert len(inventory.of_type(MACHINES)) == 1


@pytest.mark.parametrize(
    ("actions", "stays", "removed"),
    [
        (("create",), True, ""),
        (("update",), True, ""),
        (("no-op",), True, ""),
        (("delete",), False, "delete"),
        (("delete", "create"), True, "replace"),
        (("create", "delete"), True, "replace"),
        (("forget",), True, "forget"),
        (("create", "forget"), True, "forget"),
    ],
)
def test_what_each_action_leaves_and_takes(tmp_path: Path, actions: tuple[str, ...], stays: bool, removed: str) -> None:
    values = {**WEB, "id": f"{COMPUTE}/virtualMachines/web01"}
    kept = values if {"create", "update", "no-op"} & set(actions) else None
    before = None if actions == ("create",) else values
    inventory = read(
        tmp_path, change(MACHINE, kept, actions, before, action_reason="delete_because_no_resource_config")
    )
    assert bool(inventory.of_type(MACHINES)) is stays
    removals = inventory.of_type("Azscheck/removals")
    assert [r.body["properties"]["action"] for r in removals] == [removed][: bool(removed)]
    for removal in removals:
        assert removal.id == values["id"]
        assert removal.body["tags"] == WEB["tags"]
        assert removal.body["properties"]["was"]["properties"]["hardwareProfile"]["vmSize"] == "Standard_D2_v2"
        assert removal.body["properties"]["address"] == MACHINE


@pytest.mark.parametrize(
    ("address", "before", "kind"),
    [
        ("azurerm_backup_policy_file_share.p", {"name": "p"}, "Terraform/azurerm_backup_policy_file_share"),
        ("azapi_resource.p", {"name": "p", "type": "Contoso.Backup/vaults@2024-01-01"}, "Contoso.Backup/vaults"),
    ],
)
def test_what_goes_and_is_not_translated_is_told_all_the_same(
    tmp_path: Path, address: str, before: dict[str, Any], kind: str
) -> None:
    gone = {**before, "id": f"{GROUP}/providers/Contoso.Backup/vaults/p", "tags": {"a": "b"}, "secret": "hunter2"}
    removal = only(read(tmp_path, change(address, None, ("delete",), gone)), "Azscheck/removals")
    assert (removal.id, removal.name, removal.body["tags"]) == (gone["id"], "p", {"a": "b"})
    assert removal.body["properties"]["resourceType"] == kind
    assert "hunter2" not in json.dumps(removal.body)


def test_what_is_not_azures_and_goes_is_no_matter(tmp_path: Path) -> None:
    assert not read(tmp_path, change("random_pet.p", None, ("delete",), {"id": "x"})).resources


def test_what_a_replacement_left_over_is_removed_and_its_successor_stays(tmp_path: Path) -> None:
    values = {**WEB, "id": f"{COMPUTE}/virtualMachines/web01"}
    old = {**values, "name": "web00", "id": f"{COMPUTE}/virtualMachines/web00"}
    deposed = change(MACHINE, None, ("delete",), old, deposed="abcd1234")
    inventory = read(tmp_path, change(MACHINE, values, ("no-op",), values), deposed)
    assert only(inventory, MACHINES).name == "web01"
    assert only(inventory, "Azscheck/removals").name == "web00"


def test_a_vault_that_goes_names_the_machines_that_stay_without_it(tmp_path: Path) -> None:
    vault = f"{GROUP}/providers/Microsoft.RecoveryServices/vaults/safe"
    machines = [f"{COMPUTE}/virtualMachines/{name}" for name in ("web01", "web02")]
    items = [
        {"id": f"{vault}/backupFabrics/Azure/protectionContainers/c/protectedItems/{n}", "source_vm_id": machine}
        for n, machine in enumerate(machines)
    ]
    inventory = read(
        tmp_path,
        change("azurerm_recovery_services_vault.v", None, ("delete",), {"name": "safe", "id": vault}),
        *(change(f"azurerm_backup_protected_vm.p[{n}]", None, ("delete",), item) for n, item in enumerate(items)),
        change(MACHINE, None, ("delete",), {**WEB, "id": machines[1]}),
    )
    (removal,) = (r for r in inventory.of_type("Azscheck/removals") if r.id == vault)
    assert removal.body["properties"]["protects"] == machines
    assert removal.body["properties"]["leavesUnprotected"] == machines[:1]


def test_data_sources_are_read_and_not_deployed(tmp_path: Path) -> None:
    inventory = read(tmp_path, change(f"data.{MACHINE}".removeprefix("data."), WEB, ("read",), mode="data"))
    assert not inventory.resources


def test_a_plan_completes_the_lists_of_what_it_can_hold_and_no_others(tmp_path: Path) -> None:
    inventory = read(tmp_path, change(MACHINE, WEB))
    complete = {c.type: c.count for c in inventory.coverage if c.state is CoverageState.COMPLETE}
    assert set(complete) == {*mapped_types(), "Azscheck/removals", "Microsoft.DataReplication/replicationVaults"}
    assert (complete[MACHINES], complete[DISKS], complete["Microsoft.Compute/snapshots"]) == (1, 1, 0)
    assert inventory.gaps("Azscheck/protectedItems", "north")[0].reason == NOT_TOLD
    assert inventory.gaps("Microsoft.Backup.Admin/backupLocations", "north")[0].reason == NOT_TOLD


@pytest.mark.parametrize(
    ("changes", "more", "kind", "reason"),
    [
        ([change("azurestack_template_deployment.t", {})], {}, MACHINES, "azurestack_template_deployment.t deploys"),
        ([change("azapi_resource.x", {"type": f"{DISKS}@2023-01-02"})], {}, DISKS, "azapi_resource.x says"),
        (
            [change("azurerm_kubernetes_cluster.k", {})],
            {},
            "Terraform/azurerm_kubernetes_cluster",
            "does not translate",
        ),
        ([change("azurerm_virtual_machine_scale_set.s", {"name": "s"})], {}, DISKS, "the instances of a scale set"),
        ([], {"complete": False}, MACHINES, "is not complete"),
        (
            [],
            {"deferred_changes": [{"reason": "instance_count_unknown", "resource_change": change(MACHINE)}]},
            MACHINES,
            "deferred (instance_count_unknown)",
        ),
    ],
)
def test_what_a_plan_cannot_show_leaves_a_list_open(
    tmp_path: Path, changes: list[Any], more: dict[str, Any], kind: str, reason: str
) -> None:
    inventory = read(tmp_path, *changes, **more)
    assert reason in inventory.gaps(kind, "north")[0].reason


def test_ids_are_made_in_the_subscription_that_the_plan_knows(tmp_path: Path) -> None:
    known = {**WEB, "id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/a/providers/X/y/z"}
    changes = change(f"{MACHINE}[0]", known, ("no-op",), known), change(f"{MACHINE}[1]", WEB)
    inventory = collect(_written(tmp_path, plan(*changes)), stamp="north", now=datetime.now(UTC))
    assert {m.id.split("/")[2] for m in inventory.of_type(MACHINES)} == {SUBSCRIPTION}


def test_a_computer_is_called_as_its_machine_where_nobody_says_otherwise(tmp_path: Path) -> None:
    address = "azurerm_linux_virtual_machine.web"
    machine = change(address, {"name": "web01"}, unknown={"computer_name": True})
    found = only(read(tmp_path, machine, configuration=root(configured(address))), MACHINES)
    assert found.body["properties"]["osProfile"]["computerName"] == "web01"
    configuration = root(configured(address, computer_name=["random_pet.x.id"]))
    found = only(read(tmp_path, machine, configuration=configuration), MACHINES)
    assert "/properties/osProfile/computerName" in found.unknown


def _written(folder: Path, value: Any) -> Path:
    file = folder / "plan.json"
    file.write_text(json.dumps(value), "utf-8")
    return file


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "is not JSON and seems to be cut off"),
        ("[]", "is not a Terraform plan"),
        ("{}", "is not a Terraform plan"),
        ('{"format_version": "2.0", "resource_changes": []}', "format '2.0'; known are"),
        ('{"format_version": 1, "resource_changes": []}', "format '1'"),
        ('{"format_version": "1.0", "values": {}}', "is a Terraform state"),
        ('{"format_version": "1.0", "resource_changes": {}}', "has no list under resource_changes"),
        ('{"format_version": "1.0", "resource_changes": [1]}', "resource_changes[0] is no object"),
        ('{"format_version": "1.0", "resource_changes": [{"change": {"actions": ["x"]}}]}', "has no actions"),
        ('{"format_version": "1.0", "resource_changes": [{"change": {"actions": ["create"]}}]}', "has no address"),
        ('{"format_version": "1.2", "resource_changes": [], "errored": true}', "ended with an error"),
        ('{"@level":"info"}\n{"@level":"info"}', "is the log of a run"),
    ],
)
def test_what_is_no_plan_is_told_in_one_sentence(tmp_path: Path, content: str, sentence: str) -> None:
    file = tmp_path / "plan.json"
    file.write_text(content, "utf-8")
    with pytest.raises(DocumentError) as error:
        collect(file, stamp="north", placement=HERE, now=datetime.now(UTC))
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0", "1.2", "1.99"])
def test_known_versions_and_later_minor_ones_are_read(tmp_path: Path, version: str) -> None:
    value = {**plan(change(MACHINE, WEB)), "format_version": version}
    assert is_plan(value)
    assert collect(_written(tmp_path, value), stamp="north", now=datetime.now(UTC)).of_type(MACHINES)


def test_a_plan_that_powershell_wrote_is_read(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan(change(MACHINE, WEB))), "utf-16")
    assert collect(file, stamp="north", now=datetime.now(UTC)).of_type(MACHINES)


def test_a_plan_that_changes_nothing_gives_nothing_to_judge(tmp_path: Path) -> None:
    assert not read(tmp_path).resources
