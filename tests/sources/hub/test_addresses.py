"""Which address a link really leads to: a token or a secret must never follow one that only looks like the stamp's."""

import itertools
import threading
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
from azure.core.pipeline import Pipeline
from azure.core.rest import HttpRequest
from urllib3.util import parse_url

from azscheck.demo import DemoStamp, Fault
from azscheck.errors import CollectionError
from azscheck.sources.hub.address import host_of, origin_of
from azscheck.sources.hub.credentials import LoginAnswers
from azscheck.sources.hub.transport import Transport, trust

from .conftest import FAST, Collect, failed, sentences

OWN, FOREIGN = "admin.example:444", "evil.example:555"
BETWEEN = [
    "\\",
    "\\\\",
    "/",
    "?",
    "#",
    " ",
    "\t",
    "%5c",
    "%40",
    "@",
    ";",
    "\x00",
    "\u2044",
    "\uff0f",
    ":",
    "[",
    "]",
    "",
]


@pytest.mark.parametrize("start", ["https://", "HTTPS://", "//", "https:/", "https:///", "https:\\\\"])
def test_no_spelling_of_a_foreign_address_is_taken_for_the_stamps_own(start: str) -> None:
    """urlsplit and urllib3 end the host at different characters: the bearer token would go to the other one."""
    own = origin_of(f"https://{OWN}")
    for between, at in itertools.product(BETWEEN, ["@", ":@", "", "%40", "\uff20"]):
        for link in (f"{start}{FOREIGN}{between}{at}{OWN}/x", f"{start}{OWN}{between}{at}{FOREIGN}/x"):
            try:
                joined = urljoin(f"https://{OWN}/", link)
                if origin_of(joined) != own:
                    continue
            except ValueError:
                continue
            sent = parse_url(str(requests.Request("GET", joined).prepare().url))
            assert (sent.host, sent.port) == ("admin.example", 444), f"{link!r} leads elsewhere"


@pytest.mark.parametrize("link", ["\\@", "\\\\@", ":@", "@", "\\"])
def test_no_page_is_read_from_a_host_before_a_backslash_or_a_user_name(
    scan: Collect, stamp: DemoStamp, link: str
) -> None:
    """A nextLink that a proxy or a hostile service wrote would carry the administrator's token to it."""
    own = stamp.admin_url.removeprefix("https://")
    stamp.faults.append(Fault("Subscriptions.Admin/plans?", "foreign", url=f"{stamp.login_url}{link}{own}/elsewhere"))
    inventory = scan(tenant="")
    assert not [r for r in stamp.requests if "elsewhere" in r.path]
    assert {line.type for line in failed(inventory)} == {"Microsoft.Subscriptions.Admin/plans"}
    assert sentences(inventory)


@pytest.mark.parametrize("url", ["https://evil.example\\@adfs.example/token", "https://u:p@adfs.example/token"])
def test_the_secret_is_not_posted_to_a_host_before_a_backslash(url: str) -> None:
    """The token endpoint stands in a document of the identity service: the client secret would be posted there."""
    transport = Transport("https://adfs.example", trust(None, strict=True), 1, FAST, threading.Event())
    pipeline: Pipeline[Any, Any] = Pipeline(transport, [LoginAnswers("https://adfs.example", FAST)])
    with pytest.raises(CollectionError, match="held back"):
        pipeline.run(HttpRequest("POST", url, data={"client_secret": "s"}))
    transport.close()


def test_origins_are_told_apart_by_scheme_host_and_port_alone() -> None:
    """A stamp that writes its links in capitals or with :443 must still be read to the last page."""
    assert (
        origin_of("HTTPS://Admin.Example/x?y") == origin_of("https://admin.example:443") == ("https", OWN[:13] + ":443")
    )
    assert origin_of("https://[::1]:444/x") == ("https", "[::1]:444")
    assert origin_of("http://admin.example") != origin_of("https://admin.example")
    assert host_of("https://a b") == "an address that is none"
