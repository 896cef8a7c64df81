"""What is asked of an import, and what a reader makes of a file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, field

PROTECTED: Final = "Azscheck/protectedItems"
REPLICATED: Final = "Azscheck/replicatedItems"
EVIDENCE: Final = "Azscheck/evidence"

CHECKS: Final = ("readiness-checker", "test-azurestack", "backup-validator")
"""The kinds that are reports of checks; of any other kind are lists of items."""
KINDS: Final = ("recovery-services", "site-recovery", "data-replication", "csv", *CHECKS)
MODIFIED: Final = "modified"
"""For `as_of`: the file's modification time, because whoever makes the file says that it is the export's."""


class Export(Struct, frozen=True):
    """Files of one kind that another tool wrote, and what the operator says of them."""

    kind: str
    files: tuple[Path, ...]
    stamp: str = ""
    """Whose machines they are of; empty where there is one stamp."""
    as_of: str = ""
    """When they were made: a time, a day, or `modified`; empty where the files say it, or nobody does."""
    mapping: str = ""
    """Of a CSV: the name of a shipped mapping, or the path of one."""
    target: str = ""
    """Where the items lie, for files that do not say it: the second stamp's name."""
    whole: bool = False
    """Together with the other exports that are named, they hold all such items of the stamp."""


class Item(Struct, frozen=True):
    """A protected or replicated item, before it has a stamp and an origin."""

    type: str
    key: str
    """What tells it from others: the service's own id, or the product and the machine's name."""
    properties: Mapping[str, Any]
    line: int | None
    unknown: Mapping[str, str] = field(default_factory=dict)
    """Names of properties that the file should say and does not, each with the reason."""
