"""The same collection with `requests` and `json` and nothing else: `python -m benchmarks.plain_collection URL CA OUT`.

It makes the calls that azscheck makes, with as many threads, and writes what came, a resource a line. No retries, no
journal, nothing is looked at.
"""

import json
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests

from azscheck.sources.hub.table import MACHINES, SUBSCRIPTIONS, TABLE

THREADS = 8
_EXTENSIONS = f"{MACHINES}/extensions"


class _Stamp:
    def __init__(self, url: str, ca: str) -> None:
        self._url, self._ca, self._own = url, ca, threading.local()
        self._headers: dict[str, str] = {}
        answer = requests.post(f"{url}/adfs/oauth2/token/", data={"grant_type": "client_credentials"}, verify=ca)
        self._headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def get(self, address: str) -> Any:
        if not hasattr(self._own, "session"):
            self._own.session = requests.Session()
            self._own.session.trust_env = False
            self._own.session.verify = self._ca
            self._own.session.headers.update(self._headers)
        answer = self._own.session.get(address if "://" in address else self._url + address)
        answer.raise_for_status()
        return json.loads(answer.content)

    def pages(self, address: str) -> Iterator[Any]:
        while address:
            page = self.get(address)
            yield from page["value"]
            address = page.get("nextLink")


def collect(url: str, ca: str, out: Path) -> None:
    """Collect all."""
    stamp = _Stamp(url, ca)
    rows = [row for row in TABLE if row.plane == "tenant" and "{subscription}" in row.path and not row.by_discovery]
    subscriptions = list(stamp.pages("/subscriptions?api-version=2016-06-01"))

    def listed(path: str, version: str) -> list[Any]:
        return list(stamp.pages(f"{path}?api-version={version}"))

    def machine(identity: str, version: str) -> list[tuple[str, Any]]:
        read = stamp.get(f"{identity}?$expand=instanceView&api-version={version}")
        extensions = read["resources"] if "resources" in read else listed(f"{identity}/extensions", version)
        return [(MACHINES, read), *((_EXTENSIONS, extension) for extension in extensions)]

    with ThreadPoolExecutor(THREADS) as pool, out.open("w") as file:

        def write(kind: str, body: Any) -> None:
            line = {"stamp": "north", "type": kind, "id": body["id"], "resource": body}
            file.write(json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n")

        for subscription in subscriptions:
            write(SUBSCRIPTIONS, subscription)
            stamp.get(f"{subscription['id']}/providers?api-version=2019-10-01")
        lists = [
            (row, pool.submit(listed, row.path.format(subscription=subscription["id"]), row.versions[0]))
            for subscription in subscriptions
            for row in rows
        ]
        reads = []
        for row, found in lists:
            for body in found.result():
                if row.type == MACHINES:
                    reads.append(pool.submit(machine, body["id"], row.versions[0]))
                else:
                    write(row.type, body)
        for read in reads:
            for kind, body in read.result():
                write(kind, body)


if __name__ == "__main__":
    collect(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
