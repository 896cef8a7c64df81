"""What other tools wrote: exports of backup and replication products, and the reports of Microsoft's checks."""

from azscheck.sources.exports.model import CHECKS, KINDS, Export
from azscheck.sources.exports.reading import Imported, as_of_mistake, read_export

__all__ = ["CHECKS", "KINDS", "Export", "Imported", "as_of_mistake", "read_export"]
