"""Keeping what an engine found: a few statements each, however many there are, and each linked to what it repeats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from apps.accounts.models import Actor
from apps.articles.models import Rendition
from apps.attribution.types import Extractor
from apps.ledger import services as ledger
from apps.review import rules
from apps.review.drafts import AttributionDraft
from apps.review.models import Decision, Proposal, Revision
from apps.review.services import recording

AT_ONCE = 1000

Words = tuple[tuple[str, ...], ...]
Place = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Suggested:
    """A draft with the source it was resolved to, and the place of its relayer in the same list."""

    draft: AttributionDraft
    source_id: int | None
    alias_id: int | None
    principal_id: int | None
    relayed_by: int | None


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
    made = _with_decided(rendition, found)
    fresh = [n for n in range(len(found)) if n not in made]
    made |= _begin(rendition, {n: found[n].draft for n in fresh}, _originals(earlier), at=at)
    revisions = _revise({n: found[n] for n in fresh}, made, by=by, at=at)
    _note_proposed(revisions, by=by, at=at)
    _relink_copies(replaced, {words_of(item.draft): made[n] for n, item in reversed(list(enumerate(found)))})
    about: dict[str, object] = {"rendition": str(rendition.public_id), "count": len(made)}
    with ledger.entry(dossier_id=rendition.dossier_id, actor=by.ref, verb="review.proposed", about=about):
        pass
    return len(made)


def words_of(draft: AttributionDraft) -> Words:
    """What two copies have in common: the words of content, cue and source, whatever stands between them."""
    return tuple(rules.words(draft.spans, role=role) for role in ("content", "cue", "source"))


def place_of(draft: AttributionDraft) -> Place:
    """Where the content stands."""
    return tuple((span.begins, span.ends) for span in draft.spans if span.role == "content")


def _with_decided(rendition: Rendition, found: Sequence[Suggested]) -> dict[int, Proposal]:
    """What somebody has decided on already about these very words, by place in what was found."""
    rows = Proposal.objects.attributions().live().filter(rendition=rendition)
    revisions = Revision.objects.select_related("proposal").filter(proposal__in=rows).order_by("-pk")
    decided = {place_of(AttributionDraft.read(r.body)): r.proposal for r in revisions}
    places = ((n, decided.get(place_of(item.draft))) for n, item in enumerate(found))
    return {n: proposal for n, proposal in places if proposal is not None}


def _originals(article_ids: Sequence[int]) -> dict[Words, Proposal]:
    """What earlier carriers of the text say: the first of each, never a copy of a copy.

    Compared as the machine first proposed them: an analyst's mended spans must not hide a copy.
    """
    rows = (
        Proposal.objects.attributions()
        .filter(article__in=article_ids, copy_of__isnull=True)
        .exclude(Q(state=Proposal.State.SUPERSEDED) | Q(state=Proposal.State.REJECTED))
    )
    firsts = Revision.objects.select_related("proposal").filter(proposal__in=rows, number=1).order_by("-proposal_id")
    return {words_of(AttributionDraft.read(first.body)): first.proposal for first in firsts}


def _begin(
    rendition: Rendition, drafts: Mapping[int, AttributionDraft], repeated: Mapping[Words, Proposal], *, at: datetime
) -> dict[int, Proposal]:
    rows = {
        n: Proposal(
            dossier_id=rendition.dossier_id,
            kind=Proposal.Kind.ATTRIBUTION,
            state=Proposal.State.OPEN,
            last_revision=1,
            article_id=rendition.article_id,
            rendition=rendition,
            begins=min((span.begins for span in draft.spans), default=0),
            copy_of=repeated.get(words_of(draft)),
            created=at,
            changed=at,
        )
        for n, draft in drafts.items()
    }
    Proposal.objects.bulk_create(rows.values(), batch_size=AT_ONCE)
    return rows


def _revise(found: Mapping[int, Suggested], made: Mapping[int, Proposal], *, by: Actor, at: datetime) -> list[Revision]:
    return Revision.objects.bulk_create(
        [
            Revision(
                dossier_id=made[n].dossier_id,
                proposal=made[n],
                number=1,
                machine=by.machine,
                at=at,
                body=item.draft.body(),
                source_id=item.source_id,
                principal_id=item.principal_id,
                alias_id=item.alias_id,
                relayed_by=made[item.relayed_by] if item.relayed_by is not None else None,
            )
            for n, item in found.items()
        ],
        batch_size=AT_ONCE,
    )


def _note_proposed(revisions: Iterable[Revision], *, by: Actor, at: datetime) -> None:
    Decision.objects.bulk_create(
        [
            Decision(
                dossier_id=revision.dossier_id,
                proposal=revision.proposal,
                revision=revision,
                verb=Decision.Verb.PROPOSE,
                machine=by.machine,
                at=at,
                from_state=Proposal.State.OPEN,
                to_state=Proposal.State.OPEN,
            )
            for revision in revisions
        ],
        batch_size=AT_ONCE,
    )


def _relink_copies(replaced: Sequence[Proposal], now: Mapping[Words, Proposal]) -> None:
    """Copies elsewhere of what was replaced repeat what replaces it; without such they stand by themselves."""
    firsts = Revision.objects.filter(number=1, proposal__copy_of__in=replaced).order_by("proposal_id")
    for first in firsts:
        copy_of = now.get(words_of(AttributionDraft.read(first.body)))
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
