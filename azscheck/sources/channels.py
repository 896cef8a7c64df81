"""`notify:` and `metrics:` of azscheck.yaml, as its schema has them, made into settings."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

from msgspec import Struct

from azscheck.policy.model import Severity

_ADDRESSES: Final = ("urlEnv", "urlFile", "url")
_OF_EMAIL: Final = ("smtp", "from", "to")
_PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}

Detail = Literal["counts", "names", "messages"]


class Hook(Struct, frozen=True):
    """An address to post to; one of the three is set."""

    env: str = ""
    file: Path | None = None
    url: str = ""


class Mail(Struct, frozen=True):
    """A mail server, and who writes to whom by it."""

    server: str
    port: int
    security: str
    """`starttls`, `tls` or `none`."""
    sender: str
    to: tuple[str, ...]
    user: str = ""
    password_env: str = ""
    password_file: Path | None = None


class Channel(Struct, frozen=True):
    """One place that is told of changes. No secret is in it."""

    name: str
    kind: str
    """`webhook`, `teams`, `slack` or `email`."""
    target: Hook | Mail
    ca_file: Path | None = None
    detail: Detail = "names"
    severity: Severity = Severity.LOW
    """The least that is told."""
    link: str = ""


class Metrics(Struct, frozen=True):
    """Where what the last run came to can be read."""

    file: Path | None = None
    listen: str = ""


def channel_mistakes(value: Mapping[str, Any]) -> Iterator[str]:
    """What no schema can say of a channel."""
    name, kind = value["name"], value["kind"]
    addresses = [key for key in _ADDRESSES if key in value]
    if kind == "email":
        if missing := [key for key in _OF_EMAIL if key not in value]:
            yield f"the email channel {name} lacks {', '.join(missing)}."
        if addresses:
            yield f"the email channel {name} has {addresses[0]}: it has smtp instead."
        yield from _smtp_mistakes(name, value.get("smtp", {}))
        return
    if other := [key for key in _OF_EMAIL if key in value]:
        yield f"the {kind} channel {name} has {other[0]}, which is of email."
    if len(addresses) != 1:
        yield f"the {kind} channel {name} needs exactly one of {', '.join(_ADDRESSES)}."
    elif "url" in value and kind != "webhook":
        yield f"the {kind} channel {name} has its address in the file, which is a secret: use urlEnv or urlFile."


def _smtp_mistakes(name: str, value: Mapping[str, Any]) -> Iterator[str]:
    passwords = [key for key in ("passwordEnv", "passwordFile") if key in value]
    if ("user" in value) != (len(passwords) == 1):
        yield f"smtp of the channel {name} needs, with a user, exactly one of passwordEnv and passwordFile."
    if "user" in value and value.get("security") == "none":
        yield f"smtp of the channel {name} would send a password that anybody on the way can read: drop security: none."


def channel_of(value: Mapping[str, Any], base: Path) -> Channel:
    """A channel; relative paths are relative to `base`."""

    def path(holder: Mapping[str, Any], key: str) -> Path | None:
        return base / Path(holder[key]).expanduser() if key in holder else None

    target: Hook | Mail
    if value["kind"] == "email":
        smtp = value["smtp"]
        security = smtp.get("security", "starttls")
        target = Mail(
            server=smtp["server"],
            port=smtp.get("port", _PORTS[security]),
            security=security,
            sender=value["from"],
            to=tuple(value["to"]),
            user=smtp.get("user", ""),
            password_env=smtp.get("passwordEnv", ""),
            password_file=path(smtp, "passwordFile"),
        )
    else:
        target = Hook(value.get("urlEnv", ""), path(value, "urlFile"), value.get("url", ""))
    return Channel(
        name=value["name"],
        kind=value["kind"],
        target=target,
        ca_file=path(value, "ca"),
        detail=value.get("detail", "names"),
        severity=Severity[value.get("severity", "low").upper()],
        link=value.get("link", ""),
    )


def metrics_of(value: Mapping[str, Any], base: Path) -> Metrics:
    """Where metrics go; a relative path is relative to `base`."""
    file = value.get("file")
    return Metrics(None if file is None else base / Path(file).expanduser(), value.get("listen", ""))
