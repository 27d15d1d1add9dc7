"""A dossier with at least one row of every table, and every optional reference set at least once."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

from django.utils import timezone

from apps.accounts.models import Actor, Key
from apps.accounts.services import make_key
from apps.articles.models import Article, Intake
from apps.articles.services.adding import Described, add_text
from apps.articles.services.following import add_feed
from apps.claims.models import Claim
from apps.crosscheck.services import rebuild
from apps.extractors.models import TrainedModel
from apps.extractors.services import switch
from apps.pipeline import working
from apps.review.drafts import (
    AliasDraft,
    AttributionDraft,
    ClaimDraft,
    CounterDraft,
    FigureDraft,
    NameDraft,
    SourceDraft,
)
from apps.review.services import holding, judging
from apps.review.services.judging import Filled, NewSource, Taken
from apps.sources import services as sources
from apps.sources.models import Source
from apps.sources.services import PlaceName
from tests.factories.incoming import what_was_asked, what_was_learnt
from tests.factories.versions import versions
from tests.factories.worlds import (
    World,
    a_claim,
    a_draft,
    a_source,
    a_world,
    accept,
    an_article,
    approve,
    approved,
    proposed,
    rendition_of,
    submitted,
    words,
)

LONG = (
    "Moscow argued that the ministry's admission that its troops had crossed the river changed everything. Fishermen "
    "along the northern bank had watched the boats for three days before anything happened, and the harbour office "
    "closed the lower quay on Monday evening because of the ice. Nobody else was asked."
)


def a_full_world() -> World:
    """Built through the services; only what no service combines is written by hand."""
    world = a_world()
    ministry = a_source(world, "Ministry of Defence", party=world.north, names=[("The ministry", "short")])
    first = an_article(world, LONG, headline="Crossed", outlet="The Lantern")
    claim, other = a_claim(world, about=[world.north]), a_claim(world, "None were there", about=[world.south])
    _relayed_and_copied(world, first, ministry, claim, other)
    _pending(world, first, ministry, claim, other)
    _settings(world)
    what_was_learnt(world, first)
    versions(world, ministry, [claim])
    rebuild(dossier_id=world.dossier.pk)
    return world


def _spokesman(world: World, ministry: Source) -> Source:
    proposal = judging.propose_source(
        dossier=world.dossier,
        new=NewSource(
            SourceDraft("Moscow Office", "office", role="speaks", since=date(2020, 1, 1), until=date(2030, 1, 1)),
            party=world.south,
            institution=ministry,
        ),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    (made,) = approve(world, proposal)
    assert made.source is not None
    return made.source


def _relayed_and_copied(world: World, first: Article, ministry: Source, claim: Claim, other: Claim) -> None:
    moscow = _spokesman(world, ministry)
    copy = an_article(world, LONG + "\n\nMore follows.", headline="Crossed again", outlet="The Kiln")
    text, text_of_copy = rendition_of(first).text, rendition_of(copy).text
    outer_draft = a_draft(text, source="Moscow", cue="argued", content="admission that its troops had crossed")
    inner_draft = a_draft(
        text,
        source="the ministry",
        cue="admission",
        content="its troops had crossed the river",
        figures=[
            FigureDraft("killed", "range", 3, 5, of_whom="soldiers", counting="cumulative"),
            FigureDraft("killed", "exactly", 1, of_whom="officers", part_of=0),
        ],
        learn=NameDraft("the army", "short"),
    )
    outer, inner = proposed(first, outer_draft, inner_draft, source=ministry, relayed_by={1: 0})
    copies = proposed(
        copy, *(_moved(draft, text_of_copy) for draft in (outer_draft, inner_draft)), source=ministry, copies_of=[first]
    )
    argued = Taken("asserts", claim=claim, against=other, counter_kind="rebuts")
    conceded = Taken("concedes", claim=claim)
    accept(world, outer, source=moscow, positions=[argued])
    accept(world, inner, source=ministry, draft=inner_draft, positions=[conceded], relayed_by=outer)
    approve(world, outer, inner, *copies)
    inner.refresh_from_db()
    approved(
        world,
        copy,
        draft=a_draft(
            text_of_copy,
            source="Fishermen",
            cue="watched",
            content="the boats",
            figures=[FigureDraft("other", "exactly", 3)],
        ),
        source=ministry,
        principal=moscow,
        positions=[Taken("retracts", claim=claim, retracts=inner.statement)],
    )


def _moved(draft: AttributionDraft, text: str) -> AttributionDraft:
    """The same words where they stand in another text."""
    return replace(draft, spans=tuple(words(text, role=span.role, exact=span.exact) for span in draft.spans))


def _pending(world: World, article: Article, ministry: Source, claim: Claim, other: Claim) -> None:
    by, at = Actor.person(world.analyst), timezone.now()
    draft = a_draft(rendition_of(article).text, source="the harbour office", cue="closed", content="the lower quay")
    filled = Filled(
        draft=draft,
        new_source=NewSource(SourceDraft("The harbour office", "office"), party=world.north),
        alias=ministry.aliases.first(),
        positions=[Taken("asserts", new_claim=ClaimDraft("The quay was closed"))],
    )
    proposal = judging.add(rendition=rendition_of(article), filled=filled, by=by, at=at)
    judging.undo(proposal=proposal, by=by, at=at)
    name = judging.propose_alias(source=ministry, draft=AliasDraft("MoD", "acronym"), by=by, at=at)
    drawn = judging.propose_counter(
        claim=claim, against=other, kind="contradicts", draft=CounterDraft("Both cannot be"), by=by, at=at
    )
    approve(world, name, drawn)
    submitted(world, article, draft=draft, source=ministry)
    holding.hold(article=article, by=world.analyst, at=at)
    make_key(owner=world.analyst, name="import", scope=Key.Scope.READ, at=at)


def _a_model(world: World) -> None:
    at = timezone.now()
    TrainedModel.objects.create(
        version=f"of-{world.dossier.slug}",
        model=b"model",
        size=5,
        sha256=hashlib.sha256(b"model").hexdigest(),
        figures={},
        made_from={},
        made_at=at,
        made_by="Mara",
    )
    switch(name="rules", by="Mara", at=at)


def _settings(world: World) -> None:
    by, at = Actor.person(world.manager), timezone.now()
    sources.add_place(dossier=world.dossier, names=[PlaceName("Ferry", world.north), PlaceName("The ferry")], by=by)
    _a_model(world)
    feed = add_feed(dossier=world.dossier, address="https://example.org/feed.xml", every_seconds=60, by=by, at=at)
    added = add_text(
        dossier=world.dossier,
        text="The office said that it was cold.",
        described=Described(),
        by=by,
        at=at,
        address="https://example.org/cold.html",
        idempotency_key="one",
    )
    working.work(intake_id=added.intake.pk, step=Intake.Step.PRESERVE)
    Intake.objects.filter(pk=added.intake.pk).update(feed=feed, address_key="https://example.org/cold.html")
    what_was_asked(world, feed)
