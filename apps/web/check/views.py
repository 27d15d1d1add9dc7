"""The editors' desk: only others' work, the excerpt beside the record, one decision or an article's at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.articles.models import Article
from apps.articles.reading import article_numbered
from apps.core.errors import Refusal
from apps.dossiers.rules import Power
from apps.review import record as reads
from apps.review.models import Decision, Proposal
from apps.review.reading import Reading, visible
from apps.review.rules import Change, changes
from apps.review.services import approving, judging, withdrawing
from apps.review.versions import twin_groups
from apps.web import moments
from apps.web.http import Request, Room, actor, in_dossier, page, wants_part

MOST_NOTE = 2000
_SEEN = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([0-9]{1,9})")


@require_GET
@in_dossier(Power.CHECK)
def check(request: Request, room: Room) -> HttpResponse:
    """What waits for this editor: others' statements and suggestions, and copies of what is approved."""
    found = reads.to_check(room.dossier.pk, user_id=request.user.pk, after=_number(request, "after"))
    context = {
        "waiting": found.lines,
        "older_url": f"{request.path}?after={found.following}" if found.following else "",
        "groups": reads.copy_groups(room.dossier.pk, user=request.user),
        "versions": twin_groups(room.dossier.pk, user=request.user),
    }
    return page(request, "check/queue.html", context)


@require_http_methods(["GET", "POST"])
@in_dossier(Power.CHECK)
def check_one(request: Request, room: Room, key: UUID) -> HttpResponse:
    """One proposal: approve it, return it with a note, or approve everything that waits of its article."""
    proposal = _proposal(room, key)
    if request.method == "GET":
        return _one(request, room, proposal)
    do = request.POST.get("do", "")
    try:
        told, onward = _decide(request, room, proposal, do=do)
    except Refusal as refusal:
        if refusal.status == 403:
            raise
        return _one(request, room, _proposal(room, key), refusal=refusal)
    messages.success(request, told)
    following = onward or reads.next_to_check(room.dossier.pk, user_id=request.user.pk, after=proposal.pk)
    if following is None:
        return _go(request, reverse("check", args=[room.dossier.slug]))
    url = reverse("check-one", args=[room.dossier.slug, following.public_id])
    if not request.htmx:
        return redirect(url)
    response = _one(request, room, following)
    response["HX-Push-Url"] = url
    return response


def _decide(request: Request, room: Room, proposal: Proposal, *, do: str) -> tuple[str, Proposal | None]:
    """Make the one call that was asked for; what to say of it, and where to go if not to the next."""
    by, at, expected = actor(request), timezone.now(), _posted(request, "expected")
    note = request.POST.get("note", "")[:MOST_NOTE]
    match do:
        case "approve":
            approving.approve(proposal=proposal, expected_revision=expected, by=by, at=at)
            return _("Approved."), None
        case "approve-article":
            seen = _seen(room, request.POST.getlist("with"))
            done = approving.approve_all(proposals=seen, by=by, at=at)
            return _approved(len(done)), None
        case "other-words":
            judging.reject(proposal=proposal, expected_revision=expected, by=by, at=at, note=note)
            return _("Set aside: the later version says something else."), None
        case "return":
            judging.send_back(proposal=proposal, expected_revision=expected, by=by, at=at, note=note)
            return _("Returned with your note."), None
        case "undo":
            return _("Undone."), judging.undo(proposal=proposal, by=by, at=at)
    raise Refusal(_("There is nothing of that kind to decide here."), code="unknown_decision")


@require_POST
@in_dossier(Power.CHECK)
def approve_copies(request: Request, room: Room) -> HttpResponse:
    """Approve copies of approved statements in bulk: they are further evidence of the same."""
    seen = _seen(room, request.POST.getlist("copy"))
    done = approving.approve_all(proposals=seen, by=actor(request), at=timezone.now())
    messages.success(request, _approved(len(done)))
    return _go(request, reverse("check", args=[room.dossier.slug]))


@require_GET
@in_dossier(Power.CHECK)
def approved(request: Request, room: Room) -> HttpResponse:
    """What is approved, the newest first, by kind and article; each may be withdrawn."""
    asked = request.GET.get("kind", "")
    kind = asked if asked in Proposal.Kind.values else str(Proposal.Kind.ATTRIBUTION)
    article = _article(room, request.GET.get("article", ""))
    found = reads.approved(room.dossier.pk, kind=kind, article=article, before=_number(request, "before") or None)
    suffix = f"&article={article.ref}" if article else ""
    context = {
        "lines": found.lines,
        "chips": [
            {"label": label, "url": f"?kind={value}{suffix}", "current": value == kind}
            for value, label in _kinds(article)
        ],
        "article": article,
        "headline": reads.headline_of(article) if article else "",
        "older_url": f"?kind={kind}&before={found.following}{suffix}" if found.following else "",
    }
    return page(request, "check/approved.html", context)


def _kinds(article: Article | None) -> list[tuple[str, str]]:
    named = {
        Proposal.Kind.ATTRIBUTION: _("Statements"),
        Proposal.Kind.CLAIM: _("Claims"),
        Proposal.Kind.SOURCE: _("Sources"),
        Proposal.Kind.ALIAS: _("Names"),
        Proposal.Kind.COUNTER: _("Counters"),
    }
    return [(str(kind), words) for kind, words in named.items() if article is None or kind == Proposal.Kind.ATTRIBUTION]


@require_http_methods(["GET", "POST"])
@in_dossier(Power.CHECK)
def withdraw(request: Request, room: Room, key: UUID) -> HttpResponse:
    """Take an approval back, with why; what rests on it goes along."""
    proposal = _proposal(room, key)
    context: dict[str, Any] = {"error": "", "note": ""}
    status = 200
    if request.method == "POST":
        note = request.POST.get("note", "")[:MOST_NOTE]
        try:
            gone = withdrawing.withdraw(proposal=proposal, by=actor(request), at=timezone.now(), note=note)
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            context, status = {"error": str(refusal), "note": note}, refusal.status
        else:
            messages.success(request, _withdrawn(len(gone)))
            return redirect("check-approved", room.dossier.slug)
    found = reads.record(proposal, user=request.user)
    context |= {"record": found, "resting": reads.resting_on(proposal)}
    return page(request, "check/withdraw.html", context, status=status)


# --- Loading and drawing ----------------------------------------------------------------------------------------------


def _proposal(room: Room, key: UUID) -> Proposal:
    rows = Proposal.objects.in_dossier(room.dossier.pk).select_related(
        "dossier", "article", "copy_of__article", "twin_of"
    )
    proposal = rows.filter(public_id=key).first()
    if proposal is None:
        raise Http404(_("There is no such proposal in this dossier."))
    return proposal


def _article(room: Room, ref: str) -> Article | None:
    if not ref:
        return None
    match = re.fullmatch(r"A-(\d{4,9})", ref)
    article = article_numbered(room.dossier.pk, int(match[1])) if match else None
    if article is None:
        raise Http404(_("There is no article %(ref)s in this dossier.") % {"ref": ref[:20]})
    return article


def _one(request: Request, room: Room, proposal: Proposal, *, refusal: Refusal | None = None) -> HttpResponse:
    found = reads.record(proposal, user=request.user)
    together: Sequence[Proposal] = ()
    if found.may_be_decided and proposal.article_id is not None:
        together = reads.of_this_article(room.dossier.pk, user_id=request.user.pk, article_id=proposal.article_id)
    context = {
        "record": found,
        "changed": _changed(found),
        "together": together,
        "following": reads.next_to_check(room.dossier.pk, user_id=request.user.pk, after=proposal.pk),
        "undo": _undo(found, request),
        "error": str(refusal) if refusal else "",
        "note": request.POST.get("note", "") if refusal else "",
        "fragment": wants_part(request),
    }
    return page(request, "check/one.html", context, part="one", status=refusal.status if refusal else 200)


def _undo(found: reads.Record, request: Request) -> bool:
    """Whether the last decision is this editor's own return."""
    last = found.decisions[0] if found.decisions else None
    return last is not None and last.verb == Decision.Verb.RETURN and last.by_id == request.user.pk


def _changed(found: reads.Record) -> tuple[Change, ...]:
    if found.before is None or found.reading is None:
        return ()
    return changes(_visible(found.before), _visible(found.reading))


def _visible(reading: Reading) -> dict[str, str]:
    draft = reading.draft
    return visible(reading, said=moments.said(draft.said_from, draft.said_until, moments.here()))


def _seen(room: Room, pairs: Sequence[str]) -> list[tuple[Proposal, int]]:
    """The proposals that the page listed, each with the revision that it showed."""
    matches = [match for pair in pairs[:500] if (match := _SEEN.fullmatch(pair))]
    revisions = {UUID(match[1]): int(match[2]) for match in matches}
    rows = Proposal.objects.in_dossier(room.dossier.pk).filter(public_id__in=revisions).order_by("pk")
    return [(row, revisions[row.public_id]) for row in rows]


def _number(request: Request, name: str) -> int:
    raw = request.GET.get(name, "")
    return int(raw) if raw.isdecimal() and len(raw) < 18 else 0


def _posted(request: Request, name: str) -> int:
    raw = request.POST.get(name, "")
    return int(raw) if raw.isdecimal() and len(raw) < 10 else 0


def _go(request: Request, url: str) -> HttpResponse:
    """On to another page: a redirect, which htmx makes one of the whole window."""
    if not request.htmx:
        return redirect(url)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = url
    return response


def _approved(count: int) -> str:
    return ngettext("%(n)d approved.", "%(n)d approved.", count) % {"n": count}


def _withdrawn(count: int) -> str:
    return ngettext("The approval is withdrawn.", "%(n)d approvals are withdrawn.", count) % {"n": count}
