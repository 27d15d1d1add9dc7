"""The smallest worlds that show a point. Whatever a service can make is made by that service.

world = a_world()
article = an_article(world, "The ministry denied that its troops had crossed the river.")
proposal = submitted(world, article, source="The ministry", cue="denied", content="its troops had crossed the river")
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import Actor, User
from apps.articles.models import Article, Intake, Rendition
from apps.articles.services import leases
from apps.articles.services.adding import Described, add_text
from apps.attribution import types as attribution
from apps.claims.models import Claim
from apps.dossiers import services as dossiers
from apps.dossiers.models import Dossier, Party, Role
from apps.pipeline import working
from apps.review.drafts import AttributionDraft, ClaimDraft, FigureDraft, NameDraft, SourceDraft, SpanDraft
from apps.review.models import Proposal
from apps.review.services import approving, judging, storing, suggesting
from apps.review.services.judging import Filled, NewSource, Taken
from apps.sources.models import Source
from apps.statements.models import Statement

PASSWORD = "a-long-enough-password"
SAID = datetime(2024, 3, 12, 8, tzinfo=UTC)
TEXT = "The ministry denied that its troops had crossed the river. Nobody else was asked."

_numbers = itertools.count(1)


def a_person(name: str = "Ada Berg", *, email: str = "") -> User:
    """Somebody who can sign in with PASSWORD."""
    return User.objects.create_user(
        email=email or f"{name.split(maxsplit=1)[0].lower()}-{next(_numbers)}@example.org", name=name, password=PASSWORD
    )


@dataclass(frozen=True)
class World:
    """A dossier with one person for each role, and two parties."""

    dossier: Dossier
    manager: User
    editor: User
    analyst: User
    reader: User
    parties: Mapping[str, Party] = field(default_factory=dict)

    @property
    def north(self) -> Party:
        return self.parties["N"]

    @property
    def south(self) -> Party:
        return self.parties["S"]


def a_dossier(*, slug: str = "", title: str = "The river", zone: str = "UTC", by: User | None = None) -> Dossier:
    """An empty dossier, managed by ``by``."""
    return dossiers.open_dossier(
        slug=slug or f"river-{next(_numbers)}",
        title=title,
        time_zone=zone,
        by=by or a_person("Mara Manager"),
        at=timezone.now(),
    )


def a_member(dossier: Dossier, role: str, *, name: str = "", by: User | None = None) -> User:
    """A new person with a role in the dossier."""
    person = a_person(name or f"{role.title()} Person")
    dossiers.give_role(dossier=dossier, user=person, role=role, by=by or person)
    return person


def a_world(*, title: str = "The river", zone: str = "UTC") -> World:
    """A dossier with people and two parties, N and S."""
    manager = a_person("Mara Manager")
    dossier = a_dossier(title=title, zone=zone, by=manager)
    return World(
        dossier=dossier,
        manager=manager,
        editor=a_member(dossier, Role.EDITOR, name="Edda Editor", by=manager),
        analyst=a_member(dossier, Role.ANALYST, name="Anton Analyst", by=manager),
        reader=a_member(dossier, Role.READER, name="Rosa Reader", by=manager),
        parties={
            "N": dossiers.add_party(dossier=dossier, code="N", name="North", by=manager),
            "S": dossiers.add_party(dossier=dossier, code="S", name="South", by=manager),
        },
    )


def approve(world: World, *proposals: Proposal, by: User | None = None, note: str = "") -> list[Proposal]:
    """The editor approves these together, as they stand."""
    fresh = [Proposal.objects.select_related("dossier").get(pk=proposal.pk) for proposal in proposals]
    return approving.approve_all(
        proposals=[(proposal, proposal.last_revision) for proposal in fresh],
        by=Actor.person(by or world.editor),
        at=timezone.now(),
        note=note,
    )


def a_source(
    world: World,
    name: str = "Ministry of Defence",
    *,
    kind: str = Source.Kind.INSTITUTION,
    party: Party | None = None,
    names: Sequence[tuple[str, str]] = (),
    institution: Source | None = None,
    role: str = "",
) -> Source:
    """A source that the analyst suggested and the editor approved; ``names`` are (name, form)."""
    draft = SourceDraft(name=name, kind=kind, role=role, names=tuple(NameDraft(n, form) for n, form in names))
    proposal = judging.propose_source(
        dossier=world.dossier,
        new=NewSource(draft, party=party, institution=institution),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    (approved_one,) = approve(world, proposal)
    assert approved_one.source is not None
    return approved_one.source


def a_claim(world: World, text: str = "Troops crossed the river", *, about: Sequence[Party] = ()) -> Claim:
    """A claim that the analyst suggested and the editor approved."""
    proposal = judging.propose_claim(
        dossier=world.dossier,
        draft=ClaimDraft(text, about=tuple(party.pk for party in about)),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    (approved_one,) = approve(world, proposal)
    assert approved_one.claim is not None
    return approved_one.claim


def an_intake(world: World, text: str = TEXT, *, headline: str = "", outlet: str = "") -> Intake:
    """A text that the analyst pasted and nobody has worked on."""
    added = add_text(
        dossier=world.dossier,
        text=text,
        described=Described(headline=headline, outlet_name=outlet, published=SAID),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    return added.intake


def run_until_quiet(*, most: int = 200) -> int:
    """Do every step that is due, as the workers would; how many were done.

    What waits for seconds only is due at once: a busy machine gave its reader no time, or a copy waits for the first.
    """
    done = 0
    while due := leases.due() or _waiting_for_seconds():
        for intake_id, step in due:
            done += working.work(intake_id=intake_id, step=step) is not None
        assert done <= most, "the pipeline does not come to rest"
    return done


def _waiting_for_seconds() -> list[tuple[int, str]]:
    waiting = Intake.objects.filter(state=Intake.State.READY)
    waiting.filter(Q(failure_code="parser_lost") | Q(step=Intake.Step.PROPOSE, failure_code="")).update(
        run_after=leases.now()
    )
    return leases.due()


def an_article(world: World, text: str = TEXT, *, headline: str = "", outlet: str = "") -> Article:
    """An article that went through the pipeline, but for the machine's proposals: tests make the ones they need."""
    intake = an_intake(world, text, headline=headline, outlet=outlet)
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


def rendition_of(article: Article) -> Rendition:
    """The article's newest text."""
    return Rendition.objects.filter(article=article).order_by("-pk")[0]


def words(text: str, *, role: str, exact: str) -> SpanDraft:
    """The first place where ``exact`` stands in the text."""
    begins = text.index(exact)
    return SpanDraft.of(text, role=role, begins=begins, ends=begins + len(exact))


def a_draft(
    text: str = TEXT,
    *,
    source: str = "The ministry",
    cue: str = "denied",
    content: str = "its troops had crossed the river",
    kind: str = "assertion",
    figures: Sequence[FigureDraft] = (),
    said_from: datetime | None = None,
    said_until: datetime = SAID,
    learn: NameDraft | None = None,
) -> AttributionDraft:
    """A statement of TEXT, or of any text that holds the words."""
    return AttributionDraft(
        spans=(
            words(text, role="source", exact=source),
            words(text, role="cue", exact=cue),
            words(text, role="content", exact=content),
        ),
        kind=kind,
        quotation="indirect",
        said_from=said_from,
        said_until=said_until,
        figures=tuple(figures),
        learn=learn,
    )


class Engine:
    """Stands in for an extractor: it has a name and a version, and finds what a test says."""

    def __init__(self, version: str = "1", name: str = "stand-in") -> None:
        self.name = name
        self.version = version

    def extract(self, text: str, *, published: object = None, language: str = "en") -> list[attribution.Attribution]:
        return []


def proposed(
    article: Article,
    *drafts: AttributionDraft,
    source: Source | None = None,
    relayed_by: Mapping[int, int] | None = None,
    version: str = "1",
    copies_of: Sequence[Article] = (),
) -> list[Proposal]:
    """The machine proposes these drafts of the article, in order of their place in the text.

    ``relayed_by`` maps the number of a draft to that of its relayer; ``copies_of`` are earlier articles whose text
    this one carries.
    """
    rendition = rendition_of(article)
    found = [
        suggesting.Suggested(
            draft=draft,
            source_id=source.pk if source else None,
            alias_id=None,
            principal_id=None,
            relayed_by=(relayed_by or {}).get(number),
        )
        for number, draft in enumerate(drafts or (a_draft(rendition.text),))
    ]
    with transaction.atomic():
        storing.store(
            rendition,
            suggesting.Reading("en", suggested=tuple(found)),
            engine=Engine(version),
            earlier=[other.pk for other in copies_of],
            at=timezone.now(),
        )
    return list(
        Proposal.objects.attributions()
        .select_related("dossier", "rendition")
        .filter(rendition=rendition)
        .exclude(state=Proposal.State.SUPERSEDED)
        .order_by("begins", "pk")
    )


def accept(
    world: World,
    proposal: Proposal,
    *,
    source: Source | None,
    draft: AttributionDraft | None = None,
    positions: Sequence[Taken] = (),
    relayed_by: Proposal | None = None,
    by: User | None = None,
) -> Proposal:
    """The analyst accepts a proposal as it is, or as ``draft``."""
    fresh = Proposal.objects.select_related("dossier", "rendition").get(pk=proposal.pk)
    assert fresh.rendition is not None
    latest = fresh.revisions.get(number=fresh.last_revision)
    return judging.submit(
        proposal=fresh,
        expected_revision=fresh.last_revision,
        filled=Filled(
            draft=draft or AttributionDraft.read(latest.body),
            source=source,
            positions=positions,
            relayed_by=relayed_by,
        ),
        by=Actor.person(by or world.analyst),
        at=timezone.now(),
    )


def submitted(
    world: World,
    article: Article | None = None,
    *,
    draft: AttributionDraft | None = None,
    source: Source | None = None,
    principal: Source | None = None,
    positions: Sequence[Taken] = (),
    relayed_by: Proposal | None = None,
    by: User | None = None,
) -> Proposal:
    """A statement that the analyst marked by hand; it waits for the editor."""
    rendition = rendition_of(article or an_article(world))
    return judging.add(
        rendition=rendition,
        filled=Filled(
            draft=draft or a_draft(rendition.text),
            source=source or a_source(world, f"Ministry {next(_numbers)}"),
            principal=principal,
            positions=positions,
            relayed_by=relayed_by,
        ),
        by=Actor.person(by or world.analyst),
        at=timezone.now(),
    )


def approved(
    world: World,
    article: Article | None = None,
    *,
    draft: AttributionDraft | None = None,
    source: Source | None = None,
    principal: Source | None = None,
    positions: Sequence[Taken] = (),
    relayed_by: Proposal | None = None,
) -> Proposal:
    """The same, approved by the editor: its facts exist."""
    waiting = submitted(
        world,
        article,
        draft=draft,
        source=source,
        principal=principal,
        positions=positions,
        relayed_by=relayed_by,
    )
    return approve(world, waiting)[0]


def a_statement(
    world: World,
    *,
    source: Source,
    claim: Claim,
    stance: str,
    article: Article | None = None,
    said_from: datetime | None = None,
    said_until: datetime = SAID,
    retracts: Statement | None = None,
    figures: Sequence[FigureDraft] = (),
) -> Statement:
    """An approved statement that takes a position on a claim."""
    article = article or an_article(world)
    text = rendition_of(article).text
    proposal = approved(
        world,
        article,
        draft=a_draft(text, said_from=said_from, said_until=said_until, figures=figures),
        source=source,
        positions=[Taken(stance=stance, claim=claim, retracts=retracts)],
    )
    assert proposal.statement is not None
    return proposal.statement
