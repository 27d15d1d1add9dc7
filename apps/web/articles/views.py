"""The list of articles, one article with what it attributes, and the bytes that were preserved of it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.selectors import Named, named
from apps.articles import storage
from apps.articles.marking import Mark, Run, mark
from apps.articles.models import Capture, Origin, Rendition
from apps.articles.reading import Preserved, article_numbered, preserved, text_of, watched
from apps.claims.reading import Taken, positions_of
from apps.dossiers.rules import Power
from apps.review.machine import how_read
from apps.sources.reading import outlets
from apps.statements import reading
from apps.statements.reading import Attributed, Times
from apps.web.articles.forms import FilterForm
from apps.web.http import AsOf, Request, Room, as_of, in_dossier, page, saved
from apps.web.keyset import address, cut, place

ROWS = 50
OUTLETS_OFFERED = 500


@require_safe
@in_dossier(Power.READ)
def articles(request: Request, room: Room) -> HttpResponse:
    times = as_of(request)
    offered = [(outlet.id, outlet.name) for outlet in outlets(room.dossier.pk, limit=OUTLETS_OFFERED)]
    form = FilterForm(request.GET, outlets=offered)
    if not form.is_valid():
        context = {"form": form, "rows": [], "times": times}
        return page(request, "articles/list.html", context, part="list", status=400)
    outlet, words = form.cleaned_data["outlet"], form.cleaned_data["q"]
    found = reading.articles(
        room.dossier.pk,
        outlet=int(outlet) if outlet else None,
        words=words,
        before=place(request),
        limit=ROWS + 1,
        known_at=times.known_at,
    )
    sheet = cut(found, ROWS)
    context = {
        "form": form,
        "rows": sheet.rows,
        "filtered": bool(outlet or words),
        "times": times,
        "older_url": address(request, before=sheet.rows[-1].number) if sheet.more else "",
        "newer_url": address(request, before=None) if "before" in request.GET else "",
    }
    return page(request, "articles/list.html", context, part="list")


@dataclass(frozen=True)
class Entry:
    """A statement beside the text: what was said, and on which claims it takes which position."""

    said: Attributed
    positions: tuple[Taken, ...]
    here: bool
    """Whether its words stand in the rendition that is shown."""


@dataclass(frozen=True)
class Laid:
    """What a mark in the text stands for."""

    role: str
    said: Attributed


@dataclass(frozen=True)
class Piece:
    """Words under the same marks: how they look, and the statement that the innermost of them is evidence of."""

    words: str
    look: str
    statement: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the article, in pieces; ``heads`` if it is the headline that the text begins with."""

    number: int
    pieces: tuple[Piece, ...]
    heads: bool


@require_safe
@in_dossier(Power.READ)
def article(request: Request, room: Room, number: int) -> HttpResponse:
    moments = as_of(request)
    times = Times(moments.said_until, moments.known_at)
    row = article_numbered(room.dossier.pk, number, known_at=moments.known_at)
    if row is None:
        raise Http404(_("There is no such article in this dossier."))
    held = preserved(row, known_at=moments.known_at)
    shown = _shown(held.renditions, request.GET.get("rendition", ""))
    found = reading.attributed_in(row, times, rendition_id=shown.pk if shown is not None else None)
    positions = positions_of(room.dossier.pk, {one.statement_id for one in found}, known_at=moments.known_at)
    entries = [
        Entry(one, positions.get(one.statement_id, ()), here=shown is not None and one.rendition_id == shown.pk)
        for one in found
    ]
    paragraphs = _marked(shown, entries)
    context = {
        "article": row,
        "held": held,
        "rendition": shown,
        "paragraphs": paragraphs,
        "headed": bool(paragraphs and paragraphs[0].heads),
        "entries": entries,
        "read": how_read(shown) if shown is not None else None,
        "watched": watched(row) if moments.is_now and row.address else None,
        "decided": _decided(held),
        "may_decide": room.can_review and moments.is_now,
        "times": moments,
        "query": _query(moments),
    }
    return page(request, "articles/article.html", context)


@dataclass(frozen=True)
class Decided:
    """What a person decided about where the text comes from: who put it with its origin, or parted it from another."""

    by: Named
    reason: str
    parted_from: Origin | None = None


def _decided(held: Preserved) -> list[Decided]:
    rows: list[tuple[str, str, Origin | None]] = [(row.decided_by, row.reason, row.origin) for row in held.partings]
    if held.provenance is not None and held.provenance.lineage.decided_by:
        rows.insert(0, (held.provenance.lineage.decided_by, held.provenance.lineage.reason, None))
    who = named(ref for ref, _reason, _origin in rows) if rows else {}
    return [Decided(who[ref], reason, origin) for ref, reason, origin in rows]


def _query(times: AsOf) -> str:
    return f"?{times.query}" if times.query else ""


def _shown(renditions: tuple[Rendition, ...], wanted: str) -> Rendition | None:
    """The rendition that was asked for, else the newest; ``None`` where no text could be drawn yet."""
    if not wanted:
        return renditions[0] if renditions else None
    found = next((one for one in renditions if str(one.public_id) == wanted), None)
    if found is None:
        raise Http404(_("There is no such text of this article."))
    return found


def _marked(rendition: Rendition | None, entries: list[Entry]) -> list[Paragraph]:
    if rendition is None:
        return []
    marks = [
        Mark(span.begins, span.ends, Laid(span.role, entry.said))
        for entry in entries
        if entry.here
        for span in entry.said.spans
    ]
    return [
        Paragraph(
            number=paragraph.number,
            pieces=tuple(_piece(run) for run in paragraph.runs),
            heads=paragraph.number == 1 and "".join(run.words for run in paragraph.runs) == rendition.headline,
        )
        for paragraph in mark(text_of(rendition), marks)
    ]


def _piece(run: Run[Laid]) -> Piece:
    """Flat, whatever overlaps: each piece says all that it is. A source's hue is that of whom it speaks for."""
    if not run.under:
        return Piece(run.words, "", "")
    innermost = run.under[-1]
    named = next((laid for laid in reversed(run.under) if laid.role == "source"), innermost)
    party = named.said.principal.party
    roles = dict.fromkeys(f"m-{laid.role}" for laid in run.under)
    return Piece(run.words, " ".join([*roles, f"p{party.hue}" if party else "p0"]), innermost.said.statement)


@require_safe
@in_dossier(Power.READ)
def raw_bytes(request: Request, room: Room, number: int, capture_id: UUID) -> HttpResponse:
    """The bytes exactly as preserved: to be saved, never to be shown, as they come from a stranger."""
    capture = _capture(room, number, capture_id)
    return saved(storage.read(capture.sha256), f"{capture.article.ref}-{capture.sha256[:12]}.bin")


@require_safe
@in_dossier(Power.READ)
def record(request: Request, room: Room, number: int, capture_id: UUID) -> HttpResponse:
    """The records (WARC) of how they came, to be saved."""
    capture = _capture(room, number, capture_id)
    if not capture.record_sha256:
        raise Http404(_("How these bytes came was not recorded."))
    return saved(storage.read(capture.record_sha256), f"{capture.article.ref}-{capture.record_sha256[:12]}.warc.gz")


def _capture(room: Room, number: int, capture_id: UUID) -> Capture:
    capture = (
        Capture.objects.in_dossier(room.dossier.pk)
        .filter(public_id=capture_id, article__number=number)
        .select_related("article")
        .first()
    )
    if capture is None:
        raise Http404(_("There is no such capture of this article."))
    return capture
