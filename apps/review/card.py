"""An article on the analysts' desk: its text, every statement proposed in it, and the one that is open."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.articles.marking import Mark, MarkedParagraph, mark
from apps.articles.models import Article, Capture, Lineage, Rendition
from apps.articles.reading import outlets_by_article
from apps.dossiers.selectors import PartyLabel
from apps.review import rules
from apps.review.drafts import AttributionDraft
from apps.review.machine import HowRead, how_read
from apps.review.models import Decision, Proposal, Revision
from apps.review.queue import WAITS
from apps.review.reading import Reading, latest_revisions, readings

RECENT = 20


@dataclass(frozen=True)
class Item:
    """A statement proposed in an article."""

    number: int
    proposal: Proposal
    reading: Reading
    earlier: bool = False
    """Whether it stands in an earlier version of the article, or in the text of another extractor."""

    @property
    def key(self) -> str:
        return str(self.proposal.public_id)

    @property
    def waits(self) -> bool:
        """Whether it waits for an analyst; a copy waits for an editor, with the statement it repeats."""
        return self.proposal.state in WAITS and self.proposal.copy_of_id is None

    @property
    def may_be_accepted(self) -> bool:
        return rules.after(self.proposal.state, "submit") is not None and self.proposal.copy_of_id is None

    @property
    def may_be_rejected(self) -> bool:
        return rules.after(self.proposal.state, "reject") is not None

    @property
    def settled(self) -> str:
        """How its marks are drawn while it is not the active one."""
        return "open" if self.waits else "done"


@dataclass(frozen=True)
class Painted:
    """A mark on the desk: whose words (``key``), in which role, how it is drawn, and its source's party."""

    key: str
    role: str
    state: str
    settled: str
    party: PartyLabel | None


@dataclass(frozen=True)
class DeskArticle:
    """An article as the desk shows it: one rendition, and its statements in the order of the text."""

    article: Article
    rendition: Rendition
    capture: Capture
    outlet: str
    copies: int
    items: tuple[Item, ...]
    read: HowRead

    @property
    def done(self) -> int:
        return sum(not item.waits for item in self.items if item.proposal.copy_of_id is None)

    @property
    def total(self) -> int:
        return sum(item.proposal.copy_of_id is None for item in self.items)

    def item(self, key: str) -> Item | None:
        return next((item for item in self.items if item.key == key), None)

    def first_waiting(self, *, after: str = "") -> Item | None:
        """The next one that waits, from ``after`` on and around."""
        place = next((n for n, item in enumerate(self.items) if item.key == after), -1)
        around = (*self.items[place + 1 :], *self.items[: place + 1])
        return next((item for item in around if item.waits), None)

    def beside(self, key: str) -> tuple[Item | None, Item | None]:
        """The ones before and after, in the order of the text."""
        place = next((n for n, item in enumerate(self.items) if item.key == key), None)
        if place is None:
            return None, None
        before = self.items[place - 1] if place > 0 else None
        return before, self.items[place + 1] if place + 1 < len(self.items) else None

    def paragraphs(self, active: str = "") -> list[MarkedParagraph[Painted]]:
        """The text with every statement's words marked, but those set aside."""
        return mark(
            self.rendition.text,
            [
                Mark(
                    span.begins,
                    span.ends,
                    Painted(
                        key=item.key,
                        role=span.role,
                        state="active" if item.key == active else item.settled,
                        settled=item.settled,
                        party=item.reading.party,
                    ),
                )
                for item in self.items
                if item.proposal.rendition_id == self.rendition.pk
                and (item.proposal.state != Proposal.State.REJECTED or item.key == active)
                for span in item.reading.draft.spans
            ],
        )


def desk_article(article: Article, *, rendition_id: int | None = None) -> DeskArticle | None:
    """The article in its newest rendition (or the one asked for); ``None`` while no text is drawn of it.

    A fixed number of queries.
    """
    texts = Rendition.objects.filter(article=article).defer("words").select_related("capture").order_by("-pk")
    rendition = (texts.filter(pk=rendition_id) if rendition_id else texts).first()
    if rendition is None:
        return None
    newest = texts.values_list("pk", flat=True)[0] if rendition_id else rendition.pk
    proposals = list(
        Proposal.objects.attributions()
        .filter(article=article)
        .exclude(state=Proposal.State.SUPERSEDED)
        .select_related("copy_of", "dossier")
        .order_by("begins", "pk")
    )
    revisions = latest_revisions(proposals)
    read = readings(article.dossier_id, list(revisions.values()))
    return DeskArticle(
        article=article,
        rendition=rendition,
        capture=rendition.capture,
        outlet=outlets_by_article(article.dossier_id, [article.pk]).get(article.pk, ""),
        copies=Lineage.objects.current().filter(copied_from=article).count(),
        items=tuple(
            Item(
                number=number,
                proposal=proposal,
                reading=read[revisions[proposal.pk].pk],
                earlier=proposal.rendition_id != newest,
            )
            for number, proposal in enumerate(proposals, start=1)
        ),
        read=how_read(rendition),
    )


def as_seen(proposal: Proposal, number: int) -> Reading | None:
    """The revision of that number, which somebody had before them; ``None`` if there is none."""
    seen = (
        Revision.objects.filter(proposal=proposal, number=number)
        .select_related("author", "alias__source", "proposal")
        .first()
    )
    return readings(proposal.dossier_id, [seen])[seen.pk] if seen else None


def decisions_on(proposal: Proposal) -> tuple[Decision, ...]:
    """What was decided on a proposal, newest first, with who decided. One query."""
    return tuple(Decision.objects.filter(proposal=proposal).select_related("by", "revision").order_by("-pk")[:RECENT])


@dataclass(frozen=True)
class Undoable:
    """One's own last decision in an article, as long as nobody has acted since."""

    key: str
    words: str


def undoable(article: Article, *, by: User) -> Undoable | None:
    """What an undo would take back. Two queries."""
    mine = (
        Decision.objects.filter(by=by, proposal__article=article, verb__in=rules.UNDOABLE, undone_by__isnull=True)
        .select_related("proposal", "revision")
        .order_by("-pk")[:RECENT]
    )
    rows = list(mine)
    last = dict(
        Decision.objects.filter(proposal__in={d.proposal_id for d in rows})
        .order_by("proposal_id", "pk")
        .values_list("proposal_id", "pk")
    )
    for decision in rows:
        proposal = decision.proposal
        goes_back = rules.undone(
            verb=decision.verb, from_state=decision.from_state, to_state=decision.to_state, state=proposal.state
        )
        if last[proposal.pk] == decision.pk and goes_back is not None:
            words = AttributionDraft.read(decision.revision.body).words("content")
            return Undoable(
                key=str(proposal.public_id),
                words=_("%(verb)s: “%(words)s”") % {"verb": decision.get_verb_display(), "words": words[:60]},
            )
    return None
