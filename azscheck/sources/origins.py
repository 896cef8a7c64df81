"""Where the resources of a type come from, and what to do where they are not there."""

from enum import StrEnum
from typing import Final

from azscheck.inventory import type_key
from azscheck.policy import ATTESTATIONS, STAMPS
from azscheck.sources.deployment.types import PLANNED_VALUES, PLANS
from azscheck.sources.hub.table import TABLE


class From(StrEnum):
    """A place that resources come from."""

    ADMIN = "admin plane"
    TENANT = "tenant plane"
    CONFIGURATION = "configuration"
    SHARE = "share"
    EVIDENCE = "evidence file"
    ATTESTATION = "attestation"
    PLAN = "deployment plan"
    TERRAFORM = "Terraform plan"
    ELSEWHERE = "template or inventory"


_PLANES: Final = {type_key(row.type): From.ADMIN if row.plane == "admin" else From.TENANT for row in reversed(TABLE)}
_OWN: Final = {
    type_key(STAMPS): From.CONFIGURATION,
    type_key(ATTESTATIONS): From.ATTESTATION,
    type_key(PLANS): From.PLAN,
    type_key(PLANNED_VALUES): From.PLAN,
    type_key("Azscheck/removals"): From.TERRAFORM,
}

REMEDIES: Final = {
    From.ADMIN: "name the administrators' endpoint in azscheck.yaml (admin), and give its service principal the role "
    "Reader on the Default Provider Subscription",
    From.TENANT: "name the tenants' endpoint in azscheck.yaml (tenant), and give its service principal the role Reader "
    "on the tenants' subscriptions",
    From.CONFIGURATION: "collect the stamp, or describe it in a deployment plan",
    From.SHARE: "look at what lies on the share, and name the file under evidence in azscheck.yaml",
    From.EVIDENCE: "name the product's export under evidence in azscheck.yaml, or write evidence: [] if there are no "
    "such items",
    From.ATTESTATION: "name the files under attestations in azscheck.yaml, or write attestations: [] if there are none",
    From.PLAN: "write a deployment plan, judge it by azscheck readiness, and scan with it (--readiness)",
    From.TERRAFORM: "judge a Terraform plan, which says what goes",
    From.ELSEWHERE: "azscheck does not collect this type: give an inventory that holds it",
}


def origin_of(resource_type: str) -> From:
    """Where the resources of a type come from."""
    kind = type_key(resource_type)
    if kind.startswith("azscheck/share"):
        return From.SHARE
    return _OWN.get(kind) or _PLANES.get(kind) or (From.EVIDENCE if kind.startswith("azscheck/") else From.ELSEWHERE)
