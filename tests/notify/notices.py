"""Notices for tests."""

from azscheck.notify.notice import Item, Notice


def item(number: int = 1, **changes: str) -> Item:
    fields = {
        "kind": "new",
        "id": f"{number:016x}",
        "policy": "ASH-TEN-001",
        "title": "A running machine is protected",
        "severity": "high",
        "category": "tenant",
        "stamp": "north",
        "type": "Microsoft.Compute/virtualMachines",
        "name": f"web-{number:02}",
        "was": "compliant",
        "now": "nonCompliant",
        "resource": f"/subscriptions/1/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/web-{number:02}",
        "message": "no product protects it",
    }
    return Item(**{**fields, **changes})


def notice(*items: Item, more: int = 0, link: str = "", id: str = "k" * 32) -> Notice:
    items = items or (item(),)
    counts: dict[str, int] = {}
    for each in items:
        counts[each.kind] = counts.get(each.kind, 0) + 1
    counts[items[0].kind] += more
    return Notice(
        id=id,
        time="2026-06-02T12:00:00Z",
        since="2026-06-01T12:00:00Z",
        tool="1.0",
        stamps=tuple(dict.fromkeys(each.stamp for each in items)),
        verdicts={"infrastructure": "compliant", "tenant": "nonCompliant"},
        findings={"critical": 0, "high": 12, "medium": 0, "low": 3},
        changes=counts,
        items=items,
        link=link,
    )
