"""Resource Manager's resources as the demo stamp keeps them: where each is, and what it answers."""

from __future__ import annotations

from msgspec import Struct

from azscheck.demo.messages import Document


class Address(Struct, frozen=True):
    """A path's parts. A list has one more of `types` than of `names`; `namespace` is empty above the providers.

    `/subscriptions/S/resourceGroups/G/providers/N/vaults/V` -> N, (vaults,), (V,), subscription S, group G."""

    subscription: str
    group: str
    namespace: str
    types: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def type(self) -> str:
        """`Microsoft.Compute/virtualMachines/extensions`; subscriptions and groups count as `Microsoft.Resources`."""
        return "/".join((self.namespace or "Microsoft.Resources", *(self.types if self.namespace else self.types[-1:])))

    @property
    def is_list(self) -> bool:
        """Whether the path ends with a type rather than a name."""
        return len(self.types) > len(self.names)


class Entry(Struct, frozen=True):
    """One resource. `address` is where GET finds it, which need not be what its id says.

    `listed` is its form in a list, where that differs; `instance_view` is a virtual machine's.
    `added` holds what later API versions add: (first version, document to merge in)."""

    address: str
    body: Document
    listed: Document | None = None
    instance_view: Document | None = None
    added: tuple[tuple[str, Document], ...] = ()


def parse_address(path: str) -> Address:
    """Take a path apart; the letter case stays as it was."""
    parts = path.strip("/").split("/")
    lower = [part.lower() for part in parts]
    subscription = parts[1] if lower[0] == "subscriptions" and len(parts) > 1 else ""
    group = parts[3] if len(parts) > 3 and lower[2] == "resourcegroups" else ""
    # An extension resource's path holds its scope's `providers` before its own.
    if "providers" in lower:
        last = len(lower) - 1 - lower[::-1].index("providers")
        rest = parts[last + 1 :]
        if len(rest) > 1:
            return Address(subscription, group, rest[0], tuple(rest[1::2]), tuple(rest[2::2]))
    return Address(subscription, group, "", tuple(parts[0::2]), tuple(parts[1::2]))
