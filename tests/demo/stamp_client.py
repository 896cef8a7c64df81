"""A client that shows a stamp's answers as they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from azscheck.demo import DemoStamp

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)


@dataclass
class Client:
    """Plain HTTPS with a token for each plane, to see a stamp's answers as they are."""

    stamp: DemoStamp
    ca: Path
    session: requests.Session = field(default_factory=requests.Session)
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.session.verify = str(self.ca)
        self.session.trust_env = False

    def url(self, plane: str) -> str:
        return self.stamp.admin_url if plane == "admin" else self.stamp.tenant_url

    def audience(self, plane: str) -> str:
        metadata = self.session.get(f"{self.url(plane)}/metadata/endpoints", params={"api-version": "2015-01-01"})
        audience: str = metadata.json()["authentication"]["audiences"][0]
        return audience

    def token_reply(self, **form: str) -> requests.Response:
        path = "adfs/oauth2/token/" if self.stamp.tenant_id == "adfs" else f"{self.stamp.tenant_id}/oauth2/v2.0/token"
        known = {
            "grant_type": "client_credentials",
            "client_id": self.stamp.client_id,
            "client_secret": self.stamp.client_secret,
        }
        return self.session.post(f"{self.stamp.login_url}/{path}", data=known | form)

    def token(self, plane: str) -> str:
        token: str = self.token_reply(scope=f"{self.audience(plane)}/.default").json()["access_token"]
        return token

    def get(self, plane: str, path: str, version: str | None = None, **query: str) -> requests.Response:
        if plane not in self.tokens:
            self.tokens[plane] = self.token(plane)
        parameters = query | ({"api-version": version} if version else {})
        headers = {"Authorization": f"Bearer {self.tokens[plane]}"}
        return self.session.get(self.url(plane) + path, params=parameters, headers=headers, allow_redirects=False)

    def value(self, plane: str, path: str, version: str) -> list[dict[str, Any]]:
        """All items of a list, over its pages."""
        document = self.get(plane, path, version).json()
        items: list[dict[str, Any]] = document["value"]
        while link := document.get("nextLink"):
            headers = {"Authorization": f"Bearer {self.tokens[plane]}"}
            document = self.session.get(link, headers=headers).json()
            items += document["value"]
        return items

    def subscription(self, name: str) -> str:
        """The path of the subscription with this display name."""
        plane = "admin" if name == "Default Provider Subscription" else "tenant"
        subscriptions = self.value(plane, "/subscriptions", "2016-06-01")
        found: str = next(item["id"] for item in subscriptions if item["displayName"] == name)
        return found

    def close(self) -> None:
        self.session.close()


def connect(stamp: DemoStamp, folder: Path) -> Client:
    ca = folder / "ca.pem"
    ca.write_bytes(stamp.ca_pem)
    return Client(stamp, ca)
