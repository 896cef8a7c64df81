"""What the configuration refers to, for values that are known after apply: the resources that an expression names.

The configuration of a plan lists the references of each expression, not the expression. So what is found is used only
for attributes that are the id or name of one resource, and only where the types agree.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

from msgspec import Struct

from azscheck.sources.terraform.addresses import Index, Step, module_steps, steps_of
from azscheck.sources.terraform.change import Change, below

_MOST_STEPS: Final = 200
"""Of one search: modules can pass a value on through many variables, and a forged plan without end."""
_NAMING: Final = frozenset({"id", "name"})
_OWN_KEY: Final = ("each.", "count.")
Module = tuple[Step, ...]
_T = TypeVar("_T")


class _Search(Struct, frozen=True):
    """References that stand in a module, and the key of the instance that they stand in."""

    references: tuple[str, ...]
    module: Module
    index: Index
    each: tuple[str, ...] = ()
    """What `for_each` there refers to."""


class References:
    """The resources of a plan, by what refers to them."""

    def __init__(self, configuration: Mapping[str, Any], changes: tuple[Change, ...]) -> None:
        self._root = below(configuration, "root_module")
        self._modules: dict[tuple[str, ...], Mapping[str, Any]] = {}
        self._resources: dict[tuple[str, ...], dict[tuple[str, str], Mapping[str, Any]]] = {}
        self._instances: dict[tuple[Module, str, str], dict[Index, Change]] = {}
        self._calls: dict[tuple[Module, str], dict[Index, None]] = {}
        for change in changes:
            if change.deposed:
                continue
            module = module_steps(change.module)
            self._instances.setdefault((module, change.type, change.name), {})[change.index] = change
            for length in range(len(module)):
                name, index = module[length]
                self._calls.setdefault((module[:length], name), {})[index] = None

    def texts(self, change: Change, way: tuple[str | int, ...]) -> tuple[str, ...]:
        """The references of an attribute's expression, each with the attributes that it reads."""
        return _most(_references(_expression(self._resource(change).get("expressions"), way)))

    def expressed(self, change: Change, way: tuple[str | int, ...]) -> bool:
        """Whether the configuration says anything of an attribute, or may, in a `dynamic` block that no plan shows."""
        expressions = self._resource(change).get("expressions")
        return _expression(expressions, way) is not None or (len(way) > 1 and _expression(expressions, way[:1]) is None)

    def resources(self, change: Change, way: tuple[str | int, ...]) -> list[Change]:
        """The resources whose id or name an attribute may be, in the order of the expression."""
        resource = self._resource(change)
        texts = _references(_expression(resource.get("expressions"), way))
        each = _references(resource.get("for_each_expression"))
        waiting = [_Search(texts, module_steps(change.module), change.index, each)]
        found: dict[str, Change] = {}
        for _ in range(_MOST_STEPS):
            if not waiting:
                break
            search = waiting.pop(0)
            for text in _most(search.references):
                for met in self._follow(text, search):
                    if isinstance(met, Change):
                        found.setdefault(met.address, met)
                    else:
                        waiting.append(met)
        return list(found.values())

    def _follow(self, text: str, search: _Search) -> Iterator[Change | _Search]:
        match steps_of(text):
            case [("each", _), ("value", _), *_] if search.each:
                # What for_each goes over has the keys of what it makes.
                yield _Search((*search.each, "each.key"), search.module, search.index)
            case [("var", _), (name, _), *_] if search.module:
                yield from self._argument(name, search.module)
            case [("module", _), (call, index), (output, _), *_]:
                yield from self._output(call, index, output, search)
            case [("data" | "local" | "path" | "self" | "each" | "count", _), *_]:
                return
            case [(kind, None), (name, index), *rest]:
                if not rest or rest[0][0] in _NAMING:
                    instances = self._instances.get((search.module, kind, name), {})
                    yield from _one(instances, index, search)

    def _argument(self, name: str, module: Module) -> Iterator[_Search]:
        call = below(self._module(module[:-1]), "module_calls", module[-1][0])
        texts = _references(below(call, "expressions").get(name))
        yield _Search(texts, module[:-1], module[-1][1], _references(call.get("for_each_expression")))

    def _output(self, call: str, index: Index, output: str, search: _Search) -> Iterator[_Search]:
        for key in _one({i: i for i in self._calls.get((search.module, call), {})}, index, search):
            module = (*search.module, (call, key))
            texts = _references(below(self._module(module), "outputs", output).get("expression"))
            yield _Search(texts, module, search.index)

    def _resource(self, change: Change) -> Mapping[str, Any]:
        names = tuple(name for name, _ in module_steps(change.module))
        if names not in self._resources:
            listed = self._module(module_steps(change.module)).get("resources")
            self._resources[names] = {
                (str(r.get("type")), str(r.get("name"))): r
                for r in (listed if isinstance(listed, list) else ())
                if isinstance(r, dict)
            }
        return self._resources[names].get((change.type, change.name), {})

    def _module(self, module: Module) -> Mapping[str, Any]:
        names = tuple(name for name, _ in module)
        if names not in self._modules:
            found = self._root
            for name in names:
                found = below(found, "module_calls", name, "module")
            self._modules[names] = found
        return self._modules[names]


def _one(instances: Mapping[Index, _T], index: Index, search: _Search) -> Iterator[_T]:
    """The instance with the index, or with the key of what refers to it, or the only one; else none."""
    by_own_key = any(text.startswith(_OWN_KEY) for text in search.references)
    key: Index = None
    if index is not None:
        key = index
    elif by_own_key and search.index in instances:
        key = search.index
    elif len(instances) == 1:
        key = next(iter(instances))
    else:
        return
    if key in instances:
        yield instances[key]


def _expression(expressions: Any, way: tuple[str | int, ...]) -> Any:
    for step in way:
        if isinstance(step, str) and isinstance(expressions, dict):
            expressions = expressions.get(step)
        elif isinstance(step, int) and isinstance(expressions, list):
            expressions = expressions[step] if step < len(expressions) else None
        elif step != 0:
            return None
    return expressions


def _references(expression: Any) -> tuple[str, ...]:
    found = expression.get("references") if isinstance(expression, dict) else None
    return tuple(text for text in found if isinstance(text, str)) if isinstance(found, list) else ()


def _most(references: tuple[str, ...]) -> tuple[str, ...]:
    """Without those that Terraform lists behind a longer one of which they are the beginning."""
    kept: list[str] = []
    for text in references:
        if not (kept and kept[-1].startswith((f"{text}.", f"{text}["))):
            kept.append(text)
    return tuple(kept)
