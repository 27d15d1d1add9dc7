"""Later versions of an article's text, and what a machine makes of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from apps.articles.models import Article, Capture, Rendition
from apps.claims.models import Claim, Follow
from apps.ledger import services as ledger
from apps.review.drafts import AttributionDraft
from apps.review.models import Proposal
from apps.review.services import storing, suggesting
from apps.sources.models import Source
from tests.factories.worlds import Engine, World, a_draft, an_article, approve, approved, rendition_of

TEXT = "The ministry denied that its troops had crossed the river. Boats were seen near the northern bank."


def a_later_text(article: Article, text: str, *, credit: str = "") -> Rendition:
    """The article was looked at again and has another text now, which no machine has read."""
    before = rendition_of(article)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    with (
        transaction.atomic(),
        ledger.entry(dossier_id=article.dossier_id, actor="machine:test", verb="article.rendered") as moment,
    ):
        capture = Capture.objects.create(
            article=article,
            sha256=sha256,
            size=len(text),
            method=Capture.Method.FETCHED,
            preserved=timezone.now(),
            actor="machine:test",
            **moment.begins(),
        )
        return Rendition.objects.create(
            article=article,
            capture=capture,
            extractor=before.extractor,
            version=before.version,
            text=text,
            sha256=sha256,
            headline=before.headline,
            credit=credit,
            published=before.published,
            language=before.language,
            **moment.begins(),
        )


def read_newest(
    article: Article, *drafts: AttributionDraft, source: Source | None = None, version: str = "1", able: bool = True
) -> list[Proposal]:
    """A machine reads the article's newest text and finds these; what is proposed in it then, in its order."""
    rendition = rendition_of(article)
    found = [
        suggesting.Suggested(
            draft=draft, source_id=source.pk if source else None, alias_id=None, principal_id=None, relayed_by=None
        )
        for draft in drafts
    ]
    with transaction.atomic():
        storing.store(
            rendition,
            suggesting.Reading("en", able=able, suggested=tuple(found)),
            engine=Engine(version),
            earlier=[],
            at=timezone.now(),
        )
    return list(Proposal.objects.attributions().live().filter(rendition=rendition).order_by("begins", "pk"))


def corrected(article: Article, text: str, *drafts: AttributionDraft, source: Source | None = None) -> list[Proposal]:
    """The article has another text now, in which a machine finds these; what is proposed in it."""
    a_later_text(article, text)
    return read_newest(article, *drafts, source=source)


def versions(world: World, source: Source, claims: Sequence[Claim]) -> None:
    """An article whose correction kept what it said, one whose correction did not, and somebody who follows a claim."""
    for text in (f"{TEXT} Nobody was hurt.", "Boats were seen near the northern bank."):
        article = an_article(world, TEXT)
        approved(world, article, draft=a_draft(rendition_of(article).text), source=source)
        for twin in corrected(article, text):
            approve(world, twin)
    for claim in claims:
        Follow.objects.create(
            dossier=world.dossier, claim=claim, user=world.analyst, since=timezone.now(), seen_index=0
        )
