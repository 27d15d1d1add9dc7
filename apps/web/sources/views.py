"""Those to whom words are attributed: by party, one by one, and by each of their names."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.claims.reading import Taken, positions_of
from apps.dossiers.models import Party
from apps.dossiers.permissions import check_can
from apps.dossiers.rules import Power
from apps.dossiers.selectors import PartyLabel, party_labels
from apps.review.drafts import AliasDraft, SourceDraft
from apps.review.services import judging
from apps.review.services.judging import NewSource
from apps.sources.models import Source
from apps.sources.reading import alias_known, source_known, ties_of
from apps.sources.selectors import source_labels
from apps.statements import voices
from apps.statements.reading import Attributed, Times, resting_on, statements_of
from apps.statements.voices import Group, names_of
from apps.web.http import AsOf, Request, Room, actor, as_of, in_dossier, page
from apps.web.keyset import Sheet, address, cut, place
from apps.web.sources.forms import NameForm, SourceForm

ROWS = 50
STATEMENTS = 20


@dataclass(frozen=True)
class Chip:
    label: str
    url: str
    current: bool
    count: int | None = None


@dataclass(frozen=True)
class Entry:
    """A statement in a list: its words, the claims it takes positions on, in how many articles it stands."""

    said: Attributed
    positions: tuple[Taken, ...]
    articles: int = 1
    by_another: bool = False
    """Whether somebody else said it, on behalf of the source whose page this is."""

    @property
    def others(self) -> int:
        return self.articles - 1


def _query(times: AsOf) -> str:
    return f"?{times.query}" if times.query else ""


@require_safe
@in_dossier(Power.READ)
def sources(request: Request, room: Room) -> HttpResponse:
    times = as_of(request)
    parties = party_labels(room.dossier.pk, known_at=times.known_at)
    wanted = request.GET.get("party", "")
    chips = [
        Chip(_("All"), address(request, party=None, after=None), not wanted),
        *(Chip(p.name, address(request, party=p.public_id, after=None), p.public_id == wanted) for p in parties),
        Chip(_("no party"), address(request, party="none", after=None), wanted == "none"),
    ]
    context: dict[str, object] = {"chips": chips, "times": times, "query": _query(times)}
    if not wanted:
        groups = voices.groups(room.dossier.pk, known_at=times.known_at)
        return page(request, "sources/list.html", {**context, "groups": groups, "alone": False})
    party = _party(wanted, parties)
    found = voices.voices_of(
        room.dossier.pk, party, after=place(request, "after"), limit=ROWS + 1, known_at=times.known_at
    )
    sheet = cut(found, ROWS)
    context |= {
        "groups": [Group(party, tuple(sheet.rows), more=False)],
        "alone": True,
        "older_url": address(request, after=sheet.rows[-1].cursor) if sheet.more else "",
        "newer_url": address(request, after=None) if "after" in request.GET else "",
    }
    return page(request, "sources/list.html", context)


def _party(wanted: str, parties: tuple[PartyLabel, ...]) -> PartyLabel | None:
    if wanted == "none":
        return None
    found = next((party for party in parties if party.public_id == wanted), None)
    if found is None:
        raise Http404(_("There is no such party in this dossier."))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@in_dossier(Power.READ)
def source(request: Request, room: Room, source_id: UUID) -> HttpResponse:
    times = as_of(request)
    row = _source(room, source_id, times)
    names = names_of(row, known_at=times.known_at)
    form = NameForm(request.POST or None, taken=[name.name for name in names], auto_id="name_%s")
    if request.method == "POST":
        check_can(Power.REVIEW, user=request.user, dossier=room.dossier)
        if form.is_valid():
            draft = AliasDraft(**form.cleaned_data)
            judging.propose_alias(source=row, draft=draft, by=actor(request), at=timezone.now())
            messages.success(request, _("The name waits for an editor."))
            return redirect("source", slug=room.dossier.slug, source_id=row.public_id)
    sheet = _statements(request, room, row, times)
    labels = source_labels(room.dossier.pk, [row.pk], known_at=times.known_at)
    context = {
        "source": row,
        "label": labels[row.pk],
        "names": names,
        "ties": ties_of(row, known_at=times.known_at),
        "entries": sheet.rows,
        "older_url": address(request, before=sheet.rows[-1].said.statement_id) if sheet.more else "",
        "newer_url": address(request, before=None) if "before" in request.GET else "",
        "form": form,
        "times": times,
        "query": _query(times),
    }
    return page(request, "sources/source.html", context, status=422 if form.errors else 200)


def _source(room: Room, source_id: UUID, times: AsOf) -> Source:
    row = source_known(room.dossier.pk, source_id, known_at=times.known_at)
    if row is None:
        raise Http404(_("There is no such source in this dossier."))
    return row


def _statements(request: Request, room: Room, row: Source, times: AsOf) -> Sheet[Entry]:
    found = statements_of(
        room.dossier.pk,
        row.pk,
        before=place(request),
        limit=STATEMENTS + 1,
        times=Times(times.said_until, times.known_at),
    )
    sheet = cut(found, STATEMENTS)
    ids = [one.first.statement_id for one in sheet.rows]
    positions = positions_of(room.dossier.pk, ids, known_at=times.known_at)
    entries = [
        Entry(
            one.first,
            positions.get(one.first.statement_id, ()),
            one.articles,
            by_another=one.first.source.id != row.pk,
        )
        for one in sheet.rows
    ]
    return Sheet(entries, sheet.more)


@require_safe
@in_dossier(Power.READ)
def alias(request: Request, room: Room, source_id: UUID, alias_id: UUID) -> HttpResponse:
    """Everything that rests on one name: each attribution that was resolved by it."""
    times = as_of(request)
    row = _source(room, source_id, times)
    name = alias_known(row, alias_id, known_at=times.known_at)
    if name is None:
        raise Http404(_("The source does not go by this name."))
    sheet = cut(
        resting_on(
            room.dossier.pk,
            name.pk,
            before=place(request),
            limit=ROWS + 1,
            times=Times(times.said_until, times.known_at),
        ),
        ROWS,
    )
    positions = positions_of(room.dossier.pk, {one.statement_id for one in sheet.rows}, known_at=times.known_at)
    labels = source_labels(room.dossier.pk, [row.pk], known_at=times.known_at)
    context = {
        "source": row,
        "label": labels[row.pk],
        "name": name,
        "entries": [Entry(one, positions.get(one.statement_id, ())) for one in sheet.rows],
        "older_url": address(request, before=sheet.rows[-1].attribution_id) if sheet.more else "",
        "newer_url": address(request, before=None) if "before" in request.GET else "",
        "times": times,
        "query": _query(times),
    }
    return page(request, "sources/alias.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_dossier(Power.REVIEW)
def suggest(request: Request, room: Room) -> HttpResponse:
    form = SourceForm(request.POST or None, dossier_id=room.dossier.pk, parties=room.parties)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        parties = Party.objects.in_dossier(room.dossier.pk).current()
        party = parties.filter(public_id=data["party"]).first() if data["party"] else None
        draft = SourceDraft(name=data["name"], kind=data["kind"], form=data["form"], role=data["role"])
        new = NewSource(draft, party=party, institution=data["speaks_for"])
        judging.propose_source(dossier=room.dossier, new=new, by=actor(request), at=timezone.now())
        messages.success(request, _("The source waits for an editor."))
        return redirect("sources", slug=room.dossier.slug)
    return page(request, "sources/suggest.html", {"form": form}, status=422 if form.errors else 200)
