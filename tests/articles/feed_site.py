"""A publisher of feeds on a socket of this machine, and a dossier that follows them."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles import addresses
from apps.articles.models import Feed, Poll
from apps.articles.services import following, polling
from apps.articles.services.following import Wanted
from apps.ledger.models import Entry
from tests.articles.hosts import Answer, Host, page
from tests.factories.worlds import World


@dataclass
class Site:
    """A publisher whose paths answer what a test says; 404 where it says nothing, robots.txt too."""

    answers: dict[str, Answer] = field(default_factory=dict)
    host: Host = field(init=False)

    def __post_init__(self) -> None:
        self.host = Host(self._answer)

    def _answer(self, connection: socket.socket, head: bytes) -> None:
        path = head.split()[1].decode()
        self.answers.get(path, page(b"", status="404 Not Found"))(connection, head)

    def url(self, path: str) -> str:
        return self.host.url(path)

    def asked(self, path: str) -> int:
        return sum(head.split()[1].decode() == path for head in self.host.requests)


def rss(*items: str, about: str = "") -> Answer:
    return page(
        f"<rss version='2.0'><channel><title>The Lantern</title>{about}{''.join(items)}</channel></rss>".encode()
    )


def item(path: str, *, guid: str = "", title: str = "A title", more: str = "") -> str:
    return (
        f"<item><title>{title}</title><link>{path}</link><guid isPermaLink='false'>{guid or path}</guid>{more}</item>"
    )


def follow(world: World, site: Site, path: str = "/feed.xml", *, every: int = 900, **wanted: Any) -> Feed:
    return following.add_feed(
        dossier=world.dossier,
        address=site.url(path),
        every_seconds=every,
        by=Actor.person(world.analyst),
        at=timezone.now(),
        wanted=Wanted(**wanted) if wanted else None,
    )


def poll(feed: Feed) -> list[str]:
    """Ask a feed now, whatever its time; the paths of what is on its way because of it."""
    Feed.objects.filter(pk=feed.pk).update(next_poll=timezone.now() - timedelta(seconds=5))
    claimed = polling.claim_feed(feed_id=feed.pk)
    assert claimed is not None
    added = polling.poll(claimed)
    feed.refresh_from_db()
    return [addresses.parse(row.address).path for row in added]


def last(feed: Feed) -> Poll:
    return Poll.objects.filter(feed=feed).latest("pk")


def verbs(world: World) -> list[str]:
    return list(Entry.objects.filter(dossier=world.dossier).order_by("index").values_list("verb", flat=True))
