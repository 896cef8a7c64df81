"""Random policies and inventories of few words, so that what a policy asks for is often there, and often absurd."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from random import Random
from typing import Any

from msgspec.structs import replace

from azscheck.documents import Document
from azscheck.engine.compiled.rules import Rule
from azscheck.inventory import CoverageState, Inventory, Resource, arm_key, type_key
from azscheck.policy import Policy
from azscheck.policy.conditions import Condition
from azscheck.policy.model import Parameter
from azscheck.policy.parse import OPERATORS, Parser, canonical

from ...builders import GROUP, NOW, OTHER, THING, coverage, policy, resource

PART = f"{THING}/parts"
STAMPS = ("east", "west")
NAMES = ("n0", "N0", "n1", "n-1")
TIMES = (
    *("2026-05-31T12:00:00Z", "2026-06-01T11:00:00.1234567Z", "2026-06-01T12:30:00Z", "2026-06-01T13:00:00.000001Z"),
    *("2030-01-01T00:00:00Z", "2026-05-01 00:00:00", "2026-05-31T14:00:00+02:00", "0001-01-01T00:00:00+05:00"),
    *("2026-13-01T00:00:00Z", "yesterday", "9999-12-31T23:59:59Z", "2026-05-31T12:00:00.Z"),
)
SIZES = ("5 GB", "1,5 TB", "512", "5 gib", 2**40, 5.5)
VERSIONS = ("1.2301.2.58", "1.2", "1.10.0", "1..2", "1.२")
ADDRESSES = ("10.0.0.5", "10.1.0.5", "fe80::1", "host.example", "10.0.0.05")
ODD = ("\u212a", "k", "K", "İ", "i̇", "ß", "SS", "\ud800", "😀", "a\u2028b", "'", '"\\\n', "\0")
SCALARS = (
    *(None, True, False, 0, 1, 2, -1, 1.0, 1.5, -0.0, 10**30, 10**400, 1e308),
    *("", "x", "X", "xy", "true", "True", "1", "1.0", "12", "a*b", "East US 2", "eastus2", "[x", "[[x"),
    *(*ODD, *NAMES, TIMES[0], SIZES[0], VERSIONS[1], ADDRESSES[0], f"{GROUP}/providers/{THING}/n0", THING.upper()),
)
KEYS = ("a", "A", "b", "list", "List", "k", "\u212a", "x.y", "İ", "'", "properties")

USUAL = {
    "time": TIMES,
    "size": SIZES,
    "version": VERSIONS,
    "address": ADDRESSES,
    "text": (*ODD, *("x", "X", "xy", "YX", "1", "a*b", "12") * 3),
    "number": (0, 1, 2, 1.5, True, "1", 10**30),
    "parent": (*NAMES, f"{GROUP}/providers/{THING}/n0", None, ["n0"], ["N0"], 1),
}
PLACES = {
    THING: (f"{GROUP}/providers/{THING}/{{}}", f"/subscriptions/s2/resourceGroups/rg/providers/{THING}/{{}}", "/{}"),
    OTHER: (
        *(f"{GROUP}/providers/{OTHER}/{{}}", f"{GROUP}/providers/{THING}/n0/others/{{}}", "/subscriptions/s1/x/{}"),
        *(f"{GROUP.upper()}/providers/{THING}/N0/others/{{}}", f"{GROUP}2/providers/{OTHER}/{{}}", "/{}"),
    ),
}
PLACES[PART] = (f"{GROUP}/providers/{THING}/n0/parts/{{}}", f"{GROUP}/providers/{THING}/n1/parts/{{}}")

PARAMETERS: Mapping[str, tuple[str, tuple[Any, ...]]] = {
    "text": ("string", ("x", "a", "K", "", "[field('name')]", "[[x")),
    "number": ("integer", (1, 2, 10**30)),
    "half": ("float", (1.5, 1, float("nan"), float("inf"))),
    "flag": ("boolean", (True, False)),
    "many": ("array", (["x", 1], [], [None, "X"], [["x"], {"a": 1}], ["[[x", "n0"], list(range(300)))),
    "thing": ("object", ({"a": "x"}, {}, {"A": {"b": 1}})),
    "age": ("duration", ("P1D", "24h", "PT0S", "P9999999D", "-P1D")),
    "moment": ("dateTime", ("2026-05-31T12:00:00Z",)),
}
STATIC = (
    *(f"[parameters('{name}')]" for name in PARAMETERS),
    *("[utcNow()]", "[addDays(utcNow(), -1)]", "[dateTimeAdd(utcNow(), 'P1D')]", "[concat('', parameters('text'))]"),
    *("[if(parameters('flag'), 'x', parameters('number'))]", "[first(parameters('many'))]", "[first(createArray())]"),
    *("[parameters('thing').a]", "[createObject('a', parameters('text'))]", "[toLower(1)]", "[createArray('x', 1)]"),
    *("[coalesce(first(createArray()))]", "[length(parameters('many'))]", "[parameters(concat('te', 'xt'))]"),
    *("[true()]", "[false()]", "['[[x']", "[min(1, 2)]", "[toUpper('ß')]"),
)
OF_RESOURCE = (
    *("[field('properties.a')]", "[field('name')]", "[toLower(field('properties.text'))]", "[field('tags')]"),
    *("[field('properties.list[*]')]", "[concat(field('type'), field('id'))]", "[field('Test.Azs/things/a')]"),
    *(
        "[contains(field('properties'), 'a')]",
        "[empty(field('properties.list'))]",
        "[length(field('properties.list'))]",
    ),
)
OF_SUBJECT = (
    *("[subject('id')]", "[subject('name')]", "[subject('properties.parent')]", "[subject('properties.list')]"),
    *("[toLower(subject('id'))]", "[concat(subject('name'), field('name'))]", "[subject('properties.list[*]')]"),
    *("[subject('Test.Azs/things/a')]", "[subject('Properties.A')]", "[subject('location')]"),
)
OF_ELEMENT = ("[current()]", "[current('properties.list[*]')]", "[current('e')]", "[field('properties.list[*].a')]")

PATHS = (
    *("properties.a", "properties.A", "Properties.a", "PROPERTIES.LIST", "properties.b.a", "properties['x.y']"),
    *("properties.k", "properties.\u212a", "properties['İ']", "properties['i̇']", "properties['''']", "properties"),
    *("tags", "tags.a", "tags['A']", "TAGS.x.y", "location", "Location", "id", "ID", "name", "NAME", "type"),
    *("fullName", "kind", "sku.a", "identity.A", "name.a", "properties.a.b.a.b", "properties.properties.a"),
    *("Test.Azs/things/a", "Test.Azs/things/b.a", "Test.Azs/others/a", "Test.Azs/k", "Test.Azs/things/list"),
    *("properties.parent", "properties.number", "properties.text"),
)
COMPUTED = (
    *("[concat('properties.', parameters('text'))]", "[parameters('number')]", "[concat('tags[', 'a', ']')]"),
    *("['properties.list[*]']", "['..']", "[field('properties.text')]", "['location']", "['properties.list[*].a']"),
)
ARRAYS = ("properties.list[*]", "properties.List[*]", "properties.a[*]", "properties.b.list[*]", "tags[*]", "name[*]")

TYPICAL: Mapping[str, tuple[str, tuple[Any, ...]]] = {
    "like": ("text", ("x", "X*", "*k", "*x*", "**", "a*b", "*", "*\u212a", "ß", 1, True, "İ*")),
    "match": ("text", ("?", "#", "..", "#?", "x", 1)),
    "matchInsensitively": ("text", ("X", "?", "\u017f", "\u212a")),
    "contains": ("text", ("x", "K", "", 1, True, "\u212a", "i")),
    "containsKey": ("b", KEYS),
    "less": ("number", (1, 1.5, 0, "1", 10**400, "x", TIMES[0])),
    "newerThan": ("time", ("P1D", "24h", "PT0S", "-P1D", "soon", "P9999999D", 5, ["P1D"])),
    "withinCidr": ("address", ("10.0.0.0/8", ["10.0.0.0/24", "fe80::/10"], "x", "10.0.0.1-10.0.0.9", [])),
    "sizeAtLeast": ("size", ("5 GB", 1, "much")),
    "versionAtLeast": ("version", ("1.2", "1.10", "new", 1)),
    "matchesRegex": ("text", ("^x$", "(?i)k", ".", "\\d+", "")),
    "exists": ("a", (True, False, "TRUE", "false")),
    "in": ("text", (["x", "K"], ["x", 1, True], ["EastUS2"], [], ["ß", None], [["x"], "x"], ["1", {"a": 1}])),
    "equals": ("text", ("x", "K", "1", 1, None, True, "ß", "İ", "\ud800", "[[x", "East US 2")),
}
for first, *others in (
    ("newerThan", "olderThan"),
    ("less", "lessOrEquals", "greater", "greaterOrEquals"),
    *((word, f"not{word[0].upper()}{word[1:]}") for word in TYPICAL if f"not{word[0].upper()}{word[1:]}" in OPERATORS),
):
    TYPICAL = {**TYPICAL, **dict.fromkeys(others, TYPICAL[first])}
NEEDS = {"in": STATIC, "notIn": STATIC, "exists": ("[parameters('flag')]", "[true()]"), "matchesRegex": ("[utcNow()]",)}
"""Operators that take, of what is written, only their own: any other value comes from an expression."""
KEYED = ("properties.parent", "properties.parent", "name", "properties.a", "id", "tags.a", "fullName", "type")


class Place:
    """Where a condition stands: the arrays around it, and whether it is on a counted resource or in any count."""

    def __init__(self, arrays: tuple[str, ...] = (), counted: bool = False, element: bool = False) -> None:
        self.arrays = arrays
        self.counted = counted
        self.element = element

    def expressions(self) -> tuple[str, ...]:
        return (
            *STATIC,
            *OF_RESOURCE,
            *(OF_SUBJECT if self.counted else ()),
            *(OF_ELEMENT if self.element else ()),
        )

    def paths(self) -> tuple[str, ...]:
        below = ("", ".a", ".A", ".b.a", ".list", ".k", "['x.y']", ".properties.a")
        of_elements = [f"{array}{path}" for array in self.arrays for path in below]
        return (*PATHS, *of_elements, *of_elements, *(path.replace("propert", "PROPert") for path in of_elements))


class Dice:
    """Random values; a seed makes them the same every time."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def one(self, few: Sequence[Any]) -> Any:
        return few[int(self._random.random() * len(few))]

    def once_in(self, n: int) -> bool:
        return self._random.random() * n < 1

    def some(self, make: Callable[[], Any], least: int, most: int) -> list[Any]:
        return [make() for _ in range(self._random.randint(least, most))]

    def scalar(self) -> Any:
        return self.one(SCALARS)

    def flat(self) -> Any:
        """A scalar, or an array or an object of scalars."""
        return self._nested(self.scalar)

    def deep(self) -> Any:
        """As `flat`, a level deeper."""
        return self._nested(self.flat)

    def _nested(self, below: Callable[[], Any]) -> Any:
        match self.one("ssal" if below == self.scalar else "salo"):
            case "s":
                return self.scalar()
            case "a" | "l":
                return self.some(below, 0, 4)
        return {self.one(KEYS): below() for _ in range(self._random.randint(0, 4))}

    def properties(self) -> dict[str, Any]:
        """An object of the usual properties, and of odd ones."""
        usual = {key: self.one(few) for key, few in USUAL.items() if not self.once_in(6)}
        return usual | {key: self.deep() for key in KEYS if self.once_in(3)}

    def body(self) -> dict[str, Any]:
        """What a service says of a resource."""
        found = {"name": self.one((*NAMES, *NAMES, "p/n0", "", None, 1)), "properties": self.properties()}
        for key in ("id", "type", "kind", "tags", "Tags", "sku", "identity", "NAME"):
            if self.once_in(3):
                found[key] = self.flat()
        if self.once_in(2):
            found["location"] = self.one(("East US 2", "eastus2", "EASTUS2", None, ["East US 2"], 1))
        if self.once_in(8):
            found["Properties"] = self.properties()
        if self.once_in(8):
            found["properties"] = self.flat()
        if self.once_in(12):
            del found["properties"]
        return found

    def resource(self, kind: str) -> Resource:
        """A resource, of which sometimes a part could not be read."""
        pointers = ("/properties/a", "/properties/list/0", "/tags", "/properties/parent", "/new/a")
        unknown = {self.one(pointers): "403"} if self.once_in(8) else {}
        id_ = self.one(PLACES[kind]).format(self.one(NAMES))
        return replace(resource(kind=kind, id=id_, stamp=self.one(STAMPS), unknown=unknown), body=self.body())

    def inventory(self, things: int = 4) -> Inventory:
        """Things on two stamps, others to count, and sometimes a list that failed or was never taken."""
        found = [
            *self.some(lambda: self.resource(THING), 1, things),
            *self.some(lambda: self.resource(OTHER), 0, 5),
            *self.some(lambda: self.resource(PART), 0, 3),
        ]
        lists = [coverage(kind, stamp=stamp) for kind in (THING, OTHER, PART) for stamp in STAMPS]
        if self.once_in(5):
            failed = self.one(range(len(lists)))
            scope = self.one(("", "/subscriptions/s2", GROUP))
            lists[failed] = replace(lists[failed], state=CoverageState.FAILED, reason="403", scope=scope)
            if self.once_in(2):
                del lists[failed]
        return Inventory.of(NOW, found, lists)

    def orderly(self, things: int) -> Inventory:
        """An inventory in which no resource stands twice, with keys in few spellings."""
        found = self.inventory(things)
        by_place = {(r.stamp, type_key(r.type), arm_key(r.id)): r for r in found.resources}
        plain = [replace(r, body=self._plain(r.body)) if self.once_in(2) else r for r in by_place.values()]
        return Inventory.of(NOW, plain if self.once_in(2) else by_place.values(), found.coverage)

    def _plain(self, value: Any) -> Any:
        """What services usually send: keys in lower case, no key that is one but for its case, no odd number."""
        match value:
            case dict():
                return {key.lower(): self._plain(below) for key, below in value.items() if key.isascii()}
            case list():
                return [self._plain(below) for below in value]
            case str():
                return value.encode("utf-8", "replace").decode()
            case int() if abs(value) > 2**62:
                return 7
            case _:
                return value

    def parameters(self) -> dict[str, Any]:
        """A value for each parameter."""
        return {name: self.one(few) for name, (_, few) in PARAMETERS.items()}

    def test(self, place: "Place", depth: int, operators: Sequence[str] = OPERATORS) -> dict[str, Any]:
        """One test on a property, a value or a count, as it is written."""
        operator = self.one(operators)
        typical_key, typical = TYPICAL[operator]
        kind = self.one("ffffffvcccr" if depth else "fffv")
        wanted = self.one(typical)
        if self.once_in(3):
            wanted = self.one(NEEDS.get(operator, place.expressions()))
        elif self.once_in(4) and operator not in NEEDS:
            wanted = self.flat()
        if kind == "f":
            path = self.one((f"properties.{typical_key}", *(f"{array}.a" for array in place.arrays)))
            if self.once_in(2):
                path = self.one(place.paths())
            elif self.once_in(4):
                path = self.one((*COMPUTED, *["location"] * 4))
            return {"field": path, operator: wanted}
        if kind == "v":
            return {"value": self.one(place.expressions()) if self.once_in(2) else self.flat(), operator: wanted}
        if not self.once_in(3):
            operator = self.one(("equals", "notEquals", "less", "lessOrEquals", "greater", "greaterOrEquals"))
            wanted = self.one((0, 1, 2, 1, 1.0, "1", "[parameters('number')]"))
        count = self.count_of_resources(depth - 1) if kind == "r" else self.count_of_elements(place, depth - 1)
        return {"count": count, operator: wanted}

    def count_of_elements(self, place: "Place", depth: int) -> dict[str, Any]:
        """A count over an array of the resource, or over a literal."""
        if self.once_in(4):
            within = Place(place.arrays, place.counted, element=True)
            found = {"value": self.one(STATIC) if self.once_in(2) else self.some(self.flat, 0, 3), "name": "e"}
        else:
            inner = [f"{array}{below}" for array in place.arrays for below in (".list[*]", ".a[*]", "", ".b.list[*]")]
            array = self.one((*ARRAYS, *inner, *inner))
            within, found = Place((*place.arrays, array), place.counted, element=True), {"field": array}
        return found if self.once_in(5) else {**found, "where": self.condition(within, depth)}

    def count_of_resources(self, depth: int) -> dict[str, Any]:
        """A count of other resources, mostly joined by a key."""
        found = {"resources": self.one((OTHER, OTHER, OTHER, PART, THING, OTHER.upper(), "Test.Azs/nowhere"))}
        scope = self.one(("", "", "stamp", "children", "resourceGroup", "subscription", "fleet"))
        found |= {"scope": scope} if scope else {}
        parts = self.some(lambda: self.condition(Place(counted=True), depth), 0, 2)
        if not self.once_in(3):
            parent = "properties.parent"
            usual = ((parent, "name"), ("name", "name"), (parent, "id"), (parent, parent), ("tags.a", "type"))
            key, subject = self.one(usual)
            equality = {"field": key, "equals": f"[subject('{subject}')]"}
            if self.once_in(2):
                equality = {"field": self.one((*KEYED, "location")), "equals": self.one(OF_SUBJECT)}
            parts.insert(self.one(range(len(parts) + 1)), equality)
        if parts:
            found["where"] = parts[0] if len(parts) == 1 else {"allOf": parts}
        if self.once_in(10):
            found["newest"] = {"by": "properties.time"}
        if self.once_in(6):
            found["unknownWhenNone"] = "none was found"
        return found

    def condition(self, place: "Place", depth: int) -> dict[str, Any]:
        """A condition as it is written."""
        word = self.one(("", "", "", "allOf", "anyOf", "not")) if depth > 0 else ""
        if not word:
            return self.test(place, max(depth, 0))
        below = self.condition(place, depth - 1) if word == "not" else None
        return {word: below or self.some(lambda: self.condition(place, depth - 1), 1, 3)}

    def rule(self, depth: int) -> Rule:
        """A rule, which sometimes says when it applies."""
        when = parsed(self.condition(Place(), 1)) if self.once_in(4) else None
        return Rule(when, parsed(self.condition(Place(), depth)), self.parameters())


def parsed(value: dict[str, Any]) -> Condition:
    """A condition through the parser, in whose eyes nothing but a literal is wrong with it."""
    parser = Parser(Document("policy.yaml", value, {}), frozenset(PARAMETERS))
    found = parser.condition(canonical(value), ("require",))
    assert all(sentence.startswith(OPERATORS) for _, sentence in parser.mistakes), parser.mistakes
    return found


@cache
def _usual() -> Policy:
    return policy({"field": "name", "exists": True})


def policy_of(rule: Rule, id_: str) -> Policy:
    """A policy on things, whose parameters have a rule's values for their defaults."""
    usual = _usual()
    parameters = {name: Parameter(name, kind, rule.parameters[name]) for name, (kind, _) in PARAMETERS.items()}
    info = replace(usual.info, id=id_)
    return Policy(info, (THING,), rule.when, rule.require, "", parameters, frozenset((THING, OTHER, PART)))
