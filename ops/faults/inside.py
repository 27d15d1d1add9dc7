"""What is done with the application's own code, in a process of its own: make dossiers to work in, and look afterwards
whether everything acknowledged is there, once, and whole. Writes JSON to its standard output.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402 (needs the set-up)
from django.db.models import QuerySet  # noqa: E402
from django.utils import timezone  # noqa: E402

from apps.accounts.models import Key, User  # noqa: E402
from apps.accounts.services import make_key  # noqa: E402
from apps.articles import addresses, storage  # noqa: E402
from apps.articles.models import Article, Capture, Intake, Rendition  # noqa: E402
from apps.core.errors import Refusal  # noqa: E402
from apps.dossiers.models import Dossier  # noqa: E402
from apps.dossiers.services import open_dossier  # noqa: E402
from apps.extractors.engines import engine  # noqa: E402
from apps.ledger import services as ledger  # noqa: E402
from apps.ledger.models import Entry  # noqa: E402
from apps.review.models import Proposal  # noqa: E402

VERBS = ("article.preserved", "article.rendered", "article.identified", "review.proposed")
"""Entries of the ledger that each article makes once."""


def prepare(slugs: Iterable[str]) -> dict[str, Any]:
    """The tables, dossiers, and a key to add to them with."""
    call_command("migrate", interactive=False, verbosity=0)
    at = timezone.now()
    person = User.objects.create_user(email="faults@example.org", name="Fanny Faults", password=None)
    for slug in slugs:
        open_dossier(slug=slug, title=slug.title(), time_zone="UTC", by=person, at=at)
    _key, secret = make_key(owner=person, name="faults", scope=Key.Scope.ADD, at=at)
    return {"key": secret}


def check(told: Mapping[str, Any]) -> dict[str, Any]:
    """For each dossier, by its slug, what is lost and what is doubled of what was acknowledged."""
    return {slug: _check(Dossier.objects.get(slug=slug), acknowledged) for slug, acknowledged in told.items()}


def _check(dossier: Dossier, acknowledged: Mapping[str, Any]) -> dict[str, Any]:
    """See ``clients.Acknowledged``."""
    articles = Article.objects.in_dossier(dossier.pk)
    lost = _lost(dossier, acknowledged)
    total = sum(len(acknowledged[name]) for name in ("bytes", "addresses", "items"))
    unfinished = Counter(
        Intake.objects.in_dossier(dossier.pk)
        .exclude(state=Intake.State.DONE)
        .values_list("state", "step", "failure_code")
    )
    captures, renditions = (_of_each(model.objects.in_dossier(dossier.pk), articles) for model in (Capture, Rendition))
    entries = _entries(dossier, articles.count())
    broken = ledger.verify(dossier_id=dossier.pk)
    return {
        "acknowledged": total,
        "lost": len(lost),
        "lost_first": sorted(lost)[:10],
        "unfinished": sum(unfinished.values()),
        "unfinished_by": {" ".join(name): count for name, count in unfinished.items()},
        "doubled_articles": max(articles.count() - total, 0),
        "lost_captures": captures[0],
        "doubled_captures": captures[1],
        "lost_renditions": renditions[0],
        "doubled_renditions": renditions[1],
        "lost_entries": entries[0],
        "doubled_entries": entries[1],
        **_statements(dossier),
        "damaged_objects": _damaged(dossier),
        "ledger_broken": repr(broken) if broken else "",
    }


def _lost(dossier: Dossier, acknowledged: Mapping[str, Any]) -> set[str]:
    """The keys and addresses of what is not in, by the article that has the very bytes or the address."""
    intakes = Intake.objects.in_dossier(dossier.pk).filter(state=Intake.State.DONE, article__isnull=False)
    by_key = dict(intakes.exclude(idempotency_key=None).values_list("idempotency_key", "article"))
    by_bytes = dict(Capture.objects.in_dossier(dossier.pk).values_list("sha256", "article"))
    articles = Article.objects.in_dossier(dossier.pk).exclude(address_key=None)
    by_address = dict(articles.values_list("address_key", "pk"))
    lost = {key for key, sha256 in acknowledged["bytes"].items() if by_bytes.get(sha256, -1) != by_key.get(key)}
    for key, address in acknowledged["addresses"].items():
        if by_address.get(addresses.normalise(address), -1) != by_key.get(key):
            lost.add(key)
    return lost | {one for one in acknowledged["items"] if addresses.normalise(one) not in by_address}


def _of_each(rows: QuerySet[Any], articles: QuerySet[Article]) -> tuple[int, int]:
    """How many articles have none of these rows, and how many rows are there besides one of each."""
    held = Counter(rows.values_list("article", flat=True))
    return sum(not held[pk] for pk in articles.values_list("pk", flat=True)), held.total() - len(held)


def _entries(dossier: Dossier, articles: int) -> tuple[int, int]:
    """How many entries of the ledger are missing, and how many there are too many."""
    told = Counter(Entry.objects.filter(dossier=dossier, verb__in=VERBS).values_list("verb", flat=True))
    apart = [told[verb] - articles for verb in VERBS]
    return -sum(min(one, 0) for one in apart), sum(max(one, 0) for one in apart)


def _statements(dossier: Dossier) -> dict[str, Any]:
    """Each article's proposals beside what the extractor finds in its text when nothing disturbs it."""
    reader = engine()
    proposals = Proposal.objects.attributions().live().filter(dossier=dossier)
    held = Counter(proposals.values_list("rendition", flat=True))
    more = fewer = total = 0
    for rendition in Rendition.objects.in_dossier(dossier.pk).only("pk", "text").iterator():
        wanted = len(reader.extract(rendition.text, published=None, language="en"))
        total += wanted
        more += max(held[rendition.pk] - wanted, 0)
        fewer += max(wanted - held[rendition.pk], 0)
    return {"statements": total, "doubled_statements": more, "lost_statements": fewer}


def _damaged(dossier: Dossier) -> int:
    """Objects that a row names and that are not in the storage as they were preserved."""
    named: set[str] = set()
    for rows, columns in (
        (Capture.objects.in_dossier(dossier.pk), ("sha256", "record_sha256")),
        (Intake.objects.in_dossier(dossier.pk), ("raw_sha256", "record_sha256")),
    ):
        for found in rows.values_list(*columns):
            named.update(found)
    return sum(not _is_whole(sha256) for sha256 in named - {""})


def _is_whole(sha256: str) -> bool:
    try:
        storage.read(sha256)
    except Refusal:
        return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m ops.faults.inside")
    parser.add_argument("what", choices=["prepare", "check"])
    given = parser.parse_args()
    told = json.load(sys.stdin)
    json.dump(prepare(told) if given.what == "prepare" else check(told), sys.stdout)


if __name__ == "__main__":
    main()
