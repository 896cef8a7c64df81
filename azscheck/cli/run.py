"""What `scan`, `collect` and `demo` have in common: from a configuration to an inventory, and on to results."""

import gc
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from azscheck.cli.options import CONFIGURATION
from azscheck.cli.output import Output
from azscheck.cli.policies import load
from azscheck.documents import did_you_mean
from azscheck.errors import UsageError
from azscheck.inventory import Inventory, type_key
from azscheck.policy import ATTESTATIONS, STAMPS, Policy
from azscheck.policy.exemptions import Exemption, load_exemptions
from azscheck.policy.load import Library
from azscheck.policy.membership import DEFAULT_SET, choose
from azscheck.policy.parameters import Overrides
from azscheck.results import Outcome

if TYPE_CHECKING:
    from azscheck.cli.log import Log
    from azscheck.documents.signatures import AllowedSigners
    from azscheck.inventory.spool import Spool
    from azscheck.sources.configuration import Configuration
    from azscheck.sources.hub import Journal, StampSettings
    from azscheck.sources.vaults.reading import Read

_BUFFER = 1 << 18
"""Bytes of output that are written at once."""


def configuration_of(path: Path | None, stamps: Sequence[str]) -> "Configuration":
    """The configuration, narrowed to the stamps that were named."""
    from azscheck.sources.configuration import read_configuration

    path = path or CONFIGURATION
    if not path.exists():
        raise UsageError(f"{path}: there is no such file: `azscheck init` writes one, --config names another.")
    configuration = read_configuration(path)
    known = {stamp.name: stamp for stamp in configuration.stamps}
    chosen: dict[str, StampSettings] = {}
    for name in stamps:
        if name not in known and name not in configuration.groups:
            near = did_you_mean(name, [*known, *configuration.groups])
            raise UsageError(f"{path}: has no stamp and no group {name!r}{near}")
        members = configuration.groups.get(name, (name,))
        if not members:
            raise UsageError(f"{path}: no stamp is of the group {name!r}.")
        chosen |= {member: known[member] for member in members}
    return replace(configuration, stamps=tuple(chosen.values())) if stamps else configuration


def collect(
    configuration: "Configuration",
    clock: Callable[[], datetime],
    log: "Log",
    types: Collection[str] | None,
    journal: "Journal | None" = None,
    spool: "Spool | None" = None,
) -> Inventory:
    """What the configuration's stamps, shares and evidence tell; of the stamps these types, None: all.

    With `spool` most of it is there. Raises Interrupted with what was read for Ctrl-C."""
    from azscheck.cli.progress import shown
    from azscheck.sources import hub, share, vaults
    from azscheck.sources.joining import joined

    names = [stamp.name for stamp in configuration.stamps]
    of_shares = types is None or bool({type_key(t) for t in types} & {type_key(t) for t in share.TYPES})
    # Before a stamp is asked anything: a password that is missing must not cost an hour.
    passwords = share.read_passwords({name: s for name, s in configuration.shares.items() if name in names})
    if types is not None and of_shares:
        # The stamp tells where its share is.
        types = {*types, STAMPS, "Microsoft.Backup.Admin/backupLocations"}
    with log.requests(), shown(log) as progress:
        report = None if progress is None else lambda stamp, what: progress(stamp, what, 0)
        # Those of other stamps are left alone, and with them their secrets.
        asked = [source for source in configuration.evidence or () if getattr(source, "stamp", "") in ("", *names)]
        read = vaults.reader(asked, clock, report, types)
        told = _told(configuration, names, clock(), read)
        try:
            found = hub.collect(
                configuration.stamps, clock=clock, progress=progress, types=types, journal=journal, spool=spool
            )
        except hub.Interrupted as interrupted:
            raise hub.Interrupted(joined(interrupted.inventory + told, spool)) from None
        if of_shares:
            untold = [name for name in names if not _tells_of_share(told, name)]
            found += share.collect(found, untold, configuration.shares, passwords, clock=clock, progress=progress)
    return joined(found + told, spool)


def _tells_of_share(told: Inventory, stamp: str) -> bool:
    """True when evidence says what is on a share: then it is not read a second time."""
    from azscheck.sources import share

    return any(line.type in share.TYPES and line.stamp == stamp for line in told.coverage)


def with_evidence(inventory: Inventory, configuration: "Configuration", clock: Callable[[], datetime]) -> Inventory:
    """A saved inventory with the configuration's evidence and attestations, as far as it was not collected with it."""
    told = _told(configuration, inventory.stamps, clock())
    from azscheck.sources import evidence, share

    kinds = (*evidence.TYPES, *share.TYPES, ATTESTATIONS)
    if configuration.attestations:
        # What is attested now takes the place of what was when the inventory was collected.
        inventory = Inventory.of(
            inventory.created,
            (r for r in inventory.resources if r.type != ATTESTATIONS),
            (c for c in inventory.coverage if c.type != ATTESTATIONS),
        )
    missing = {(kind, stamp) for kind in kinds for stamp in inventory.stamps if inventory.gaps(kind, stamp)}
    more = Inventory.of(
        told.created,
        (r for r in told.resources if (r.type, r.stamp) in missing),
        (c for c in told.coverage if (c.type, c.stamp) in missing),
    )
    from azscheck.sources.joining import joined

    return joined(inventory + more)


def _told(
    configuration: "Configuration", stamps: Sequence[str], now: datetime, read: "Read | None" = None
) -> Inventory:
    """What no stamp can tell; vaults are asked with `read`."""
    from azscheck.sources import attestations, evidence

    known = configuration.names
    told = evidence.collect(configuration.evidence, stamps, now, known, read)
    return told + attestations.collect(configuration.attestations, stamps, now, known, signers_of(configuration))


class Rules(Struct, frozen=True):
    """What an inventory is judged by: policies, the sets that they are of, and exemptions from them."""

    policies: list[Policy]
    sets: tuple[str, ...]
    exemptions: list[Exemption]
    library: Library
    """All that there is to choose from."""


def rules_of(
    given: Sequence[Path], sets: Sequence[str], exemptions: Sequence[Path], configuration: "Configuration | None"
) -> Rules:
    """What was named on the command line, else in the configuration, else what is shipped."""
    library = load(given or (configuration.policies if configuration else ()))
    names = tuple(sets) or (configuration.sets if configuration else ())
    if not names and library.shipped:
        names = (DEFAULT_SET,)
    chosen = choose(library.policies, library.sets, names) if names else library.policies
    files = exemptions or (configuration.exemptions if configuration else ())
    signers = signers_of(configuration)
    exempted = load_exemptions(files, library.sets, signers) if files else []
    return Rules(chosen, tuple(dict.fromkeys(names)), exempted, library)


def signers_of(configuration: "Configuration | None") -> "AllowedSigners | None":
    """Who may sign exemptions and attestations; None where nobody has to."""
    if configuration is None or configuration.allowed_signers is None:
        return None
    from azscheck.documents.signatures import AllowedSigners

    return AllowedSigners(configuration.allowed_signers)


def streamed(
    inventory: Path, policies: Sequence[Policy], parameters: Overrides, now: datetime, output: Output, *, evidence: bool
) -> Outcome | None:
    """Judge a saved inventory while it is read, and write the lines; None where it has to be read as a whole."""
    from azscheck.engine.evaluation import bound
    from azscheck.engine.streaming import Streamed
    from azscheck.inventory.lines import NotInOrder, SavedLines

    if output.file is None:
        return None
    partial = output.file.with_name(output.file.name + ".partial")
    if output.file.is_symlink() or (output.file.exists() and not output.file.is_file()) or partial.exists():
        # A name that is given to another file must not be a device's or a link's, and what is there is not ours.
        return None
    # Nothing that a line leaves behind goes round in a circle; what is there already is looked through in vain.
    gc.disable()
    try:
        run = Streamed(SavedLines.of(inventory), policies, bound(policies, parameters, {}), now, evidence)
        with partial.open("wb", buffering=_BUFFER) as out:
            out.writelines(run.lines())
        partial.replace(output.file)
    except NotInOrder:
        return None
    finally:
        gc.enable()
        partial.unlink(missing_ok=True)
    return run.outcome


def policy_named(policy_id: str, policies: Sequence[Policy]) -> Policy:
    """The policy with an id, in any letter case."""
    known = {policy.id.lower(): policy for policy in policies}
    if policy_id.lower() not in known:
        near = did_you_mean(policy_id, [policy.id for policy in policies])
        raise UsageError(f"there is no policy {policy_id!r}{near}")
    return known[policy_id.lower()]


def saved(paths: Sequence[Path]) -> Inventory:
    """Saved inventories, together."""
    inventory, *more = [Inventory.read(path) for path in paths]
    for other in more:
        inventory += other
    from azscheck.sources.joining import joined

    return joined(inventory) if more else inventory
