"""Where the shipped policies, schemas and templates are: inside the wheel, or beside the package in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _shipped(name: str) -> Path:
    inside = _PACKAGE / "shipped" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def policies_folder() -> Path:
    """The folder with the shipped policies, one folder a category."""
    return _shipped("policies")


def schema_file(name: str) -> Path:
    """The JSON Schema of one kind of file: `policy`, `cases`, `configuration`, `rules` and so on."""
    return policies_folder() / "schema" / f"{name}.schema.json"


def templates_folder() -> Path:
    """The folder with the Jinja2 templates of the reports."""
    return _shipped("reports") / "templates"


def mappings_folder() -> Path:
    """The folder with the shipped mappings of products' CSV exports."""
    return _shipped("mappings")
