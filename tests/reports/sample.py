"""Results to report on: `everything` has each state and much hostile text, `clean` is a whole pass, `empty` nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from azscheck.inventory import Coverage, CoverageState, Origin, Resource
from azscheck.place import Place
from azscheck.policy.model import STAMPS, Category, PolicyInfo, Reference, Severity
from azscheck.results import (
    FILES,
    ComplianceState,
    Evidence,
    ExemptionState,
    ExemptionUse,
    Gate,
    GateFile,
    NotHere,
    Result,
    Results,
    in_order,
)
from azscheck.results.baseline import BaselineUse, Entry
from azscheck.results.changes import compare

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
READ = datetime(2026, 1, 31, 11, 42, 7, tzinfo=UTC)
VM = "Microsoft.Compute/virtualMachines"
GROUP = "/subscriptions/6e1cdb5a-0000-4000-8000-5d2f0c9a77e1/resourceGroups/shop/providers"

HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "](javascript:alert(1))",
    "\x1b[31mred\x1b[0m \x9b2J",
    "evil\u202etxt.exe",
    "nul\x00 and bell\x07",
    "x" * 3000,
    "first\nsecond\r\n# heading\n| a | b |",
    "lone \ud800 surrogate",
    "`code` *bold* @octocat #1 https://example.com/ {{ 7 * 7 }}",
    "' onmouseover='alert(1)' x=\"</style></title>]]>",
)
"""Names that a tenant could give a machine."""


def policy(number: str, title: str, severity: Severity, rule: str, why: str, remediation: str) -> PolicyInfo:
    """A policy's description; its id tells its category."""
    category = Category.INFRASTRUCTURE if "INF" in number else Category.TENANT
    url = "https://learn.microsoft.com/azure-stack/operator/azure-stack-backup-best-practices"
    return PolicyInfo(
        id=f"ASH-{number}",
        title=title,
        severity=severity,
        category=category,
        why=why,
        remediation=remediation,
        references=(Reference("Infrastructure Backup Service best practices", url, rule),),
        controls={"nist-800-53r5": ("CP-9",)},
        place=Place(f"policies/{category}/{number.lower()} rule.yaml", 3),
    )


RECENT = policy(
    "INF-005", "A recovery-ready infrastructure backup is recent", Severity.CRITICAL, "PLT-02",
    "Without it a lost stamp comes back as it was at the last good backup: every plan, offer, subscription and\n"
    "role assignment made since is gone.",
    "Start a backup with `Start-AzsBackup` and watch it finish; then read the alerts of the backup service.\n",
)  # fmt: skip
SECRETS = policy(
    "INF-013", "Key Vault secrets are in the newest backup", Severity.CRITICAL, "DOC-07",
    "You would lose your Key Vault secrets: they are kept nowhere else.",
    "Look at the role status of the newest backup with `Get-AzsBackup` and open a support case for a role that failed.",
)  # fmt: skip
SPACE = policy(
    "INF-020", "The backup share has room for what is retained", Severity.HIGH, "PLT-04",
    "A full share stops the backups.", "Give the share more room, or retain less.",
)  # fmt: skip
ADDRESS = policy(
    "INF-021", "The share is named, not numbered", Severity.LOW, "PLT-05",
    "An address that changes takes the backups with it.", "Write the share's path with its host's full name.",
)  # fmt: skip
SWITCHES = policy(
    "INF-002", "Switch backups go to the same share", Severity.MEDIUM, "DOC-04",
    "Switch configurations would have to be made anew by hand.", "Attest the vendor's procedure and its last run.",
)  # fmt: skip
PROTECTED = policy(
    "TEN-001", "Each virtual machine is protected", Severity.HIGH, "DOC-08",
    "Azure Stack Hub doesn't back up tenants' machines: an unprotected one is lost with the stamp.",
    "Protect the machine with a product that has access to the guest.\n\nTag it `backup=none` if it needs none.",
)  # fmt: skip
SECONDARY = policy(
    "TEN-006", "Machines that need it are replicated to a second location", Severity.MEDIUM, "DOC-13",
    "Recovery from backup alone takes longer than the machine's objective.", "Set up replication.",
)  # fmt: skip
OFFERING = policy(
    "TEN-009", "The backup offering is declared", Severity.LOW, "DOC-12",
    "Tenants cannot use what they don't know of.", "Declare the offering.",
)  # fmt: skip
ALL = (RECENT, SECRETS, SPACE, ADDRESS, SWITCHES, PROTECTED, SECONDARY, OFFERING)


def exemption(policy: str, scope: str, until: datetime | None, line: int, **more: Any) -> ExemptionUse:
    """An exemption that Anna owns and Bela approved, in force where nothing else is said."""
    fields = {
        "category": "waiver", "justification": "new share ordered", "owner": "anna@contoso.com",
        "approved_by": "bela@contoso.com", "state": ExemptionState.IN_FORCE, **more,
    }  # fmt: skip
    return ExemptionUse(policy=policy, scope=scope, expires_on=until, place=Place("accepted.yaml", line, 5), **fields)


def machine(name: str) -> str:
    """The id of a virtual machine."""
    return f"{GROUP}/{VM}/{name}"


def result(of: PolicyInfo, stamp: str, name: str, state: ComplianceState, message: str = "", **more: Any) -> Result:
    """A result on a machine, or for an infrastructure policy on the stamp."""
    infrastructure = of.category is Category.INFRASTRUCTURE
    kind, resource = (STAMPS, f"/{stamp}") if infrastructure else (VM, machine(name))
    address = f"{resource}?api-version=2020-06-01" if not infrastructure else "/providers/Microsoft.Backup.Admin"
    origin = more.pop("origin", Origin("hub", address, READ))
    return Result(of.id, stamp, resource, kind, name, state, message, origin=origin, **more)


EXEMPTIONS = (
    exemption(SPACE.id, "/west", datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC), 2, applied=1, matched=1),
    exemption("tenant", machine("db-*"), datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC), 9, category="mitigated",
              justification="rebuilt nightly", applied=1, matched=3),
    exemption(ADDRESS.id, "/azscheck/stamps/east", datetime(2026, 2, 9, tzinfo=UTC), 16, matched=1),
    exemption(SWITCHES.id, "/west", datetime(2026, 1, 30, 23, 59, 59, tzinfo=UTC), 23, state=ExemptionState.EXPIRED),
    exemption("ASH-INF-02O", "/east", datetime(2026, 9, 9, tzinfo=UTC), 30,
              note="no policy of this run is called 'ASH-INF-02O'; did you mean 'ASH-INF-020'?"),
    exemption(HOSTILE[0], HOSTILE[9], None, 37, category="", justification=HOSTILE[10], owner="", approved_by="",
              state=ExemptionState.MALFORMED, note=f"it lacks 'owner'. {HOSTILE[4]}"),
)  # fmt: skip


def everything() -> Results:
    """Two stamps, every state, a failed list, and machines with hostile names."""
    state = ComplianceState
    age = Evidence(
        "newest(properties.createdDateTime)", "newerThan", "PT24H", "2026-01-28T09:00:00.1234567Z", False,
        resource="/east/backupLocations/east/backups/6b1", origin=Origin("hub", "/east/backups", READ),
    )  # fmt: skip
    none = Evidence("count of Azscheck/protectedItems", "greaterOrEquals", 1, 0, False, note="in the whole stamp")
    unread = Evidence("count of Azscheck/protectedItems", "greaterOrEquals", 1, None, None, note="vault: 403 Forbidden")
    absent = Evidence("tags['replicate']", "exists", True, None, False, note="the property is absent")
    found = [
        result(RECENT, "east", "east", state.NON_COMPLIANT, "newest recovery-ready backup is 3 d 3 h old, allowed 1 d",
               proof=(age,)),
        result(RECENT, "west", "west", state.COMPLIANT),
        result(SECRETS, "east", "east", state.UNKNOWN, "the newest backup's role status could not be read: 503"),
        result(SECRETS, "west", "west", state.COMPLIANT),
        result(SPACE, "east", "east", state.ERROR, "'29.6 XB' is not a size"),
        result(SPACE, "west", "west", state.EXEMPT, "waiver until 2026-03-01: new share ordered",
               would_be=state.NON_COMPLIANT),
        result(ADDRESS, "east", "east", state.NON_COMPLIANT, r"\\10.1.2.3\backups names an address"),
        result(ADDRESS, "west", "west", state.COMPLIANT),
        result(SWITCHES, "west", "west", state.NON_COMPLIANT, "attestation is 200 d old, allowed 180 d"),
        result(PROTECTED, "east", "batch-01", state.NOT_APPLICABLE, "tagged backup=none"),
        result(PROTECTED, "east", "web-01", state.COMPLIANT, proof=(none,)),
        result(PROTECTED, "west", "db-01", state.UNKNOWN, "protected items: vault: 403 Forbidden", proof=(unread,)),
        result(PROTECTED, "west", "db-02", state.UNKNOWN, "protected items: vault: 403 Forbidden", proof=(unread,)),
        result(SECONDARY, "east", "db-09", state.NON_COMPLIANT, "is tagged for replication and has none",
               proof=(absent,), origin=Origin("file", "templates\\shop one.json", None, 41, 7)),
        result(SECONDARY, "west", "db-03", state.EXEMPT, "mitigated until 2026-06-30: rebuilt nightly",
               would_be=state.UNKNOWN),
    ]  # fmt: skip
    for name in HOSTILE:
        seen = Evidence("tags.note", "notContains", name, {name: [name, 1.5, None]}, False, note=name)
        found.append(result(PROTECTED, "east", name, state.NON_COMPLIANT, f"{name} is not protected", proof=(seen,)))
    listed = CoverageState
    return Results(
        now=NOW,
        collected=READ,
        version="0.1.0",
        policies=ALL,
        results=in_order(found, ALL),
        coverage=(
            Coverage("east", "Microsoft.Backup.Admin/backupLocations", "", listed.COMPLETE, "", "2018-09-01", 1, READ),
            Coverage("east", VM, GROUP.rpartition("/")[0], listed.COMPLETE, "", "2020-06-01", 14, READ),
            Coverage("west", "Azscheck/protectedItems", "/vault|<b>", listed.FAILED, "403 Forbidden: grant `Reader`",
                     "2022-10-01", 0, READ),
            Coverage("west", "Microsoft.Web/sites", "", listed.SKIPPED, "not offered"),
        ),
        stamps=(stamp("east", "AzureAD"), stamp("west", "ADFS")),
        resource_counts={STAMPS: 2, VM: 5014, "Azscheck/protectedItems": 3},
        sets=("backup-and-dr", "ours"),
        exemptions=EXEMPTIONS,
    )  # fmt: skip


def compared() -> Results:
    """`everything`, compared with a run of the day before in which much was otherwise."""
    state = ComplianceState
    now = everything()
    then = {
        (RECENT.id, "west"): state.NON_COMPLIANT,
        (SECRETS.id, "east"): state.COMPLIANT,
        (SECRETS.id, "west"): state.UNKNOWN,
        (SPACE.id, "west"): state.NON_COMPLIANT,
        (ADDRESS.id, "east"): state.EXEMPT,
        (PROTECTED.id, "batch-01"): state.NON_COMPLIANT,
        (SECONDARY.id, "db-09"): state.COMPLIANT,
        (PROTECTED.id, HOSTILE[0]): state.UNKNOWN,
    }
    results = [replace(r, state=then.get((r.policy, r.name), r.state)) for r in now.results if r.policy != SWITCHES.id]
    results.append(result(PROTECTED, "east", "gone-1", state.NON_COMPLIANT, "gone-1 is not protected"))
    kept = tuple(p for p in now.policies if p is not SWITCHES)
    day = replace(now, now=NOW - timedelta(days=1), policies=kept, results=in_order(results, kept))
    since = {r.id: NOW - timedelta(days=40) for r in now.results if r.policy == RECENT.id}
    return replace(now, changes=compare(day, now, since))


def gate() -> Results:
    """Two files before they are deployed, a third that is no JSON, a baseline, and a policy that no file answers."""
    state = ComplianceState
    tagged = Evidence("tags['backup:product']", "exists", True, None, False, note="the property is absent",
                      origin=Origin("file", "infra/web.json", None, 12, 9))  # fmt: skip

    def at(path: str, line: int, column: int) -> Origin:
        return Origin("file", path, None, line, column)

    found = [
        result(PROTECTED, "infra/web.json", "web-01", state.NON_COMPLIANT, "no tag backup:product",
               proof=(tagged,), origin=at("infra/web.json", 12, 9)),
        result(PROTECTED, "infra/web.json", "web-02", state.NON_COMPLIANT, "no tag backup:product",
               origin=at("infra/nested/vm.json", 7, 5), baselined=True),
        result(PROTECTED, "infra/web.json (prod)", "prod-01", state.UNKNOWN, "parameter 'tags' has no value",
               origin=at("infra/web.json", 12, 9)),
        result(SECONDARY, "infra/web.json", "web-01", state.COMPLIANT, origin=at("infra/web.json", 12, 9)),
        result(SECONDARY, "infra/web.json (prod)", "all", state.UNKNOWN, "A loop's count is not known."),
        result(SECONDARY, "infra/web.json (prod)", HOSTILE[0], state.NON_COMPLIANT,
               "##vso[task.complete]##[error]::error::%0Aa,b:c;d]\nx", origin=at("infra/a,b:c;%]d.json", 3, 1)),
    ]  # fmt: skip
    policies = (PROTECTED, SECONDARY)
    files = (
        GateFile("infra/broken.json", "infra/broken.json", 3, 7),
        GateFile("infra/web.json", "infra/web.json"),
        GateFile("infra/web.json (prod)", "infra/web.json"),
    )
    gone = Entry("0123456789abcdef", PROTECTED.id, "infra/web.json", VM, machine("old-01"), "nonCompliant", "no tag")
    unread = Coverage("infra/broken.json", FILES, "", CoverageState.FAILED, "infra/broken.json:3:7: is not JSON.", "")
    return Results(
        NOW, NOW, "0.1.0", policies, in_order(found, policies),
        (Coverage("infra/web.json", VM, "", CoverageState.COMPLETE, "", "", 2, NOW), unread),
        resource_counts={VM: 4}, sets=("gate",),
        gate=Gate(files, passed_over=2,
                  not_here=(NotHere(RECENT.id, RECENT.title, "reads what the administrators' plane tells"),)),
        baseline=BaselineUse("azscheck-baseline.json", 1, (gone,)),
    )  # fmt: skip


def stamp(name: str, provider: str) -> Resource:
    """The resource that stands for a stamp."""
    properties = {
        "region": name,
        "externalDomain": f"{name}.azs.contoso.com",
        "identityProvider": provider,
        "stampVersion": "1.2301.2.58",
        "connected": provider == "AzureAD",
        "note": HOSTILE[0],
    }
    body = {"name": name, "properties": properties}
    return Resource(name, STAMPS, f"/{name}", body, Origin("hub", "/metadata", READ), {"/properties/nodes": "403"})


def clean() -> Results:
    """One stamp where all is compliant."""
    found = [
        result(RECENT, "east", "east", ComplianceState.COMPLIANT),
        result(PROTECTED, "east", "web-01", ComplianceState.COMPLIANT),
    ]
    coverage = (Coverage("east", VM, "", CoverageState.COMPLETE, "", "2020-06-01", 1, READ),)
    stamps = (stamp("east", "AzureAD"),)
    return Results(NOW, READ, "0.1.0", (RECENT, PROTECTED), tuple(found), coverage, stamps, {VM: 1})


def empty() -> Results:
    """Nothing was read and nothing was judged."""
    return Results(NOW, READ, "0.1.0", (), (), ())
