"""The analysts' desk: the queue, an article with the statements proposed in it, and what is decided about each."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.articles.models import Article
from apps.articles.reading import article_numbered
from apps.core.errors import Denied, Refusal
from apps.dossiers.rules import Power
from apps.review import choices
from apps.review.card import DeskArticle, Item, desk_article, undoable
from apps.review.models import Proposal
from apps.review.queue import queue
from apps.review.record import returned
from apps.review.services import holding, judging
from apps.web.desk.filling import Sheet, filled, opened, posted, say, typed
from apps.web.desk.origins import DENY
from apps.web.desk.showing import (
    CardView,
    HoldView,
    Meanwhile,
    SourceOption,
    above,
    card_view,
    claim_option,
    hold_view,
    meanwhile,
)
from apps.web.http import Request, Room, actor, in_dossier, page, wants_part

TEMPLATE = "desk/article.html"
REDRAWS = frozenset({"look", "same", "more-position", "more-figure", "spans"})
CHANGED = "changed_meanwhile"
_PREFIX = re.compile(r"positions-\d{1,2}")


# --- The queue --------------------------------------------------------------------------------------------------------


@require_GET
@in_dossier(Power.REVIEW)
def review(request: Request, room: Room) -> HttpResponse:
    """Articles with statements that wait for an analyst."""
    raw = request.GET.get("before", "")
    before = int(raw) if raw.isdecimal() and len(raw) < 10 else None
    found = queue(room.dossier.pk, user_id=request.user.pk, at=timezone.now(), before=before)
    older = f"{request.path}?before={found.before}" if found.before else ""
    return page(
        request,
        "desk/queue.html",
        {
            "queue": found,
            "older_url": older,
            "first": before is None,
            "returned": returned(room.dossier.pk) if before is None else (),
        },
    )


# --- An article -------------------------------------------------------------------------------------------------------


@require_GET
@in_dossier(Power.REVIEW)
def review_article(request: Request, room: Room, number: int) -> HttpResponse:
    """The article with its first statement that waits; or a word that none does."""
    article = _article(room, number)
    desk = _desk(article)
    hold = _hold(request, article)
    item = desk.first_waiting() if desk else None
    if desk is None or item is None:
        return _empty(request, room, article, desk, hold)
    return _card(request, room, desk, item, sheet=opened(room, desk, item), hold=hold)


@require_http_methods(["GET", "POST"])
@in_dossier(Power.REVIEW)
def review_statement(request: Request, room: Room, number: int, key: UUID) -> HttpResponse:
    """One statement of the article: its card, and what is decided about it."""
    article = _article(room, number)
    proposal = Proposal.objects.attributions().filter(article=article, public_id=key).first()
    desk = _desk(article, proposal) if proposal else None
    item = desk.item(str(key)) if desk else None
    if desk is None or item is None:
        raise Http404(_("There is no such statement in this article."))
    hold = _hold(request, article)
    if request.method == "GET":
        return _card(request, room, desk, item, sheet=opened(room, desk, item), hold=hold, spans="spans" in request.GET)
    do = request.POST.get("do", "look")
    if do == "reject":
        return _reject(request, room, desk, item, hold)
    if do == "accept":
        return _accept(request, room, desk, item, hold)
    return _redraw(request, room, desk, item, hold, do=do)


@require_http_methods(["GET", "POST"])
@in_dossier(Power.REVIEW)
def review_add(request: Request, room: Room, number: int) -> HttpResponse:
    """A statement that no machine proposed, marked by hand."""
    article = _article(room, number)
    desk = _desk(article)
    hold = _hold(request, article)
    if desk is None:
        return _empty(request, room, article, None, hold)
    if request.method == "GET":
        return _card(request, room, desk, None, sheet=opened(room, desk, None), hold=hold)
    do = request.POST.get("do", "look")
    if do == "accept":
        return _accept(request, room, desk, None, hold)
    return _redraw(request, room, desk, None, hold, do=do)


@require_POST
@in_dossier(Power.REVIEW)
def review_undo(request: Request, room: Room, number: int) -> HttpResponse:
    """Take back one's own last decision, and open what it was about."""
    article = _article(room, number)
    key = request.POST.get("statement", "")
    found = _uuid(key)
    mine = Proposal.objects.in_dossier(room.dossier.pk).filter(article=article)
    proposal = mine.filter(public_id=found).first() if found else None
    if proposal is None:
        raise Http404(_("There is no such statement in this article."))
    judging.undo(proposal=proposal, by=actor(request), at=timezone.now())
    messages.success(request, _("Undone."))
    return _moved(request, room, article, key=key)


@require_POST
@in_dossier(Power.REVIEW)
def review_release(request: Request, room: Room, number: int) -> HttpResponse:
    """Let go of the article, so that somebody else may work on it."""
    holding.release(article=_article(room, number), by=request.user)
    messages.success(request, _("You let go of %(ref)s.") % {"ref": _ref(number)})
    return redirect("review", room.dossier.slug)


# --- What is decided --------------------------------------------------------------------------------------------------


def _accept(request: Request, room: Room, desk: DeskArticle, item: Item | None, hold: HoldView) -> HttpResponse:
    sheet = posted(room, desk, item, request.POST)
    ready = filled(sheet, desk, item.reading if item else None)
    if ready is None:
        return _card(request, room, desk, item, sheet=sheet, hold=hold, status=422)
    note = sheet.card.cleaned_data["note"]
    try:
        if item is None:
            done = judging.add(rendition=desk.rendition, filled=ready, by=actor(request), at=timezone.now(), note=note)
        else:
            done = judging.submit(
                proposal=item.proposal,
                expected_revision=sheet.card.cleaned_data["expected"] or 0,
                filled=ready,
                by=actor(request),
                at=timezone.now(),
                note=note,
            )
    except Denied:
        raise
    except Refusal as refusal:
        if item is not None and refusal.code == CHANGED:
            return _changed(request, room, desk, item, hold=hold, refusal=refusal)
        say(sheet, refusal.code, str(refusal))
        return _card(request, room, desk, item, sheet=sheet, hold=hold, status=refusal.status)
    return _moved(request, room, desk.article, after=str(done.public_id))


def _reject(request: Request, room: Room, desk: DeskArticle, item: Item, hold: HoldView) -> HttpResponse:
    try:
        judging.reject(
            proposal=item.proposal,
            expected_revision=_whole(request.POST, "expected"),
            by=actor(request),
            at=timezone.now(),
            note=request.POST.get("note", "")[:2000],
        )
    except Denied:
        raise
    except Refusal as refusal:
        if refusal.code == CHANGED:
            return _changed(request, room, desk, item, hold=hold, refusal=refusal)
        sheet = typed(room, desk, item, request.POST, do="look")
        return _card(request, room, desk, item, sheet=sheet, hold=hold, status=refusal.status, error=str(refusal))
    return _moved(request, room, desk.article, after=item.key)


def _changed(
    request: Request, room: Room, desk: DeskArticle, item: Item, *, hold: HoldView, refusal: Refusal
) -> HttpResponse:
    """What a person filled, over the revision that somebody made meanwhile: they see what changed, and decide again.

    Where the statement can no longer be accepted, it is shown as it stands.
    """
    desk = _desk(desk.article, item.proposal) or desk
    item = desk.item(item.key) or item
    again = item.may_be_accepted
    return _card(
        request,
        room,
        desk,
        item,
        sheet=typed(room, desk, item, request.POST, do="over") if again else opened(room, desk, item),
        hold=hold,
        status=refusal.status,
        error=str(refusal),
        kept=again,
        changed=meanwhile(item, seen=_whole(request.POST, "expected")),
    )


def _redraw(
    request: Request, room: Room, desk: DeskArticle, item: Item | None, hold: HoldView, *, do: str
) -> HttpResponse:
    """The card as it is filled so far: searched, with a row more, with its spans open."""
    speaker = above(desk, item)
    known = do if do in REDRAWS or do.startswith(DENY) else "look"
    sheet = typed(room, desk, item, request.POST, do=known, above=speaker.value if speaker else "")
    return _card(request, room, desk, item, sheet=sheet, hold=hold, spans=known == "spans" or "spans" in request.POST)


def _moved(request: Request, room: Room, article: Article, *, after: str = "", key: str = "") -> HttpResponse:
    """On to the statement ``key``, or the next one that waits after one; the page by a redirect, htmx by its parts."""
    desk = _desk(article)
    assert desk is not None
    item = desk.item(key) if key else desk.first_waiting(after=after)
    if item is None:
        url = reverse("review-article", args=[room.dossier.slug, article.ref])
    else:
        url = reverse("review-statement", args=[room.dossier.slug, article.ref, item.proposal.public_id])
    if not request.htmx:
        return redirect(url)
    hold = _hold(request, article)
    if item is None:
        response = _empty(request, room, article, desk, hold, moved=True)
    else:
        if item.proposal.rendition_id != desk.rendition.pk:
            desk = _desk(article, item.proposal) or desk
        response = _card(request, room, desk, item, sheet=opened(room, desk, item), hold=hold, moved=True)
    response["HX-Push-Url"] = url
    response["HX-Reswap"] = "innerHTML scroll:top"
    return response


# --- What is searched -------------------------------------------------------------------------------------------------


@require_GET
@in_dossier(Power.REVIEW)
def review_sources(request: Request, room: Room) -> HttpResponse:
    """Sources that go by what is typed, for the card."""
    chosen = request.GET.get("source", "")
    found = choices.find_sources(room.dossier.pk, request.GET.get("source_q", "")[:200])
    options = [SourceOption(one, one.value == chosen) for one in found]
    return page(request, "desk/found.html", {"sources": options, "searched": bool(request.GET.get("source_q"))})


@require_GET
@in_dossier(Power.REVIEW)
def review_claims(request: Request, room: Room) -> HttpResponse:
    """Claims that hold the words typed, for a position on the card."""
    prefix = request.GET.get("prefix", "")
    if not _PREFIX.fullmatch(prefix):
        raise Http404(_("There is no such position."))
    query = request.GET.get(f"{prefix}-claim_q", "")[:200]
    chosen = request.GET.get(f"{prefix}-claim", "")
    found = choices.find_claims(room.dossier.pk, query)
    options = [claim_option(claim, checked=claim.value == chosen) for claim in found]
    context = {"claims": options, "prefix": prefix, "searched": bool(query)}
    return page(request, "desk/found.html", context)


# --- Loading and drawing ----------------------------------------------------------------------------------------------


def _ref(number: int) -> str:
    return f"A-{number:04d}"


def _article(room: Room, number: int) -> Article:
    article = article_numbered(room.dossier.pk, number)
    if article is None:
        raise Http404(_("There is no article %(ref)s in this dossier.") % {"ref": _ref(number)})
    return article


def _desk(article: Article, proposal: Proposal | None = None) -> DeskArticle | None:
    return desk_article(article, rendition_id=proposal.rendition_id if proposal else None)


def _hold(request: Request, article: Article) -> HoldView:
    """Take the article, or renew one's hold on it; somebody else's stays theirs."""
    return hold_view(holding.hold(article=article, by=request.user, at=timezone.now()), request.user)


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def _whole(data: QueryDict, name: str) -> int:
    raw = data.get(name, "")
    return int(raw) if raw.isdecimal() and len(raw) < 10 else 0


def _card(
    request: Request,
    room: Room,
    desk: DeskArticle,
    item: Item | None,
    *,
    sheet: Sheet,
    hold: HoldView,
    spans: bool = False,
    status: int = 200,
    moved: bool = False,
    error: str = "",
    kept: bool = True,
    changed: Meanwhile | None = None,
) -> HttpResponse:
    wrong = {f"{role}_words" for role in ("source", "cue", "content")} & set(sheet.card.errors)
    view = card_view(
        room,
        desk,
        item,
        sheet,
        user=request.user,
        hold=hold,
        spans_open=spans or bool(wrong),
        kept=kept and request.method == "POST" and not moved,
    )
    context = {"card": view, "sheet": sheet, "error": error, "changed": changed}
    return _page(request, room, desk, hold, context, status=status, moved=moved)


def _empty(
    request: Request, room: Room, article: Article, desk: DeskArticle | None, hold: HoldView, *, moved: bool = False
) -> HttpResponse:
    """Nothing of the article waits: nothing was proposed, all is reviewed, or no text is drawn of it yet."""
    undo = undoable(article, by=request.user)
    return _page(request, room, desk, hold, {"article": article, "undo": undo}, moved=moved)


def _page(
    request: Request,
    room: Room,
    desk: DeskArticle | None,
    hold: HoldView,
    context: dict[str, Any],
    *,
    status: int = 200,
    moved: bool = False,
) -> HttpResponse:
    view: CardView | None = context.get("card")
    article: Article = desk.article if desk else context["article"]
    fragment = wants_part(request)
    whole = moved or not fragment
    active = view.item.key if view and view.item else ""
    found = {
        "desk": desk,
        "article": article,
        "hold": hold,
        "active": active,
        "moved": moved,
        "fragment": fragment,
        "undo": view.undo if view else context.get("undo"),
        "queue": queue(room.dossier.pk, user_id=request.user.pk, at=timezone.now(), opened=article.pk)
        if whole
        else None,
        "paragraphs": desk.paragraphs(active) if desk and whole else (),
        **context,
    }
    return page(request, TEMPLATE, found, part="card", status=status)
