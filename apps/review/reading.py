"""What a revision says, in the names a person knows: the same on both desks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext as _

from apps.claims.models import Comparator, CounterKind, Counting, Measure, Stance, Wording
from apps.dossiers.selectors import PartyLabel, party_labels
from apps.review.drafts import AttributionDraft, ClaimDraft, FigureDraft, SourceDraft
from apps.review.models import Link, Proposal, Revision
from apps.sources.models import Alias, Source
from apps.sources.selectors import SourceLabel, source_labels
from apps.statements.models import Kind, Quotation, Span

PENDING = frozenset({Proposal.State.SUBMITTED})


@dataclass(frozen=True)
class Who:
    """A source, held or still proposed. ``value`` is how a form names it: ``S-`` and its id, ``P-`` while it waits."""

    value: str
    name: str
    kind: str
    party: PartyLabel | None
    role: str = ""
    speaks_for: str = ""
    public_id: str = ""
    pending: bool = False


@dataclass(frozen=True)
class ClaimShown:
    """A claim, held or still proposed. ``value`` is how a form names it: C-0007, or ``P-`` and an id while it waits."""

    value: str
    text: str
    ref: str = ""
    pending: bool = False
    about: tuple[PartyLabel, ...] = ()


@dataclass(frozen=True)
class PositionShown:
    """A position, a counter or both, as a revision suggests them."""

    claim: ClaimShown
    stance: str
    retracts: str = ""
    retracts_words: str = ""
    against: ClaimShown | None = None
    counter_kind: str = ""


@dataclass(frozen=True)
class Reading:
    """One revision of a statement as a person reads it."""

    revision: Revision
    draft: AttributionDraft
    source: Who | None
    principal: Who | None
    positions: tuple[PositionShown, ...]
    relayed_by: str = ""
    relayed_words: str = ""
    alias: Alias | None = None

    @property
    def party(self) -> PartyLabel | None:
        return self.source.party if self.source else None

    @property
    def spoken_for(self) -> Who | None:
        """On whose behalf, where that is somebody else than the source."""
        if self.principal is None or (self.source is not None and self.principal.value == self.source.value):
            return None
        return self.principal

    @property
    def cue(self) -> str:
        return self.draft.words("cue")

    @property
    def content(self) -> str:
        return self.draft.words("content")

    @property
    def mention(self) -> str:
        return self.draft.words("source")

    @property
    def kind(self) -> str:
        return str(Kind(self.draft.kind).label)

    @property
    def quotation(self) -> str:
        return str(Quotation(self.draft.quotation).label)

    @property
    def figures(self) -> tuple[str, ...]:
        return tuple(figure_words(figure) for figure in self.draft.figures)


def figure_words(figure: FigureDraft) -> str:
    """ "at least 27 killed, civilians", "between 3 and 5 wounded", "7 killed, civilians (included in figure 1)"."""
    comparator = "" if figure.comparator == Comparator.EXACTLY else f"{Comparator(figure.comparator).label} "
    number = (
        str(figure.low) if figure.high is None else _("%(low)s and %(high)s") % {"low": figure.low, "high": figure.high}
    )
    words = f"{comparator}{number} {Measure(figure.measure).label}"
    if figure.of_whom:
        words += f", {figure.of_whom}"
    more = [] if figure.counting == Counting.UNSTATED else [str(Counting(figure.counting).label)]
    if figure.part_of is not None:
        more.append(_("included in figure %(n)d") % {"n": figure.part_of + 1})
    return f"{words} ({', '.join(more)})" if more else words


def latest_revisions(proposals: Iterable[Proposal | int]) -> dict[int, Revision]:
    """The last revision of each, by proposal id. One query."""
    ids = [p if isinstance(p, int) else p.pk for p in proposals]
    rows = Revision.objects.filter(proposal__in=ids, number=F("proposal__last_revision")).select_related(
        "author", "alias__source", "proposal__source", "proposal__claim"
    )
    return {row.proposal_id: row for row in rows}


def readings(dossier_id: int, revisions: Sequence[Revision]) -> dict[int, Reading]:
    """Statements' revisions with every name resolved, by revision id. A fixed number of queries, however many."""
    links: dict[int, list[Link]] = {}
    for link in Link.objects.filter(revision__in=revisions).select_related("claim", "against"):
        links.setdefault(link.revision_id, []).append(link)
    every = [link for group in links.values() for link in group]
    parties = {label.id: label for label in party_labels(dossier_id)}
    whos = whos_of(dossier_id, revisions, parties)
    claims = claims_of(every, parties)
    outer = latest_revisions({r.relayed_by_id for r in revisions if r.relayed_by_id})
    retracted = statement_words({link.retracts_id for link in every if link.retracts_id})
    found: dict[int, Reading] = {}
    for revision in revisions:
        draft = AttributionDraft.read(revision.body)
        relayer = outer.get(revision.relayed_by_id or 0)
        found[revision.pk] = Reading(
            revision=revision,
            draft=draft,
            source=whos.get(("P", revision.source_proposal_id)) or whos.get(("S", revision.source_id)),
            principal=whos.get(("S", revision.principal_id)),
            positions=tuple(_position(link, claims, retracted) for link in links.get(revision.pk, [])),
            relayed_by=str(relayer.proposal.public_id) if relayer else "",
            relayed_words=AttributionDraft.read(relayer.body).words("content") if relayer else "",
            alias=revision.alias,
        )
    return found


def _position(
    link: Link, claims: Mapping[tuple[str, int | None], ClaimShown], retracted: Mapping[int, tuple[str, str]]
) -> PositionShown:
    statement, words = retracted.get(link.retracts_id or 0, ("", ""))
    return PositionShown(
        claim=claims[("C", link.claim_id)] if link.claim_id else claims[("P", link.claim_proposal_id)],
        stance=link.stance,
        retracts=statement,
        retracts_words=words,
        against=claims.get(("C", link.against_id)),
        counter_kind=link.counter_kind,
    )


def whos_of(
    dossier_id: int, revisions: Sequence[Revision], parties: Mapping[int, PartyLabel]
) -> dict[tuple[str, int | None], Who]:
    """The sources and pending sources that these revisions name. Keys: ``("S", source id)``, ``("P", proposal id)``."""
    ids = {i for r in revisions for i in (r.source_id, r.principal_id) if i}
    pending = latest_revisions({r.source_proposal_id for r in revisions if r.source_proposal_id})
    ids |= {r.principal_id for r in pending.values() if r.principal_id}
    labels = source_labels(dossier_id, ids)
    further = {label.speaks_for for label in labels.values() if label.speaks_for} - set(labels)
    voices = {**labels, **(source_labels(dossier_id, further) if further else {})}
    found: dict[tuple[str, int | None], Who] = {("S", i): who(label, voices) for i, label in labels.items()}
    for proposal_id, revision in pending.items():
        found[("P", proposal_id)] = pending_who(revision, voices, parties)
    return found


def who(label: SourceLabel, voices: Mapping[int, SourceLabel]) -> Who:
    institution = voices.get(label.speaks_for or 0)
    return Who(
        value=f"S-{label.public_id}",
        name=label.name,
        kind=str(Source.Kind(label.kind).label),
        party=label.party,
        role=label.role,
        speaks_for=institution.name if institution else "",
        public_id=label.public_id,
    )


def pending_who(revision: Revision, voices: Mapping[int, SourceLabel], parties: Mapping[int, PartyLabel]) -> Who:
    draft = SourceDraft.read(revision.body)
    institution = voices.get(revision.principal_id or 0)
    approved = revision.proposal.source
    return Who(
        value=f"S-{approved.public_id}" if approved else f"P-{revision.proposal.public_id}",
        name=draft.name,
        kind=str(Source.Kind(draft.kind).label),
        party=parties.get(revision.party_id or 0),
        role=draft.role,
        speaks_for=institution.name if institution else "",
        public_id=str(approved.public_id) if approved else "",
        pending=revision.proposal.state in PENDING,
    )


def claims_of(links: Sequence[Link], parties: Mapping[int, PartyLabel]) -> dict[tuple[str, int | None], ClaimShown]:
    """The claims and pending claims that these links name. Keys: ``("C", claim id)``, ``("P", proposal id)``."""
    held = {c.pk: c for link in links for c in (link.claim, link.against) if c is not None}
    texts = wordings(held)
    found: dict[tuple[str, int | None], ClaimShown] = {
        ("C", i): ClaimShown(value=claim.ref, ref=claim.ref, text=texts.get(i, "")) for i, claim in held.items()
    }
    for proposal_id, revision in latest_revisions(
        {li.claim_proposal_id for li in links if li.claim_proposal_id}
    ).items():
        found[("P", proposal_id)] = pending_claim(revision, parties)
    return found


def pending_claim(revision: Revision, parties: Mapping[int, PartyLabel]) -> ClaimShown:
    draft = ClaimDraft.read(revision.body)
    approved = revision.proposal.claim
    return ClaimShown(
        value=approved.ref if approved else f"P-{revision.proposal.public_id}",
        text=draft.text,
        ref=approved.ref if approved else "",
        pending=revision.proposal.state in PENDING,
        about=tuple(parties[party] for party in draft.about if party in parties),
    )


def wordings(claim_ids: Iterable[int]) -> dict[int, str]:
    """How claims are worded now, or were last. One query."""
    rows = Wording.objects.filter(claim__in=set(claim_ids)).order_by("known_from_index", "pk")
    return dict(rows.values_list("claim_id", "text"))


def statement_words(statement_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """A statement's public id and what it says, in the words of its first evidence. One query."""
    found: dict[int, tuple[int, str, list[str]]] = {}
    rows = (
        Span.objects.filter(attribution__statement__in=set(statement_ids), role=Span.Role.CONTENT)
        .order_by("attribution_id", "begins")
        .values_list("attribution__statement_id", "attribution_id", "attribution__statement__public_id", "exact")
    )
    for statement, attribution, public_id, exact in rows:
        first = found.setdefault(statement, (attribution, str(public_id), []))
        if first[0] == attribution:
            first[2].append(" ".join(exact.split()))
    return {statement: (public_id, " … ".join(words)) for statement, (_first, public_id, words) in found.items()}


def visible(reading: Reading, *, said: str) -> dict[str, str]:
    """What an editor would see of a revision, field by field, for comparing two. ``said`` is the time in words."""
    return {
        _("Who"): reading.mention,
        _("Cue"): reading.cue,
        _("What"): reading.content,
        _("Source"): reading.source.name if reading.source else "",
        _("On behalf of"): reading.spoken_for.name if reading.spoken_for else "",
        _("Kind"): reading.kind,
        _("Quotation"): reading.quotation,
        _("Channel"): reading.draft.channel,
        _("Said when"): said,
        _("Figures"): "; ".join(reading.figures),
        _("Relayed by"): reading.relayed_words,
        _("Positions"): "; ".join(_position_words(position) for position in reading.positions),
    }


def _position_words(position: PositionShown) -> str:
    words = f"{Stance(position.stance).label}: {position.claim.text}" if position.stance else position.claim.text
    if position.against is not None:
        words += f" ({CounterKind(position.counter_kind).label} {position.against.text})"
    return words
