"""The certificate that a plan names, really read: what it is, and what is wrong with its file."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azscheck.results import ComplianceState
from azscheck.sources.deployment.certificate import read_certificate
from tests.sources.deployment.plans import CURVE_KEY, DER, KEY, NOW, PEM, SHORT_KEY, certificate, pem_key, write_plan
from tests.sources.deployment.test_plan import findings, judged


def der(**named: Any) -> bytes:
    return certificate(**named).public_bytes(serialization.Encoding.DER)


def pfx(password: bytes = b"secret") -> bytes:
    encryption = serialization.BestAvailableEncryption(password)
    return bytes(pkcs12.serialize_key_and_certificates(b"b", KEY, certificate(), None, encryption))


@pytest.mark.parametrize(("content", "form"), [(DER, "DER"), (PEM, "PEM"), (b"Bag Attributes\n\n" + PEM, "PEM")])
def test_what_a_certificate_is(tmp_path: Path, content: bytes, form: str) -> None:
    """A certificate is not the one that the stamp will name by its thumbprint."""
    (tmp_path / "b.cer").write_bytes(content)
    found = read_certificate(tmp_path / "b.cer")
    assert found.facts == {
        "format": form,
        "containsPrivateKey": False,
        "algorithm": "RSA",
        "keySize": 2048,
        "notBefore": "2026-05-02T12:00:00Z",
        "notAfter": "2028-10-18T12:00:00Z",
        "thumbprint": found.facts["thumbprint"],
    }
    from hashlib import sha1

    assert found.facts["thumbprint"] == sha1(DER).hexdigest().upper()
    assert not found.unknown


@pytest.mark.parametrize(
    ("content", "policies"),
    [
        (der(), set()),
        (PEM, set()),
        (PEM + pem_key(), {"ASH-PLAN-004"}),
        (pem_key() + PEM, {"ASH-PLAN-004"}),
        (pfx(), {"ASH-PLAN-004"}),
        (der(key=SHORT_KEY), {"ASH-PLAN-002"}),
        (der(key=CURVE_KEY), {"ASH-PLAN-002"}),
        (der(begins=NOW - timedelta(days=800), days=700), {"ASH-PLAN-003"}),
        (der(begins=NOW + timedelta(days=1)), {"ASH-PLAN-003"}),
        (der(days=90), {"ASH-PLAN-003"}),
    ],
    ids=["DER", "PEM", "with key", "after key", "PFX", "short", "curve", "over", "not yet", "soon over"],
)
def test_a_certificate_is_judged(tmp_path: Path, content: bytes, policies: set[str]) -> None:
    """A certificate that the service refuses, or that gives the private key away, passes."""
    file = write_plan(tmp_path)
    (tmp_path / "backup.cer").write_bytes(content)
    results = judged(file)
    assert findings(results) == policies
    for result in results.findings():
        assert "backup.cer" in result.message
        assert result.origin is not None
        assert '"encryptionCertificate"' in file.read_text().splitlines()[(result.origin.line or 0) - 2]


def test_of_a_pfx_nothing_else_is_known(tmp_path: Path) -> None:
    """A file that was not opened is said to hold a good certificate, or a bad one."""
    file = write_plan(tmp_path)
    (tmp_path / "backup.cer").write_bytes(pfx())
    unknown = {r.policy for r in judged(file).results if r.state is ComplianceState.UNKNOWN}
    # Custody too: it is asked for where a certificate is set.
    assert unknown == {"ASH-PLAN-002", "ASH-PLAN-003", "ASH-INF-020", "ASH-INF-022"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"hello", "is no certificate, neither DER nor PEM"),
        (b"\x30", "is no certificate, neither DER nor PEM"),
        (b"\x30\x84", "is no certificate, neither DER nor PEM"),
        (DER[:-5], "is no certificate, neither DER nor PEM"),
        (PEM.replace(b"\n", b"\n!", 2), "is damaged"),
        (PEM[:200], "is damaged"),
        (PEM + PEM, "holds 2 certificates"),
        (pem_key(), "holds a private key and no certificate"),
        (b"-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n", "holds no certificate"),
        (b"0" * (1024 * 1024 + 1), "is larger than 1 MiB"),
    ],
)
def test_a_file_that_holds_no_certificate(tmp_path: Path, content: bytes, sentence: str) -> None:
    """A broken file ends in a traceback, or passes."""
    (tmp_path / "b.cer").write_bytes(content)
    with pytest.raises(ValueError, match=sentence):
        read_certificate(tmp_path / "b.cer")


@given(st.sampled_from([DER, PEM]), st.lists(st.tuples(st.integers(0, 399), st.integers(0, 255)), max_size=4))
@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_a_sentence(tmp_path: Path, content: bytes, changes: list[tuple[int, int]]) -> None:
    """A byte that fell over ends in a traceback, or in a library's warning."""
    damaged = bytearray(content)
    for place, byte in changes:
        damaged[place] = byte
    (tmp_path / "b.cer").write_bytes(damaged)
    with suppress(ValueError):
        assert read_certificate(tmp_path / "b.cer").facts["format"]


def test_a_version_that_there_is_not(tmp_path: Path) -> None:
    """What a later standard may make ends in a traceback."""
    (tmp_path / "b.cer").write_bytes(DER.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x09", 1))
    with pytest.raises(ValueError, match="is no certificate"):
        read_certificate(tmp_path / "b.cer")


def test_a_folder_is_no_certificate(tmp_path: Path) -> None:
    """A slip in the path ends in a traceback."""
    with pytest.raises(ValueError, match="cannot be read: "):
        read_certificate(tmp_path)
