"""The encryption certificate as its file has it: DER or PEM; cryptography is imported when one is read."""

import re
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field

from azscheck.times import format_time

if TYPE_CHECKING:
    from cryptography import x509

_LARGEST: Final = 1024 * 1024
_BLOCK: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,60})-----")
_WITH_PASSWORD: Final = "the file is a PFX, which is not opened: export the certificate alone, without its private key"


class CertificateFile(Struct, frozen=True):
    """What a file shows of a certificate, and what it does not and why."""

    facts: Mapping[str, Any]
    unknown: Mapping[str, str] = field(default_factory=dict)


def read_certificate(path: Path) -> CertificateFile:
    """The facts of a certificate's file; raises ValueError with what is wrong with it, without a full stop."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror or error}") from error
    if len(content) > _LARGEST:
        raise ValueError(f"is larger than {_LARGEST >> 20} MiB, so it is no certificate")
    if not content.strip():
        raise ValueError("is empty")
    if _is_pfx(content):
        names = ("thumbprint", "algorithm", "keySize", "notBefore", "notAfter")
        return CertificateFile({"format": "PFX", "containsPrivateKey": True}, dict.fromkeys(names, _WITH_PASSWORD))
    blocks = [found[1] for found in _BLOCK.finditer(content)]
    if not blocks:
        return CertificateFile({"format": "DER", "containsPrivateKey": False, **_facts(_der(content))})
    number = sum(block in (b"CERTIFICATE", b"X509 CERTIFICATE") for block in blocks)
    if number != 1:
        held = "a private key and no certificate" if any(b"PRIVATE KEY" in b for b in blocks) else "no certificate"
        raise ValueError(
            f"holds {number} certificates: keep the one that backups are to use" if number else f"holds {held}"
        )
    inside = any(b"PRIVATE KEY" in block for block in blocks)
    return CertificateFile({"format": "PEM", "containsPrivateKey": inside, **_facts(_pem(content))})


def _is_pfx(content: bytes) -> bool:
    """Whether it begins as a PFX does: a sequence whose first element is the version 3 (RFC 7292, section 4)."""
    if content[:1] != b"\x30" or len(content) < 2:
        return False
    length = content[1] & 0x7F if content[1] & 0x80 else 0
    return content[2 + length :][:3] == b"\x02\x01\x03"


def _der(content: bytes) -> "x509.Certificate":
    from cryptography.x509 import load_der_x509_certificate

    return _loaded(load_der_x509_certificate, content, "is no certificate, neither DER nor PEM")


def _pem(content: bytes) -> "x509.Certificate":
    from cryptography.x509 import load_pem_x509_certificate

    damaged = "is damaged: what it holds between BEGIN and END is no certificate"
    return _loaded(load_pem_x509_certificate, content, damaged)


def _loaded(load: "Callable[[bytes], x509.Certificate]", content: bytes, wrong: str) -> "x509.Certificate":
    from cryptography.x509 import InvalidVersion

    try:
        with warnings.catch_warnings():
            # About a serial number that another rule would refuse: the service looks at the key alone.
            warnings.simplefilter("ignore")
            return load(content)
    except (ValueError, InvalidVersion) as error:
        raise ValueError(wrong) from error


def _facts(certificate: "x509.Certificate") -> dict[str, Any]:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA1

    try:
        key: Any = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError) as error:
        raise ValueError("has a public key of a kind that is not known; the service takes RSA") from error
    size = getattr(key, "key_size", None)
    return {
        "algorithm": "RSA"
        if isinstance(key, RSAPublicKey)
        else type(key).__name__.lstrip("_").removesuffix("PublicKey"),
        **({"keySize": size} if size else {}),
        "notBefore": format_time(certificate.not_valid_before_utc),
        "notAfter": format_time(certificate.not_valid_after_utc),
        # By which the service and its PowerShell name a certificate.
        "thumbprint": certificate.fingerprint(SHA1()).hex().upper(),
    }
