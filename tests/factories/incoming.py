"""Rows of what watches, asks and decides about articles, written by hand where services would need a network."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from apps.articles.models import (
    Article,
    Capture,
    Feed,
    FeedItem,
    Host,
    Intake,
    Lineage,
    OtherAddress,
    Parting,
    Poll,
    Removal,
    Visit,
    Watch,
)
from apps.ledger import services as ledger
from tests.factories.worlds import World


def what_was_learnt(world: World, article: Article) -> None:
    """Of an article: another address, its removal, that it was parted from an origin, who looks at it again."""
    dossier, at = world.dossier, timezone.now()
    lineage = Lineage.objects.current().in_dossier(dossier.pk).select_related("origin").first()
    assert lineage is not None
    with (
        transaction.atomic(),
        ledger.entry(dossier_id=dossier.pk, actor="machine:intake", verb="article.seen") as moment,
    ):
        begins = moment.begins()
        OtherAddress.objects.create(article=article, key="https://example.org/a", kind="canonical", **begins)
        Removal.objects.create(article=article, address="https://example.org/a", status=410, noticed=at, **begins)
        Parting.objects.create(article=article, origin=lineage.origin, decided_by="user:1", **begins)
    Watch.objects.get_or_create(article=article, defaults={"dossier": dossier, "began": at, "next_visit": at})
    Visit.objects.create(dossier=dossier, article=article, at=at, outcome="unchanged", status=304)


def what_was_asked(world: World, feed: Feed) -> None:
    """A feed's history, the items it showed, its host, and a container with one thing in it."""
    dossier, at = world.dossier, timezone.now()
    Poll.objects.create(feed=feed, at=at, seconds=0.2, outcome="failed", code="timed_out", reason="Too slow.")
    FeedItem.objects.create(
        feed=feed,
        guid_digest="0" * 64,
        guid="one",
        address="https://example.org/one",
        digest="1" * 64,
        first_seen=at,
        last_changed=at,
    )
    Host.objects.get_or_create(name="example.org:443", defaults={"next_ask": at})
    of_both = {"dossier": dossier, "raw_sha256": "a" * 64, "actor": "user:1", "added": at, "run_after": at}
    parent = Intake.objects.create(method=Capture.Method.UPLOADED, state="done", outcome="unpacked", **of_both)
    Intake.objects.create(method=Capture.Method.ARCHIVED, parent=parent, member="one.html", state="done", **of_both)
