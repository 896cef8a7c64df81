"""An Azure of its own on loopback, over HTTPS: its metadata, its sign-in, and the lists of vaults, page by page."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from azscheck.demo import Fault
from azscheck.demo.certificates import make_server_certificate, server_context
from azscheck.demo.faults import FaultInjector
from azscheck.demo.identity import IdentityService
from azscheck.demo.messages import Reply, Request, arm_error, json_reply
from azscheck.demo.server import Listener

AUDIENCE = "https://management.core.windows.net/"
TENANT = "8f5c1c1e-0000-4000-8000-000000000001"
CLIENT = "5f0b6f0e-0000-4000-8000-000000000002"
PAGE = 2


class Cloud:
    """Serves `lists`: a path in lower case -> its elements; a filter leaves those of one backupManagementType."""

    def __init__(self, folder: Path) -> None:
        certificate = make_server_certificate()
        self.ca = folder / "cloud.pem"
        self.ca.write_bytes(certificate.ca_pem)
        self.lists: dict[str, Sequence[Mapping[str, Any]]] = {}
        self.versions: set[str] = set()
        """Where there are any, the only ones that are served."""
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        self.identity = IdentityService("entra", TENANT, CLIENT, (AUDIENCE,), 3600)
        context = server_context(certificate)
        self._login = Listener(0, context, self.identity.answer)
        injector = FaultInjector(lambda: self.faults, lambda: f"{self.identity.url}/elsewhere")
        self._arm = Listener(
            0, context, lambda request: injector.answer("tenant", request, lambda: self._serve(request))
        )
        self.identity.url = self._login.url
        self.url = self._arm.url

    @contextmanager
    def running(self) -> Iterator["Cloud"]:
        self._login.start()
        self._arm.start()
        try:
            yield self
        finally:
            self._arm.stop()
            self._login.stop()

    def _serve(self, request: Request) -> Reply:
        self.requests.append(request)
        if request.path == "/metadata/endpoints":
            authentication = {"loginEndpoint": self.identity.login_endpoint, "audiences": [AUDIENCE]}
            return json_reply({"portalEndpoint": "https://portal.example/", "authentication": authentication})
        if self.identity.find_token(request.headers.get("authorization", "")) is None:
            return arm_error(401, "AuthenticationFailed", "Authentication failed.")
        query = parse_qs(request.query)
        version = query["api-version"][0]
        if self.versions and version not in self.versions:
            known = ",".join(sorted(self.versions))
            text = f"No registered resource provider found. The supported api-versions are '{known}'."
            return arm_error(400, "NoRegisteredProviderFound", text)
        found = self.lists.get(request.path.lower())
        if found is None:
            return arm_error(404, "ResourceNotFound", "The Resource was not found.")
        chosen = query.get("$filter", [""])[0]
        kept = [v for v in found if not chosen or chosen == f"backupManagementType eq '{_management(v)}'"]
        start = int(query.get("$skipToken", ["0"])[0])
        page: dict[str, Any] = {"value": kept[start : start + PAGE]}
        if start + PAGE < len(kept):
            # As the service writes it: the filter with its spaces.
            page["nextLink"] = (
                f"{self.url}{request.path}?api-version={version}&$filter={chosen}&$skipToken={start + PAGE}"
            )
        return json_reply(page)


def _management(value: Mapping[str, Any]) -> str:
    return str(value["properties"].get("backupManagementType"))
