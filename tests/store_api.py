"""The real API of example-workspace's store: tokens and ids are others each time it is asked."""

from __future__ import annotations

import json
import secrets
from typing import Any

from real_api import Answer, Asked

PASSWORD = "correct horse"
PRICES = {"pen": 250, "ink": 900}


class StoreApi:
    """Carts, orders, payments. The first order of each cart fails once; a payment takes two looks to be there."""

    def __init__(self) -> None:
        self.token = ""
        self.carts: dict[str, list[str]] = {}
        self.orders: dict[str, dict[str, Any]] = {}
        self.looks: dict[str, int] = {}
        self.refused: set[str] = set()

    def __call__(self, asked: Asked) -> Answer:
        body = json.loads(asked.body) if asked.body else {}
        path = asked.target.partition("?")[0].strip("/").split("/")
        if (asked.method, path) == ("POST", ["login"]):
            return self._login(body)
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return said(401, {"error": "log in first"})
        match asked.method, path:
            case "POST", ["carts"]:
                name = secrets.token_hex(6)
                self.carts[name] = []
                return said(201, {"id": name, "items": []}, ("Location", f"/carts/{name}"))
            case "GET", ["carts", name] if name in self.carts:
                return said(200, {"id": name, "items": self.carts[name]})
            case "POST", ["carts", name, "items"] if name in self.carts:
                self.carts[name].append(body["sku"])
                return said(201, {"sku": body["sku"], "price": PRICES[body["sku"]]})
            case "POST", ["orders"]:
                return self._order(body)
            case "POST", ["orders", name, "payments"] if name in self.orders:
                self.looks[name] = 0
                return said(202, {"payment": secrets.token_hex(4), "amount": body["amount"]})
            case "GET", ["orders", name] if name in self.orders:
                self.looks[name] += 1
                state = "paid" if self.looks[name] > 2 else "paying"
                return said(200, {**self.orders[name], "state": state})
        return said(404, {"error": "no such thing"})

    def _login(self, body: dict[str, Any]) -> Answer:
        if body != {"user": "ada", "password": PASSWORD}:
            return said(403, {"error": "wrong password"})
        self.token = secrets.token_hex(16)
        return said(200, {"access_token": self.token, "expires_in": 3600})

    def _order(self, body: dict[str, Any]) -> Answer:
        if body["cart"] not in self.refused:
            self.refused.add(body["cart"])
            return said(503, {"error": "try again"})
        name = secrets.token_hex(6)
        items = self.carts[body["cart"]]
        self.orders[name] = {"id": name, "items": items, "total": sum(PRICES[sku] for sku in items)}
        self.looks[name] = 0
        return said(201, {**self.orders[name], "state": "new"})


def said(status: int, body: object, *headers: tuple[str, str]) -> Answer:
    return Answer(status, (("Content-Type", "application/json"), *headers), json.dumps(body).encode())
