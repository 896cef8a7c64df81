"""Real credentials against the identity service, and what the planes do with tokens."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CertificateCredential, ClientSecretCredential

from azscheck.demo import DemoStamp

from .stamp_client import NOW, Client, connect


@pytest.mark.parametrize("kind", ["adfs", "entra"])
@pytest.mark.parametrize("plane", ["admin", "tenant"])
def test_azure_identity_signs_in_with_a_secret_and_with_a_certificate(tmp_path: Path, kind: str, plane: str) -> None:
    with DemoStamp(identity=kind, now=NOW) as stamp:
        client = connect(stamp, tmp_path)
        scope = client.audience(plane) + "/.default"
        options: dict[str, Any] = {
            "authority": stamp.login_url,
            "disable_instance_discovery": True,
            "connection_verify": str(client.ca),
        }
        with ClientSecretCredential(stamp.tenant_id, stamp.client_id, stamp.client_secret, **options) as secret:
            first = secret.get_token(scope).token
        with CertificateCredential(
            stamp.tenant_id, stamp.client_id, certificate_data=stamp.client_certificate_pem, **options
        ) as certificate:
            second = certificate.get_token(scope).token
        for token in (first, second):
            reply = client.session.get(
                client.url(plane) + "/subscriptions",
                params={"api-version": "2016-06-01"},
                headers={"Authorization": f"Bearer {token}"},
            )
            assert reply.status_code == 200
        assert stamp.writes == []
        client.close()


@pytest.mark.parametrize("kind", ["adfs", "entra"])
def test_a_wrong_secret_is_invalid_client(tmp_path: Path, kind: str) -> None:
    with DemoStamp(identity=kind) as stamp:
        client = connect(stamp, tmp_path)
        reply = client.token_reply(scope=client.audience("admin") + "/.default", client_secret="wrong")
        assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")
        assert reply.json()["error_description"].startswith(("MSIS", "AADSTS"))
        client.close()


def test_a_certificate_that_was_not_registered_is_refused(client: Client, tmp_path: Path) -> None:
    other = DemoStamp()
    assert client.stamp.client_certificate_pem != other.client_certificate_pem
    credential = CertificateCredential(
        client.stamp.tenant_id,
        client.stamp.client_id,
        certificate_data=other.client_certificate_pem,
        authority=client.stamp.login_url,
        disable_instance_discovery=True,
        connection_verify=str(tmp_path / "ca.pem"),
    )
    with credential, pytest.raises(ClientAuthenticationError, match="MSIS9622"):
        credential.get_token(client.audience("admin") + "/.default")


def test_a_scope_that_is_no_audience_of_the_stamp_is_invalid_resource(shared: Client) -> None:
    reply = shared.token_reply(scope="https://management.azure.com/.default")
    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_resource")


def test_the_older_resource_parameter_still_gives_a_token(shared: Client) -> None:
    assert "access_token" in shared.token_reply(resource=shared.audience("admin")).json()


def test_each_plane_has_its_own_audience_and_refuses_the_others_token(shared: Client) -> None:
    assert shared.audience("admin") != shared.audience("tenant")
    reply = shared.session.get(
        shared.stamp.admin_url + "/subscriptions",
        params={"api-version": "2016-06-01"},
        headers={"Authorization": "Bearer " + shared.token("tenant")},
    )
    assert (reply.status_code, reply.json()["error"]["code"]) == (401, "InvalidAuthenticationTokenAudience")


def test_a_request_without_a_token_fails_authentication(shared: Client) -> None:
    reply = shared.session.get(shared.stamp.tenant_url + "/subscriptions", params={"api-version": "2016-06-01"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (401, "AuthenticationFailed")
    assert "WWW-Authenticate" in reply.headers


def test_a_token_expires_after_its_lifetime(tmp_path: Path) -> None:
    with DemoStamp(token_lifetime=1) as stamp:
        client = connect(stamp, tmp_path)
        assert client.get("admin", "/subscriptions", "2016-06-01").status_code == 200
        time.sleep(1.05)
        reply = client.get("admin", "/subscriptions", "2016-06-01")
        assert (reply.status_code, reply.json()["error"]["code"]) == (401, "ExpiredAuthenticationToken")
        client.close()


@pytest.mark.parametrize("version", ["2015-01-01", "1.0"])
def test_metadata_as_an_object_names_the_stamps_own_domain(shared: Client, version: str) -> None:
    url = shared.stamp.admin_url + "/metadata/endpoints"
    document = shared.session.get(url, params={"api-version": version}).json()
    assert document["portalEndpoint"] == "https://adminportal.north.fabrikam.example/"
    assert document["authentication"]["loginEndpoint"] == shared.stamp.login_url + "/adfs"


def test_metadata_as_an_array(shared: Client) -> None:
    url = shared.stamp.tenant_url + "/metadata/endpoints"
    (document,) = shared.session.get(url, params={"api-version": "2020-06-01"}).json()
    assert document["suffixes"]["storage"] == "north.fabrikam.example"
    assert document["authentication"]["audiences"] == [shared.audience("tenant")]


def test_an_entra_stamps_login_endpoint_does_not_look_like_ad_fs(tmp_path: Path) -> None:
    with DemoStamp(identity="entra") as stamp:
        client = connect(stamp, tmp_path)
        url = stamp.admin_url + "/metadata/endpoints"
        document = client.session.get(url, params={"api-version": "2015-01-01"}).json()
        assert document["authentication"]["loginEndpoint"] == stamp.login_url + "/"
        client.close()


def test_secrets_differ_from_start_to_start_even_with_one_seed() -> None:
    first, second = DemoStamp(now=NOW, seed=1), DemoStamp(now=NOW, seed=1)
    assert first.client_id == second.client_id
    assert first.client_secret != second.client_secret


def test_an_unknown_identity_kind_is_an_error() -> None:
    with pytest.raises(ValueError, match="'adfs' or 'entra'"):
        DemoStamp(identity="ldap")
