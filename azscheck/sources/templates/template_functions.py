"""The functions that depend on the template and on where it is deployed to.

https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from azscheck.expressions import Functions, OfTrees
from azscheck.sources.templates.frame import Frame
from azscheck.sources.templates.ids import id_of, own_id, subscription_id, text
from azscheck.sources.templates.lambdas import LAMBDAS
from azscheck.sources.templates.nodes import Array, Object
from azscheck.sources.templates.scope import Scope
from azscheck.sources.templates.steps import A_CALL
from azscheck.sources.templates.target import Target
from azscheck.values import Unknown


class Deployed(Protocol):
    """What a deployment tells of the resources in it."""

    def outputs(self, name: str) -> Any:
        """The outputs of the nested deployment of this name, id or symbol; None when it is none."""

    def known(self, symbol: str) -> Mapping[str, Any] | None:
        """What is known of the resource of a symbolic name before it is there."""


def functions_of(scope: Scope) -> Functions:
    """The functions as they are in one template."""
    target = scope.target
    here: dict[str, Callable[..., Any] | OfTrees] = {
        **LAMBDAS,
        **{name: _later(name, reason) for name, reason in _LATER.items()},
        "parameters": lambda name: scope.parameter(text(name)).value(),
        "variables": lambda name: scope.variable(text(name)).value(),
        "resourceid": lambda *parts: own_id(target, parts),
        "subscriptionresourceid": lambda *parts: subscription_id(target, parts),
        "tenantresourceid": lambda *parts: id_of("", parts),
        "extensionresourceid": lambda scope_id, *parts: id_of(text(scope_id).rstrip("/"), parts),
        "resourcegroup": lambda: _group(target),
        "subscription": lambda: _subscription(target),
        "deployment": lambda: _deployment(scope),
        "reference": lambda *given: _reference(scope, *given),
        "references": lambda *_: Unknown("what a resource is like is known only after the deployment"),
        "resourceinfo": lambda symbol: _info(scope, symbol),
        "fail": lambda message="": Unknown(f"the template says: {message}", error=True),
    }
    here.update(_own_functions(scope))
    return {name: made if isinstance(made, OfTrees) else _plain(made) for name, made in here.items()}


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*given: Any) -> Any:
        try:
            return function(*given)
        except TypeError:
            raise ValueError("takes other arguments, or another number of them") from None

    return call


_ON_DEPLOYMENT: Final = "is known only at the deployment"
_LATER: Final = {
    "deployer": _ON_DEPLOYMENT,
    "environment": "depends on the stamp",
    "managementgroup": _ON_DEPLOYMENT,
    "managementgroupresourceid": _ON_DEPLOYMENT,
    "newguid": _ON_DEPLOYMENT,
    "pickzones": "depends on the stamp",
    "providers": "depends on the stamp",
    "tenant": _ON_DEPLOYMENT,
    "utcnow": _ON_DEPLOYMENT,
}


def _later(name: str, reason: str) -> Callable[..., Any]:
    unknown = Unknown(f"{name}() {reason}")
    return lambda *_: unknown


def _group(target: Target) -> Any:
    if not target.resource_group:
        return Unknown("resourceGroup() is for deployments to a group", error=True)
    told = target.group_told and target.subscription_told
    unknown = Unknown("the resource group that is deployed to is not given")
    return {
        "id": target.id if told else unknown,
        "name": target.resource_group if target.group_told else unknown,
        "type": "Microsoft.Resources/resourceGroups",
        "location": target.location or Unknown("the location that is deployed to is not given"),
        "managedBy": Unknown("what the resource group is like is not given"),
        "tags": Unknown("the tags of the resource group are not given"),
        "properties": {"provisioningState": "Succeeded"},
    }


def _subscription(target: Target) -> Any:
    told = target.subscription_told
    unknown = Unknown("the subscription that is deployed to is not given")
    return {
        "id": target.subscription if told else unknown,
        "subscriptionId": target.subscription_id if told else unknown,
        "tenantId": Unknown("the directory of the subscription is not given"),
        "displayName": Unknown("the name of the subscription is not given"),
    }


def _deployment(scope: Scope) -> Any:
    where = Unknown("where the template will lie is not known before it is deployed")
    return {
        "name": scope.name,
        "location": Unknown("where it is deployed to is not given"),
        "properties": {
            "templateLink": {"uri": where, "id": where},
            # No more of it: it holds the defaults of secure parameters.
            "template": {"contentVersion": scope.template.of("contentVersion")},
            "parameters": Unknown("deployment() does not tell the parameters before it is deployed"),
            "mode": Unknown("the mode is given when it is deployed"),
            "provisioningState": "Accepted",
        },
    }


def _reference(scope: Scope, name: Any, version: Any = None, full: Any = None) -> Any:
    del version
    outputs = scope.deployed.outputs(text(name)) if scope.deployed is not None else None
    if outputs is None:
        return Unknown("what a resource is like is known only after the deployment")
    properties = {"outputs": outputs, "provisioningState": "Succeeded"}
    return {"properties": properties} if isinstance(full, str) and full.lower() == "full" else properties


def _info(scope: Scope, symbol: Any) -> Any:
    known = scope.deployed.known(text(symbol)) if scope.deployed is not None else None
    return Unknown(f"the template has no resource {symbol!r}", error=True) if known is None else known


def _own_functions(scope: Scope) -> Mapping[str, Callable[..., Any]]:
    """The functions that the template itself has, by `namespace.name`."""
    found: dict[str, Callable[..., Any]] = {}
    namespaces = scope.template.of("functions")
    for namespace in namespaces if isinstance(namespaces, Array) else ():
        prefix = namespace.of("namespace") if isinstance(namespace, Object) else None
        members = namespace.of("members") if isinstance(namespace, Object) else None
        if isinstance(prefix, str) and isinstance(members, Object):
            for name, member in members.items():
                if isinstance(member, Object):
                    found[f"{prefix}.{name}".lower()] = _own_function(scope, member)
    return found


def _own_function(scope: Scope, member: Object) -> Callable[..., Any]:
    declared = member.of("parameters")
    names = [p.of("name") for p in declared if isinstance(p, Object)] if isinstance(declared, Array) else []
    output = member.of("output")
    value = output.of("value") if isinstance(output, Object) else None

    def call(*given: Any) -> Any:
        if len(given) != len(names):
            raise ValueError(f"takes {len(names)} arguments, not {len(given)}")
        own = {str(name).lower(): held for name, held in zip(names, given, strict=True)}

        def parameter(name: Any) -> Any:
            if text(name).lower() not in own:
                raise ValueError(f"the function has no parameter {name!r}")
            return own[name.lower()]

        scope.steps.spend(A_CALL)
        return Frame(scope, {**scope.frame.here, "parameters": parameter}).render(value)

    return call
