"""Recovery Services vaults in Azure, and replication vaults on a second stamp, read live and never written to."""

from azscheck.sources.vaults.reading import planned, read_vault, reader
from azscheck.sources.vaults.settings import KINDS, PUBLIC, Vault

__all__ = ["KINDS", "PUBLIC", "Vault", "planned", "read_vault", "reader"]
