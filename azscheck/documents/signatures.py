"""SSH signatures of entries that people approve: made and verified by ssh-keygen, of the entry in one canonical form.

https://man.openbsd.org/ssh-keygen.1, `-Y sign` and `-Y verify`; the form of the file of allowed signers is there, too.
"""

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from azscheck.errors import UsageError

KEY: Final = "signature"
_LONGEST_WAIT: Final = 30
_NO_TOOL: Final = "ssh-keygen is not on this computer, which makes and verifies signatures: install the OpenSSH client."


def canonical(entry: Mapping[str, Any]) -> bytes:
    """What is signed: the entry without its signature, as JSON with its keys in order and no spaces, in UTF-8."""
    said = {key: value for key, value in entry.items() if key != KEY}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sign(entry: Mapping[str, Any], key: Path, namespace: str) -> str:
    """The armored signature of an entry; ssh-keygen itself asks for a passphrase. Raises UsageError."""
    command = ["ssh-keygen", "-Y", "sign", "-f", str(key), "-n", namespace]
    try:
        made = subprocess.run(command, input=canonical(entry), capture_output=True, check=False)
    except FileNotFoundError as error:
        raise UsageError(_NO_TOOL) from error
    if made.returncode:
        raise UsageError(f"--sign {key}: ssh-keygen did not sign: {_last_line(made.stderr)}.")
    return made.stdout.decode("ascii")


class AllowedSigners(Struct, frozen=True):
    """Those who may sign, as a file of ssh-keygen's has them."""

    file: Path

    def __post_init__(self) -> None:
        if not self.file.is_file():
            raise UsageError(f"{self.file}: there is no such file: allowedSigners names those who may sign.")

    def wrong(self, entry: Mapping[str, Any], namespace: str) -> str:
        """Why an entry does not count as signed by who approved it; empty where it does. Raises UsageError."""
        approver, signature = entry.get("approvedBy"), entry.get(KEY)
        if not signature:
            return f"is not signed, and {self.file.name} says who must sign"
        if not isinstance(approver, str) or not isinstance(signature, str) or "\0" in approver:
            return "has a signature that is no text"
        with tempfile.TemporaryDirectory() as folder:
            armored = Path(folder) / "signature"
            armored.write_text(signature.strip() + "\n", "utf-8")
            # Names are matched as patterns in the file alone, never in what is looked for.
            who = ["-I", approver.strip(), "-n", namespace, "-s", str(armored)]
            command = ["ssh-keygen", "-Y", "verify", "-f", str(self.file), *who]
            try:
                told = subprocess.run(
                    command, input=canonical(entry), capture_output=True, check=False, timeout=_LONGEST_WAIT
                )
            except FileNotFoundError as error:
                raise UsageError(_NO_TOOL) from error
            except subprocess.TimeoutExpired:
                return "has a signature that ssh-keygen could not verify in time"
        if not told.returncode:
            return ""
        return f"is not as {approver.strip()} signed it: {_last_line(told.stderr) or _last_line(told.stdout)}"


def _last_line(output: bytes) -> str:
    lines = [line.strip() for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else ""
