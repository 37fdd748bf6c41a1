"""A small client of the shop, as an application might have it."""

from __future__ import annotations

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen


class SoldOut(Exception):
    """There is none left."""


class Shop:
    """The shop behind `base_url`. A server that is busy is asked once more."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")

    def order(self, sku: str, count: int = 1) -> int:
        """Orders something; returns the number of the order. Raises SoldOut."""
        try:
            return int(self._send("/orders", {"sku": sku, "count": count})["id"])
        except HTTPError as answer:
            if answer.code == 409:
                raise SoldOut(sku) from None
            raise

    def pay(self, order: int, amount: float) -> str:
        """Pays an order by card; returns what it is then."""
        return str(self._send(f"/orders/{order}/payments", {"kind": "card", "amount": amount})["state"])

    def _send(self, path: str, content: dict[str, object], tries: int = 2) -> dict[str, object]:
        headers = {"content-type": "application/json"}
        request = Request(self.base_url + path, json.dumps(content).encode(), headers, method="POST")  # noqa: S310
        try:
            with urlopen(request, timeout=10) as answer:  # noqa: S310  (the address is that of our own settings)
                found: dict[str, object] = json.loads(answer.read())
                return found
        except HTTPError as answer:
            if answer.code == 503 and tries > 1:
                return self._send(path, content, tries - 1)
            raise
