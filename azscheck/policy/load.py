"""From files to policies and the sets that group them."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path

from msgspec import Struct

from azscheck.documents import Document, read_document
from azscheck.errors import DocumentError, UsageError
from azscheck.packaged import policies_folder
from azscheck.place import Place
from azscheck.policy.azure.kind import is_azure
from azscheck.policy.membership import check_sets
from azscheck.policy.model import Policy
from azscheck.policy.named import Conditions, may_use
from azscheck.policy.native import policy_of
from azscheck.policy.sets import Mistakes, PolicySet, is_set, read_sets

_SETS = "sets"
"""The folder of the shipped policy sets."""
_SUFFIXES = (".yaml", ".yml", ".json")


class _Sets(Struct, frozen=True, dict=True):
    """The policy sets of files, and beside them the shipped ones."""

    given: Sequence[Document]
    files: Sequence[Path] | None
    """All files that were given: a shipped set among them is given. None: they are the shipped ones."""

    @cached_property
    def read(self) -> tuple[Mapping[str, PolicySet], Conditions, Mistakes]:
        """Read when first asked for: many runs choose by no set, and their policies use no named condition."""
        if self.files is None:
            return read_sets(self.given, [])
        known = {file.resolve() for file in self.files}
        shipped = (found for found in _files(()) if found[0].parent.name == _SETS and found[0].resolve() not in known)
        others, _ = _documents(shipped)
        return read_sets(self.given, [document for document in others if is_set(document.value)])


class Library(Struct, frozen=True):
    """What files and folders hold: policies, in the order of their ids, and the sets that group them."""

    policies: list[Policy]
    shipped: bool
    """Whether the policies are the shipped ones."""
    _sets: _Sets

    @property
    def sets(self) -> Mapping[str, PolicySet]:
        """The policy sets, also the shipped ones, by their names."""
        return self._sets.read[0]

    @property
    def conditions(self) -> Conditions:
        """The named conditions of the sets."""
        return self._sets.read[1]


def load_policies(paths: Iterable[str | Path] = (), *, left_out: list[tuple[Place, str]] | None = None) -> list[Policy]:
    """The policies of files and folders (searched to the bottom), of the shipped folder when none is given.

    Raises DocumentError with every mistake of every file at once, UsageError when there is not one policy. What Azure
    allows and azscheck does not judge (a data-plane definition) goes to `left_out`, and is a mistake without it.
    """
    return load_library(paths, left_out=left_out).policies


def load_library(paths: Iterable[str | Path] = (), *, left_out: list[tuple[Place, str]] | None = None) -> Library:
    """As `load_policies`, with the policy sets; where only sets are given, they are of the shipped policies."""
    paths = list(paths)
    files = list(_files(paths))
    documents, mistakes = _documents(files)
    given = [document for document in documents if is_set(document.value)]
    known = _Sets(given, [file for file, _ in files] if paths else None)
    if given:
        mistakes += known.read[2]
    shipped = not paths or (bool(given) and len(given) == len(documents) and not mistakes)
    if shipped and paths:
        documents += [document for document in _documents(_files(()))[0] if not is_set(document.value)]
    policies: list[Policy] = []
    unsupported: list[tuple[Place, str]] = []
    azure = [document for document in documents if is_azure(document)]
    for document in documents:
        if is_set(document.value) or is_azure(document):
            continue
        try:
            policies.append(parse_policy(document, known.read[1] if may_use(document.value) else {}))
        except DocumentError as error:
            mistakes += error.mistakes
    if azure:
        # Most runs have none, and need not wait for what reads them.
        from azscheck.policy.azure.loading import policies_of

        policies += policies_of(azure, mistakes, unsupported)
    if left_out is None:
        mistakes += unsupported
    elif policies or mistakes:
        left_out += unsupported
    elif unsupported:
        raise DocumentError(unsupported)
    seen: dict[str, Place] = {}
    for policy in policies:
        if policy.id in seen:
            mistakes.append((policy.info.place, f"the id {policy.id} is taken already, at {seen[policy.id]}."))
        seen.setdefault(policy.id, policy.info.place)
    if given and not mistakes:
        sets = known.read[0]
        mistakes = check_sets([s for s in sets.values() if any(s.document is d for d in given)], sets, policies)
    if mistakes:
        raise DocumentError(mistakes)
    if not policies:
        raise UsageError(f"{', '.join(map(str, paths)) or policies_folder()}: holds no policy (*.yaml, *.yml, *.json).")
    return Library(sorted(policies, key=lambda policy: policy.id), shipped, known)


def conditions_of(paths: Iterable[str | Path] = ()) -> Conditions:
    """The named conditions of the sets in files and folders, and the shipped ones; DocumentError for their mistakes."""
    paths = list(paths)
    files = list(_files(paths))
    documents, _ = _documents(files)
    given = [document for document in documents if is_set(document.value)]
    _, conditions, mistakes = _Sets(given, [file for file, _ in files] if paths else None).read
    if mistakes:
        raise DocumentError(mistakes)
    return conditions


def read_policy(file: Path, shown_as: str = "", conditions: Conditions | None = None) -> Policy:
    """The policy of one file, no set; raises DocumentError with every mistake. `conditions` None: the shipped ones."""
    document = read_document(file, shown_as)
    if is_azure(document):
        from azscheck.policy.azure.definition import AzureDefinition

        return AzureDefinition.of(document).policy()
    return parse_policy(document, conditions)


def policy_files(paths: Iterable[str | Path] = ()) -> Iterable[tuple[Path, str]]:
    """Each policy's file, and the path that a message shows; cases, schemas, rules and policy sets are no policies."""
    for file, shown in _files(paths):
        try:
            if is_set(read_document(file, shown).value):
                continue
        except DocumentError:
            # Whoever reads it as a policy tells what is wrong.
            pass
        yield file, shown


def _documents(files: Iterable[tuple[Path, str]]) -> tuple[list[Document], list[tuple[Place, str]]]:
    documents, mistakes = [], []
    for file, shown in files:
        try:
            documents.append(read_document(file, shown))
        except DocumentError as error:
            mistakes += error.mistakes
    return documents, mistakes


def _files(paths: Iterable[str | Path]) -> Iterable[tuple[Path, str]]:
    shipped = policies_folder()
    for given in [Path(path) for path in paths] or [shipped]:
        if given.is_file():
            yield given, given.as_posix()
            continue
        if not given.is_dir():
            raise UsageError(f"{given}: there is no such file or folder of policies.")
        for file in sorted(file for file in given.rglob("*") if file.suffix in _SUFFIXES):
            below = file.relative_to(given)
            if file.stem.endswith((".test", ".schema", ".rules")) or below.parts[0] == "schema":
                continue
            if file.is_fifo():
                raise UsageError(f"{file}: is a pipe, not a file: take it out of the folder.")
            # A shipped policy is named the same wherever azscheck is installed, so that reports repeat.
            shown = Path("policies", below) if given == shipped else file
            yield file, shown.as_posix()


@cache
def shipped_conditions() -> Conditions:
    """The named conditions of the shipped policy sets."""
    return conditions_of()


def parse_policy(document: Document, conditions: Conditions | None = None) -> Policy:
    """A policy from its document; raises DocumentError with every mistake. `conditions` None: the shipped ones."""
    return policy_of(document, shipped_conditions() if conditions is None else conditions)
