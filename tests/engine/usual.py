"""Inventories and policies as they usually are, with an odd line here and there: for what is read through structs."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

from msgspec.structs import replace

from azscheck.inventory import Coverage, CoverageState, Inventory, Resource, arm_key, type_key
from azscheck.policy import ANY, Policy

from ..builders import GROUP, NOW, OTHER, THING, coverage, policy, resource

STAMPS = ("east", "north", "west")
SPARE = "Test.Azs/spares"
PART = f"{THING}/parts"
KINDS = (THING, OTHER, PART, SPARE)
TIMES = ("2026-06-01T11:00:00.1234567Z", "2026-05-30T11:00:00Z", "2026-05-01T00:00:00Z", "2026-06-01T12:30:00Z")
ODD_TIMES = ("yesterday", "2030-01-01T00:00:00Z", "", None, 5)
TEXTS = ("x", "X", "web", "\u212a", "ß", "é", "true", "1", "a\tb", 'a"b', "\u2028", "\x7f")
ODD: Sequence[Any] = (None, "text", 7, [], {}, [None], True, 10**30, 1.5, "\ud800", 10**400, -0.0, ["a", {"a": 1}])

PATHS = (
    *("properties.state", "properties.State", "properties.size", "properties.created", "properties.on", "tags.owner"),
    *("tags.Owner", "tags", "properties.deep.a.b", "properties.deep.a", "properties.deep", "properties", "sku.name"),
    *("properties.list", "name", "id", "type", "fullName", "location", "kind", "properties.number", "zones"),
    *("properties.created", "properties.state", "properties.number", "properties.parent", "Test.Azs/things/state"),
)
PLAIN = tuple(path for path in PATHS if path.startswith(("properties", "tags", "sku", "zones", "id")))
TESTS: Sequence[tuple[str, Sequence[Any]]] = (
    ("equals", ("x", "true", 1, True, None, "K", "[parameters('word')]")),
    ("notEquals", ("x", "1", "[parameters('word')]")),
    ("in", (["x", "web"], [1, "ß"], "[parameters('words')]")),
    ("notIn", (["x"], "[parameters('words')]")),
    ("like", ("*e*", "x*", "*")),
    ("contains", ("e", "x")),
    ("exists", (True, False)),
    ("newerThan", ("P1D", "[parameters('age')]")),
    ("olderThan", ("P1D", "[parameters('age')]")),
    ("greater", (1, 1.5, "[parameters('number')]")),
    ("lessOrEquals", (2, "[parameters('number')]")),
    ("matchesRegex", ("^x", "(?i)web")),
    ("containsKey", ("a", "owner")),
    ("sizeAtLeast", ("5 GB",)),
    ("versionAtLeast", ("1.2",)),
)
PARAMETERS: dict[str, tuple[str, Any, Sequence[Any]]] = {
    "word": ("string", "x", ("web", "x", "k")),
    "words": ("array", ["x", "ß"], (["web"], [], ["X", 1])),
    "age": ("duration", "P1D", ("P3D", "PT1H")),
    "number": ("integer", 1, (0, 2)),
}
JOINS = (
    *(("properties.parent", "[subject('id')]"),) * 2,
    *(("id", "[subject('properties.twin')]"), ("properties.twin", "[subject('properties.parent')]")),
    *(("tags.owner", "[subject('tags.owner')]"), ("properties.number", "[subject('properties.number')]")),
    *(("properties.parent", "[subject('name')]"), ("name", "[subject('name')]")),
    ("properties.parent", "[toLower(subject('id'))]"),
)
MESSAGES = ("", "", "is {count}, not {number}", "wants {word}", "{properties.state} of {names}", "{newest}", "plain")


class Usual:
    """Random values; a seed makes them the same every time."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._odd = self.one((10**9, 400, 60, 12))
        self._respelled = self.once_in(4)
        plain = not self.once_in(4)
        self._paths = PLAIN if plain else PATHS
        self._joins = JOINS[:6] if plain else JOINS
        self._rarely = 10**9 if plain else 6

    def one(self, few: Sequence[Any]) -> Any:
        return few[int(self._random.random() * len(few))]

    def once_in(self, n: int) -> bool:
        return self._random.random() * n < 1

    def odd(self) -> bool:
        """Whether something unusual stands here."""
        return self.once_in(self._odd)

    def some(self, make: Callable[[], Any], least: int, most: int) -> list[Any]:
        return [make() for _ in range(self._random.randint(least, most))]

    def or_odd(self, value: Any) -> Any:
        return self.one(ODD) if self.odd() else value

    def item(self) -> Any:
        found = {"name": self.one(TEXTS), "number": self.one((0, 1, 2)), "on": self.one((True, False))}
        found["inner"] = self.some(lambda: self.or_odd({"a": self.one(TEXTS)}), 0, 2)
        return self.or_odd({k: self.or_odd(v) for k, v in found.items() if not self.once_in(8)})

    def properties(self, names: Sequence[str]) -> dict[str, Any]:
        name = self.one(names)
        twin = f"{GROUP}/providers/{self.one(KINDS)}/{name}"
        return {
            "state": self.one(TEXTS),
            "size": self.one((1, 5 * 2**30, "5 GB", "1,5 TB")),
            "created": self.or_odd(self.one(ODD_TIMES) if self.odd() else self.one(TIMES)),
            "on": self.one((True, False)),
            "number": self.one((0, 1, 2, 1.0, "1")),
            "parent": self.one(
                (f"{GROUP}/providers/{THING}/{name}", f"{GROUP}/providers/{THING}/{name}".upper(), name)
            ),
            "twin": twin,
            "list": self.some(self.item, 0, 3),
            "deep": self.or_odd({"a": self.or_odd({"b": self.one(TEXTS)}), "more": [{"state": 1}]}),
        }

    def body(self, name: str, names: Sequence[str]) -> dict[str, Any]:
        properties = {k: self.or_odd(v) for k, v in self.properties(names).items() if not self.once_in(8)}
        found = {"name": self.one(("a/" + name, name, name, name)), "properties": self.or_odd(properties)}
        found["location"] = self.one(("East US 2", "eastus2"))
        found |= (
            {"tags": self.or_odd({self.one(("owner", "Owner", "cost")): self.one(TEXTS)})} if self.once_in(2) else {}
        )
        found |= {"sku": self.or_odd({"name": self.one(TEXTS)})} if self.once_in(2) else {}
        if self._respelled and self.odd():
            found[self.one(("Properties", "Tags", "NAME", "kind", "extra"))] = self.one((self.properties(names), "x"))
        if self._respelled and self.odd() and isinstance(found["properties"], dict):
            found["properties"][self.one(("State", "LIST", "Deep", "PARENT", "İ"))] = self.one(TEXTS)
        if self.odd():
            del found["name"]
        return found

    def resource(self, kind: str, stamp: str, n: int, names: Sequence[str]) -> Resource:
        name = f"{self.one('nNm')}{n}" if not self.odd() else f"{self.one(TEXTS)}{n}"
        unknown = {self.one(("/properties/state", "/properties/list/0", "/tags", "/new")): "403"} if self.odd() else {}
        id_ = f"{GROUP}/providers/{kind}/{name}"
        if self.odd():
            id_ = self.one((id_.upper(), id_.strip("/"), id_ + "/", "/" + name, f"{id_}\u212a", f"{id_}\ud800"))
        kind = kind.upper() if self._odd < 20 and self.once_in(200) else kind
        made = resource(kind=kind, stamp=stamp, id=id_, unknown=unknown)
        return replace(made, body=self.body(name, names))

    def inventory(self) -> Inventory:
        """Resources of several types on several stamps, some lists failed or never taken."""
        most = self.one((3, 10, 40))
        names = [f"n{i}" for i in range(most)]
        found: dict[Any, Resource] = {}
        for stamp in STAMPS[: self.one((1, 2, 3))]:
            for kind in KINDS:
                for n in sorted({self.one(range(most * 2)) for _ in range(self.one((0, 1, most, most)))}):
                    made = self.resource(kind, stamp, n, names)
                    found[stamp, type_key(made.type), arm_key(made.id)] = made
        lists = [coverage(kind, stamp=stamp) for kind in KINDS for stamp in STAMPS if not self.odd()]
        return Inventory.of(NOW, found.values(), [self.failed(c) if self.once_in(20) else c for c in lists])

    def failed(self, one: Coverage) -> Coverage:
        scope = self.one(("", GROUP, "/subscriptions/s2"))
        return Coverage(one.stamp, one.type, scope, CoverageState.FAILED, self.one(("403", "It was refused.")))

    def test(self, prefix: str = "", paths: Sequence[str] = ()) -> dict[str, Any]:
        operator, wanted = self.one(TESTS)
        path = self.one(paths or self._paths)
        if self.once_in(2):
            # What the operator is usually asked of.
            usual = {
                "newerThan": "properties.created",
                "olderThan": "properties.created",
                "sizeAtLeast": "properties.size",
            }
            numbers = dict.fromkeys(("greater", "lessOrEquals"), "properties.number")
            path = {**usual, **numbers}.get(operator, path) if not prefix else path
        return {"field": prefix + path, operator: self.one(wanted)}

    def condition(self, depth: int, counted: bool = False) -> dict[str, Any]:
        kind = self.one("tttttgan" if depth and not counted else "tttttgn" if depth else "t")
        if kind == "g":
            return {self.one(("allOf", "anyOf")): self.some(lambda: self.condition(depth - 1, counted), 1, 3)}
        if kind == "n":
            return {"not": self.condition(depth - 1, counted)}
        if kind == "a":
            return self.compared({"field": "properties.list[*]", **self.of_items()})
        return self.test()

    def of_items(self) -> dict[str, Any]:
        paths = (".name", ".number", ".on", ".NAME", "", ".inner")
        where: dict[str, Any] = self.test("properties.list[*]", paths)
        if self.once_in(4):
            inner = self.test("properties.list[*].inner[*]", (".a", ""))
            where = self.compared({"field": "properties.list[*].inner[*]", "where": inner})
        return {} if self.once_in(5) else {"where": {"allOf": [where, self.test()]} if self.once_in(5) else where}

    def compared(self, count: dict[str, Any]) -> dict[str, Any]:
        operator = self.one(("equals", "greater", "greaterOrEquals", "lessOrEquals", "less"))
        return {"count": count, operator: self.one((0, 1, 1, 2, "[parameters('number')]"))}

    def join(self) -> dict[str, Any]:
        field, value = self.one(self._joins)
        parts = [{"field": field, "equals": value}, *self.some(lambda: self.condition(1, True), 0, 2)]
        found: dict[str, Any] = {"resources": self.one((OTHER, OTHER, PART, THING, "Test.Azs/nowhere"))}
        if self.once_in(self._rarely):
            parts = parts[1:]
        if parts:
            found["where"] = parts[0] if len(parts) == 1 and self.once_in(2) else {"allOf": parts}
        if self.once_in(self._rarely):
            found["scope"] = self.one(("fleet", "children", "resourceGroup", "subscription"))
        if self.once_in(6):
            found["unknownWhenNone"] = "there is none"
        if self.once_in(self._rarely):
            found["newest"] = {"by": "properties.created"}
        return self.compared(found)

    def policy(self, n: int) -> Policy:
        """A policy as people write them."""
        require = self.one((self.join, lambda: self.condition(2), self.test))()
        if self.once_in(6):
            require = {self.one(("allOf", "anyOf")): [require, self.join(), self.test()]}
        fields: dict[str, Any] = {
            "id": f"TST-{n:03}",
            "appliesTo": self.one((THING, THING, THING, OTHER, [THING, PART])),
        }
        of_any = self.once_in(15)
        if of_any and self.once_in(2):
            fields["when"] = {"field": "type", self.one(("equals", "notEquals")): self.one(KINDS)}
        elif self.once_in(4):
            fields["when"] = self.test()
        message = self.one(MESSAGES) if self.once_in(4) else ""
        named = json.dumps([require, fields]) + message
        parameters = {k: v for k, v in PARAMETERS.items() if f"'{k}'" in named or f"{{{k}}}" in named}
        if "{number}" in message or parameters:
            fields["parameters"] = {k: {"type": t, "default": d} for k, (t, d, _) in parameters.items()}
        made = policy(require, **fields, **({"message": message} if message else {}))
        return replace(made, applies_to=(ANY,)) if of_any else made

    def overrides(self, policies: Sequence[Policy]) -> dict[str, dict[str, Any]]:
        known = {name for one in policies for name in one.parameters}
        return {
            stamp: {
                name: self.one(few) for name, (_, _, few) in PARAMETERS.items() if name in known and self.once_in(2)
            }
            for stamp in STAMPS[1:]
        }

    def damage(self, file: Path) -> None:
        """Sometimes change lines by hand."""
        head, *lines = file.read_bytes().splitlines(keepends=True)
        change = self.one(("", "", "", "swap", "double", "respell", "keys", "spaces", "crlf", "blank", "count"))
        at = [i for i, one in enumerate(lines) if one.startswith(b'{"stamp"')]
        if not at or not change:
            return
        i, j = self.one(at), self.one(at)
        match change:
            case "swap":
                lines[i], lines[j] = lines[j], lines[i]
            case "double":
                lines[i] = lines[j]
            case "respell":
                old = self.one((b'"properties"', b'"state"', b'"list"', b'"created"', b'"parent"', b'"number"'))
                lines[i] = lines[i].replace(old, old.upper() if self.once_in(2) else old.title())
            case "keys":
                lines[-1] = json.dumps({"end": json.loads(lines[-1])["end"]}).encode() + b"\n"
            case "spaces":
                lines[i] = json.dumps(json.loads(lines[i])).encode() + b"\n"
            case "crlf":
                lines = [one.replace(b"\n", b"\r\n") for one in lines]
            case "blank":
                lines[i] = lines[i] + b" \n"
            case "count":
                lines[i] = b""
        file.write_bytes(b"".join([head, *lines]))
