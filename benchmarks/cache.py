"""What is judged, made once and kept until what makes it changes."""

import compileall
import hashlib
import shutil
from pathlib import Path

from benchmarks import FOLDER
from benchmarks.processes import python, run
from benchmarks.rounds import say

CACHE = FOLDER / ".cache"
_MAKERS = (
    *(FOLDER / name for name in ("__init__.py", "inventories.py", "machines.py", "many_policies.py", "stamp.py")),
    *(FOLDER.parent / "azscheck" / "inventory" / name for name in ("fields.py", "keys.py", "saved.py", "spool.py")),
    *sorted((FOLDER / "policies").iterdir()),
)


def prepare() -> None:
    """An empty folder, unless what is in it is what would be made again; and compiled code, as an installation has."""
    for package in (FOLDER, FOLDER.parent / "azscheck"):
        compileall.compile_dir(package, quiet=1)
    wanted = hashlib.sha256(b"".join(file.read_bytes() for file in _MAKERS)).hexdigest()
    mark = CACHE / "made-by"
    if not mark.exists() or mark.read_text("utf-8") != wanted:
        shutil.rmtree(CACHE, ignore_errors=True)
        CACHE.mkdir()
        mark.write_text(wanted, "utf-8")


def inventory(machines: int, items: int = 0) -> Path:
    """The file of an inventory."""
    file = CACHE / f"inventory-{machines}-{items}.ndjson"
    if not file.exists():
        say(f"making an inventory of {machines} machines and {items} protected items")
        run(python("-m", "benchmarks.inventories", file, str(machines), str(items)))
    return file


def policies(copies: int) -> Path:
    """A folder of ten policies for each copy."""
    folder = CACHE / f"policies-{10 * copies}"
    if not folder.exists():
        say(f"making {10 * copies} policies")
        run(python("-m", "benchmarks.many_policies", folder, str(copies)))
    return folder


def lines(name: str) -> Path:
    """The file that a contestant writes."""
    return CACHE / f"{name}.lines"
