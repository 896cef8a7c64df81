"""What never leaves: a write, a token or a secret to anyone but the stamp, a secret into a log or an inventory."""

import json
import logging
import re
import threading
import time
from typing import Any

import pytest
from azure.core.pipeline import Pipeline
from azure.core.rest import HttpRequest
from hypothesis import given, settings
from hypothesis import strategies as st

from azscheck.demo import DemoStamp, Fault
from azscheck.errors import CollectionError
from azscheck.sources.hub import StampSettings, redaction
from azscheck.sources.hub.credentials import LoginAnswers
from azscheck.sources.hub.limits import Limits
from azscheck.sources.hub.redaction import redact
from azscheck.sources.hub.resource_manager import Plane
from azscheck.sources.hub.signin import SignIn
from azscheck.sources.hub.transport import Transport, trust

from .conftest import FAST, Collect, failed, sentences

DISKS = re.compile(r"Microsoft\.Compute/disks\?")


def test_a_scan_sends_reads_only(scan: Collect, stamp: DemoStamp) -> None:
    scan()
    assert stamp.writes == []
    assert {r.method for r in stamp.requests if r.plane != "identity"} == {"GET"}


def test_a_missing_registration_is_reported_and_not_mended(scan: Collect, stamp: DemoStamp) -> None:
    stamp.faults.append(Fault(DISKS, "unregistered"))
    inventory = scan()
    assert stamp.writes == [], "the SDK would register the provider: a write"
    assert {line.type for line in failed(inventory)} == {"Microsoft.Compute/disks"}
    assert all("not registered" in sentence for sentence in sentences(inventory))


@pytest.mark.parametrize("action", ["foreign", "redirect"])
def test_no_token_follows_a_link_to_another_host(scan: Collect, stamp: DemoStamp, action: Any) -> None:
    stamp.faults.append(Fault(DISKS, action))
    inventory = scan()
    assert not [r for r in stamp.requests if r.path == "/elsewhere"], "the bearer token would have gone there"
    assert not [r for r in stamp.requests if r.plane == "identity" and r.audience is not None]
    assert {line.type for line in failed(inventory)} == {"Microsoft.Compute/disks"}
    assert all(stamp.login_url.removeprefix("https://") in sentence for sentence in sentences(inventory))


def test_each_plane_gets_its_own_token(scan: Collect, stamp: DemoStamp) -> None:
    scan()
    for plane, host in (("admin", "adminmanagement."), ("tenant", "management.")):
        seen = {r.audience for r in stamp.requests if r.plane == plane and r.audience}
        assert len(seen) == 1
        assert seen.pop().startswith(f"https://{host}")


@pytest.mark.parametrize(
    ("method", "url"),
    [("POST", ""), ("PUT", ""), ("DELETE", ""), ("GET", "http://127.0.0.1"), ("GET", "https://127.0.0.1:1")],
)
def test_the_guard_holds_back_writes_and_other_addresses(settings: StampSettings, method: str, url: str) -> None:
    stop = threading.Event()
    transport = Transport(settings.tenant, trust(settings.ca_file, strict=True), 1, Limits(), stop)
    plane = Plane(settings.tenant, transport, Limits(), stop, None)
    with pytest.raises(CollectionError, match="held back"):
        plane.get(HttpRequest(method, f"{url or settings.tenant}/subscriptions"))
    transport.close()


@pytest.mark.parametrize("url", ["https://elsewhere.example/token", "http://adfs.north.example/token"])
def test_a_login_service_cannot_send_the_secret_to_another_host(url: str) -> None:
    """Where the secret is posted to stands in a document of the identity service; only its own host is believed."""
    context = trust(None, strict=True)
    transport = Transport("https://adfs.north.example", context, 1, FAST, threading.Event())
    pipeline: Pipeline[Any, Any] = Pipeline(transport, [LoginAnswers("https://adfs.north.example", FAST)])
    with pytest.raises(CollectionError, match="held back"):
        pipeline.run(HttpRequest("POST", url, data={"client_secret": "s"}))
    transport.close()


def test_no_secret_and_no_token_is_in_the_logs_or_the_inventory(
    scan: Collect,
    stamp: DemoStamp,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tokens: set[str] = set()
    current = SignIn.current

    def spy(sign_in: SignIn) -> str:
        tokens.add(current(sign_in))
        return current(sign_in)

    monkeypatch.setattr(SignIn, "current", spy)
    caplog.set_level(logging.DEBUG)
    stamp.faults.append(Fault("/oauth2/token", "status", times=1, status=503, plane="identity"))
    stamp.faults.append(Fault(DISKS, "malformed"))
    inventory = scan()
    text = caplog.text + repr(inventory) + "".join(capfd.readouterr())
    assert stamp.client_secret not in text
    assert len(tokens) == 2
    assert not [token for token in tokens if token in text]


def test_secrets_that_an_api_returns_become_null_and_all_else_stays() -> None:
    document = {
        "password": "p",
        "adminPassword": "p",
        "blobStorageKey": "k",
        "primaryKey": "k",
        "clientSecret": "s",
        "encryptionCertBase64": "c",
        "protectedSettings": {"storageAccountKey": "k"},
        "settings": {"fileUris": ["https://a/b?sv=1&sig=abc"], "commandToExecute": "run.ps1 -User x; Password=p"},
        "connectionString": "Endpoint=sb://x;SharedAccessKey=y",
        "list": [{"accessToken": "t"}, ["AccountKey=abc"]],
    }
    redact(document)
    assert document == {
        "password": None,
        "adminPassword": None,
        "blobStorageKey": None,
        "primaryKey": None,
        "clientSecret": None,
        "encryptionCertBase64": None,
        "protectedSettings": None,
        "settings": {"fileUris": [None], "commandToExecute": None},
        "connectionString": None,
        "list": [{"accessToken": None}, [None]],
    }


def test_numbers_and_truth_values_under_secret_names_become_null_too() -> None:
    """A PIN is a number, and JSON written by hand has passwords without quotes."""
    document = {"password": 1234, "pins": 7, "accessKeys": [1, True, 2.5], "adminPassword": {"value": 99}, "count": 3}
    document |= {"pair": {"name": "apiKey", "value": 5}, "flag": {"clientSecret": False}}
    redact(document)
    assert document == {
        "password": None,
        "pins": 7,
        "accessKeys": [None, None, None],
        "adminPassword": {"value": None},
        "count": 3,
        "pair": {"name": "apiKey", "value": None},
        "flag": {"clientSecret": None},
    }


def test_what_only_sounds_secret_is_kept() -> None:
    document: dict[str, Any] = {
        "password": None,
        "encryptionCertThumbprint": "AB12",
        "disablePasswordAuthentication": True,
        "publicKey": "ssh-rsa AAAA",
        "ssh": {"publicKeys": [{"path": "/home/a", "keyData": "ssh-rsa AAAA"}]},
        "secrets": [],
        "encryptionSettings": {"diskEncryptionKey": {"secretUrl": "https://v/s", "sourceVault": {"id": "/v"}}},
        "keyVaultId": "/v",
        "tags": {"monkey": "a", "hotkey": "b", "backup:keys": "c=d"},
        "userName": "azs\\backup",
    }
    copy = json.loads(json.dumps(document))
    redact(document)
    assert document == copy


@pytest.mark.parametrize(
    "document",
    [
        {"commandToExecute": "run.ps1 THIS"},
        {"ps": "Set-AzsBackup -Password 'THIS' -Path x"},
        {"sh": "mount --password THIS"},
        {"exe": "setup.exe /p:THIS"},
        {"net": "net use x: \\fs\\s /user:corp\\svc THIS"},
        {"list": [{"name": "adminPassword", "value": "THIS"}]},
        {"adminPassword": {"value": "THIS"}},
        {"passwords": ["THIS"]},
        {"userPwd": "THIS", "pwd": "THIS", "PASSWORD_1": "THIS"},
        {"storage_key": "THIS", "primary_access_key": "THIS", "accountKey2": "THIS", "recoveryKeys": ["THIS"]},
        {"pem": "-----BEGIN RSA PRIVATE KEY-----\nTHIS"},
        {"url": "https://user:THIS@host/x"},
        {"header": "Bearer THIS"},
        {"json": '{"password": "THIS"}'},
        {"conn": "Server=x;User Id=y;Password=THIS"},
        {"fileUris": ["https://x.blob/y?sv=1&sig=THIS"]},
    ],
)
def test_no_secret_stays_whatever_its_form(document: dict[str, Any]) -> None:
    """A saved inventory is passed around: whoever reads it would hold the password."""
    redact(document)
    assert "THIS" not in json.dumps(document)


@pytest.mark.parametrize(
    "text",
    [
        "Set password= in the answer file.",
        "The password has expired: renew the token, then rotate the secret.",
        "key=value",
        "https://vault.north.example/secrets/backup",
        "user@north.example",
        "The bearer token was refused",
    ],
)
def test_prose_that_speaks_of_secrets_stays(text: str) -> None:
    """The title of an alert would vanish, and with it what the operator is to do."""
    document = {"title": text, "texts": [text]}
    redact(document)
    assert document == {"title": text, "texts": [text]}


def test_a_long_text_is_searched_in_no_time() -> None:
    """A certificate or script of a megabyte would hold up the scan for hours."""
    start = time.monotonic()
    redact({"content": "keyAbc0" * 150_000, "other": "-a" * 300_000 + "key", "third": "token " * 100_000})
    assert time.monotonic() - start < 3


@settings(max_examples=300)
@given(st.from_regex(redaction._LOOKS, alphabet=st.characters(max_codepoint=127)))
def test_what_makes_looking_fast_overlooks_nothing(text: str) -> None:
    """A text without the marks of a secret is not looked at closely: one that has a secret must have them."""
    assert redaction._looks_secret(text)
