"""What the machine suggests of a rendition: statements with exact spans, and copies of those known already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet

from apps.accounts.models import Actor
from apps.articles.models import Intake, Lineage, Rendition
from apps.articles.services.leases import Claimed, defer, finishing
from apps.attribution.engine import extractor as make_extractor
from apps.attribution.resolution import Name, Resolution, resolve
from apps.attribution.types import Attribution, Extractor, Span
from apps.core.names import fold
from apps.ledger import services as ledger
from apps.review import rules
from apps.review.drafts import AttributionDraft, FigureDraft, SpanDraft
from apps.review.models import Decision, Proposal, Revision
from apps.review.services import recording
from apps.review.services.recording import Refs
from apps.sources.models import Affiliation, Alias
from apps.sources.selectors import names_to_resolve

WAIT_SECONDS = 1.0
DEFAULT = "rules"


@dataclass(frozen=True)
class Suggested:
    """A draft with the source it was resolved to, and the place of its relayer in the same list."""

    draft: AttributionDraft
    source_id: int | None
    alias_id: int | None
    principal_id: int | None
    relayed_by: int | None


def propose(*, claimed: Claimed, at: datetime, extractor: str = DEFAULT) -> bool:
    """Read the rendition of an article on its way and store what is found; ``False`` if it has to wait its turn.

    A copy waits until the articles that carried its text before have been read, so that what it repeats is found.
    """
    rendition = claimed.intake.rendition
    assert rendition is not None
    earlier = _earlier_carriers(rendition)
    if _on_their_way(earlier):
        defer(claimed, seconds=WAIT_SECONDS)
        return False
    engine = make_extractor(extractor)
    found = suggest(rendition, engine=engine, zone=claimed.intake.dossier.zone)
    with finishing(claimed, then=None) as row:
        row.proposed = store(rendition, found, engine=engine, earlier=earlier, at=at)
    return True


@transaction.atomic
def propose_again(*, rendition: Rendition, extractor: str, at: datetime) -> int:
    """Read a text again with another extractor or a newer version; how many statements it finds.

    What an older one proposed and nobody has touched is replaced; what anybody decided on stays. Raises
    :class:`~apps.attribution.engine.UnknownExtractor`.
    """
    engine = make_extractor(extractor)
    found = suggest(rendition, engine=engine, zone=rendition.dossier.zone)
    return store(rendition, found, engine=engine, earlier=_earlier_carriers(rendition), at=at)


def _earlier_carriers(rendition: Rendition) -> list[int]:
    """Articles of the same origin whose text we drew before this one's. Ids."""
    lineage = Lineage.objects.current().filter(article_id=rendition.article_id).first()
    if lineage is None:
        return []
    same = Lineage.objects.current().filter(origin_id=lineage.origin_id).exclude(article_id=rendition.article_id)
    return list(
        Rendition.objects.filter(article__in=same.values("article_id"), pk__lt=rendition.pk)
        .values_list("article_id", flat=True)
        .distinct()
    )


def _on_their_way(article_ids: Sequence[int]) -> bool:
    return Intake.objects.on_its_way().filter(article__in=article_ids, step=Intake.Step.PROPOSE).exists()


def suggest(rendition: Rendition, *, engine: Extractor, zone: ZoneInfo) -> list[Suggested]:
    """Run the engine over a text and resolve its sources among the dossier's names. Writes nothing."""
    published = rendition.published or rendition.known_from
    local = published.astimezone(zone)
    language = (rendition.language or "en").split("-")[0]
    found = engine.extract(rendition.text, published=local.date(), language=language)
    aliases = names_to_resolve(rendition.dossier_id)
    names = [Name(a.source_id, a.name, "preferred" if a.preferred else a.form) for a in aliases]
    speaks_for = dict(
        Affiliation.objects.in_dossier(rendition.dossier_id)
        .current()
        .order_by("known_from", "pk")
        .values_list("source_id", "institution_id")
    )
    until = _end_of(local.date(), zone) if rendition.published_precision == "day" else published
    return [
        _suggested(attribution, rendition.text, names, aliases, speaks_for, until=until, zone=zone)
        for attribution in found
    ]


def _suggested(
    attribution: Attribution,
    text: str,
    names: Sequence[Name],
    aliases: Sequence[Alias],
    speaks_for: Mapping[int, int],
    *,
    until: datetime,
    zone: ZoneInfo,
) -> Suggested:
    mention = " ".join(text[span.start : span.end] for span in attribution.source)
    resolution = _resolution(attribution, mention, names)
    alias = next((a for a in aliases if a.source_id == resolution.source_id and a.folded == fold(mention)), None)
    said_from, said_until = _said(attribution, until=until, zone=zone)
    spans = [
        *_spans(text, "source", attribution.source),
        *_spans(text, "cue", attribution.cue),
        *_spans(text, "content", attribution.content),
    ]
    draft = AttributionDraft(
        spans=tuple(spans),
        kind=attribution.kind.value,
        quotation=attribution.quotation.value,
        said_from=said_from,
        said_until=said_until,
        channel=(attribution.channel or "")[:60],
        figures=tuple(
            FigureDraft(f.measure, f.comparator, f.low, f.high, f.of_whom[:160]) for f in attribution.figures
        ),
        confidence=round(attribution.confidence, 3),
        pattern=attribution.pattern,
        resolution=resolution.reason,
    )
    return Suggested(
        draft=draft,
        source_id=resolution.source_id,
        alias_id=alias.pk if alias else None,
        principal_id=speaks_for.get(resolution.source_id or 0),
        relayed_by=attribution.relayed_by,
    )


def _resolution(attribution: Attribution, mention: str, names: Sequence[Name]) -> Resolution:
    if not mention:
        return Resolution(None, "the text names no source", certain=False)
    return resolve(mention, names, antecedent=attribution.antecedent.surface if attribution.antecedent else None)


def _spans(text: str, role: str, spans: Sequence[Span]) -> list[SpanDraft]:
    return [SpanDraft.of(text, role=role, begins=span.start, ends=span.end) for span in spans]


def _said(attribution: Attribution, *, until: datetime, zone: ZoneInfo) -> tuple[datetime | None, datetime]:
    """The interval in which it was said: a named day, or any time up to publication."""
    said = attribution.said
    if said is None or said.on is None:
        return None, until
    return datetime.combine(said.on, time(), zone), _end_of(said.on, zone)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), zone) - timedelta(seconds=1)


def store(
    rendition: Rendition, found: Sequence[Suggested], *, engine: Extractor, earlier: Sequence[int], at: datetime
) -> int:
    """Make proposals of what an engine found, inside the caller's transaction; how many there are.

    What the same version proposed before is left as it is. ``earlier`` are the articles (ids) that carried the text
    before: what is found in them word for word is a copy.
    """
    by = Actor.part(f"{engine.name}/{engine.version}")
    if Revision.objects.filter(proposal__rendition=rendition, number=1, machine=by.machine).exists():
        return Proposal.objects.attributions().filter(rendition=rendition).count()
    replaced = _supersede(rendition, by=by, at=at)
    decided = _drafts_of(Proposal.objects.attributions().live().filter(rendition=rendition))
    repeated = _originals(earlier)
    made: dict[int, Proposal] = {}
    for place in rules.in_order({n: [] if f.relayed_by is None else [f.relayed_by] for n, f in enumerate(found)}):
        made[place] = _same_place(found[place].draft, decided) or _store_one(
            rendition, found[place], made, repeated, by=by, at=at
        )
    _relink_copies(replaced, [(made[place], item.draft) for place, item in enumerate(found)])
    about: dict[str, object] = {"rendition": str(rendition.public_id), "count": len(made)}
    with ledger.entry(dossier_id=rendition.dossier_id, actor=by.ref, verb="review.proposed", about=about):
        pass
    return len(made)


def _store_one(
    rendition: Rendition,
    item: Suggested,
    made: Mapping[int, Proposal],
    repeated: Sequence[tuple[Proposal, AttributionDraft]],
    *,
    by: Actor,
    at: datetime,
) -> Proposal:
    proposal = recording.begin(
        dossier_id=rendition.dossier_id,
        kind=Proposal.Kind.ATTRIBUTION,
        at=at,
        article=rendition.article,
        rendition=rendition,
        begins=min((span.begins for span in item.draft.spans), default=0),
        copy_of=_repeats(item.draft, repeated),
    )
    outer = item.relayed_by
    revision = recording.revise(
        proposal=proposal,
        by=by,
        at=at,
        body=item.draft.body(),
        refs=Refs(relayed_by=made.get(outer) if outer is not None else None),
        ids=recording.RefIds(source=item.source_id, principal=item.principal_id, alias=item.alias_id),
    )
    recording.decide(
        proposal=proposal, revision=revision, verb=Decision.Verb.PROPOSE, to_state=Proposal.State.OPEN, by=by, at=at
    )
    return proposal


def _originals(article_ids: Sequence[int]) -> list[tuple[Proposal, AttributionDraft]]:
    """What earlier carriers of the text say, as last revised: the first of each, never a copy of a copy."""
    rows = (
        Proposal.objects.attributions()
        .filter(article__in=article_ids, copy_of__isnull=True)
        .exclude(Q(state=Proposal.State.SUPERSEDED) | Q(state=Proposal.State.REJECTED))
        .order_by("pk")
    )
    # Compared as the machine first proposed them: an analyst's mended spans must not hide a copy.
    firsts = {r.proposal_id: r for r in Revision.objects.filter(proposal__in=rows, number=1)}
    return [(row, AttributionDraft.read(firsts[row.pk].body)) for row in rows if row.pk in firsts]


def _repeats(draft: AttributionDraft, known: Sequence[tuple[Proposal, AttributionDraft]]) -> Proposal | None:
    """The proposal whose very words this one carries: same content, same cue, same source."""
    for proposal, other in known:
        if all(rules.same_words(draft.spans, other.spans, role=role) for role in ("content", "cue", "source")):
            return proposal
    return None


def _drafts_of(rows: QuerySet[Proposal]) -> list[tuple[Proposal, AttributionDraft]]:
    """The proposals with each of their revisions."""
    revisions = Revision.objects.select_related("proposal").filter(proposal__in=rows).order_by("pk")
    return [(revision.proposal, AttributionDraft.read(revision.body)) for revision in revisions]


def _same_place(draft: AttributionDraft, decided: Sequence[tuple[Proposal, AttributionDraft]]) -> Proposal | None:
    """What somebody has decided on already about these very words."""
    wanted = [(span.begins, span.ends) for span in draft.spans if span.role == "content"]
    for proposal, other in decided:
        if [(span.begins, span.ends) for span in other.spans if span.role == "content"] == wanted:
            return proposal
    return None


def _relink_copies(replaced: Sequence[Proposal], now: Sequence[tuple[Proposal, AttributionDraft]]) -> None:
    """Copies elsewhere of what was replaced repeat what replaces it; without such they stand by themselves."""
    firsts = Revision.objects.filter(number=1, proposal__copy_of__in=replaced).order_by("proposal_id")
    for first in firsts:
        copy_of = _repeats(AttributionDraft.read(first.body), now)
        Proposal.objects.filter(pk=first.proposal_id).update(copy_of=copy_of)


def _supersede(rendition: Rendition, *, by: Actor, at: datetime) -> list[Proposal]:
    """Withdraw what an older extractor proposed and nobody has touched; what was decided stays."""
    rows = list(
        Proposal.objects.select_for_update(no_key=True, of=("self",))
        .attributions()
        .filter(rendition=rendition, state=Proposal.State.OPEN, last_revision=1)
    )
    for row in rows:
        recording.decide(
            proposal=row,
            revision=recording.latest(row),
            verb=Decision.Verb.SUPERSEDE,
            to_state=Proposal.State.SUPERSEDED,
            by=by,
            at=at,
        )
    return rows
