"""A real PostgreSQL, on a socket of its own, with its whole state in a folder of its own."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_USER = "azscheck"


def _bin() -> Path:
    """The newest PostgreSQL's programs; Debian does not put them on the path."""
    found = shutil.which("pg_ctl")
    if found:
        return Path(found).parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not installed:
        raise AssertionError(
            "PostgreSQL is not installed: `make test` as root installs it, or `apt-get install postgresql`."
        )
    return installed[-1]


def _owner() -> int | None:
    """Whom it runs as: it refuses to run as root."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


@contextmanager
def postgresql() -> Iterator[Path]:
    """The folder of its socket."""
    bin, owner = _bin(), _owner()
    # Not pytest's: nobody but its owner may enter that.
    folder = Path(tempfile.mkdtemp(prefix="azscheck-pg-"))
    try:
        if owner is not None:
            os.chown(folder, owner, -1)
        data, log = folder / "data", folder / "log"

        def run(program: str, *arguments: str) -> None:
            command = [str(bin / program), *arguments]
            subprocess.run(command, user=owner, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=60)

        run("initdb", "-D", str(data), "-U", _USER, "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c max_connections=50"
        run("pg_ctl", "-D", str(data), "-l", str(log), "-o", options, "-w", "start")
        try:
            yield folder
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def database(folder: Path, name: str) -> str:
    """The URL of a new, empty database."""
    import psycopg

    with psycopg.connect(host=str(folder), user=_USER, dbname="postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"postgresql://{_USER}@/{name}?host={folder}"
