"""azscheck.yaml and the evidence that it names."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from azscheck.errors import DocumentError, InventoryError
from azscheck.inventory import Coverage, CoverageState, Inventory, Origin, Resource
from azscheck.policy import Severity
from azscheck.sources import evidence
from azscheck.sources.channels import Channel, Hook, Mail, Metrics
from azscheck.sources.configuration import read_configuration
from azscheck.sources.hub import Credential
from azscheck.sources.share import Device, FolderSettings, Limits, ShareSettings

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
WHOLE = r"""
stamps:
  - name: north
    admin: https://adminmanagement.north.contoso.com/
    tenant: https://management.north.contoso.com
    ca: ca.pem
    strictX509: false
    connected: false
    externalDomain: north.contoso.com
    backupShare:
      {location: datacenter B, device: windowsFileServer,
       path: '\\fs01\b', user: 'CORP\reader', passwordFile: share.secret,
       authentication: ntlm, encryption: ifOffered, port: 1445, deadlineSeconds: 60, folders: {switches:
       {path: oem/Switches, globs: ['*.bin'], devices: [TOR1, {name: BMC, globs: ['10.0.0.2*']}], minimumBytes: 9}}}
    backupOffering: {name: Contoso Backup, place: cloud}
    concurrency: 4
    parameters: {maximumAge: PT12H}
    credential: {clientId: a, secretEnv: NORTH_SECRET}
    tenantCredential:
      {clientId: b, tenantId: contoso.onmicrosoft.com, certificateFile: b.pem, certificatePasswordEnv: P}
  - {name: south, tenant: https://management.south.contoso.com, credential: {clientId: c, secretFile: south.secret}}
policies: [mine]
parameters: {recoveryPointObjective: P1D}
evidence: [protection.ndjson]
sets: [infrastructure, mine]
exemptions: [accepted.yaml]
attestations: [attested.yaml]
notify:
  - {name: ops, kind: teams, urlFile: teams.url, ca: corp.pem, detail: messages, severity: high, link: "https://r.example/"}
  - {name: robot, kind: webhook, url: "https://robot.example/hook"}
  - name: post
    kind: email
    smtp: {server: smtp.example, security: tls, user: azscheck, passwordEnv: SMTP_PASSWORD}
    from: azscheck@example.org
    to: [a@example.org, b@example.org]
metrics: {file: azscheck.prom, listen: "127.0.0.1:9464"}
"""


def test_every_key_arrives(tmp_path: Path) -> None:
    """A key of the configuration is accepted and then ignored."""
    (tmp_path / "azscheck.yaml").write_text(WHOLE)
    found = read_configuration(tmp_path / "azscheck.yaml")
    north, south = found.stamps
    assert north.admin == "https://adminmanagement.north.contoso.com"
    assert (north.ca_file, north.strict_x509, north.connected) == (tmp_path / "ca.pem", False, False)
    assert (north.external_domain, north.concurrency) == ("north.contoso.com", 4)
    assert dict(north.backup_share) == {"location": "datacenter B", "device": "windowsFileServer"}
    assert dict(north.backup_offering) == {"name": "Contoso Backup", "place": "cloud"}
    switches = FolderSettings("oem/Switches", ("*.bin",), (Device("TOR1"), Device("BMC", ("10.0.0.2*",))), 9)
    account = ("CORP\\reader", "", tmp_path / "share.secret", "ntlm")
    limits = Limits(10, 20, 60)
    assert found.shares == {"north": ShareSettings(r"\\fs01\b", *account, False, 1445, {"switches": switches}, limits)}
    assert north.credential.secret_env == "NORTH_SECRET"
    assert north.tenant_credential is not None
    assert north.tenant_credential.certificate_file == tmp_path / "b.pem"
    assert north.tenant_credential.certificate_password_env == "P"
    assert north.tenant_credential.tenant_id == "contoso.onmicrosoft.com"
    assert (south.admin, south.credential.secret_file) == ("", tmp_path / "south.secret")
    assert found.policies == (tmp_path / "mine",)
    assert found.evidence == (tmp_path / "protection.ndjson",)
    assert found.sets == ("infrastructure", "mine")
    assert found.exemptions == (tmp_path / "accepted.yaml",)
    assert found.attestations == (tmp_path / "attested.yaml",)
    assert found.parameters == {"recoveryPointObjective": "P1D"}
    assert found.stamp_parameters == {"north": {"maximumAge": "PT12H"}}
    ops, robot, post = found.notify
    file = Hook(file=tmp_path / "teams.url")
    assert ops == Channel("ops", "teams", file, tmp_path / "corp.pem", "messages", Severity.HIGH, "https://r.example/")
    assert robot == Channel("robot", "webhook", Hook(url="https://robot.example/hook"))
    people = ("a@example.org", "b@example.org")
    mail = Mail("smtp.example", 465, "tls", "azscheck@example.org", people, "azscheck", "SMTP_PASSWORD")
    assert post == Channel("post", "email", mail)
    assert found.metrics == Metrics(tmp_path / "azscheck.prom", "127.0.0.1:9464")


@pytest.mark.parametrize(
    ("channel", "sentence"),
    [
        ("{name: a, kind: pager, url: 'https://x'}", "'pager' is not one of webhook, teams, slack, email"),
        ("{name: a, kind: slack}", "the slack channel a needs exactly one of urlEnv, urlFile, url."),
        ("{name: a, kind: slack, urlEnv: A, urlFile: b}", "the slack channel a needs exactly one of"),
        ("{name: a, kind: teams, url: 'https://x/y'}", "has its address in the file, which is a secret"),
        (
            "{name: a, kind: webhook, url: 'https://x/y?sig=z'}",
            "does not fit: for webhook alone, an address that is no",
        ),
        ("{name: a, kind: webhook, url: 'https://u:p@x/y'}", "does not fit: for webhook alone, an address that is no"),
        ("{name: a, kind: webhook, urlEnv: A, to: [a@b.c]}", "the webhook channel a has to, which is of email."),
        ("{name: a, kind: email, urlEnv: A}", "the email channel a lacks smtp, from, to."),
        ("{name: a, kind: email, smtp: {server: s, user: u}, from: a@b.c, to: [a@b.c]}", "exactly one of passwordEnv"),
        (
            "{name: a, kind: email, smtp: {server: s, user: u, passwordEnv: P, security: none}, from: a@b, to: [a@b]}",
            "would send a password that anybody on the way can read",
        ),
        ('{name: a, kind: email, smtp: {server: s}, from: "a@b\\nBcc: c@d", to: [a@b]}', "an address such as"),
        ("{name: a, kind: slack, urlEnv: A, link: 'http://x'}", "an https address to look at for more"),
        ("{name: a, kind: slack, urlEnv: A}, {name: A, kind: slack, urlEnv: A}", "is taken by another channel."),
    ],
)
def test_a_channel_that_cannot_work_is_told_with_its_line(tmp_path: Path, channel: str, sentence: str) -> None:
    """The mistake shows in the night in which something is to be told."""
    head = "stamps: [{name: north, tenant: 'https://x', credential: {clientId: a, secretEnv: B}}]\n"
    (tmp_path / "azscheck.yaml").write_text(f"{head}notify: [{channel}]\n")
    with pytest.raises(DocumentError) as raised:
        read_configuration(tmp_path / "azscheck.yaml")
    assert "azscheck.yaml:2:" in str(raised.value)
    assert sentence in str(raised.value)


def test_a_wrong_date_of_an_export_is_told_with_its_line(tmp_path: Path) -> None:
    """With ten exports, nobody knows which of them the sentence is about, and it comes after the stamps were read."""
    head = "stamps: [{name: north, tenant: 'https://x', credential: {clientId: a, secretEnv: B}}]\n"
    entry = "evidence: [{kind: site-recovery, file: a.json, asOf: yesterday}]\n"
    (tmp_path / "azscheck.yaml").write_text(head + entry)
    with pytest.raises(DocumentError, match=r"azscheck\.yaml:2:\d+: asOf: 'yesterday' is not a time"):
        read_configuration(tmp_path / "azscheck.yaml")


def test_several_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Each run tells one mistake, and setting up takes ten runs."""
    text = (
        WHOLE.replace("connected: false", "connected: perhaps")
        .replace("  ca:", "  caa:")
        .replace("name: south", "name: NORTH")
    )
    (tmp_path / "azscheck.yaml").write_text(text.replace("concurrency: 4", "concurrency: 400"))
    with pytest.raises(DocumentError) as error:
        read_configuration(tmp_path / "azscheck.yaml")
    lines = [place.line for place, _ in error.value.mistakes]
    assert lines == [6, 8, 16]


@pytest.mark.parametrize(
    ("share", "sentence"),
    [
        ("{user: u}", "has a user and no password: name it with passwordEnv or passwordFile"),
        ("{user: u, passwordEnv: E, passwordFile: f}", "has passwordEnv and passwordFile: keep one of them"),
        ("{passwordEnv: E}", "has passwordEnv and no user: say whose password it is"),
        (r"{path: '\\fs01'}", "names a server and no share"),
        ("{password: secret}", "password"),
        ("{folders: {switches: {path: ../other}}}", "../other"),
    ],
)
def test_a_share_that_cannot_be_read_so_is_refused(tmp_path: Path, share: str, sentence: str) -> None:
    """A scan of an hour ends with a share that could never have been read."""
    text = (
        f"stamps: [{{name: n, tenant: 'https://t.x', credential: {{clientId: c, secretEnv: E}}, backupShare: {share}}}]"
    )
    (tmp_path / "azscheck.yaml").write_text(text)
    with pytest.raises(DocumentError) as error:
        read_configuration(tmp_path / "azscheck.yaml")
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    ("credential", "found"),
    [
        ("{kind: azureCli}", Credential(kind="azureCli")),
        ("{kind: azureCli, tenantId: d}", Credential(tenant_id="d", kind="azureCli")),
        (
            "{kind: workloadIdentity, clientId: c, tenantId: d, tokenFile: /run/token}",
            Credential("c", "d", kind="workloadIdentity", token_file=Path("/run/token")),
        ),
        ("{kind: servicePrincipal, clientId: c, secretEnv: E}", Credential("c", secret_env="E")),
        ("{kind: azureCli, clientId: c}", "is of the kind azureCli, which has no 'clientId': leave it out, or say"),
        ("{kind: workloadIdentity, clientId: c, secretEnv: E}", "has no 'secretEnv': leave it out, or say kind: serv"),
        ("{kind: workloadIdentity, clientId: c}", "'credential' lacks 'tokenFile'."),
        ("{secretEnv: E}", "'credential' lacks 'clientId'."),
        ("{clientId: c, secretEnv: E, tokenFile: f}", "servicePrincipal, which has no 'tokenFile': leave it out, or"),
        ("{kind: managedIdentity}", "'managedIdentity' is not one of servicePrincipal, workloadIdentity, azureCli"),
    ],
)
def test_each_kind_of_credential_takes_its_own_keys(tmp_path: Path, credential: str, found: Credential | str) -> None:
    """A secret that is named beside another way of signing in is never used, and nobody is told."""
    file = tmp_path / "azscheck.yaml"
    file.write_text(f"stamps: [{{name: n, tenant: 'https://t.x', credential: {credential}}}]")
    if isinstance(found, Credential):
        assert read_configuration(file).stamps[0].credential == found
    else:
        with pytest.raises(DocumentError) as error:
            read_configuration(file)
        assert found in str(error.value)


def item(stamp: str) -> Inventory:
    resource = Resource(stamp, "Azscheck/protectedItems", "/i/1", {"properties": {}}, Origin("file", "e.csv"))
    return Inventory.of(
        NOW, [resource], [Coverage(stamp, "Azscheck/protectedItems", "", CoverageState.COMPLETE, count=1)]
    )


def test_no_evidence_named_is_not_known() -> None:
    """Machines are called unprotected, although nobody asked the backup product."""
    found = evidence.collect(None, ["north"], NOW)
    assert {c.type: c.known for c in found.coverage} == dict.fromkeys(evidence.TYPES, False)
    assert all("evidence" in gap.reason for gap in found.gaps("Azscheck/protectedItems", "north"))


def test_an_empty_list_says_that_there_is_none() -> None:
    """An operator who says that no product protects anything is told that it is not known."""
    found = evidence.collect((), ["north"], NOW)
    assert found.gaps("Azscheck/protectedItems", "north") == []
    assert found.gaps("Azscheck/replicatedItems", "north") == []


def test_evidence_speaks_for_what_it_covers(tmp_path: Path) -> None:
    """A file of protected items makes replicated items known, or one stamp's file another's."""
    item("north").write(tmp_path / "e.ndjson")
    found = evidence.collect((tmp_path / "e.ndjson",), ["north", "south"], NOW)
    assert [r.id for r in found.of_type("Azscheck/protectedItems")] == ["/i/1"]
    assert found.gaps("Azscheck/protectedItems", "north") == []
    assert found.gaps("Azscheck/protectedItems", "south") != []
    assert found.gaps("Azscheck/replicatedItems", "north") != []


def test_evidence_of_another_stamp_is_refused(tmp_path: Path) -> None:
    """A typo in a stamp's name drops its evidence without a word."""
    item("nroth").write(tmp_path / "e.ndjson")
    with pytest.raises(InventoryError, match=r"e\.ndjson: speaks of the stamp 'nroth', the configuration has: north"):
        evidence.collect((tmp_path / "e.ndjson",), ["north"], NOW)


def test_evidence_of_a_stamp_that_is_not_scanned_now(tmp_path: Path) -> None:
    """`--stamp north` fails, because the evidence speaks of the configuration's other stamps too."""
    (item("north") + item("south")).write(tmp_path / "e.ndjson")
    found = evidence.collect((tmp_path / "e.ndjson",), ["north"], NOW, known=["north", "south"])
    assert found.stamps == ("north",)


def test_evidence_can_be_added_when_judging() -> None:
    """An export that is given with a saved inventory changes nothing, because the inventory had skipped it."""
    collected = evidence.collect(None, ["north"], NOW)
    assert (collected + item("north")).gaps("Azscheck/protectedItems", "north") == []
    with pytest.raises(InventoryError, match="two inventories hold /i/1 of the stamp 'north'"):
        item("north") + item("north")
