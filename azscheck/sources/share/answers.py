"""What an SMB server's answers hold: unpacked here, because the library takes a hundred times as long."""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from azscheck.sources.share.listing import Entry

# [MS-FSCC] 2.4.10 FileDirectoryInformation.
_ENTRY: Final = struct.Struct("<II8x8xq8xq8xII")
_FOLDER: Final = 0x10
_REPARSE_POINT: Final = 0x400
# [MS-FSCC] 2.5.4 FileFsFullSizeInformation.
SIZE: Final = struct.Struct("<qqqII")
_FILE_TIME: Final = datetime(1601, 1, 1, tzinfo=UTC)


def space(data: bytes) -> tuple[int, int]:
    """Free bytes and bytes in all, as the account's quota has them."""
    total, free, _, sectors, sector = SIZE.unpack_from(data)
    return free * sectors * sector, total * sectors * sector


def unpacked(data: bytes) -> Iterator[Entry]:
    """The entries of one answer."""
    start = 0
    while True:
        offset, _, written, size, attributes, length = _ENTRY.unpack_from(data, start)
        name = data[start + _ENTRY.size : start + _ENTRY.size + length].decode("utf-16-le", "replace")
        if name not in (".", ".."):
            folder = bool(attributes & _FOLDER)
            modified = _FILE_TIME + timedelta(microseconds=written // 10)
            yield Entry(name, folder, 0 if folder else size, modified, link=bool(attributes & _REPARSE_POINT))
        if not offset:
            return
        start += offset
