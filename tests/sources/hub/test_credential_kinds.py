"""Signing in without a secret: through the Azure CLI, and as a workload that Entra ID trusts."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace

from azscheck.demo import DemoStamp, Fault
from azscheck.demo.identity import IdentityService
from azscheck.errors import UsageError
from azscheck.inventory import Inventory
from azscheck.sources.hub import Credential, StampSettings, collect
from azscheck.sources.hub.plan import planned_calls

from .conftest import FAST, NOW, Collect, failed, sentences, settings_of

AZ = Credential(kind="azureCli")
SIGNS_IN = """
import json, os, ssl, sys, urllib.parse, urllib.request
asked = dict(zip(sys.argv[1:], sys.argv[2:]))
form = {"grant_type": "client_credentials", "client_id": os.environ["AZ_CLIENT"], "resource": asked["--resource"]}
form["client_secret"] = os.environ["AZ_SECRET"]
request = urllib.request.Request(os.environ["AZ_TOKENS"], urllib.parse.urlencode(form).encode())
with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=os.environ["AZ_CA"])) as answer:
    found = json.load(answer)
with open(os.environ["AZ_CALLS"], "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\\n")
print(json.dumps({"accessToken": found["access_token"], "expires_on": 4102444800, "tokenType": "Bearer"}))
"""

Az = Callable[[str], None]


@pytest.fixture
def az(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Az:
    """Puts a Python script on the PATH as `az`."""

    def put(script: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        file = folder / "az"
        file.write_text(f"#!{sys.executable}\n{script}")
        file.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return put


@pytest.mark.skipif(sys.platform == "win32", reason="a script without an ending is no program there")
class TestAzureCli:
    def test_whoever_is_signed_in_to_it_reads_the_stamp(
        self, scan: Collect, stamp: DemoStamp, whole: Inventory, tmp_path: Path, az: Az, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An operator who has run `az login` needs a service principal all the same."""
        (tmp_path / "ca.pem").write_bytes(stamp.ca_pem)
        given = {
            "CLIENT": stamp.client_id,
            "SECRET": stamp.client_secret,
            "TOKENS": f"{stamp.login_url}/adfs/oauth2/token",
        }
        for name, value in {**given, "CA": str(tmp_path / "ca.pem"), "CALLS": str(tmp_path / "calls")}.items():
            monkeypatch.setenv(f"AZ_{name}", value)
        monkeypatch.delenv("STAMP_SECRET")
        az(SIGNS_IN)
        assert scan(credential=AZ) == whole
        calls = [json.loads(line) for line in (tmp_path / "calls").read_text().splitlines()]
        assert len(calls) == 2, "one a plane, for each has an audience of its own"
        assert all("--tenant" not in call for call in calls), "AD FS has one directory"
        assert len({call[call.index("--resource") + 1] for call in calls}) == 2

    @pytest.mark.parametrize(
        ("script", "words"),
        [
            (
                "import sys; sys.exit(\"Please run 'az login' to setup account.\")",
                "nobody is signed in there: run `az cloud set` for the stamp's cloud, then `az login`.",
            ),
            (
                'import sys; sys.exit("ERROR: AADSTS500011: The resource principal named X was not found. az login")',
                "failed (AADSTS500011): it does not know the audience https://adminmanagement.",
            ),
            (
                'import sys; sys.exit("ERROR: AADSTS50076: second factor; hunter2")',
                "failed (AADSTS50076): run `az account get-access-token --resource https://adminmanagement.",
            ),
            ('import sys; sys.exit("hunter2")', "failed: run `az account get-access-token --resource https://admin"),
            ('print("{hunter2")', "failed: run `az account get-access-token --resource https://admin"),
            ('print(\'{"accessToken": "a b", "expires_on": 4102444800}\')', "failed: run `az account get-access-token"),
        ],
    )
    def test_what_went_wrong_is_told_with_what_to_do(self, scan: Collect, az: Az, script: str, words: str) -> None:
        """The operator is sent to check a secret that there is none of, or is shown the token."""
        az(script)
        (sentence,) = sentences(scan(tenant="", credential=AZ))
        assert "through the Azure CLI" in sentence
        assert words in sentence
        assert "hunter2" not in sentence


def test_without_an_azure_cli_it_is_told(
    scan: Collect, stamp: DemoStamp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (sentence,) = sentences(scan(tenant="", credential=AZ))
    assert "there is no az on the PATH: install it, or name a service principal." in sentence
    assert not [request for request in stamp.requests if "/subscriptions" in request.path]


def test_the_plan_tells_who_asks_for_tokens(settings: StampSettings) -> None:
    """The plan names a call that is not made, and not the one that is."""

    def asks(of: StampSettings) -> dict[str, str]:
        return {call.plane: call.method for call in planned_calls(of) if call.per.startswith("once a token's life")}

    assert asks(settings) == {"admin": "POST", "tenant": "POST"}
    assert asks(replace(settings, credential=AZ)) == {"admin": "az", "tenant": "az"}
    assert asks(replace(settings, tenant_credential=AZ)) == {"admin": "POST", "tenant": "az"}


@pytest.fixture
def workload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a workload's token, which the identity service trusts."""
    file = tmp_path / "token"
    file.write_text("header.of-a-workload.signature")
    is_principal = IdentityService._is_principal

    def trusts(service: IdentityService, form: Mapping[str, str]) -> bool:
        if "client_assertion" in form:
            same = form["client_assertion"] == "header.of-a-workload.signature"
            return same and form["client_id"] == service.client_id
        return is_principal(service, form)

    monkeypatch.setattr(IdentityService, "_is_principal", trusts)
    return file


def test_a_workload_signs_in_with_its_platforms_token(workload: Path, tmp_path: Path) -> None:
    """A pipeline has to keep a secret, although Entra ID trusts its own token."""
    with DemoStamp(identity="entra") as stamp:
        stamp.faults.append(Fault("GET /subscriptions", "expire", after=40, times=1))
        credential = Credential(stamp.client_id, stamp.tenant_id, kind="workloadIdentity", token_file=workload)
        settings = replace(settings_of(stamp, tmp_path), credential=credential)
        assert failed(collect([settings], clock=lambda: NOW, limits=FAST)) == [], "renewed, too"
        workload.write_text("header.of-a-workload.signature-of-another")
        for sentence in sentences(collect([settings], clock=lambda: NOW, limits=FAST)):
            assert "invalid_client" in sentence
            assert "check the client id, the token in its file, and their expiry" in sentence
            assert "of-a-workload" not in sentence


def test_a_workloads_token_that_vanishes_fails_what_is_left(workload: Path, tmp_path: Path) -> None:
    """A file that the platform took away ends azscheck with a fault of its own."""
    with DemoStamp(identity="entra") as stamp:
        stamp.faults.append(Fault("GET /subscriptions", "expire", after=40))
        credential = Credential(stamp.client_id, stamp.tenant_id, kind="workloadIdentity", token_file=workload)
        settings = replace(settings_of(stamp, tmp_path), credential=credential)

        def progress(*_: object) -> None:
            workload.unlink(missing_ok=True)

        found = sentences(collect([settings], clock=lambda: NOW, limits=FAST, progress=progress))
        assert any("its token's file: No such file" in sentence for sentence in found)


def test_ad_fs_knows_no_workloads(scan: Collect, stamp: DemoStamp, workload: Path) -> None:
    """The identity service is shown a token that it has no use for."""
    credential = Credential(stamp.client_id, kind="workloadIdentity", token_file=workload)
    (sentence,) = sentences(scan(tenant="", credential=credential))
    assert "it signs in through AD FS: give the service principal a certificate or a secret." in sentence
    assert not [request for request in stamp.requests if request.method == "POST"]


@pytest.mark.parametrize(
    ("file", "words"), [(None, "name the file"), ("no-such", "No such file"), ("empty", "is empty")]
)
def test_a_workload_without_a_token_is_refused_before_any_call(
    scan: Collect, stamp: DemoStamp, tmp_path: Path, file: str | None, words: str
) -> None:
    (tmp_path / "empty").touch()
    path = None if file is None else tmp_path / file
    with pytest.raises(UsageError, match=words):
        scan(credential=Credential("id", kind="workloadIdentity", token_file=path))
    assert stamp.requests == []
