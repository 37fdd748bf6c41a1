"""HAR files as tests need them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any


def exchange(method: str, url: str, wait: float | None, receive: float | None = None, **more: Any) -> dict[str, Any]:
    """One entry, times in milliseconds."""
    timings = {name: value for name, value in (("wait", wait), ("receive", receive)) if value is not None}
    return {"request": {"method": method, "url": url}, "response": {"status": 200}, "timings": timings, **more}


def har(*exchanges: dict[str, Any]) -> str:
    return json.dumps({"log": {"version": "1.2", "entries": list(exchanges)}})


def waits(*listed: tuple[str, str, float]) -> str:
    """A HAR of method, path, and how long the answer took in milliseconds."""
    return har(*(exchange(method, f"https://api.example.com{path}", wait) for method, path, wait in listed))


def orders(times: Iterable[float]) -> str:
    """A HAR of so many `GET /orders/N`."""
    return waits(*(("GET", f"/orders/{number}", time) for number, time in enumerate(times)))
