"""The command line as a user has it: arguments in; text, files and an exit code out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from azscheck.cli import main
from azscheck.demo import DemoStamp
from azscheck.times import parse_time
from tests.conftest import NOW


@dataclass(frozen=True)
class Ran:
    """What a command printed and ended with."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        assert "Traceback" not in printed.err
        return Ran(ended.value.code, printed.out, printed.err)

    return command


@pytest.fixture
def stamp() -> Iterator[DemoStamp]:
    with DemoStamp(now=parse_time(NOW)) as running:
        yield running


def configuration(stamp: DemoStamp, folder: Path, **changes: object) -> Path:
    """A configuration file for the demo stamp, with keys of the stamp's entry changed."""
    import json

    (folder / "ca.pem").write_bytes(stamp.ca_pem)
    (folder / "secret").write_text(stamp.client_secret)
    entry: dict[str, object] = {
        "name": "north",
        "admin": stamp.admin_url,
        "tenant": stamp.tenant_url,
        "ca": "ca.pem",
        "credential": {"clientId": stamp.client_id, "secretFile": "secret"},
        **changes,
    }
    file = folder / "azscheck.yaml"
    file.write_text(json.dumps({"stamps": [{k: v for k, v in entry.items() if v is not None}]}))
    return file
