"""Signing in, on AD FS and Entra ID, and what the operator is told when it does not work."""

import socket
import ssl
from pathlib import Path

import pytest
from msgspec.structs import replace

from azscheck.demo import DemoStamp, Fault
from azscheck.demo.identity import IdentityService
from azscheck.demo.messages import Reply, Request, json_reply
from azscheck.errors import UsageError
from azscheck.inventory import Inventory
from azscheck.sources.hub import Credential, StampSettings, collect
from azscheck.sources.hub.table import TABLE
from azscheck.sources.hub.transport import trust

from .conftest import FAST, NOW, Collect, failed, sentences, settings_of


def _collect(settings: StampSettings) -> Inventory:
    return collect([settings], clock=lambda: NOW, limits=FAST)


def _nothing_was_read(inventory: Inventory) -> None:
    assert [r.type for r in inventory.resources] == ["Azscheck/stamps"]
    assert {line.type for line in failed(inventory)} == {kind for row in TABLE for kind in row.covered}
    assert len(sentences(inventory)) == 2, "one sentence a plane"


def test_a_wrong_secret(scan: Collect, stamp: DemoStamp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAMP_SECRET", "hunter2-is-wrong")
    inventory = scan()
    _nothing_was_read(inventory)
    for sentence in sentences(inventory):
        assert "Signing in" in sentence
        assert stamp.client_id in sentence
        assert "invalid_client" in sentence
        assert "hunter2" not in sentence
    (found,) = inventory.of_type("Azscheck/stamps")
    assert "Signing in" in found.unknown["/properties/identityProvider"]


def test_a_wrong_authority(scan: Collect, tmp_path: Path) -> None:
    with DemoStamp() as other:
        (tmp_path / "other.pem").write_bytes(other.ca_pem)
    for ca_file in (tmp_path / "other.pem", None):
        inventory = scan(ca_file=ca_file)
        _nothing_was_read(inventory)
        assert all("is not signed by a known authority: set `ca:`" in sentence for sentence in sentences(inventory))


def test_the_usual_environment_variable_names_the_authority_too(
    scan: Collect, settings: StampSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(settings.ca_file))
    assert failed(scan(ca_file=None, tenant="")) == []


def test_an_entry_in_netrc_does_not_replace_the_token(
    scan: Collect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert failed(scan(tenant="")) == []


def test_relaxed_verification_is_still_verification() -> None:
    context = trust(None, strict=False)
    assert not context.verify_flags & ssl.VERIFY_X509_STRICT
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


def test_a_name_that_does_not_resolve(scan: Collect) -> None:
    host = "adminmanagement.north.fabrikam.invalid"
    inventory = scan(admin=f"https://{host}")
    (sentence,) = sentences(inventory)
    assert f"the name {host} does not resolve" in sentence
    assert inventory.of_type("Microsoft.Compute/virtualMachines"), "the tenant side must not suffer"
    (found,) = inventory.of_type("Azscheck/stamps")
    assert found.body["properties"]["administratorEndpoint"] == host
    assert found.unknown["/properties/stampVersion"] == sentence


def test_a_port_where_nothing_listens(scan: Collect) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
        (sentence,) = sentences(scan(tenant=f"https://{host}"))
    assert f"nothing listens at {host}" in sentence


def test_a_host_that_is_no_stamp(scan: Collect, stamp: DemoStamp) -> None:
    (sentence,) = sentences(scan(admin=stamp.login_url))
    assert "not that of a Resource Manager" in sentence


def test_a_host_that_speaks_no_tls(scan: Collect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        import threading

        def answer() -> None:
            for _ in range(3):
                connection, _address = server.accept()
                with connection:
                    connection.recv(100)
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        (sentence,) = sentences(scan(admin=f"https://127.0.0.1:{server.getsockname()[1]}"))
    assert "does not speak TLS" in sentence


def test_a_certificate_for_another_name(scan: Collect, stamp: DemoStamp, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **more: real("127.0.0.1" if host == "stamp.test" else host, *rest, **more),
    )
    (sentence,) = sentences(scan(admin=stamp.admin_url.replace("127.0.0.1", "stamp.test")))
    assert "is for another name" in sentence


@pytest.mark.parametrize("lifetime", [1, 30])
def test_a_token_that_runs_out_on_the_way_is_renewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lifetime: int
) -> None:
    with DemoStamp(token_lifetime=lifetime, latency=0.06 if lifetime == 1 else 0) as stamp:
        monkeypatch.setenv("STAMP_SECRET", stamp.client_secret)
        inventory = _collect(settings_of(stamp, tmp_path))
        signed_in = [r for r in stamp.requests if r.method == "POST"]
    assert failed(inventory) == []
    assert all(not r.unknown for r in inventory.resources)
    # One a plane where tokens last, and one a second where they do not, however many calls find out at once.
    assert len(signed_in) == 2 if lifetime == 30 else 2 < len(signed_in) < 25


def test_a_token_that_the_stamp_refuses_early_is_renewed_and_the_call_made_again(
    scan: Collect, stamp: DemoStamp, whole: Inventory
) -> None:
    stamp.faults.append(Fault("GET /subscriptions", "expire", after=40, times=1))
    assert scan() == whole
    assert len([r for r in stamp.requests if r.method == "POST"]) == 3


def test_a_certificate_signs_in(scan: Collect, stamp: DemoStamp, tmp_path: Path) -> None:
    path = tmp_path / "principal.pem"
    path.write_bytes(stamp.client_certificate_pem)
    assert failed(scan(tenant="", credential=Credential(stamp.client_id, certificate_file=path))) == []


def test_a_secret_from_a_file_signs_in(scan: Collect, stamp: DemoStamp, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text(stamp.client_secret + "\n")
    assert failed(scan(tenant="", credential=Credential(stamp.client_id, secret_file=path))) == []


def test_entra_id_signs_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with DemoStamp(identity="entra") as stamp:
        monkeypatch.setenv("STAMP_SECRET", stamp.client_secret)
        settings = settings_of(stamp, tmp_path)
        right = replace(settings, credential=replace(settings.credential, tenant_id=stamp.tenant_id))
        inventory = _collect(right)
        assert failed(inventory) == []
        (found,) = inventory.of_type("Azscheck/stamps")
        assert found.body["properties"]["identityProvider"] == "Entra ID"
        assert found.body["properties"]["externalDomain"] == "north.fabrikam.example"
        wrong = replace(
            settings, credential=replace(settings.credential, tenant_id="11111111-1111-1111-1111-111111111111")
        )
        for sentence in sentences(_collect(wrong)):
            assert "tenant" in sentence


def test_a_plane_with_its_own_principal(scan: Collect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER_SECRET", "wrong")
    inventory = scan(tenant_credential=Credential("someone-else", secret_env="OTHER_SECRET"))
    (sentence,) = sentences(inventory)
    assert "someone-else" in sentence
    assert inventory.of_type("Microsoft.Backup.Admin/backupLocations/backups")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"credential": Credential("id", secret_env="NOT_SET_ANYWHERE")}, "environment variable NOT_SET_ANYWHERE"),
        ({"credential": Credential("id", secret_file=Path("no-such-file"))}, "no-such-file: No such file"),
        ({"credential": Credential("id", certificate_file=Path(__file__))}, "PEM"),
        ({"credential": Credential("id")}, "no secret"),
        ({"ca_file": Path("no-such-ca.pem")}, "no-such-ca.pem"),
        ({"ca_file": Path(__file__)}, "PEM"),
        ({"admin": "http://adminmanagement.north.example"}, "https://"),
        ({"admin": "https://user:hunter2@adminmanagement.north.example"}, "https://"),
        ({"admin": "https://[adminmanagement"}, "https://"),
        ({"admin": "https://adminmanagement.north.example:port"}, "https://"),
        ({"admin": "", "tenant": ""}, "no endpoint"),
        ({"admin": "https://evil.example\\@adminmanagement.north.example"}, "https://"),
        ({"credential": Credential("id", "a b/../c", "STAMP_SECRET")}, "tenant id"),
        ({"credential": Credential("id", secret_file=Path("/dev/zero"))}, "64 KiB"),
    ],
)
def test_settings_that_cannot_work_are_refused_before_any_call(
    scan: Collect, stamp: DemoStamp, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(UsageError, match=words) as refused:
        scan(**changes)
    assert "hunter2" not in str(refused.value)
    assert stamp.requests == []


def test_two_stamps_of_one_name_are_refused(settings: StampSettings) -> None:
    with pytest.raises(UsageError, match="east"):
        collect([settings, settings], clock=lambda: NOW)


def test_an_old_ad_fs_is_asked_by_resource(
    scan: Collect, stamp: DemoStamp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AD FS of stamps before 1.2108 refuses scopes: nothing of such a stamp could be read."""
    serve = IdentityService._token

    def old(service: IdentityService, request: Request) -> Reply:
        if b"resource=" not in request.body:
            document = {"error": "unauthorized_client", "error_description": "MSIS9605: The client is not allowed."}
            return json_reply(document, 400)
        return serve(service, request)

    monkeypatch.setattr(IdentityService, "_token", old)
    assert failed(scan()) == []
    assert len([r for r in stamp.requests if r.method == "POST"]) == 4
    path = tmp_path / "principal.pem"
    path.write_bytes(stamp.client_certificate_pem)
    assert failed(scan(tenant="", credential=Credential(stamp.client_id, certificate_file=path))) == []


def test_a_client_that_may_not_use_the_audience_is_told_so(scan: Collect, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator would look for a wrong secret, or for a stamp that AD FS does not know."""
    document = {"error": "unauthorized_client", "error_description": "MSIS9605: The client is not allowed."}
    monkeypatch.setattr(IdentityService, "_token", lambda *_: json_reply(document, 400))
    inventory = scan()
    _nothing_was_read(inventory)
    assert all("this client may not use the audience" in sentence for sentence in sentences(inventory))


def test_a_refusal_that_passes_is_not_the_end(scan: Collect, whole: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
    """One busy moment of the identity service would fail all that is left of a scan, and blame the secret for it."""
    serve, busy = IdentityService._token, [True, False, True, True, True, True, True, True]

    def sometimes(service: IdentityService, request: Request) -> Reply:
        if busy and busy.pop(0):
            document = {"error": "temporarily_unavailable", "error_description": "AADSTS90033: A transient error."}
            return json_reply(document, 400)
        return serve(service, request)

    monkeypatch.setattr(IdentityService, "_token", sometimes)
    busy[1:] = []
    assert scan() == whole
    busy[:] = [True] * 20
    found = sentences(scan())
    assert all("cannot answer for the moment" in sentence and "secret" not in sentence for sentence in found)
    assert len(busy) == 20 - 2 * 3


@pytest.mark.parametrize("token", [None, "", "abc\r\nX: y", 5])
def test_an_answer_without_a_token_has_its_own_sentence(
    scan: Collect, monkeypatch: pytest.MonkeyPatch, token: object
) -> None:
    """The operator would be sent to check the network, which works."""
    document = {"access_token": token, "token_type": "bearer", "expires_in": 3600}
    monkeypatch.setattr(IdentityService, "_token", lambda *_: json_reply(document))
    inventory = scan()
    _nothing_was_read(inventory)
    assert all("without an access token that can be used" in sentence for sentence in sentences(inventory))
