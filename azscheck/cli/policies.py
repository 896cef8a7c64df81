"""Policies for a command, and what is said of those that were left out."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from azscheck.cli.stderr import say
from azscheck.documents import did_you_mean, shorten
from azscheck.inventory import Inventory
from azscheck.place import Place
from azscheck.policy import ATTESTATIONS, Policy
from azscheck.policy.load import Library, load_library
from azscheck.policy.model import ANY

_MOST_SHOWN = 3


def load(paths: Sequence[Path], most: int | None = _MOST_SHOWN) -> Library:
    """The policies and their sets; definitions that cannot be judged are named on stderr, the first `most` or all."""
    left_out: list[tuple[Place, str]] = []
    library = load_library(paths, left_out=left_out)
    if left_out:
        shown = sorted(left_out)[:most]
        one = len(left_out) == 1
        say(f"azscheck: {len(left_out)} {'definition was' if one else 'definitions were'} left out:", "leftOut")
        for place, sentence in shown:
            say(f"  {place}: {sentence}", "leftOut", place=str(place))
        if len(shown) < len(left_out):
            say("  ... and more, which `azscheck policy check` lists.", "leftOut")
    return library


def types_read(policies: Iterable[Policy]) -> frozenset[str] | None:
    """The resource types that must be collected for these policies; None: all there are."""
    policies = list(policies)
    if any(ANY in policy.applies_to for policy in policies):
        return None
    return frozenset(kind for policy in policies for kind in policy.reads)


def say_strangers(inventory: Inventory, library: Library) -> None:
    """Name on stderr the attestations whose policy nothing is called after: nobody else would ever miss them."""
    told = {
        f"{attestation.origin}: {sentence}": None
        for attestation in inventory.of_type(ATTESTATIONS)
        if (sentence := stranger(str(attestation.body["properties"].get("policy", "")), library))
    }
    for line in list(told)[:_MOST_SHOWN]:
        say(f"azscheck: {line}", "stranger")
    if len(told) > _MOST_SHOWN:
        say(f"azscheck: {len(told) - _MOST_SHOWN} more, which `azscheck attest list` shows", "stranger")


def stranger(policy: str, library: Library) -> str:
    """Why an attestation answers no policy; empty where one is called so."""
    known = [known.id for known in library.policies]
    if policy.lower() in map(str.lower, known):
        return ""
    return f"attests {shorten(policy)}, and no policy is called so{did_you_mean(policy, known)}"


def say_disabled(policies: Iterable[Policy], judged: Iterable[str]) -> None:
    """Name on stderr the definitions whose effect is `disabled`, and which are therefore no part of the run."""
    disabled = sorted({policy.id for policy in policies} - set(judged))
    if disabled:
        names = ", ".join(disabled[:_MOST_SHOWN]) + (", ..." if len(disabled) > _MOST_SHOWN else "")
        text = f"azscheck: {len(disabled)} not judged, because the effect is disabled: {names}"
        say(text, "disabled", policies=disabled)
