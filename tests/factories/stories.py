"""A dossier with one of everything that a claim's page shows, made as people make it: through the services."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles.models import Article, Intake
from apps.articles.services import leases
from apps.articles.services.adding import Described, add_text
from apps.claims.models import Claim
from apps.dossiers import services as dossiers
from apps.pipeline import working
from apps.review.drafts import AttributionDraft, CounterDraft, FigureDraft
from apps.review.models import Proposal
from apps.review.services import judging, withdrawing
from apps.review.services.judging import Filled, Taken
from apps.sources.models import Source
from apps.statements.models import Statement
from tests.factories.worlds import World, a_claim, a_source, a_world, approve, rendition_of, words


def at(day: int, hour: int = 12) -> datetime:
    """An hour of a day in April 2024."""
    return datetime(2024, 4, day, hour, tzinfo=UTC)


def a_report(
    world: World,
    text: str,
    *,
    outlet: str = "Strait Courier",
    headline: str = "",
    published: datetime | None = None,
) -> Article:
    """An article that went as far as its text, by an outlet and at a time of our choice."""
    intake = add_text(
        dossier=world.dossier,
        text=text,
        described=Described(headline=headline or text[:50], outlet_name=outlet, published=published),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    ).intake
    for step in (Intake.Step.PRESERVE, Intake.Step.EXTRACT, Intake.Step.IDENTIFY):
        row = working.work(intake_id=intake.pk, step=step)
        assert row is not None
        assert not row.failure_code, row.failure_reason
    claimed = leases.claim(intake_id=intake.pk, step=Intake.Step.PROPOSE)
    assert claimed is not None
    with leases.finishing(claimed, then=None) as row:
        row.proposed = 0
    assert row.article is not None
    return row.article


def said(
    world: World,
    who: Source,
    *positions: Taken,
    content: str,
    cue: str = "said",
    named: str = "The office",
    on: int = 8,
    hours: tuple[int, int] | None = (12, 12),
    until: int | None = None,
    article: Article | None = None,
    outlet: str = "Strait Courier",
    principal: Source | None = None,
    relayed_by: Proposal | None = None,
    repeats: Proposal | None = None,
    figures: Sequence[FigureDraft] = (),
    quotation: str = "indirect",
) -> Proposal:
    """An approved statement, in an article of its own unless one is given. Without ``hours`` its beginning is open."""
    begin, end = hours or (0, 12)
    article = article or a_report(
        world,
        f"{named} {cue} that {content}.",
        outlet=outlet,
        headline=content[:1].upper() + content[1:60],
        published=at(until or on, end),
    )
    text = rendition_of(article).text
    draft = AttributionDraft(
        spans=tuple(words(text, role=r, exact=e) for r, e in (("source", named), ("cue", cue), ("content", content))),
        kind="assertion",
        quotation=quotation,
        said_from=at(on, begin) if hours else None,
        said_until=at(until or on, end),
        figures=tuple(figures),
    )
    waiting = judging.add(
        rendition=rendition_of(article),
        filled=Filled(
            draft=draft, source=who, principal=principal, positions=positions, relayed_by=relayed_by, repeats=repeats
        ),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    return approve(world, waiting)[0]


def made(proposal: Proposal) -> Statement:
    """The statement that an approval made."""
    assert proposal.statement is not None
    return proposal.statement


def drawn(world: World, claim: Claim, against: Claim, kind: str) -> Proposal:
    """A counter as an analyst sees it."""
    proposal = judging.propose_counter(
        claim=claim,
        against=against,
        kind=kind,
        draft=CounterDraft(why="by what it says"),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    return approve(world, proposal)[0]


def withdrawn(world: World, proposal: Proposal) -> None:
    """The editor takes an approval back."""
    withdrawing.withdraw(
        proposal=Proposal.objects.select_related("dossier").get(pk=proposal.pk),
        by=Actor.person(world.editor),
        at=timezone.now(),
        note="The article was corrected.",
    )


@contextmanager
def telling() -> Iterator[Story]:
    """The dispute for all tests of a module, gone after them: give it to a fixture that has unblocked the database."""
    with transaction.atomic():
        yield a_dispute()
        transaction.set_rollback(True)


@dataclass
class Story:
    """The world with its sources, claims and approved proposals by short names."""

    world: World
    sources: dict[str, Source] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    told: dict[str, Proposal] = field(default_factory=dict)
    before_withdrawal: datetime = field(default_factory=timezone.now)


def a_dispute() -> Story:
    """North and South disagree about a ferry; East is silent, an observer mission stands with nobody.

    The claim "ferry" is asserted (twice, with copies and once by relay), denied, presupposed, evaded, declined,
    countered by a speaker and by an analyst, has an instance, and one inconsistent voice; others are unanswered,
    conceded, retracted, divided, denied without assertion.
    """
    story = Story(world=a_world(title="The strait, April 2024"))
    world = story.world
    dossiers.add_party(dossier=world.dossier, code="E", name="East", by=world.manager)
    _cast(story)
    _ferry(story)
    _others(story)
    return story


def _cast(story: Story) -> None:
    world = story.world
    north = a_source(world, "Northern Ministry of Defence", party=world.north)
    story.sources = {
        "north": north,
        "spokesperson": a_source(
            world, "Tomas Veld", kind="person", party=world.north, institution=north, role="spokesperson"
        ),
        "south": a_source(world, "Southern Assembly", party=world.south),
        "lifeboats": a_source(world, "Southern Lifeboat Office", party=world.south),
        "mission": a_source(world, "Observer Mission"),
        "harbour": a_source(world, "Harbour Master"),
    }
    about = [world.north]
    story.claims = {
        "ferry": a_claim(
            world, "Northern boats fired on the ferry Maren off Harrow Point on 7 April 2024", about=about
        ),
        "lifeboat": a_claim(world, "Northern boats fired on a lifeboat off Harrow Point", about=about),
        "guns": a_claim(world, "The Southern Assembly moved guns onto passenger ferries", about=[world.south]),
        "wounded": a_claim(world, "Nine passengers of the Maren were wounded"),
        "toll": a_claim(world, "At least 27 people were killed in the strait", about=about),
        "mines": a_claim(world, "Northern boats laid mines in the channel", about=about),
        "beacon": a_claim(world, "The North switched off the beacon", about=about),
        "drone": a_claim(world, "A northern drone was shot down", about=about),
        "pier": a_claim(world, "The South shelled the northern pier", about=[world.south]),
        "spy": a_claim(world, "The lighthouse keeper worked for the North"),
    }


def _ferry(story: Story) -> None:
    world, who, claims = story.world, story.sources, story.claims
    ferry, instance = claims["ferry"], claims["lifeboat"]
    wire = (
        "HARROW POINT (Meridian) - The Assembly said that northern boats had opened fire on the ferry Maren as she "
        "rounded the point on Monday morning with passengers on deck.\n\nCrew members waved from the rail until the "
        "shooting stopped, and two tugs towed the ferry into Sallow harbour before noon, where a crowd had gathered."
    )
    words_of_it = "northern boats had opened fire on the ferry Maren"
    first = a_report(world, wire, outlet="Meridian", headline="Ferry comes under fire", published=at(8, 9))
    story.told["asserted"] = said(
        world,
        who["south"],
        Taken("asserts", claim=ferry),
        content=words_of_it,
        named="The Assembly",
        on=8,
        hours=(8, 8),
        article=first,
    )
    for outlet in ("Gannet", "Evening Buoy"):
        copy = a_report(
            world, wire + "\n\nMore follows.", outlet=outlet, headline="Ferry fired on", published=at(8, 14)
        )
        said(
            world,
            who["south"],
            content=words_of_it,
            named="The Assembly",
            on=8,
            hours=(8, 8),
            article=copy,
            repeats=story.told["asserted"],
        )
    story.told["denied"] = said(
        world,
        who["spokesperson"],
        Taken("denies", claim=ferry),
        content="no passenger vessel was fired at",
        cue="said",
        named="Veld",
        on=8,
        hours=(16, 16),
        principal=who["north"],
        quotation="direct",
    )
    story.told["countered"] = said(
        world,
        who["spokesperson"],
        Taken("asserts", claim=claims["guns"], against=ferry, counter_kind="undercuts"),
        content="the Assembly had moved guns onto passenger ferries",
        cue="claimed",
        named="Veld",
        on=8,
        hours=(17, 17),
        principal=who["north"],
    )
    story.told["admission"] = said(
        world,
        who["harbour"],
        Taken("asserts", claim=ferry),
        content="shots had come from boats under the northern flag",
        named="The harbour master",
        on=9,
        hours=None,
        relayed_by=story.told["asserted"],
        outlet="Gannet",
    )
    said(
        world,
        who["mission"],
        Taken("declines", claim=ferry),
        content="it would not discuss single incidents",
        named="The mission",
        on=9,
        hours=(10, 10),
    )
    said(
        world,
        who["lifeboats"],
        Taken("asserts", claim=instance),
        content="a lifeboat had been fired at on its way to the wreck",
        cue="complained",
        named="The lifeboat office",
        on=9,
    )
    drawn(world, instance, ferry, "instance_of")
    drawn(world, claims["wounded"], ferry, "supports")


def _others(story: Story) -> None:
    world, who, claims = story.world, story.sources, story.claims
    killed = FigureDraft("killed", "at_least", 27)
    children = FigureDraft("killed", "exactly", 7, of_whom="children")
    said(
        world,
        who["south"],
        Taken("asserts", claim=claims["toll"]),
        content="at least 27 people, seven of them children, had been killed",
        named="The Assembly",
        on=8,
        figures=[killed, children],
    )
    said(
        world,
        who["south"],
        Taken("asserts", claim=claims["toll"]),
        content="the number of dead had risen to 41",
        named="The Assembly",
        on=10,
        figures=[FigureDraft("killed", "exactly", 41)],
    )
    said(
        world,
        who["mission"],
        Taken("partly_admits", claim=claims["toll"]),
        content="it had counted between 12 and 19 dead",
        named="The mission",
        on=9,
        figures=[FigureDraft("killed", "range", 12, 19)],
    )
    said(world, who["south"], Taken("asserts", claim=claims["mines"]), content="mines lay in the channel", on=9)
    said(
        world,
        who["north"],
        Taken("denies", claim=claims["mines"]),
        content="it had laid no mines",
        on=9,
        hours=(13, 13),
    )
    said(world, who["north"], Taken("concedes", claim=claims["mines"]), content="it had laid mines after all", on=11)
    said(
        world, who["north"], Taken("denies", claim=claims["beacon"]), content="the beacon was never switched off", on=9
    )
    story.told["drone"] = said(
        world, who["south"], Taken("asserts", claim=claims["drone"]), content="a drone had been shot down", on=9
    )
    said(
        world,
        who["south"],
        Taken("retracts", claim=claims["drone"], retracts=made(story.told["drone"])),
        content="its report on a drone had been mistaken",
        on=10,
    )
    # One principal, two stances, and a day that cannot tell which came later.
    said(world, who["south"], Taken("denies", claim=claims["pier"]), content="no shell fell there", on=9, hours=(0, 23))
    said(
        world,
        who["south"],
        Taken("partly_admits", claim=claims["pier"]),
        content="one shell went astray",
        on=9,
        hours=(0, 23),
    )
    said(world, who["north"], Taken("asserts", claim=claims["pier"]), content="the pier was shelled at night", on=9)
    story.told["spy"] = said(
        world,
        who["mission"],
        Taken("presupposes", claim=claims["spy"]),
        content="the keeper’s work for the North ended",
        on=9,
    )
    mistaken = said(
        world,
        who["lifeboats"],
        Taken("asserts", claim=claims["ferry"]),
        content="crews had seen muzzle flashes near the ferry",
        named="The lifeboat office",
        on=9,
    )
    story.told["mistaken"] = mistaken
    story.before_withdrawal = timezone.now()
    withdrawn(world, mistaken)
