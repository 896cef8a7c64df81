"""The documented rules: data beside the policies that encode them."""

from msgspec import Struct

from azscheck.documents import check, read_document
from azscheck.packaged import policies_folder, schema_file


class Rule(Struct, frozen=True):
    """A documented rule; `answered` says how it is kept where no policy can say it."""

    id: str
    title: str
    answered: str = ""


def read_rules() -> list[Rule]:
    """The documented rules, in the order in which they are shown."""
    document = read_document(policies_folder() / "documented.rules.yaml")
    check(document, schema_file("rules"))
    return [Rule(one["id"], one["title"], one.get("answered", "")) for one in document.value["rules"]]
