"""Clients that add articles and follow feeds, and believe only a yes: what was not answered so is sent again."""

from __future__ import annotations

import hashlib
import http.client
import json
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from ops.faults import outlet

BY_ADDRESS: Final = 3
"""One article in so many is sent as an address to be fetched; the others as their bytes."""
BETWEEN_FEEDS: Final = 30
"""How many articles are sent for each feed that is followed."""


@dataclass
class Acknowledged:
    """What clients were told is safe: bytes and addresses by key, and what feeds name that are followed."""

    bytes: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    items: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.bytes) + len(self.addresses) + len(self.items)


@dataclass
class Clients:
    """Sends one article after the other, and follows a feed now and then, as long as ``may_send(number)`` lets it;
    ``None`` from it is the end.
    """

    address: str
    key: str
    slug: str
    site: str
    may_send: Callable[[int], bool | None]
    acknowledged: Acknowledged = field(default_factory=Acknowledged)
    tries: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    _next: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self, *, clients: int = 4) -> None:
        for _client in range(clients):
            thread = threading.Thread(target=self._send_all, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    @property
    def over(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)

    def _send_all(self) -> None:
        while not self._stopping.is_set():
            with self._lock:
                number = self._next
                may = self.may_send(number)
                if may is None:
                    return
                self._next += may
            if not may:
                time.sleep(0.05)
                continue
            if number % BETWEEN_FEEDS == 0:
                self._follow(number // BETWEEN_FEEDS)
            self._send(number)

    def _follow(self, number: int) -> None:
        sent = {"address": f"{self.site}/rss/{number}.xml", "least_seconds": 15, "most_seconds": 30}
        if self._until_taken("feeds", sent):
            with self._lock:
                self.acknowledged.items += outlet.on_feed(self.site, number)

    def _send(self, number: int) -> None:
        key = f"article-{number}"
        if number % BY_ADDRESS == 0:
            address = f"{self.site}/page/{number}.html"
            if self._until_taken("articles", {"address": address}, key=key):
                self.acknowledged.addresses[key] = address
        else:
            page = outlet.page(number)
            if self._until_taken("articles", {"html": page, "outlet": f"Outlet {number % 7}"}, key=key):
                self.acknowledged.bytes[key] = hashlib.sha256(page.encode()).hexdigest()

    def _until_taken(self, noun: str, sent: dict[str, Any], *, key: str = "") -> bool:
        while not self._stopping.is_set():
            self.tries += 1
            if self._is_taken(noun, sent, key):
                return True
            time.sleep(0.2)
        return False

    def _is_taken(self, noun: str, sent: dict[str, Any], key: str) -> bool:
        request = urllib.request.Request(  # noqa: S310 (our own server)
            f"{self.address}/api/v1/dossiers/{self.slug}/{noun}",
            data=json.dumps(sent).encode(),
            headers={
                "Authorization": f"Bearer {self.key}",
                "Content-Type": "application/json",
                **({"Idempotency-Key": key} if key else {}),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                return bool(answer.status in (201, 202))
        except urllib.error.HTTPError as error:
            with error:
                code = _code(error.read().decode(errors="replace"))
            if code == "feed_known":
                return True  # the answer to an earlier try was lost
            self._note(f"{error.code} {code}".strip())
        except (OSError, http.client.HTTPException) as error:
            self._note(type(error).__name__)
        return False

    def _note(self, what: str) -> None:
        with self._lock:
            self.refusals[what] += 1


def _code(told: str) -> str:
    try:
        return str(json.loads(told).get("code", ""))
    except ValueError:
        return ""
