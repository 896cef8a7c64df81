"""A real SMB server on loopback: Samba's smbd, on a free port, with its whole state in a folder of its own."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "Pa55 word!"

_SMBD = shutil.which("smbd") or "/usr/sbin/smbd"
_CONFIGURATION = """
[global]
  server role = standalone server
  smb ports = {port}
  interfaces = lo
  bind interfaces only = yes
  private dir = {state}
  lock directory = {state}
  state directory = {state}
  cache directory = {state}
  pid directory = {state}
  ncalrpc dir = {state}/ncalrpc
  passdb backend = tdbsam:{state}/passdb.tdb
  log file = {state}/log
  max log size = 0
  map to guest = never
  load printers = no
  disable spoolss = yes
  printcap name = /dev/null
  server smb encrypt = {encryption}
  host msdfs = yes
[backups]
  path = {share}
  read only = {read_only}
[namespace]
  path = {state}/namespace
  msdfs root = yes
[closed]
  path = {share}
  valid users = root
"""


@dataclass(frozen=True)
class Samba:
    """A server that runs: the shares are `backups` and `closed`, which nobody may enter."""

    port: int
    user: str
    share: Path
    path: str


@contextmanager
def samba(encryption: str = "desired", *, read_only: bool = True) -> Iterator[Samba]:
    """Start one; `encryption` is Samba's word: off, desired, required."""
    if not Path(_SMBD).exists():
        raise AssertionError("smbd is not installed: `make test` as root installs it, or `apt-get install samba`.")
    # Not pytest's folder: only its owner may enter that one.
    folder = Path(tempfile.mkdtemp(prefix="azscheck-samba-"))
    folder.chmod(0o755)
    share, state = folder / "share", folder / "state"
    share.mkdir()
    (state / "ncalrpc").mkdir(parents=True)
    (state / "namespace").mkdir()
    for name, target in (
        ("north", "backups"),
        ("one", "namespace\\two"),
        ("two", "namespace\\one"),
        ("nowhere", "nothing"),
    ):
        (state / "namespace" / name).symlink_to(f"msdfs:127.0.0.1\\{target}")
    # Root may read everything, so a denied folder would not be.
    user = "daemon" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    port = _free_port()
    file = folder / "smb.conf"
    values = {"port": port, "state": state, "share": share, "encryption": encryption}
    file.write_text(_CONFIGURATION.format(**values, read_only="yes" if read_only else "no"))
    try:
        _run("pdbedit", "--configfile", str(file), "--create", "--user", user, "--password-from-stdin")
        command = [_SMBD, "--foreground", "--no-process-group", "--configfile", str(file)]
        with subprocess.Popen(command, start_new_session=True, stdout=-3, stderr=-3) as process:
            try:
                _wait(port, process, state)
                yield Samba(port, user, share, r"\\127.0.0.1\backups")
            finally:
                # With the children that it made, one a connection.
                os.killpg(process.pid, signal.SIGKILL)
    finally:
        shutil.rmtree(folder)


def _run(*command: str) -> None:
    done = subprocess.run(command, input=f"{PASSWORD}\n{PASSWORD}\n", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def _wait(port: int, process: "subprocess.Popen[bytes]", state: Path) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as trying:
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("smbd did not start:\n" + "\n".join(log.read_text()[-2000:] for log in state.glob("log*")))
