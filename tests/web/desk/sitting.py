"""Sitting at the analysts' desk in tests: its addresses, and what its card sends."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse
from lxml import html

from apps.accounts.models import User
from apps.articles.models import Article
from apps.review.drafts import AttributionDraft
from apps.review.models import Hold, Proposal
from apps.sources.models import Source
from tests.factories.worlds import World
from tests.web.submitting import values_of

TEXT = (
    "The ministry denied that its troops had crossed the river.\n\n"
    "It said that 12 people were wounded near the bridge.\n\n"
    "Anna Vale said that the bridge was closed. Nobody else was asked."
)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def desk_url(world: World, article: Article) -> str:
    return reverse("review-article", args=[world.dossier.slug, article.ref])


def card_url(world: World, article: Article, proposal: Proposal) -> str:
    return reverse("review-statement", args=[world.dossier.slug, article.ref, proposal.public_id])


def latest(proposal: Proposal) -> tuple[Proposal, AttributionDraft]:
    fresh = Proposal.objects.get(pk=proposal.pk)
    return fresh, AttributionDraft.read(fresh.revisions.get(number=fresh.last_revision).body)


def source_value(source: Source) -> str:
    return f"S-{source.public_id}"


def first_card(world: World, article: Article, proposal: Proposal, source: Source) -> dict[str, Any]:
    """What the card of a proposal sends, read off the desk of somebody who may open it."""
    taken = Hold.objects.filter(article=article).first()
    holder = taken.user if taken else world.analyst
    page = html.fromstring(signed_in(holder).get(card_url(world, article, proposal)).content.decode())
    form = next(f for f in page.forms if f.xpath(".//button[@value='accept']"))
    return {**values_of(form), "source": source_value(source)}
