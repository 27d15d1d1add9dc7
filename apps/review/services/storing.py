"""Keeping what an engine found: a few statements each, however many there are, and each linked to what it repeats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from apps.accounts.models import Actor
from apps.articles.models import Rendition
from apps.attribution.types import Extractor
from apps.dossiers.models import Dossier
from apps.ledger import services as ledger
from apps.review import rules
from apps.review.drafts import AnswerDraft, AttributionDraft
from apps.review.models import Decision, MachineReading, Proposal, ProposalQuerySet, Revision
from apps.review.services.carrying import Found, carry, note
from apps.review.services.replacing import AT_ONCE, Words, relink_copies, supersede, untouched, words_of
from apps.review.services.suggesting import Reading, Suggested

Place = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Stored:
    """What became of a reading. ``unchanged`` if the same version had read the text last: then nothing was done."""

    reading: MachineReading
    unchanged: bool = False


def store(rendition: Rendition, read: Reading, *, engine: Extractor, earlier: Sequence[int], at: datetime) -> Stored:
    """Make proposals of what an engine found, inside the caller's transaction.

    What the same version proposed before is left as it is, as is everything where the engine could not read the text.
    ``earlier`` are the articles (ids) that carried the text before: what is found in them word for word is a copy.
    What is approved of an earlier text of the same article is carried over (:mod:`.carrying`); what was decided on
    there is not asked again, and what nobody touched there is replaced where the same words are found.
    """
    by = Actor.part(rules.machine_name(engine.name, engine.version))
    # One reading of a dossier's texts is stored at a time: two of one text would each think the other not there.
    Dossier.objects.select_for_update(no_key=True).get(pk=rendition.dossier_id)
    last = read_last(rendition)
    if last is not None and last.machine == by.machine:
        return Stored(last, unchanged=True)
    found = read.suggested
    carried = carry(rendition, [Found(item.draft, item.source_id) for item in found], at=at)
    if not read.able:
        note(carried)
        return Stored(_record(rendition, read, by=by, at=at))
    replaced = _replaced(rendition, found, by=by, at=at)
    kept = _decided_before(rendition, found) | _with_decided(rendition, found) | carried.repeated
    fresh = [n for n in range(len(found)) if n not in kept]
    made = kept | _begin(rendition, {n: found[n].draft for n in fresh}, _originals(earlier), at=at)
    revisions = _revise({n: found[n] for n in fresh}, made, by=by, at=at)
    _note_proposed(revisions, by=by, at=at)
    now = {words_of(item.draft): made[n].copy_of or made[n] for n, item in reversed(list(enumerate(found)))}
    relink_copies(replaced, now)
    note(carried)
    reading = _record(rendition, read, by=by, at=at, proposed=len(fresh), kept=len(kept), withdrawn=len(replaced))
    about: dict[str, object] = {"rendition": str(rendition.public_id), "count": len(made)}
    if read.left_out:
        about["left_out"] = read.left_out
    with ledger.entry(dossier_id=rendition.dossier_id, actor=by.ref, verb="review.proposed", about=about):
        pass
    return Stored(reading)


def read_last(rendition: Rendition) -> MachineReading | None:
    """The last reading of a text by a machine. One query."""
    return MachineReading.objects.filter(rendition=rendition).order_by("-pk").first()


def _record(
    rendition: Rendition,
    read: Reading,
    *,
    by: Actor,
    at: datetime,
    proposed: int = 0,
    kept: int = 0,
    withdrawn: int = 0,
) -> MachineReading:
    return MachineReading.objects.create(
        dossier_id=rendition.dossier_id,
        rendition=rendition,
        machine=by.machine,
        at=at,
        language=read.language,
        able=read.able,
        found=proposed + kept + read.left_out,
        proposed=proposed,
        kept=kept,
        left_out=read.left_out,
        withdrawn=withdrawn,
    )


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


def _decided_before(rendition: Rendition, found: Sequence[Suggested]) -> dict[int, Proposal]:
    """What somebody has decided on about the same words in an earlier text of the article, by place in ``found``.

    What is approved there is not among them, as it is carried over.
    """
    earlier = _in_earlier_texts(rendition).exclude(state=Proposal.State.APPROVED)
    touched = earlier.exclude(pk__in=untouched().filter(article=rendition.article_id).values("pk"))
    revisions = Revision.objects.select_related("proposal").filter(proposal__in=touched).order_by("pk")
    decided = {words_of(AttributionDraft.read(r.body)): r.proposal for r in revisions}
    places = ((n, decided.get(words_of(item.draft))) for n, item in enumerate(found))
    return {n: proposal for n, proposal in places if proposal is not None}


def _in_earlier_texts(rendition: Rendition) -> ProposalQuerySet:
    live = Proposal.objects.attributions().live()
    return live.filter(article=rendition.article_id, rendition__lt=rendition.pk)


def _replaced(rendition: Rendition, found: Sequence[Suggested], *, by: Actor, at: datetime) -> list[Proposal]:
    """Withdraw what an older extractor proposed of this text, or of an earlier one in words that are found here too."""
    here = untouched().filter(rendition=rendition, twin_of__isnull=True).values_list("pk", flat=True)
    words = {words_of(item.draft) for item in found}
    earlier = Revision.objects.filter(
        proposal__in=_in_earlier_texts(rendition).filter(state=Proposal.State.OPEN, last_revision=1)
    )
    same = (r.proposal_id for r in earlier if words_of(AttributionDraft.read(r.body)) in words)
    return supersede({*here, *same}, by=by, at=at)


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
                body=_with_answers(item, made).body(),
                source_id=item.source_id,
                principal_id=item.principal_id,
                alias_id=item.alias_id,
                relayed_by=made[item.relayed_by] if item.relayed_by is not None else None,
            )
            for n, item in found.items()
        ],
        batch_size=AT_ONCE,
    )


def _with_answers(item: Suggested, made: Mapping[int, Proposal]) -> AttributionDraft:
    """The draft, with what it answers named by the proposals that were made of it."""
    answers = (AnswerDraft(str(made[a.index].public_id), a.reason, round(a.confidence, 3)) for a in item.answers)
    return replace(item.draft, answers=tuple(answers))


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
