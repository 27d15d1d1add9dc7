"""Origins: which texts several articles carry, who had each first, who copied it, and what people decide about that."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.selectors import Named, named
from apps.articles import origin_reading, versions
from apps.articles.credits import same_agency
from apps.articles.models import Article, Lineage, Origin
from apps.articles.origin_reading import Branch, Parted, Tree
from apps.articles.reading import article_numbered
from apps.articles.services import placing
from apps.core.errors import Conflict, Refusal
from apps.dossiers.rules import Power
from apps.web.articles.origin_forms import FilterForm, PlaceForm
from apps.web.history.telling import told
from apps.web.http import AsOf, Request, Room, actor, as_of, in_dossier, page
from apps.web.keyset import address, cut, place

ROWS = 30
DEEPEST = 8
"""Copies of copies of copies: from here on they are drawn no further in."""


@dataclass(frozen=True)
class Shown:
    """A branch of the tree as it is drawn: how far in, and who decided it, where a person did."""

    branch: Branch
    depth: int
    by: Named | None
    credits_another: bool
    """Whether it credits somebody else than the origin is called after."""


@dataclass(frozen=True)
class Apart:
    """An article that was parted from the origin, and who decided that."""

    parted: Parted
    by: Named


@require_safe
@in_dossier(Power.READ)
def origins(request: Request, room: Room) -> HttpResponse:
    times = as_of(request)
    form = FilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    show = wanted.get("show", "")
    found = origin_reading.origins_of(
        room.dossier.pk,
        label=wanted.get("q", ""),
        single=show == "all",
        decided=show == "decided",
        before=place(request),
        limit=ROWS + 1,
        known_at=times.known_at,
    )
    sheet = cut(found, ROWS)
    context = {
        "form": form,
        "rows": sheet.rows,
        "filtered": bool(wanted.get("q") or show),
        "times": times,
        "older_url": address(request, before=sheet.rows[-1].origin.pk) if sheet.more else "",
        "newer_url": address(request, before=None) if "before" in request.GET else "",
    }
    return page(request, "articles/origins.html", context, part="list", status=400 if form.errors else 200)


@require_safe
@in_dossier(Power.READ)
def origin(request: Request, room: Room, origin_id: UUID) -> HttpResponse:
    times = as_of(request)
    row = _origin(room, origin_id)
    held = origin_reading.becomes(row, known_at=times.known_at)
    if held is not None and held.pk != row.pk:
        return redirect(_url(room, held, times))
    tree = origin_reading.tree_of(row, known_at=times.known_at)
    branches = origin_reading.with_extents(tree.branches, known_at=times.known_at)
    who = _who(tree)
    credited = [b.carrier for b in branches if b.carrier.text and same_agency(b.carrier.text.credit, row.label)]
    entries = origin_reading.decisions_about(row, known_at=times.known_at)
    context = {
        "origin": row,
        "held": held is not None,
        "not_yet": times.known_at is not None and row.known_from > times.known_at,
        "tree": tree,
        "branches": [_shown(branch, row, who) for branch in branches],
        "apart": [Apart(parted, who[parted.parting.decided_by]) for parted in tree.parted],
        "credited": credited,
        "named_by_person": all(b.carrier.by_person for b in branches if _from_the_start(b.carrier.lineage, row)),
        "outlets": len({b.carrier.outlet for b in branches if b.carrier.outlet}),
        "history": told(room.dossier, entries),
        "may_decide": room.can_review and times.is_now and held is not None,
        "form": PlaceForm(),
        "times": times,
        "query": f"?{times.query}" if times.query else "",
    }
    return page(request, "articles/origin.html", context)


def _from_the_start(lineage: Lineage, origin: Origin) -> bool:
    return lineage.known_from_index == origin.known_from_index


def _who(tree: Tree) -> dict[str, Named]:
    refs = {b.carrier.lineage.decided_by for b in tree.branches if b.carrier.by_person}
    return named(refs | {parted.parting.decided_by for parted in tree.parted})


def _shown(branch: Branch, origin: Origin, who: dict[str, Named]) -> Shown:
    carrier = branch.carrier
    credit = carrier.text.credit if carrier.text else ""
    return Shown(
        branch=branch,
        depth=min(branch.depth, DEEPEST),
        by=who.get(carrier.lineage.decided_by) if carrier.by_person else None,
        credits_another=bool(credit) and not same_agency(credit, origin.label),
    )


@require_safe
@in_dossier(Power.READ)
def copy(request: Request, room: Room, origin_id: UUID, number: int) -> HttpResponse:
    """What one copy cut, added or changed, against what it was copied from."""
    times = as_of(request)
    row = _origin(room, origin_id)
    lineage = (
        Lineage.objects.as_known(times.known_at)
        .filter(origin=row, article__number=number)
        .select_related("article", "copied_from", "origin")
        .first()
    )
    found = origin_reading.compared(lineage, known_at=times.known_at) if lineage is not None else None
    if lineage is None or found is None:
        raise Http404(_("Nothing is held here that this article was copied from."))
    context = {
        "origin": row,
        "lineage": lineage,
        "found": found,
        "stretches": versions.stretches(found.changes),
        "times": times,
        "query": f"?{times.query}" if times.query else "",
    }
    return page(request, "articles/origin_copy.html", context, part="difference")


@require_http_methods(["GET", "HEAD", "POST"])
@in_dossier(Power.REVIEW)
def decide(request: Request, room: Room, number: int) -> HttpResponse:
    """Part an article from its origin, or put it with that of another one."""
    article = article_numbered(room.dossier.pk, number)
    if article is None:
        raise Http404(_("There is no such article in this dossier."))
    if request.method != "POST":  # somebody came back to the address of a decision
        return redirect("article", slug=room.dossier.slug, number=article.number)
    joins = request.POST.get("do") == "join"
    came_from = _came_from(request, room)
    form = PlaceForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            if joins:
                other = _other(room, data["other"])
                joined = placing.join(
                    article=article, other=other, reason=data["reason"], by=actor(request), whole=data["along"]
                )
                messages.success(request, _("They share an origin now. No machine will part them."))
                return redirect(_url(room, joined))
            placing.split(
                article=article,
                reason=data["reason"],
                by=actor(request),
                own_label=data["own_label"],
                with_copies=data["along"],
                origin=_named_origin(request, room, "origin") or came_from,
            )
            messages.success(request, _("It is parted from this origin. No machine will put it back."))
            return redirect(_back(room, article, came_from))
        except Refusal as refusal:
            form.add_error(_field(refusal), str(refusal))
    words = {
        "title": (_("Put %(ref)s with another article") if joins else _("Part %(ref)s from its origin"))
        % {"ref": article.ref},
        "submit": _("They share an origin") if joins else _("Part it from this origin"),
        "along_label": "" if joins else _("with those that were copied from it"),
        "do": "join" if joins else "split",
        "wants_other": joins,
        "wants_label": not joins,
        "back": came_from.label if came_from else article.ref,
        "back_url": _back(room, article, came_from),
        "came_from": came_from.public_id if came_from else "",
        "read_of": request.POST.get("origin", "")[:36],
    }
    return page(request, "articles/origin_decide.html", {"form": form, **words}, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
@in_dossier(Power.REVIEW)
def put(request: Request, room: Room, origin_id: UUID) -> HttpResponse:
    """Put an article with this origin: with the one that had its text first."""
    row = _origin(room, origin_id)
    if request.method != "POST":
        return redirect(_url(room, row))
    first = origin_reading.tree_of(row).first
    form = PlaceForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            if first is None:
                raise Conflict(_("No article carries this text any more."))
            article = _other(room, data["other"])
            placing.join(
                article=article, other=first.article, reason=data["reason"], by=actor(request), whole=data["along"]
            )
            messages.success(request, _("It is of this origin now. No machine will part it."))
            return redirect(_url(room, row))
        except Refusal as refusal:
            form.add_error(_field(refusal), str(refusal))
    words = {
        "title": _("Put an article with %(origin)s") % {"origin": row.label},
        "submit": _("Put it here"),
        "along_label": _("with all that shares its present origin: the two are one"),
        "wants_other": True,
        "back": row.label,
        "back_url": _url(room, row),
    }
    return page(request, "articles/origin_decide.html", {"form": form, **words}, status=_status(form))


def _field(refusal: Refusal) -> str | None:
    """The field that a refusal is about; none where it is about how things are."""
    return {"no_such_article": "other", "no_reason": "reason", "reason_too_long": "reason"}.get(refusal.code)


def _status(form: PlaceForm) -> int:
    return 409 if form.non_field_errors() else 422


def _back(room: Room, article: Article, came_from: Origin | None) -> str:
    """The page that the decision was taken on."""
    return _url(room, came_from) if came_from else reverse("article", args=[room.dossier.slug, article.number])


def _origin(room: Room, origin_id: UUID) -> Origin:
    row = origin_reading.origin_with(room.dossier.pk, origin_id)
    if row is None:
        raise Http404(_("There is no such origin in this dossier."))
    return row


def _came_from(request: Request, room: Room) -> Origin | None:
    """The origin whose page the decision was taken on."""
    return _named_origin(request, room, "from")


def _named_origin(request: Request, room: Room, name: str) -> Origin | None:
    try:
        return origin_reading.origin_with(room.dossier.pk, UUID(request.POST.get(name, "")))
    except ValueError:
        return None


def _other(room: Room, number: int | None) -> Article:
    found = article_numbered(room.dossier.pk, number) if number is not None else None
    if found is None:
        raise Refusal(_("Name another article of this dossier."), code="no_such_article")
    return found


def _url(room: Room, origin: Origin, times: AsOf | None = None) -> str:
    url = reverse("origin", args=[room.dossier.slug, origin.public_id])
    return f"{url}?{times.query}" if times is not None and times.query else url
