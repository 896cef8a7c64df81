"""Where the secret of a sign-in is: an environment variable, a file, a certificate, or nowhere in azscheck's sight."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from azscheck.errors import UsageError
from azscheck.sources.hub.settings import Credential

_LONGEST: Final = 64 * 1024
"""No secret or certificate is longer, and a device such as /dev/zero never ends."""


@dataclass(frozen=True, slots=True)
class Secret:
    """What a service principal proves itself with; never shown."""

    client_secret: str = field(default="", repr=False)
    certificate: bytes = field(default=b"", repr=False)
    password: str = field(default="", repr=False)
    token_file: Path | None = None
    """Read anew for each sign-in: the platform replaces its content before that runs out."""


def read_secret(credential: Credential, whose: str) -> Secret:
    """Read the secret from where the settings say it is; raises UsageError with a sentence, before any call is made.

    `whose` is what it signs in to, such as `stamp north`.
    """
    if credential.kind == "azureCli":
        return Secret()
    of = f"service principal {credential.client_id} of {whose}"
    if credential.kind == "workloadIdentity":
        return _read_token(credential.token_file, of)
    if credential.certificate_file is not None:
        return _read_certificate(credential.certificate_file, credential, of)
    if credential.secret_env:
        found = os.environ.get(credential.secret_env, "")
        if not found:
            raise UsageError(f"The secret of {of} is not there: set the environment variable {credential.secret_env}.")
        return Secret(found)
    if credential.secret_file is not None:
        found = _read(credential.secret_file, f"The secret of {of}").decode("utf-8", "replace").strip()
        if not found:
            raise UsageError(f"The secret of {of} is not there: {credential.secret_file} is empty.")
        return Secret(found)
    raise UsageError(f"There is no secret for {of}: name an environment variable, a file or a certificate.")


def _read(path: Path, what: str) -> bytes:
    try:
        with path.open("rb") as file:
            found = file.read(_LONGEST + 1)
    except OSError as error:
        raise UsageError(f"{what} cannot be read: {path}: {error.strerror or 'cannot be read'}.") from error
    if len(found) > _LONGEST:
        raise UsageError(f"{what} cannot be read: {path} holds more than {_LONGEST // 1024} KiB: name another file.")
    return found


def _read_token(path: Path | None, of: str) -> Secret:
    if path is None:
        raise UsageError(f"There is no token for {of}: name the file in which the platform keeps it.")
    if not _read(path, f"The token of {of}").strip():
        raise UsageError(f"The token of {of} is not there: {path} is empty.")
    return Secret(token_file=path)


def _read_certificate(path: Path, credential: Credential, of: str) -> Secret:
    from azure.identity import CertificateCredential

    pem, password = _read(path, f"The certificate of {of}"), ""
    if credential.certificate_password_env:
        password = os.environ.get(credential.certificate_password_env, "")
        if not password:
            name = credential.certificate_password_env
            raise UsageError(f"The certificate of {of} lacks its password: set the environment variable {name}.")
    try:
        CertificateCredential("adfs", credential.client_id, certificate_data=pem, password=password or None)
    except (ValueError, TypeError) as error:
        raise UsageError(
            f"The certificate of {of} cannot be used: {path} must hold a certificate and "
            "its RSA private key in PEM, and the password must be that of the key, where it has one."
        ) from error
    return Secret(certificate=pem, password=password)
