"""What an editor checks: the excerpt beside the record, what changed, what comes along; and what was approved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.articles.marking import Mark, MarkedParagraph, mark
from apps.articles.models import Article, Capture, Rendition
from apps.articles.reading import latest_renditions, outlets_by_article
from apps.claims.models import Claim
from apps.dossiers.selectors import PartyLabel, party_labels
from apps.review import rules
from apps.review.card import Painted, decisions_on
from apps.review.drafts import AliasDraft, AttributionDraft, ClaimDraft, CounterDraft, SourceDraft
from apps.review.models import Decision, Link, Proposal, Revision
from apps.review.permissions import contributed
from apps.review.reading import Reading, Who, latest_revisions, pending_who, readings, whos_of, wordings
from apps.review.selectors import checkable, copies_to_approve
from apps.sources.selectors import source_labels

PAGE = 50
MOST_COPIES = 200


@dataclass(frozen=True)
class Line:
    """A proposal in a list: what it is, in a few words, where from, and who sent it when."""

    proposal: Proposal
    title: str
    under: str
    article: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Lines:
    """A page of a list; ``following`` is the id that the next page goes on from."""

    lines: tuple[Line, ...]
    following: int | None


def to_check(dossier_id: int, *, user_id: int, after: int = 0) -> Lines:
    """What others submitted, the newest last. A fixed number of queries."""
    rows = list(
        checkable(dossier_id, user_id).filter(pk__gt=after).select_related("article").order_by("pk")[: PAGE + 1]
    )
    return Lines(lines=_lines(dossier_id, rows[:PAGE]), following=rows[PAGE - 1].pk if len(rows) > PAGE else None)


def approved(dossier_id: int, *, kind: str, article: Article | None = None, before: int | None = None) -> Lines:
    """What is approved, the newest first; of one article if asked for. A fixed number of queries."""
    rows = Proposal.objects.in_dossier(dossier_id).filter(kind=kind, state=Proposal.State.APPROVED)
    if article is not None:
        rows = rows.filter(article=article)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.select_related("article").order_by("-pk")[: PAGE + 1])
    return Lines(lines=_lines(dossier_id, found[:PAGE]), following=found[PAGE - 1].pk if len(found) > PAGE else None)


def returned(dossier_id: int) -> tuple[Line, ...]:
    """What editors returned and stands by itself, newest first, at most a page; statements wait in their article."""
    rows = Proposal.objects.in_dossier(dossier_id).filter(state=Proposal.State.RETURNED)
    found = rows.exclude(kind=Proposal.Kind.ATTRIBUTION).select_related("article").order_by("-pk")[:PAGE]
    return _lines(dossier_id, list(found))


def _lines(dossier_id: int, rows: Sequence[Proposal]) -> tuple[Line, ...]:
    revisions = latest_revisions(rows)
    whos = _whos(dossier_id, list(revisions.values()))
    counters = _countered([r for r in revisions.values() if r.proposal.kind == Proposal.Kind.COUNTER])
    last = {d.proposal_id: d for d in Decision.objects.filter(proposal__in=rows).select_related("by").order_by("pk")}
    lines = []
    for row in rows:
        revision, decision = revisions[row.pk], last[row.pk]
        title, under = _words(row, revision, whos, counters)
        lines.append(
            Line(
                proposal=row,
                title=title,
                under=under,
                article=row.article.ref if row.article else "",
                by=decision.by.name if decision.by else decision.machine,
                at=decision.at,
            )
        )
    return tuple(lines)


def _whos(dossier_id: int, revisions: Sequence[Revision]) -> dict[tuple[str, int | None], Who]:
    return whos_of(dossier_id, revisions, {label.id: label for label in party_labels(dossier_id)})


def _words(
    row: Proposal,
    revision: Revision,
    whos: dict[tuple[str, int | None], Who],
    counters: dict[int, tuple[str, str, str]],
) -> tuple[str, str]:
    source = whos.get(("P", revision.source_proposal_id)) or whos.get(("S", revision.source_id))
    match row.kind:
        case Proposal.Kind.CLAIM:
            return ClaimDraft.read(revision.body).text, ""
        case Proposal.Kind.SOURCE:
            return SourceDraft.read(revision.body).name, ""
        case Proposal.Kind.ALIAS:
            return AliasDraft.read(revision.body).name, source.name if source else ""
        case Proposal.Kind.COUNTER:
            claim, kind, against = counters[revision.pk]
            return claim, f"{kind}: {against}"
        case _:
            return AttributionDraft.read(revision.body).words("content"), source.name if source else ""


def _countered(revisions: Sequence[Revision]) -> dict[int, tuple[str, str, str]]:
    """A counter's two claims and what the one is to the other, by revision id."""
    links = list(Link.objects.filter(revision__in=revisions))
    texts = wordings({i for link in links for i in (link.claim_id, link.against_id) if i})
    return {
        link.revision_id: (
            texts.get(link.claim_id or 0, ""),
            str(link.get_counter_kind_display()),
            texts.get(link.against_id or 0, ""),
        )
        for link in links
    }


# --- One proposal -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Excerpt:
    """A paragraph of the article; ``around`` if it holds none of the words and is there to be read with them."""

    paragraph: MarkedParagraph[Painted]
    around: bool
    after_gap: bool


@dataclass(frozen=True)
class Simple:
    """A claim, source, name or counter that stands by itself."""

    text: str
    about: tuple[PartyLabel, ...] = ()
    source: Who | None = None
    form: str = ""
    language: str = ""
    kind: str = ""
    claim: Claim | None = None
    against: Claim | None = None
    against_text: str = ""
    why: str = ""


@dataclass(frozen=True)
class Record:
    """A proposal as an editor checks it. ``before`` is what to compare with, ``returned`` whether an editor saw it."""

    proposal: Proposal
    revision: Revision
    reading: Reading | None
    simple: Simple | None
    before: Reading | None
    returned: bool
    rendition: Rendition | None
    capture: Capture | None
    outlet: str
    excerpt: tuple[Excerpt, ...]
    decisions: tuple[Decision, ...]
    own: bool
    relayer: Proposal | None

    @property
    def key(self) -> str:
        return str(self.proposal.public_id)

    @property
    def submitted(self) -> Decision | None:
        """Who sent it to the editors, when, with which note."""
        return next((d for d in self.decisions if d.verb == Decision.Verb.SUBMIT), None)

    @property
    def waits(self) -> bool:
        return self.proposal.state == Proposal.State.SUBMITTED

    @property
    def may_be_decided(self) -> bool:
        return self.waits and not self.own

    @property
    def twin_waits(self) -> bool:
        """Whether it stands in a later version for what is approved of an earlier one, and nobody has looked at it."""
        first, original = self.proposal.twin_of, self.proposal.copy_of
        return (
            first is not None
            and original is not None
            and first.state == original.state == Proposal.State.APPROVED
            and rules.may_approve(state=self.proposal.state, repeats_approved=True)
            and not self.waits
        )

    @property
    def relayer_first(self) -> bool:
        return self.relayer is not None and self.relayer.state != Proposal.State.APPROVED


def record(proposal: Proposal, *, user: User) -> Record:
    """Everything an editor sees of a proposal. A fixed number of queries."""
    revision = latest_revisions([proposal])[proposal.pk]
    decisions = decisions_on(proposal)
    reading = before = rendition = None
    excerpt: tuple[Excerpt, ...] = ()
    outlet = ""
    returned = next((d for d in decisions if d.verb == Decision.Verb.RETURN), None)
    if proposal.kind == Proposal.Kind.ATTRIBUTION:
        compared = _compared(proposal, revision, returned)
        read = readings(proposal.dossier_id, [revision, *([compared] if compared else [])])
        reading, before = read[revision.pk], read[compared.pk] if compared else None
        assert proposal.rendition_id is not None
        rendition = Rendition.objects.defer("words").select_related("capture", "article").get(pk=proposal.rendition_id)
        excerpt = tuple(_excerpt(rendition.text, reading, str(proposal.public_id)))
        outlet = outlets_by_article(proposal.dossier_id, [rendition.article_id]).get(rendition.article_id, "")
    return Record(
        proposal=proposal,
        revision=revision,
        reading=reading,
        simple=None if reading else _simple(proposal, revision),
        before=before,
        returned=before is not None and returned is not None,
        rendition=rendition,
        capture=rendition.capture if rendition else None,
        outlet=outlet,
        excerpt=excerpt,
        decisions=decisions,
        own=bool(contributed(user=user, proposal_ids=[proposal.pk])),
        relayer=Proposal.objects.filter(pk=revision.relayed_by_id).first() if revision.relayed_by_id else None,
    )


def _compared(proposal: Proposal, revision: Revision, returned: Decision | None) -> Revision | None:
    """What is approved of the earlier version, what was last returned, else what the machine proposed; or nothing."""
    if proposal.twin_of_id is not None and returned is None:
        return latest_revisions([proposal.twin_of_id])[proposal.twin_of_id]
    earlier = Revision.objects.select_related("author", "alias__source", "proposal").filter(
        proposal=proposal, number__lt=revision.number
    )
    if returned is not None:
        return earlier.filter(pk=returned.revision_id).first()
    return earlier.filter(number=1).exclude(machine="").first()


def _excerpt(text: str, reading: Reading, key: str) -> list[Excerpt]:
    """The paragraphs that hold the words, the one before the first and the one after the last."""
    painted = mark(
        text,
        [
            Mark(s.begins, s.ends, Painted(key=key, role=s.role, state="active", settled="active", party=reading.party))
            for s in reading.draft.spans
        ],
    )
    holding = [n for n, paragraph in enumerate(painted) if any(run.under for run in paragraph.runs)]
    if not holding:
        return []
    wanted = sorted({max(holding[0] - 1, 0), *holding, min(holding[-1] + 1, len(painted) - 1)})
    return [
        Excerpt(paragraph=painted[n], around=n not in holding, after_gap=place > 0 and wanted[place - 1] != n - 1)
        for place, n in enumerate(wanted)
    ]


def _simple(proposal: Proposal, revision: Revision) -> Simple:
    parties = {label.id: label for label in party_labels(proposal.dossier_id)}
    match proposal.kind:
        case Proposal.Kind.CLAIM:
            claim = ClaimDraft.read(revision.body)
            return Simple(text=claim.text, about=tuple(parties[p] for p in claim.about if p in parties))
        case Proposal.Kind.SOURCE:
            voices = source_labels(proposal.dossier_id, [revision.principal_id] if revision.principal_id else [])
            draft = SourceDraft.read(revision.body)
            return Simple(text=draft.name, source=pending_who(revision, voices, parties), form=draft.form)
        case Proposal.Kind.ALIAS:
            alias = AliasDraft.read(revision.body)
            source = _whos(proposal.dossier_id, [revision]).get(("S", revision.source_id))
            return Simple(text=alias.name, source=source, form=alias.form, language=alias.language)
        case _:
            link = Link.objects.select_related("claim", "against").get(revision=revision)
            claim_text, kind, against_text = _countered([revision])[revision.pk]
            return Simple(
                text=claim_text,
                kind=kind,
                claim=link.claim,
                against=link.against,
                against_text=against_text,
                why=CounterDraft.read(revision.body).why,
            )


def next_to_check(dossier_id: int, *, user_id: int, after: int) -> Proposal | None:
    """The one that follows in the editor's queue, from its beginning again at the end. Two queries at most."""
    rows = checkable(dossier_id, user_id).order_by("pk")
    return rows.filter(pk__gt=after).first() or rows.filter(pk__lt=after).first()


def of_this_article(dossier_id: int, *, user_id: int, article_id: int) -> list[Proposal]:
    """What this editor may check of an article, at most as many as are approved at once. One query."""
    return list(checkable(dossier_id, user_id).filter(article=article_id).order_by("begins", "pk")[:MOST_COPIES])


# --- Copies -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CopyGroup:
    """An approved statement and the copies of it that wait: how many, in which outlets."""

    original: Proposal
    source: str
    words: str
    copies: tuple[Proposal, ...]
    outlets: tuple[str, ...]


def copy_groups(dossier_id: int, *, user: User) -> tuple[CopyGroup, ...]:
    """Copies to approve, by the statement they repeat; two hundred at most. A fixed number of queries."""
    waiting: QuerySet[Proposal] = copies_to_approve(dossier_id)
    rows = list(waiting.select_related("copy_of__article", "article").order_by("copy_of_id", "pk")[:MOST_COPIES])
    mine = contributed(user=user, proposal_ids=[row.pk for row in rows])
    groups: dict[int, list[Proposal]] = {}
    for row in rows:
        if row.pk not in mine and row.copy_of_id is not None:
            groups.setdefault(row.copy_of_id, []).append(row)
    revisions = latest_revisions(groups)
    whos = _whos(dossier_id, list(revisions.values()))
    outlets = outlets_by_article(dossier_id, [row.article_id for row in rows if row.article_id])
    found = []
    for original_id, copies in groups.items():
        original = copies[0].copy_of
        assert original is not None
        revision = revisions[original_id]
        source = whos.get(("P", revision.source_proposal_id)) or whos.get(("S", revision.source_id))
        names = [outlets.get(copy.article_id or 0) or (copy.article.ref if copy.article else "") for copy in copies]
        found.append(
            CopyGroup(
                original=original,
                source=source.name if source else "",
                words=AttributionDraft.read(revision.body).words("content"),
                copies=tuple(copies),
                outlets=tuple(dict.fromkeys(names)),
            )
        )
    return tuple(found)


@dataclass(frozen=True)
class Resting:
    """What a withdrawal would take along: copies of a statement, and statements that it relays."""

    copies: int
    relays: int


def resting_on(proposal: Proposal) -> Resting:
    """Counted no further than 200. Two queries."""
    rows = Proposal.objects.in_dossier(proposal.dossier_id).filter(state=Proposal.State.APPROVED)
    return Resting(
        copies=rows.filter(copy_of=proposal)[:MOST_COPIES].count(),
        relays=rows.filter(statement__relayed_by=proposal.statement_id, copy_of__isnull=True)[:MOST_COPIES].count()
        if proposal.statement_id
        else 0,
    )


def headline_of(article: Article) -> str:
    """The headline of the article's newest text. One query."""
    newest = latest_renditions([article.pk]).get(article.pk)
    return newest.headline if newest else ""
