"""A collection that a person ended, with what it had by then."""

from typing import Final

from azscheck.inventory import Inventory

INTERRUPTED: Final = (
    "The collection was interrupted before all of this was read: collect again, or go on with --resume."
)


class Interrupted(KeyboardInterrupt):
    """Ctrl-C; whoever does not ask for the inventory sees the KeyboardInterrupt that it is."""

    def __init__(self, inventory: Inventory) -> None:
        super().__init__()
        self.inventory = inventory
        """What had been read; Coverage says what is missing."""
