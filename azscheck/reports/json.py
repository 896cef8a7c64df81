"""The json format: the saved form of results, whole, from which every other report can be made again."""

import re

from azscheck.results import Results
from azscheck.results.saved import dumps

_UNSAFE = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ud800-\udfff\ufeff\ufff0-\uffff]")


def render(results: Results, **_: object) -> str:
    """Results as JSON; what a terminal would act on and what UTF-8 cannot hold is escaped, which loses nothing."""
    # All of these can occur inside JSON strings only, where an escape means the same (RFC 8259, section 7).
    return _UNSAFE.sub(lambda c: f"\\u{ord(c[0]):04x}", dumps(results))
