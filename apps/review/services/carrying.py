"""What is approved of an article's earlier text, carried over to its later one.

Each approved attribution gets a *twin*: a proposal by the machine, with all that was reviewed of the first, at the
place where its words stand now (:mod:`apps.review.anchoring`). An editor approves it like a copy; it then is further
evidence of the same statement, and makes no position newer and no origin more. Where the words are not found, they are
recorded to be *gone* from that version, as a finding about texts. What is approved is never altered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Q

from apps.accounts.models import Actor
from apps.articles.models import Rendition
from apps.ledger import services as ledger
from apps.review import rules
from apps.review.anchoring import Anchored, Pair
from apps.review.drafts import AttributionDraft, SpanDraft
from apps.review.models import Decision, Proposal, Revision
from apps.review.services import recording
from apps.review.services.recording import LinkRefs, Refs
from apps.review.services.replacing import supersede, untouched, words_of
from apps.statements import services as statements
from apps.statements.models import Attribution, Gone

BY = Actor.part("carrying/1")
SAME = 0.6
"""Which part of the characters of two contents must be common for them to be the same place."""


@dataclass(frozen=True)
class Found:
    """A statement that a machine found in the later text, and the source (id) that it was resolved to."""

    draft: AttributionDraft
    source_id: int | None


@dataclass
class Carried:
    """What came of it: which of the found statements are repeated by a proposal of ours, and whose words are gone, or
    there again. Those are written down last (:func:`note`), as the ledger is locked last."""

    rendition: Rendition
    repeated: dict[int, Proposal] = field(default_factory=dict)
    gone: list[Attribution] = field(default_factory=list)
    back: list[Attribution] = field(default_factory=list)


@dataclass(frozen=True)
class _Version:
    """An approved attribution in one of the earlier texts."""

    proposal: Proposal
    revision: Revision
    draft: AttributionDraft


@dataclass(frozen=True)
class _Held:
    """A first attribution with its approved twins, the one in the newest text first."""

    first: Proposal
    versions: tuple[_Version, ...]
    words: frozenset[tuple[tuple[str, ...], ...]]


def carry(rendition: Rendition, found: Sequence[Found], *, at: datetime) -> Carried:
    """Make the twins in an article's newest text, in the caller's transaction, which holds the dossier's row.

    Done twice, it is done once. In a text that is not the newest nothing is done: the newest takes account of all.
    """
    carried = Carried(rendition)
    if Rendition.objects.filter(article=rendition.article_id, pk__gt=rendition.pk).exists():
        return carried
    held = _held(rendition)
    if not held:
        return carried
    there = _there(rendition, held)
    known_gone = _known_gone(held)
    pairs = _pairs(held, rendition)
    free = dict(enumerate(found))
    for one in held:
        twin = there.get(one.first.pk)
        if twin is None:
            placed = _placed(one, pairs, list(free.values()))
            if placed is None:
                _add(carried.gone, one.first)
                continue
            version, anchored = placed
            twin = _begin(one.first, version, rendition, anchored, at=at)
            if anchored.exact and one.first.attribution_id in known_gone:
                _add(carried.back, one.first)
        _repeat(carried, one, twin, free)
    made = Proposal.objects.filter(rendition=rendition, twin_of__isnull=False).values("twin_of")
    earlier = untouched().filter(article=rendition.article_id, rendition__lt=rendition.pk, twin_of__in=made)
    supersede(set(earlier.values_list("pk", flat=True)), by=BY, at=at)
    return carried


def note(carried: Carried) -> None:
    """Record whose words are gone from the text, or there again, if any: one entry in the ledger."""
    fresh = [row for row in carried.gone if not Gone.objects.current().filter(attribution=row).exists()]
    if not fresh and not carried.back:
        return
    about: dict[str, object] = {"rendition": str(carried.rendition.public_id)}
    with ledger.entry(
        dossier_id=carried.rendition.dossier_id, actor=BY.ref, verb="article.compared", about=about
    ) as moment:
        statements.note_gone(moment=moment, attributions=fresh, rendition=carried.rendition)
        statements.end_gone(moment=moment, attributions=carried.back)


# --- Approved late ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Foreseen:
    """What an approval in an earlier text means for the newest one."""

    rendition: Rendition
    anchored: Anchored | None


def foresee(proposal: Proposal, revision: Revision) -> Foreseen | None:
    """What is to be carried over if this is approved; ``None`` if it is in the newest text, or has a twin there.

    Looked at before the ledger is locked. The caller holds the dossier's row. Up to six queries.
    """
    newer = Rendition.objects.filter(article=proposal.article_id, pk__gt=proposal.rendition_id or 0).defer("words")
    rendition = newer.order_by("-pk").first()
    if rendition is None or not rendition.machine_readings.exists():
        return None  # when it is read, all that is approved by then is carried over
    first = proposal.twin_of or proposal
    if Proposal.objects.live().filter(twin_of=first, rendition=rendition).exists():
        return None
    assert proposal.rendition is not None
    version = _Version(proposal, revision, AttributionDraft.read(revision.body))
    anchored = Pair(proposal.rendition.text, rendition.text).anchor(version.draft.spans)
    found = [Found(AttributionDraft.read(r.body), r.source_id) for r in _untouched_in(rendition)]
    return Foreseen(rendition, _confirmed(anchored, version, found) if anchored else None)


def follow_up(*, proposal: Proposal, foreseen: Foreseen | None, moment: ledger.Moment, at: datetime) -> None:
    """Within the entry that approves: the twin in the newest text, or that the words are gone from it."""
    first = proposal.twin_of or proposal
    if first.attribution is None:
        return
    if foreseen is None:
        newer = Rendition.objects.filter(article=proposal.article_id, pk__gt=proposal.rendition_id or 0)
        if proposal.twin_of_id is not None and not newer.exists():
            statements.end_gone(moment=moment, attributions=[first.attribution])
        return
    if foreseen.anchored is None:
        statements.note_gone(moment=moment, attributions=[first.attribution], rendition=foreseen.rendition)
        return
    revision = recording.latest(proposal)
    version = _Version(proposal, revision, AttributionDraft.read(revision.body))
    twin = _begin(first, version, foreseen.rendition, foreseen.anchored, at=at)
    words, draft = words_of(version.draft), AttributionDraft.read(recording.latest(twin).body)
    same = {
        r.proposal_id
        for r in _untouched_in(foreseen.rendition)
        if words_of(AttributionDraft.read(r.body)) == words or _overlap(AttributionDraft.read(r.body), draft) >= SAME
    }
    for row in supersede(same, by=BY, at=at):
        Proposal.objects.filter(copy_of=row).update(copy_of=twin.copy_of)
    if foreseen.anchored.exact:
        statements.end_gone(moment=moment, attributions=[first.attribution])


def set_aside(*, proposal: Proposal, moment: ledger.Moment) -> None:
    """A person says that a near twin is not what was said: then the words are gone from the newest text."""
    first, rendition = proposal.twin_of, proposal.rendition
    if first is None or first.attribution is None or rendition is None or _is_exact(proposal):
        return
    if not Rendition.objects.filter(article=proposal.article_id, pk__gt=rendition.pk).exists():
        statements.note_gone(moment=moment, attributions=[first.attribution], rendition=rendition)


def take_up(*, proposal: Proposal, moment: ledger.Moment) -> None:
    """That decision is undone."""
    first = proposal.twin_of
    if first is None or first.attribution is None or _is_exact(proposal):
        return
    gone = Gone.objects.current().filter(attribution=first.attribution, rendition=proposal.rendition)
    if gone.exists():
        statements.end_gone(moment=moment, attributions=[first.attribution])


def _is_exact(twin: Proposal) -> bool:
    """Whether a twin has the words of an approved version of its first."""
    versions = Proposal.objects.filter(Q(pk=twin.twin_of_id) | Q(twin_of=twin.twin_of_id))
    bodies = Revision.objects.filter(proposal__in=versions.exclude(pk=twin.pk)).values_list("body", flat=True)
    draft = AttributionDraft.read(recording.latest(twin).body)
    return words_of(draft) in {words_of(AttributionDraft.read(body)) for body in bodies}


# --- What is held -----------------------------------------------------------------------------------------------------


def _held(rendition: Rendition) -> list[_Held]:
    """What is approved of the article's earlier texts, in their order. Two queries."""
    rows = list(
        Proposal.objects.attributions()
        .filter(article=rendition.article_id, rendition__lt=rendition.pk, state=Proposal.State.APPROVED)
        .select_related("attribution", "twin_of__attribution", "copy_of")
        .order_by("begins", "pk")
    )
    revisions: dict[int, list[Revision]] = {}
    for revision in Revision.objects.filter(proposal__in=rows).order_by("number"):
        revisions.setdefault(revision.proposal_id, []).append(revision)
    firsts = {row.pk: row for row in rows if row.twin_of_id is None}
    found = []
    for first in firsts.values():
        every = sorted(
            (row for row in rows if first.pk in (row.pk, row.twin_of_id)),
            key=lambda r: r.rendition_id or 0,
            reverse=True,
        )
        found.append(
            _Held(
                first=first,
                versions=tuple(
                    _Version(row, last, AttributionDraft.read(last.body))
                    for row in every
                    for last in revisions[row.pk][-1:]
                ),
                words=frozenset(words_of(AttributionDraft.read(r.body)) for row in every for r in revisions[row.pk]),
            )
        )
    return found


def _there(rendition: Rendition, held: Iterable[_Held]) -> dict[int, Proposal]:
    """Twins that were made in the text before, by the first of each; also those that somebody set aside."""
    rows = Proposal.objects.live().filter(rendition=rendition, twin_of__in=[one.first.pk for one in held])
    return {row.twin_of_id or 0: row for row in rows}


def _known_gone(held: Iterable[_Held]) -> set[int | None]:
    firsts = [one.first.attribution_id for one in held]
    return set(Gone.objects.current().filter(attribution__in=firsts).values_list("attribution_id", flat=True))


def _pairs(held: Iterable[_Held], rendition: Rendition) -> dict[int, Pair]:
    """Each earlier text beside the newest, by rendition id."""
    ids = {version.proposal.rendition_id or 0 for one in held for version in one.versions}
    texts = Rendition.objects.filter(pk__in=ids).values_list("pk", "text")
    return {pk: Pair(text, rendition.text) for pk, text in texts}


def _untouched_in(rendition: Rendition) -> list[Revision]:
    rows = untouched().filter(rendition=rendition, twin_of__isnull=True)
    return list(Revision.objects.filter(proposal__in=rows, number=1).order_by("pk"))


def _add(among: list[Attribution], first: Proposal) -> None:
    if first.attribution is not None:
        among.append(first.attribution)


# --- Where the words are ----------------------------------------------------------------------------------------------


def _placed(one: _Held, pairs: Mapping[int, Pair], found: Sequence[Found]) -> tuple[_Version, Anchored] | None:
    """The place of the newest version's words or, where they are not, of those of one before it."""
    for version in one.versions:
        anchored = pairs[version.proposal.rendition_id or 0].anchor(version.draft.spans)
        confirmed = _confirmed(anchored, version, found) if anchored is not None else None
        if confirmed is not None:
            return version, confirmed
    return None


def _confirmed(anchored: Anchored, version: _Version, found: Sequence[Found]) -> Anchored | None:
    """What is missing of a source or a cue is taken from what the machine found there, if that is of the same kind and
    not by another source; else nobody knows that the same one still says the same, and the words are not there."""
    missing = {span.role for span in version.draft.spans} - {span.role for span in anchored.spans}
    if not missing:
        return anchored
    draft = replace(version.draft, spans=anchored.spans)
    same = max(found, key=lambda other: _overlap(other.draft, draft), default=None)
    if same is None or _overlap(same.draft, draft) < SAME:
        return None
    if "cue" in missing and same.draft.kind != version.draft.kind:
        return None
    if "source" in missing and same.source_id != version.revision.source_id:
        return None
    lent = tuple(span for span in same.draft.spans if span.role in missing)
    if missing - {span.role for span in lent}:
        return None
    return Anchored(spans=(*anchored.spans, *lent), exact=False)


def _overlap(a: AttributionDraft, b: AttributionDraft) -> float:
    """Which part of the characters of both contents they have in common."""
    ours, theirs = _contents(a), _contents(b)
    if not any(one.begins < other.ends and other.begins < one.ends for one in ours for other in theirs):
        return 0.0
    here, there = _characters(ours), _characters(theirs)
    return len(here & there) / len(here | there)


def _contents(draft: AttributionDraft) -> list[SpanDraft]:
    return [span for span in draft.spans if span.role == "content"]


def _characters(spans: Iterable[SpanDraft]) -> set[int]:
    return {place for span in spans for place in range(span.begins, span.ends)}


def _repeat(carried: Carried, one: _Held, twin: Proposal, free: dict[int, Found]) -> None:
    """Which of the found statements say what the twin says: none of them is proposed beside it."""
    draft = AttributionDraft.read(recording.latest(twin).body)
    for n, other in list(free.items()):
        common = _overlap(other.draft, draft)
        close = common >= SAME and rules.same_words(other.draft.spans, draft.spans, role="cue")
        if close or (common > 0 and words_of(other.draft) in one.words):
            carried.repeated[n] = twin
            del free[n]


# --- The twin ---------------------------------------------------------------------------------------------------------


def _begin(first: Proposal, version: _Version, rendition: Rendition, anchored: Anchored, *, at: datetime) -> Proposal:
    """Propose the twin: the words where they stand now, and all that was reviewed of the earlier version."""
    twin = recording.begin(
        dossier_id=rendition.dossier_id,
        kind=Proposal.Kind.ATTRIBUTION,
        at=at,
        article=first.article,
        rendition=rendition,
        begins=min(span.begins for span in anchored.spans),
        copy_of=first.copy_of or first,
        twin_of=first,
    )
    draft, was = version.draft, recording.latest(version.proposal)
    same_name = rules.same_words(draft.spans, anchored.spans, role="source")
    source = was.source or (was.source_proposal.source if was.source_proposal else None)
    revision = recording.revise(
        proposal=twin,
        by=BY,
        at=at,
        body=replace(
            draft, spans=anchored.spans, confidence=None, pattern="", resolution="", learn=None, answers=()
        ).body(),
        refs=Refs(
            source=source,
            principal=was.principal,
            alias=was.alias if same_name else None,
            relayed_by=was.relayed_by,
        ),
        links=_links(was),
    )
    recording.decide(
        proposal=twin, revision=revision, verb=Decision.Verb.PROPOSE, to_state=Proposal.State.OPEN, by=BY, at=at
    )
    return twin


def _links(revision: Revision) -> list[LinkRefs]:
    """The positions that were approved, on the claims that were made of what was proposed with them."""
    found = []
    for link in revision.links.select_related("claim", "claim_proposal__claim", "retracts", "against"):
        claim = link.claim or (link.claim_proposal.claim if link.claim_proposal is not None else None)
        if claim is not None:
            found.append(replace(recording.link_refs(link), claim=claim, claim_proposal=None))
    return found
