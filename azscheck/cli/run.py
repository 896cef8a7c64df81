"""What `scan`, `collect` and `demo` have in common: from a configuration to an inventory, and on to results."""

import gc
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from azscheck.cli.log import Log
from azscheck.cli.options import CONFIGURATION
from azscheck.cli.output import Output
from azscheck.cli.policies import load
from azscheck.documents import did_you_mean
from azscheck.documents.signatures import AllowedSigners
from azscheck.errors import UsageError
from azscheck.inventory import Inventory, type_key
from azscheck.policy import ATTESTATIONS, STAMPS, Policy
from azscheck.policy.exemptions import Exemption, load_exemptions
from azscheck.policy.load import Library
from azscheck.policy.membership import DEFAULT_SET, choose
from azscheck.policy.parameters import Overrides
from azscheck.results import Outcome

if TYPE_CHECKING:
    from azscheck.sources.configuration import Configuration
    from azscheck.sources.hub import Journal


def configuration_of(path: Path | None, stamps: Sequence[str]) -> "Configuration":
    """The configuration, narrowed to the stamps that were named."""
    from azscheck.sources.configuration import read_configuration

    path = path or CONFIGURATION
    if not path.exists():
        raise UsageError(f"{path}: there is no such file: `azscheck init` writes one, --config names another.")
    configuration = read_configuration(path)
    known = {stamp.name: stamp for stamp in configuration.stamps}
    for name in stamps:
        if name not in known:
            raise UsageError(f"{path}: has no stamp {name!r}{did_you_mean(name, known)}")
    chosen = tuple(known[name] for name in dict.fromkeys(stamps)) if stamps else configuration.stamps
    return replace(configuration, stamps=chosen)


def collect(
    configuration: "Configuration",
    clock: Callable[[], datetime],
    log: Log,
    types: Collection[str] | None,
    journal: "Journal | None" = None,
) -> Inventory:
    """What the configuration's stamps, shares and evidence tell; of the stamps these types, None: all.

    Raises Interrupted with what was read for Ctrl-C."""
    from azscheck.cli.progress import shown
    from azscheck.sources import hub, share
    from azscheck.sources.joining import joined

    names = [stamp.name for stamp in configuration.stamps]
    told = _told(configuration, names, clock())
    of_shares = types is None or bool({type_key(t) for t in types} & {type_key(t) for t in share.TYPES})
    # Before a stamp is asked anything: a password that is missing must not cost an hour.
    passwords = share.read_passwords({name: s for name, s in configuration.shares.items() if name in names})
    if types is not None and of_shares:
        # The stamp tells where its share is.
        types = {*types, STAMPS, "Microsoft.Backup.Admin/backupLocations"}
    with log.requests(), shown(log) as progress:
        try:
            found = hub.collect(configuration.stamps, clock=clock, progress=progress, types=types, journal=journal)
        except hub.Interrupted as interrupted:
            raise hub.Interrupted(joined(interrupted.inventory + told)) from None
        if of_shares:
            untold = [name for name in names if not _tells_of_share(told, name)]
            found += share.collect(found, untold, configuration.shares, passwords, clock=clock, progress=progress)
    return joined(found + told)


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


def _told(configuration: "Configuration", stamps: Sequence[str], now: datetime) -> Inventory:
    """What no stamp can tell."""
    from azscheck.sources import attestations, evidence

    known = configuration.names
    told = evidence.collect(configuration.evidence, stamps, now, known)
    return told + attestations.collect(configuration.attestations, stamps, now, known, signers_of(configuration))


@dataclass(frozen=True, slots=True)
class Rules:
    """What an inventory is judged by: policies, the sets that they are of, and exemptions from them."""

    policies: list[Policy]
    sets: tuple[str, ...]
    exemptions: list[Exemption]
    library: Library
    """What they were chosen from."""


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
    accepted = load_exemptions(files, library.sets, signers_of(configuration))
    return Rules(chosen, tuple(dict.fromkeys(names)), accepted, library)


def signers_of(configuration: "Configuration | None") -> AllowedSigners | None:
    """Who may sign exemptions and attestations; None where nobody has to."""
    named = configuration.allowed_signers if configuration else None
    return None if named is None else AllowedSigners(named)


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
        with partial.open("wb") as out:
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
