"""A whole plan and its files, made for a test and changed there."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
KEY = rsa.generate_private_key(65537, 2048)
SHORT_KEY = rsa.generate_private_key(65537, 1024)
CURVE_KEY = ec.generate_private_key(ec.SECP384R1())

WHOLE: dict[str, Any] = {
    "plan": "north",
    "location": "datacenter A",
    "region": "east",
    "externalDomain": "east.contoso.com",
    "internalDomain": "azurestack.local",
    "identityProvider": "AD FS",
    "connected": False,
    "nodes": 4,
    "ipPools": [
        {"name": "infrastructure", "start": "10.1.0.0", "end": "10.1.0.255"},
        {"name": "public", "start": "192.0.2.0", "end": "192.0.2.255"},
    ],
    "backupShare": {
        "path": r"\\fs01.corp.contoso.com\azsbackup\east",
        "device": "windowsFileServer",
        "location": "datacenter B",
        "capacity": "500 GB",
        "encryption": "required",
        "user": r"CORP\svc-azsbackup",
        "onlyForBackups": True,
    },
    "schedule": {"everyHours": 12, "retentionDays": 7},
    "encryptionCertificate": {"file": "backup.cer", "privateKey": "the vault of datacenter B"},
    "devices": [
        {"name": "TOR1", "kind": "switch", "procedure": "Vendor guide, 4.2", "every": "7d", "folder": "Switches"},
        {"name": "HLH", "kind": "hlh", "procedure": "Vendor guide, 5.1", "every": "30d", "folder": "HLH"},
    ],
    "recoveryPlan": {"document": "BC-17", "reviewedOn": "2026-05-01"},
    "backupOffering": {
        "name": "Contoso Backup",
        "product": "Commvault",
        "target": "commvault.corp.contoso.com",
        "place": "otherDatacenter",
    },
    "replication": {"product": "Azure Site Recovery", "target": "south", "location": "datacenter B"},
    "evidence": [{"kind": "readiness-checker", "file": "report.json", "asOf": "2026-05-20"}],
}
"""Says all that a plan can be asked for."""


def certificate(key: Any = KEY, *, begins: datetime = NOW - timedelta(days=30), days: int = 900) -> x509.Certificate:
    """A self-signed certificate, as New-SelfSignedCertificate makes one."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "backup.contoso.com")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )


def pem_key(key: Any = KEY) -> bytes:
    """A private key as OpenSSL writes it."""
    none = serialization.NoEncryption()
    return bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, none))


DER = certificate().public_bytes(serialization.Encoding.DER)
PEM = certificate().public_bytes(serialization.Encoding.PEM)


def write_plan(folder: Path, change: Callable[[dict[str, Any]], object] = lambda _: None) -> Path:
    """The whole plan with its certificate and report, changed, as JSON, which is YAML, a member a line."""
    (folder / "backup.cer").write_bytes(DER)
    (folder / "report.json").write_text(json.dumps({"Certificate": [{"Test": "Expiry", "Result": "OK"}]}))
    value = copy.deepcopy(WHOLE)
    change(value)
    file = folder / "plan.yaml"
    file.write_text(json.dumps(value, indent=2) + "\n")
    return file
