"""Where a stamp's share is: as the configuration says, else as the stamp's own backup location says."""

from azscheck.inventory import Inventory
from azscheck.sources.share.settings import ShareSettings

BACKUP_LOCATIONS = "Microsoft.Backup.Admin/backupLocations"


def told_path(inventory: Inventory, stamp: str) -> str:
    r"""`\\server\share\...` as the stamp says it backs up to; empty when it says none."""
    for location in inventory.of_type(BACKUP_LOCATIONS, stamp):
        properties = location.body.get("properties")
        store = properties.get("externalStoreDefault") if isinstance(properties, dict) else None
        path = store.get("path") if isinstance(store, dict) else None
        if isinstance(path, str) and path.strip():
            return path.strip()
    return ""


def _no_path(inventory: Inventory, stamp: str) -> str:
    """Why there is no path to read."""
    gap = next(iter(inventory.gaps(BACKUP_LOCATIONS, stamp)), None)
    why = gap.words if gap else "the stamp backs up to no share"
    return (
        f"the path of the backup share is not known: {why.rstrip('.')}; `backupShare.path` in azscheck.yaml can name it"
    )


def _no_account(path: str) -> str:
    """Why a path that is known was not read."""
    return (
        f"the backup share {path} was not looked at: name an account that may read it under `backupShare` in"
        " azscheck.yaml (`user`, and `passwordEnv` or `passwordFile`)"
    )


def skip_reason(inventory: Inventory, stamp: str, settings: ShareSettings) -> str:
    """Why a share is not read at all; empty when it can be tried."""
    path = settings.path or told_path(inventory, stamp)
    if not path:
        return _no_path(inventory, stamp)
    return "" if settings.mounted or settings.has_account else _no_account(path)
