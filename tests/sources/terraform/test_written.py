"""The line at which a property of a plan is written."""

import json
from pathlib import Path

import pytest

from azscheck.inventory import Origin, Resource
from azscheck.sources.terraform import collect
from azscheck.sources.terraform.hcl import scan
from tests.builders import NOW
from tests.sources.terraform.plans import MACHINE, WEB, change, line_of, only, plan, read

MACHINES = "Microsoft.Compute/virtualMachines"
MAIN = """\
# A machine. } "
resource "azurestack_virtual_machine" "web" {
  name                = "web-${var.names["a"]}}"
  resource_group_name = local.group // {
  custom = <<-EOT
    resource "azurestack_virtual_machine" "web" {
  EOT
  tags = {
    "backup:product" = "Azure Backup Server"
    owner = { of = 1 }, team : "web"
  }
  storage_os_disk {
    name         = "web01-os"
    disk_size_gb = 2048
  }
  storage_data_disk { lun = 0 }
  dynamic "storage_data_disk" {
    for_each = [for n in range(1, 3) : { n = n }]
    content {
      lun = storage_data_disk.value.n
      disk_size_gb = 10
    }
  }
}
module "agents" { source = "../modules/agents" }
"""
AGENTS = 'resource azurestack_virtual_machine_extension "agent" {\n  publisher = "Contoso"\n}\n'
DISKS = [{"lun": 0}, {"lun": 1, "disk_size_gb": 10}, {"lun": 2, "disk_size_gb": 10}]


def at(resource: Resource, *steps: str) -> str:
    return line_of(resource.origin_at(steps))


def test_each_property_has_the_line_on_which_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(MAIN, "utf-8")
    tags = {"backup:product": "Azure Backup Server", "team": "web"}
    machine = only(read(tmp_path, change(MACHINE, {**WEB, "tags": tags, "storage_data_disk": DISKS})), MACHINES)
    main = f"{tmp_path.as_posix()}/main.tf"
    assert machine.origin == Origin("file", main, None, 2, 1)
    assert at(machine, "name") == f"{main}:3"
    assert at(machine, "tags", "backup:product") == f"{main}:9"
    assert at(machine, "tags", "team") == f"{main}:10"
    assert at(machine, "tags", "absent") == f"{main}:8"
    assert at(machine, "properties", "storageProfile", "osDisk", "diskSizeGB") == f"{main}:14"
    assert at(machine, "properties", "storageProfile", "osDisk", "osType") == f"{main}:12"
    assert machine.places["/properties/storageProfile/dataDisks/0/lun"].line == 16
    assert machine.places["/properties/storageProfile/dataDisks/1/diskSizeGB"].line == 21
    assert machine.places["/properties/storageProfile/dataDisks/2/lun"].line == 20
    assert at(machine, "properties", "hardwareProfile", "vmSize") == f"{main}:2"
    assert machine.places["/tags/team"].column == 25


def test_a_mark_at_the_beginning_is_no_column(tmp_path: Path) -> None:
    """An editor of Windows saved the file, and the first block's place is beside it."""
    (tmp_path / "main.tf").write_text(MAIN.partition("\n")[2], "utf-8-sig")
    machine = only(read(tmp_path, change(MACHINE, WEB)), MACHINES)
    assert (machine.origin.line, machine.origin.column) == (1, 1)


def test_modules_are_found_by_their_source_and_where_init_put_them(tmp_path: Path) -> None:
    root, shared, far = tmp_path / "root", tmp_path / "modules" / "agents", tmp_path / "root" / ".terraform" / "modules"
    for folder in (root, shared, far / "m"):
        folder.mkdir(parents=True)
    (root / "main.tf").write_text(MAIN + 'module "far" { source = "example/far/azurestack" }\n', "utf-8")
    (shared / "agents.tf").write_text(AGENTS, "utf-8")
    (far / "m" / "x.tf").write_text("\n\n" + AGENTS, "utf-8")
    listed = {"Modules": [{"Key": "far", "Source": "x", "Dir": ".terraform/modules/m"}]}
    (far / "modules.json").write_text(json.dumps(listed), "utf-8")
    agent = {"name": "a", "publisher": "Contoso", "virtual_machine_id": "/x/y"}
    near, distant = (
        change(f"module.{name}.azurestack_virtual_machine_extension.agent", agent) for name in ("agents[0]", "far")
    )
    file = tmp_path / "plan.json"
    for one, address in ((near, f"{shared.as_posix()}/agents.tf:2"), (distant, f"{(far / 'm').as_posix()}/x.tf:4")):
        file.write_text(json.dumps(plan(one)), "utf-8")
        inventory = collect(file, stamp="north", now=NOW, sources=root)
        assert at(only(inventory, f"{MACHINES}/extensions"), "properties", "publisher") == address


def test_json_configurations_have_lines_too(tmp_path: Path) -> None:
    web = {
        "name": "web01",
        "tags": {"backup:product": "x"},
        "storage_data_disk": [{"lun": 0}, {"lun": 1}],
    }
    value = {"resource": {"azurestack_virtual_machine": {"web": web}}}
    (tmp_path / "main.tf.json").write_text(json.dumps(value, indent=1), "utf-8")
    machine = only(read(tmp_path, change(MACHINE, {**WEB, "storage_data_disk": DISKS[:2]})), MACHINES)
    assert machine.origin.line == 4
    assert machine.places["/tags/backup:product"].line == 7
    assert machine.places["/properties/storageProfile/dataDisks/1/lun"].line == 14


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b'resource "azurestack_virtual_machine" "other" {', b"}}}\n<<X\n", b'"' * 999]
)
def test_without_its_block_a_resource_is_at_the_plan(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "main.tf").write_bytes(content)
    (tmp_path / "main.tf.json").write_bytes(b"{" + content)
    machine = only(read(tmp_path, change(MACHINE, WEB)), MACHINES)
    assert machine.origin == Origin("file", f"{tmp_path.as_posix()}/plan.json", None, 1, 1)
    assert not machine.places


@pytest.mark.parametrize("piece", ["a {", "a = {", '"${', "<<A\n", "/*", "((", "x = [{", 'a "b" "c" ', "\n}"])
def test_a_broken_file_is_read_in_time_that_grows_with_it(piece: str) -> None:
    scan(piece * 20_000)
