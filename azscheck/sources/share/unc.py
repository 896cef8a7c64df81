r"""Addresses of shares: `\\server\share\folder`."""

from msgspec import Struct


class Unc(Struct, frozen=True):
    r"""`\\host\share\folders`."""

    host: str
    share: str
    folders: tuple[str, ...]

    def __str__(self) -> str:
        return "\\\\" + "\\".join([self.host, self.share, *self.folders])


def parse_unc(text: str) -> Unc | None:
    r"""The parts of `\\host\share\folder`, with slashes either way; None for anything else."""
    marked = text.replace("/", "\\")
    parts = [part for part in marked.split("\\") if part]
    if not marked.startswith("\\\\") or len(parts) < 2 or any(part in (".", "..") for part in parts):
        return None
    return Unc(parts[0], parts[1], tuple(parts[2:]))
