"""The package as it is installed: the wheel has what it needs, and starting costs little."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel's content, in front of the checkout on the path of whoever uses it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def azscheck(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = f"import sys; sys.path.insert(0, {str(installed)!r}); from azscheck.cli import main; main()"
    command = [sys.executable, "-P", "-c", code, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_wheel_works_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    """What works in the checkout fails for everyone who installs: a policy, schema or template is missing."""
    ran = azscheck(installed, tmp_path, "demo")
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "azscheck-demo" / "report.html").stat().st_size > 10_000
    assert azscheck(installed, tmp_path, "policy", "test").returncode == 0
    assert azscheck(installed, tmp_path, "init").returncode == 0
    # Alembic's migrations, and the templates of the pages about several runs.
    scan = ("scan", "--inventory", "azscheck-demo/inventory.ndjson", "--history", "sqlite:///kept.db", "--quiet")
    assert azscheck(installed, tmp_path, *scan).stderr == ""
    trend = azscheck(installed, tmp_path, "trend", "--history", "sqlite:///kept.db", "--format", "html")
    assert "<svg" in trend.stdout, trend.stderr


def test_the_wheel_holds_the_package_only(installed: Path) -> None:
    """Tests or docs land in everybody's site-packages."""
    assert {path.name.split("-")[0] for path in installed.iterdir()} == {"azscheck"}
    assert (installed / "azscheck" / "py.typed").exists()


def test_reports_of_an_installed_azscheck_name_no_path_of_the_machine(installed: Path, tmp_path: Path) -> None:
    """Where azscheck is installed leaks into every SARIF, and differs between machines."""
    azscheck(installed, tmp_path, "demo")
    text = (tmp_path / "azscheck-demo" / "report.sarif").read_text("utf-8")
    assert "policies/infrastructure/key-vault-secrets.yaml" in text
    assert str(installed) not in text
    assert str(tmp_path) not in text


def imported_by(*arguments: str) -> set[str]:
    """The top-level modules that a command has imported when it ends."""
    code = (
        "import sys\n"
        "from azscheck.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return set(ran.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_starting_imports_nothing_slow(argument: str) -> None:
    """`azscheck --version` takes a second, and so does every completion of a shell."""
    slow = {"yaml", "jsonschema", "jinja2", "rich", "azure", "requests", "cryptography", "msal", "asyncio"}
    assert not slow & imported_by(argument)


def test_judging_an_inventory_imports_no_azure(inventory_file: Path) -> None:
    """Judging behind an air gap waits for half a second of Azure SDK that it does not use."""
    assert not {"azure", "requests", "msal", "jinja2"} & imported_by("scan", "--inventory", str(inventory_file))
