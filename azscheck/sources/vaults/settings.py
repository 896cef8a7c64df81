"""Which vault is read, and as whom."""

from pathlib import Path
from typing import Final

from msgspec import Struct

from azscheck.sources.hub.settings import Credential

PUBLIC: Final = "https://management.azure.com"
KINDS: Final = ("recovery-services", "site-recovery", "data-replication")


class Vault(Struct, frozen=True):
    """A vault, and what the operator says of its items."""

    kind: str
    subscription_id: str
    resource_group: str
    name: str
    credential: Credential
    resource_manager: str = PUBLIC
    """Of a sovereign cloud, or of a second stamp, another address; what signs in there it tells itself."""
    ca_file: Path | None = None
    stamp: str = ""
    """Whose machines it protects; empty where there is one stamp."""
    target: str = ""
    whole: bool = False
    """Together with the other evidence that is named, it holds all such items of the stamp."""

    @property
    def id(self) -> str:
        """The vault's id, and what its lists stand below."""
        namespace = "Microsoft.RecoveryServices/vaults"
        if self.kind == "data-replication":
            namespace = "Microsoft.DataReplication/replicationVaults"
        group = f"/subscriptions/{self.subscription_id}/resourceGroups/{self.resource_group}"
        return f"{group}/providers/{namespace}/{self.name}"
