"""Secrets that an API returns are dropped on arrival, before a document is kept or written anywhere.

What becomes null where it was not, at any depth:

- a text, number or truth value whose property is named as a secret is, in camelCase or snake_case: see `_ENDS`,
  `_NAMES` and `_KEY`; with it, those in a list below such a name, and those called `value` or `key` of an object there;
- the `value` of a pair whose `name` or `key` is such a name;
- `protectedSettings` and connection strings, whole;
- a text that carries a secret inside, by its look: see `_LOOKS`.

Else an object such as `diskEncryptionKey` refers to a secret and holds none. Nothing else of a document is changed.
"""

import re
from functools import lru_cache
from typing import Any, Final

_WHOLE: Final = frozenset({"protectedsettings", "protectedsettingsfromkeyvault", "connectionstrings"})
_NAMES: Final = frozenset(
    {"encryptioncertbase64", "customdata", "userdata", "sasuri", "sasurl", "commandtoexecute", "authorization", "keys"}
    | {"accesskey", "accountkey", "apikey", "masterkey", "primarykey", "privatekey", "secondarykey", "sharedkey"}
    | {"pass", "pwd", "credential", "passwordhash", "secretvalue", "clientsecretvalue"}
)
_ENDS: Final = ("password", "passphrase", "pwd", "secret", "token", "connectionstring")
_KEY: Final = re.compile(r"(?:.*[a-z0-9_-])?Keys?\d*$|.*[_-]keys?\d*$")
_PUBLIC: Final = frozenset({"publickey", "partitionkey", "rowkey", "sshpublickey"})
_WORD: Final = r"(?:password|passwd|passphrase|pwd|secret|token)"
_LOOKS: Final = re.compile(
    "|".join(
        (
            # A connection string. A value must follow: a sentence may speak of `password=` too.
            r"(?:AccountKey|SharedAccessKey|SharedAccessSignature)\s*=\s*\S",
            rf"{_WORD}=[\"']?[^\s\"';,.)]",
            rf"{_WORD}\s*=\s*\S+\s*(?:;|$)",
            # A shared access signature.
            r"[?&]sig=[^&\s]",
            # An argument on a command line: -Password x, --token=x, /p:x, net use /user:x y.
            rf"(?<!\S)(?:--?|/)\w{{0,40}}{_WORD}(?:\s+|[:=])[\"']?[^\s\"'-]",
            r"(?<!\S)[-/]p[:=]\S",
            r"(?<!\S)/u(?:ser)?:\S+\s+\S",
            # A property of JSON in a text.
            rf"[\"']\w{{0,40}}(?:{_WORD}|key)[\"']\s*:\s*[\"'][^\"']",
            r"-----BEGIN [A-Z ]*PRIVATE KEY",
            r"://[^/\s:@]*:[^/\s@]+@",
            r"^Bearer\s+\S+$|authorization\W+Bearer\s+\S|\bBearer\s+[\w.~+/=-]{20,}",
        )
    ),
    re.IGNORECASE,
)
_MARK: Final = re.compile(r"[=:\s]")
"""What no text that `_LOOKS` finds is without; most ids, names and states are."""
_HINTS: Final = (
    "pass",
    "pwd",
    "secret",
    "token",
    "key",
    "sig=",
    "sharedaccess",
    "/p:",
    "-p:",
    "p=",
    "/u",
    "@",
    "bearer",
)
_VALUES: Final = frozenset({"value", "key"})
_PASS, _TEXT, _ALL = 0, 1, 2


@lru_cache(maxsize=16384)
def _treatment(name: str) -> int:
    whole = name.lower().replace("_", "").replace("-", "")
    if whole in _WHOLE:
        return _ALL
    folded = whole.rstrip("0123456789")
    single = folded.removesuffix("s")
    if single in _PUBLIC:
        return _PASS
    named = not _NAMES.isdisjoint((whole, folded)) or folded.endswith(_ENDS) or single.endswith(_ENDS)
    return _TEXT if named or _KEY.match(name) else _PASS


def _names_secret(name: Any) -> bool:
    return isinstance(name, str) and _treatment(name) != _PASS


def _looks_secret(text: str) -> bool:
    if not _MARK.search(text):
        return False
    folded = text.lower()
    # The expression costs ten times these, and nearly no text has any of them.
    return any(map(folded.__contains__, _HINTS)) and _LOOKS.search(text) is not None


def redact(value: Any, *, below_secret: bool = False) -> None:
    """Replace what is secret in a document by null, in place; `below_secret` where its own name says so."""
    if isinstance(value, dict):
        pair = _names_secret(value.get("name")) or _names_secret(value.get("key"))
        for name, below in value.items():
            treatment = _TEXT if (pair and name == "value") or (below_secret and name in _VALUES) else _treatment(name)
            if isinstance(below, str):
                if below and (treatment or _looks_secret(below)):
                    value[name] = None
            elif isinstance(below, dict | list):
                if treatment == _ALL:
                    value[name] = None
                else:
                    redact(below, below_secret=treatment == _TEXT)
            elif treatment and isinstance(below, int | float):
                # A PIN is a number.
                value[name] = None
    elif isinstance(value, list):
        for place, below in enumerate(value):
            if isinstance(below, dict | list):
                redact(below, below_secret=below_secret)
            elif (isinstance(below, str) and _looks_secret(below)) or (below_secret and below not in (None, "")):
                value[place] = None
