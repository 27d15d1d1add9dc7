"""What the analysts' desk shows beside the forms: whom and which claims to choose from, and what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.claims.models import Stance
from apps.review import choices
from apps.review.card import DeskArticle, Item, Undoable, as_seen, decisions_on, undoable
from apps.review.choices import Offered, Said
from apps.review.models import Decision, Hold, Proposal
from apps.review.reading import ClaimShown, Reading, Who, visible
from apps.review.rules import Change, changes
from apps.sources.models import Source
from apps.web import moments
from apps.web.desk.filling import Sheet
from apps.web.desk.forms import PositionForm, held_source
from apps.web.desk.origins import AnswerView, Provenance, answered_claims, answers, provenance
from apps.web.http import Room

FINGER_KEYS = 6
SOURCE_KEYS = ("7", "8", "9")


@dataclass(frozen=True)
class SourceOption:
    """A source to choose; ``key`` is a digit for the first few, after those of the claims."""

    who: Who
    checked: bool
    key: str = ""


@dataclass(frozen=True)
class ClaimOption:
    """A claim to choose; ``key`` is a digit for the first few of the first list."""

    value: str
    text: str
    under: str
    checked: bool
    pending: bool
    key: str = ""


@dataclass(frozen=True)
class PositionView:
    """One position on the card: its form, the claims to choose from, and what may be taken back."""

    form: PositionForm
    number: int
    options: tuple[ClaimOption, ...]
    found: tuple[ClaimOption, ...]
    sought_in_vain: bool
    said: tuple[Said, ...]
    first: bool


@dataclass(frozen=True)
class HoldView:
    """Who works on the article. ``until`` is when it is free again."""

    mine: bool
    name: str
    until: datetime


@dataclass(frozen=True)
class CardView:
    """Everything of the card but the forms' own fields."""

    item: Item | None
    number: int
    total: int
    source: Who | None
    sources: tuple[SourceOption, ...]
    found_sources: tuple[SourceOption, ...]
    sought_in_vain: bool
    above: Who | None
    mention: str
    reason: str
    may_learn: bool
    positions: tuple[PositionView, ...]
    names: tuple[str, ...]
    returned: Decision | None
    decisions: tuple[Decision, ...]
    undo: Undoable | None
    before: Item | None
    after: Item | None
    spans_open: bool
    read_only: bool
    original: str
    answers: tuple[AnswerView, ...]
    provenance: Provenance | None


def hold_view(hold: Hold, user: User) -> HoldView:
    return HoldView(mine=hold.user_id == user.pk, name=hold.user.name, until=hold.until)


def above(desk: DeskArticle, item: Item | None) -> Who | None:
    """The speaker of the statement before this one."""
    if item is None:
        return desk.items[-1].reading.source if desk.items else None
    before, _after = desk.beside(item.key)
    return before.reading.source if before else None


def card_view(
    room: Room,
    desk: DeskArticle,
    item: Item | None,
    sheet: Sheet,
    *,
    user: User,
    hold: HoldView,
    spans_open: bool,
    kept: bool,
) -> CardView:
    """Reads what the card offers; ``kept`` if somebody has filled it, which is shown whatever happened meanwhile.

    A bounded number of queries, more by the positions on it.
    """
    dossier_id = room.dossier.pk
    reading = item.reading if item else None
    value = str(sheet.card["source"].value() or "")
    mention = _mention(sheet, reading)
    before = above(desk, item)
    chosen = _chosen_source(dossier_id, value, reading, before)
    query = str(sheet.card["source_q"].value() or "")
    offered = unique(
        filter(None, [chosen, reading.source if reading else None, *choices.find_sources(dossier_id, mention)])
    )
    found = choices.find_sources(dossier_id, query) if query else ()
    held = held_source(dossier_id, value)
    decisions = decisions_on(item.proposal) if item else ()
    previous, following = desk.beside(item.key) if item else (desk.items[-1] if desk.items else None, None)
    return CardView(
        item=item,
        number=item.number if item else len(desk.items) + 1,
        total=len(desk.items),
        source=chosen,
        sources=tuple(
            SourceOption(one, one.value == value, key=SOURCE_KEYS[place] if place < len(SOURCE_KEYS) else "")
            for place, one in enumerate(offered.values())
        ),
        found_sources=tuple(SourceOption(one, False) for one in found if one.value not in offered),
        sought_in_vain=bool(query) and not found,
        above=before if before is not None and before.value != value else None,
        mention=mention,
        reason=_reason(reading, value),
        may_learn=bool(mention) and not (held and choices.alias_called(held, mention)),
        positions=tuple(position_views(room, desk, item, sheet, words=_content(sheet, reading), source=held)),
        names=choices.source_names(dossier_id),
        returned=_returned(item, decisions),
        decisions=decisions,
        undo=undoable(desk.article, by=user),
        before=previous,
        after=following,
        spans_open=spans_open or item is None,
        read_only=not kept and (not hold.mine or (item is not None and not item.may_be_accepted)),
        original=_original_url(room, item),
        answers=answers(desk, item, denied=_denied(sheet)),
        provenance=provenance(item, decisions),
    )


def _denied(sheet: Sheet) -> set[str]:
    return {form.chosen for form in sheet.positions if form.stance_now == Stance.DENIES}


@dataclass(frozen=True)
class Meanwhile:
    """What somebody else changed since the card was opened."""

    name: str
    changes: tuple[Change, ...]


def meanwhile(item: Item, *, seen: int) -> Meanwhile:
    """The last revision against the one of the number ``seen``, field by field in words."""
    now = item.reading
    before = as_seen(item.proposal, seen)
    author = now.revision.author
    return Meanwhile(
        name=author.name if author else now.revision.machine,
        changes=changes(_visible(before), _visible(now)) if before else (),
    )


def _visible(reading: Reading) -> dict[str, str]:
    draft = reading.draft
    return visible(reading, said=moments.said(draft.said_from, draft.said_until, moments.here()))


def _reason(reading: Reading | None, value: str) -> str:
    """Why this source was suggested, or none could be, as long as it is still the suggested one."""
    if reading is None or value != (reading.source.value if reading.source else ""):
        return ""
    return reading.draft.resolution


def _original_url(room: Room, item: Item | None) -> str:
    original = item.proposal.copy_of if item else None
    if original is None or original.article is None:
        return ""
    return reverse("review-statement", args=[room.dossier.slug, original.article.ref, original.public_id])


def _returned(item: Item | None, decisions: tuple[Decision, ...]) -> Decision | None:
    """The editor's return, while the statement waits to be mended."""
    if item is None or item.proposal.state != Proposal.State.RETURNED:
        return None
    return next((d for d in decisions if d.verb == Decision.Verb.RETURN), None)


def _mention(sheet: Sheet, reading: Reading | None) -> str:
    typed = " ".join(str(sheet.card["source_words"].value() or "").split())
    return typed or (reading.mention if reading else "")


def _content(sheet: Sheet, reading: Reading | None) -> str:
    return str(sheet.card["content_words"].value() or "") or (reading.content if reading else "")


def _chosen_source(dossier_id: int, value: str, reading: Reading | None, before: Who | None) -> Who | None:
    known = [one for one in (reading.source if reading else None, before) if one is not None and one.value == value]
    return known[0] if known else choices.source_by_value(dossier_id, value)


def unique(sources: Iterable[Who]) -> dict[str, Who]:
    found: dict[str, Who] = {}
    for one in sources:
        found.setdefault(one.value, one)
    return found


def position_views(
    room: Room, desk: DeskArticle, item: Item | None, sheet: Sheet, *, words: str, source: Source | None
) -> Iterable[PositionView]:
    answered = answered_claims(desk, item)
    alike = choices.offer_claims(room.dossier.pk, words, article_id=desk.article.pk)
    offered = choices.answered_first(alike, answered)
    said = choices.said_by(room.dossier.pk, source) if source is not None else ()
    for number, form in enumerate(sheet.positions):
        query = str(form["claim_q"].value() or "")
        options = claim_options(room.dossier.pk, offered, chosen=form.chosen, keys=number == 0)
        shown = {option.value for option in options}
        found = choices.find_claims(room.dossier.pk, query) if query else ()
        yield PositionView(
            form=form,
            number=number,
            options=options,
            found=tuple(claim_option(claim, checked=False) for claim in found if claim.value not in shown),
            sought_in_vain=bool(query) and not found,
            said=said,
            first=number == 0,
        )


def claim_options(dossier_id: int, offered: tuple[Offered, ...], *, chosen: str, keys: bool) -> tuple[ClaimOption, ...]:
    """What is offered, and the chosen one whether it is or not."""
    listed = list(offered)
    if chosen not in ("", "new") and all(one.claim.value != chosen for one in listed):
        claim = choices.claim_by_value(dossier_id, chosen)
        if claim is not None:
            listed = [Offered(claim), *listed]
    return tuple(
        claim_option(
            one.claim,
            checked=one.claim.value == chosen,
            here=one.here,
            answered=one.answered,
            key=str(place) if keys and place <= FINGER_KEYS else "",
        )
        for place, one in enumerate(listed, start=1)
    )


def claim_option(
    claim: ClaimShown, *, checked: bool, here: bool = False, answered: bool = False, key: str = ""
) -> ClaimOption:
    parts = [_("waits for an editor") if claim.pending else claim.ref]
    if claim.about:
        parts.append(_("about %(parties)s") % {"parties": ", ".join(party.code for party in claim.about)})
    if answered:
        parts.append(_("stated by what this most likely answers"))
    elif here:
        parts.append(_("used in this article"))
    return ClaimOption(
        value=claim.value, text=claim.text, under=" · ".join(parts), checked=checked, pending=claim.pending, key=key
    )
