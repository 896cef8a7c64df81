"""Secrets that an API returns are dropped on arrival, before a document is kept or written anywhere.

The value of a property whose name says that it is a secret becomes null where it was not, at any depth:

- `password`, `secret`, `token`, `connectionString` as the name or its end (`adminPassword`, `clientSecret`);
- names that end in `Key` (`blobStorageKey`, `primaryKey`), but not `publicKey`, `partitionKey`, `rowKey`;
- `protectedSettings` (whole), `encryptionCertBase64`, `sasUrl` and its like, `customData`, `userData`.

Only texts and whole `protectedSettings` are dropped: an object such as `diskEncryptionKey` refers to a secret and holds
none. A text that carries a secret inside, a shared access signature or a connection string, is dropped by its look.
Nothing else of a document is changed.
"""

import re
from functools import lru_cache
from typing import Any, Final

_WHOLE: Final = frozenset({"protectedsettings", "protectedsettingsfromkeyvault"})
_NAMES: Final = frozenset(
    {"encryptioncertbase64", "customdata", "userdata", "sasuri", "sasurl", "connectionstring", "connectionstrings"}
    | {"accesskey", "accountkey", "apikey", "masterkey", "primarykey", "privatekey", "secondarykey", "sharedkey"}
)
_ENDS: Final = ("password", "passphrase", "secret", "token", "connectionstring", "sastoken")
_KEY: Final = re.compile(r"(?:.*[a-z0-9_-])?Key\d?$")
_PUBLIC: Final = frozenset({"publickey", "partitionkey", "rowkey"})
# In a value: what Azure's own connection strings and signatures look like, and a password on a command line.
_LOOK: Final = re.compile(
    r"(?:AccountKey|SharedAccessKey|SharedAccessSignature|password|pwd)\s*=|[?&]sig=", re.IGNORECASE
)
_PASS, _TEXT, _ALL = 0, 1, 2


@lru_cache(maxsize=16384)
def _treatment(name: str) -> int:
    folded = name.lower()
    if folded in _WHOLE:
        return _ALL
    if folded in _PUBLIC:
        return _PASS
    return _TEXT if folded in _NAMES or folded.endswith(_ENDS) or _KEY.match(name) else _PASS


def redact(value: Any) -> None:
    """Replace what is secret in a document by null, in place."""
    if isinstance(value, dict):
        for name, below in value.items():
            if isinstance(below, str):
                if below and (_treatment(name) or ("=" in below and _LOOK.search(below))):
                    value[name] = None
            elif isinstance(below, dict | list):
                if _treatment(name) == _ALL:
                    value[name] = None
                else:
                    redact(below)
    elif isinstance(value, list):
        for place, below in enumerate(value):
            if isinstance(below, dict | list):
                redact(below)
            elif isinstance(below, str) and "=" in below and _LOOK.search(below):
                value[place] = None
