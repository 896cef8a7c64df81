"""What `scan`, `collect` and `demo` have in common: from a configuration to an inventory, and on to results."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from azscheck.cli.log import Log
from azscheck.cli.options import CONFIGURATION
from azscheck.cli.output import Output
from azscheck.cli.policies import load
from azscheck.cli.progress import shown
from azscheck.documents import did_you_mean
from azscheck.errors import UsageError
from azscheck.inventory import Inventory
from azscheck.policy import ATTESTATIONS, Policy
from azscheck.policy.exemptions import Exemption, load_exemptions
from azscheck.policy.membership import DEFAULT_SET, choose
from azscheck.policy.parameters import Overrides
from azscheck.results import Outcome
from azscheck.sources import attestations, evidence
from azscheck.sources.configuration import Configuration, read_configuration

if TYPE_CHECKING:
    from azscheck.sources.hub import Journal


def configuration_of(path: Path | None, stamps: Sequence[str]) -> Configuration:
    """The configuration, narrowed to the stamps that were named."""
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
    configuration: Configuration,
    clock: Callable[[], datetime],
    log: Log,
    types: Collection[str] | None,
    journal: "Journal | None" = None,
) -> Inventory:
    """What the configuration's stamps and evidence tell; of the stamps these types, None: all.

    Raises Interrupted with what was read for Ctrl-C."""
    from azscheck.sources import hub

    told = _told(configuration, [stamp.name for stamp in configuration.stamps], clock())
    with log.requests(), shown(log) as progress:
        try:
            return (
                hub.collect(configuration.stamps, clock=clock, progress=progress, types=types, journal=journal) + told
            )
        except hub.Interrupted as interrupted:
            raise hub.Interrupted(interrupted.inventory + told) from None


def with_evidence(inventory: Inventory, configuration: Configuration, clock: Callable[[], datetime]) -> Inventory:
    """A saved inventory with the configuration's evidence and attestations, as far as it was not collected with it."""
    told = _told(configuration, inventory.stamps, clock())
    kinds = (*evidence.TYPES, ATTESTATIONS)
    missing = {(kind, stamp) for kind in kinds for stamp in inventory.stamps if inventory.gaps(kind, stamp)}
    return inventory + Inventory.of(
        told.created,
        (r for r in told.resources if (r.type, r.stamp) in missing),
        (c for c in told.coverage if (c.type, c.stamp) in missing),
    )


def _told(configuration: Configuration, stamps: Sequence[str], now: datetime) -> Inventory:
    """What no stamp can tell."""
    known = configuration.names
    told = evidence.collect(configuration.evidence, stamps, now, known)
    return told + attestations.collect(configuration.attestations, stamps, now, known)


@dataclass(frozen=True, slots=True)
class Rules:
    """What an inventory is judged by: policies, the sets that they are of, and exemptions from them."""

    policies: list[Policy]
    sets: tuple[str, ...]
    exemptions: list[Exemption]


def rules_of(
    given: Sequence[Path], sets: Sequence[str], exemptions: Sequence[Path], configuration: Configuration | None
) -> Rules:
    """What was named on the command line, else in the configuration, else what is shipped."""
    library = load(given or (configuration.policies if configuration else ()))
    names = tuple(sets) or (configuration.sets if configuration else ())
    if not names and library.shipped:
        names = (DEFAULT_SET,)
    chosen = choose(library.policies, library.sets, names) if names else library.policies
    files = exemptions or (configuration.exemptions if configuration else ())
    return Rules(chosen, tuple(dict.fromkeys(names)), load_exemptions(files, library.sets))


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
    try:
        run = Streamed(SavedLines.of(inventory), policies, bound(policies, parameters, {}), now, evidence)
        with partial.open("wb") as out:
            out.writelines(run.lines())
        partial.replace(output.file)
    except NotInOrder:
        return None
    finally:
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
    return inventory
