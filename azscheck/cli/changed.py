"""What changed since a commit, by git."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from azscheck.cli.deployments import Deployment, Kind, variant_of
from azscheck.cli.linked import endings, takes_in
from azscheck.errors import UsageError

_SECONDS: Final = 60
_TERRAFORM: Final = (".tf", ".tfvars", ".tf.json", ".tfvars.json")


class Changes(Struct, frozen=True):
    """The files of a checkout that changed since a commit, and those that git keeps, under their real paths."""

    root: Path
    files: frozenset[Path]
    tracked: frozenset[Path]

    def touch(self, deployment: Deployment) -> bool:
        """Whether a deployment may be another one now: it, its parameters or what it takes in changed.

        What git does not keep, such as a plan made a minute ago, is always taken for changed.
        """
        path = _real(deployment.path)
        if path not in self.tracked or path in self.files:
            return True
        if deployment.kind is Kind.PLAN:
            below = path.parent
            return any(file.name.endswith(_TERRAFORM) and file.is_relative_to(below) for file in self.files)
        if any(_real(file) in self.files for file in deployment.parameters):
            return True
        if any(file.parent == path.parent and variant_of(file, path) is not None for file in self._gone()):
            return True
        taken = takes_in(deployment.path)
        return not self.files.isdisjoint(taken) or self._may_be_taken_in(path, taken)

    def _gone(self) -> Iterator[Path]:
        """Files that are there no longer: without its parameters a template deploys something else."""
        return (file for file in self.files if not file.exists())

    def _may_be_taken_in(self, path: Path, taken: frozenset[Path]) -> bool:
        """Whether a file changed that the template may link to by a name that it puts together."""
        ends = tuple(end for each in (path, *taken) for end in endings(each))
        near = path.parent.parent
        return any(file.is_relative_to(near) and file.name.lower().endswith(ends) for file in self.files)


def changes_since(ref: str) -> Changes:
    """What changed since this branch left `ref`, uncommitted and new files too; raises UsageError."""
    root = Path(os.path.realpath(_git(Path(), "rev-parse", "--show-toplevel").removesuffix("\n")))
    if ref.startswith("-"):
        raise UsageError(f"--changed-since: {ref!r} is no commit: name a branch, a tag or a commit.")
    _git(root, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    base = _git(root, "merge-base", ref, "HEAD").strip()
    changed = _names(_git(root, "diff", "--name-only", "--no-renames", "--no-ext-diff", "-z", base, "--"))
    new = _names(_git(root, "ls-files", "--others", "--exclude-standard", "-z"))
    return Changes(root, _under(root, [*changed, *new]), _under(root, _names(_git(root, "ls-files", "-z"))))


def _under(root: Path, names: Sequence[str]) -> frozenset[Path]:
    return frozenset(_real(root / name) for name in names)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _names(listed: str) -> list[str]:
    return [name for name in listed.split("\0") if name]


def _git(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, env=environment, capture_output=True, timeout=_SECONDS, check=False
        )
    except FileNotFoundError as error:
        raise UsageError("--changed-since asks git, and there is no git on the PATH.") from error
    except subprocess.TimeoutExpired as error:
        raise UsageError(f"--changed-since: git took longer than {_SECONDS} seconds.") from error
    if done.returncode:
        raise UsageError(f"--changed-since: {_why(arguments, os.fsdecode(done.stderr))}")
    return os.fsdecode(done.stdout)


def _why(arguments: Sequence[str], said: str) -> str:
    match arguments:
        case ("rev-parse", "--show-toplevel"):
            return "this is not a checkout of git."
        case ("rev-parse", *_, commit):
            ref = commit.removesuffix("^{commit}")
            return f"git knows no commit {ref!r}: fetch it first, or see how the branch is called with `git branch -a`."
        case ("merge-base", ref, _):
            return f"git finds nothing that {ref!r} and HEAD have in common: fetch the whole history (fetch-depth: 0)."
        case _:
            return f"git {arguments[0]} failed: {' '.join(said.split())[:300]}"
