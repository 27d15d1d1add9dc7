"""The feeds that bring articles by themselves: all of them, one with its history, a look before following, lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import Actor
from apps.articles import feed_health, opml, sandbox
from apps.articles.feed_health import Health
from apps.articles.items import Item
from apps.articles.models import Feed
from apps.articles.services import asking, following
from apps.articles.services.asking import Answer, APage, Asked
from apps.articles.services.following import Wanted
from apps.core.errors import Refusal
from apps.dossiers.rules import Power
from apps.pipeline import waking
from apps.web.articles.feed_forms import ChangeForm, FeedForm, OpmlForm
from apps.web.articles.sparks import Spark, spark
from apps.web.http import Request, Room, actor, in_dossier, page
from apps.web.keyset import address, cut, place
from apps.web.moments import span

ROWS = 25
POLLS = 25
ITEMS = 20
LOOK_SECONDS = 12.0
SHOWN_OF_A_LOOK = 10
WOKEN_AT_ONCE = 20
STATES = (
    ("", gettext_lazy("All")),
    ("answers", gettext_lazy("Answering")),
    ("failing", gettext_lazy("Failing")),
    ("waiting", gettext_lazy("Not asked yet")),
    ("paused", gettext_lazy("Paused")),
    ("ended", gettext_lazy("Followed no longer")),
)


@dataclass(frozen=True)
class Chip:
    label: str
    url: str
    current: bool
    count: int


@dataclass(frozen=True)
class Line:
    """A feed of the list."""

    health: Health
    spark: Spark
    due: bool

    @property
    def feed(self) -> Feed:
        return self.health.feed


@require_http_methods(["GET", "HEAD", "POST"])
@in_dossier(Power.ADD)
def feeds(request: Request, room: Room) -> HttpResponse:
    """The feeds of the dossier; a POST follows another, without looking first."""
    form = FeedForm(request.POST or None)
    known: Feed | None = None
    if request.method == "POST" and form.is_valid():
        try:
            feed = following.add_feed(
                dossier=room.dossier,
                address=form.cleaned_data["address"],
                every_seconds=following.USUAL_SECONDS,
                wanted=form.wanted(title=request.POST.get("title", "")),
                by=actor(request),
                at=timezone.now(),
            )
        except Refusal as refusal:
            if refusal.code == "feed_known":
                known = feed_health.feed_at(room.dossier.pk, form.cleaned_data["address"])
            form.add_error("selector" if refusal.code == "bad_selector" else "address", str(refusal))
        else:
            waking.wake_feed(feed)
            messages.success(request, _("The feed is asked now, and from now on."))
            return redirect("feeds-one", slug=room.dossier.slug, feed_id=feed.public_id)
    context = _list(request, room) | {"form": form, "known": known}
    return page(request, "articles/feeds.html", context, part="list", status=422 if form.errors else 200)


def _list(request: Request, room: Room) -> dict[str, object]:
    state = request.GET.get("state", "")
    state = state if state in feed_health.STATES else ""
    words = request.GET.get("q", "").strip()[:200]
    found = feed_health.feeds_in(room.dossier.pk, state=state, words=words, before=place(request), limit=ROWS + 1)
    sheet = cut(found, ROWS)
    counted = feed_health.counts(room.dossier.pk, words=words)
    now = timezone.now()
    return {
        "lines": [Line(health, spark(health.polls, most=24), health.is_due(now)) for health in sheet.rows],
        "chips": [
            Chip(
                str(label),
                address(request, state=key or None, before=None),
                key == state,
                counted[key] if key else sum(counted.values()) - counted["ended"],
            )
            for key, label in STATES
        ],
        "state": state,
        "q": words,
        "busy": any(health.is_due(now) for health in sheet.rows),
        "here": address(request),
        "older_url": address(request, before=sheet.rows[-1].feed.pk) if sheet.more else "",
        "newer_url": address(request, before=None) if "before" in request.GET else "",
        "upload": OpmlForm(),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@in_dossier(Power.ADD)
def preview(request: Request, room: Room) -> HttpResponse:
    """What is found at an address, before it is followed. Nothing is kept of it."""
    if request.method != "POST":  # somebody came back to the address of a look
        return redirect("feeds", slug=room.dossier.slug)
    form = FeedForm(request.POST)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        data = form.cleaned_data
        asked = Asked(data["address"], kind=form.wanted().kind or Feed.Kind.FEED, selector=data["selector"])
        try:
            context["found"] = _found(asking.ask(asked, seconds=LOOK_SECONDS))
            context["known"] = feed_health.feed_at(room.dossier.pk, data["address"])
        except APage as found:
            context["named"] = found
        except Refusal as refusal:
            of_selector = refusal.code in {"bad_selector", "nothing_selected"}
            form.add_error("selector" if of_selector else "address", str(refusal))
    return page(request, "articles/feed_preview.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True)
class Look:
    """What a feed holds at this moment: its newest items, and how many of each kind there are."""

    answer: Answer
    newest: tuple[Item, ...]

    @property
    def kind(self) -> str:
        dialects = {"rss": "RSS", "atom": "Atom", "json": "JSON Feed"}
        return dialects.get(self.answer.dialect) or str(Feed.Kind(self.answer.kind).label)


def _found(answer: Answer) -> Look:
    dated = sorted(answer.items, key=lambda item: (item.published is not None, item.published), reverse=True)
    return Look(answer, tuple(dated[:SHOWN_OF_A_LOOK]))


@require_safe
@in_dossier(Power.ADD)
def feed(request: Request, room: Room, feed_id: UUID) -> HttpResponse:
    """One feed: how it does, what came of asking it, what became of its items."""
    health = _health(room, feed_id)
    context = _one(request, health, timezone.now()) | {"form": ChangeForm(feed=health.feed)}
    return page(request, "articles/feed.html", context, part="health")


def _one(request: Request, health: Health, now: datetime) -> dict[str, object]:
    sheet = cut(feed_health.polls_of(health.feed, before=place(request), limit=POLLS + 1), POLLS)
    return {
        "health": health,
        "feed": health.feed,
        "host": feed_health.host_of(health.feed),
        "spark": spark(health.polls, most=feed_health.SHOWN_POLLS),
        "rhythm_words": _lasting(health.feed.rhythm_seconds or 0),
        "every_words": _lasting(health.feed.every_seconds),
        "items": feed_health.latest_items(health.feed, limit=ITEMS),
        "polls": sheet.rows,
        "busy": health.is_due(now),
        "here": address(request),
        "older_url": address(request, before=sheet.rows[-1].pk) if sheet.more else "",
        "newer_url": address(request, before=None) if "before" in request.GET else "",
    }


def _lasting(seconds: int) -> str:
    if seconds < 60:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    return span(timedelta(seconds=seconds))


def _health(room: Room, feed_id: UUID) -> Health:
    found = feed_health.feed_in(room.dossier.pk, feed_id)
    if found is None:
        raise Http404(_("There is no such feed here."))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@in_dossier(Power.ADD)
def change(request: Request, room: Room, feed_id: UUID) -> HttpResponse:
    """Change how a feed is asked and read."""
    health = _health(room, feed_id)
    if request.method != "POST":  # the feed's state is asked for again from where the form was sent to
        return redirect("feeds-one", slug=room.dossier.slug, feed_id=feed_id)
    form = ChangeForm(request.POST, feed=health.feed)
    if form.is_valid():
        following.change_feed(feed=health.feed, wanted=form.wanted(), by=actor(request), at=timezone.now())
        waking.wake_feed(health.feed)
        messages.success(request, _("The feed is followed this way from now on."))
        return redirect("feeds-one", slug=room.dossier.slug, feed_id=feed_id)
    context = _one(request, health, timezone.now()) | {"form": form}
    return page(request, "articles/feed.html", context, status=422)


Doing = Callable[[Feed, Actor], str]


@require_POST
@in_dossier(Power.ADD)
def do(request: Request, room: Room, feed_id: UUID) -> HttpResponse:
    """Pause a feed, resume it, have it asked now, follow it no longer, or again."""
    row = _health(room, feed_id).feed
    doing = DOING.get(request.POST.get("do", ""))
    if doing is None:
        raise Http404(_("There is no such feed here."))
    messages.success(request, doing(row, actor(request)))
    back = request.POST.get("back", "")
    here = reverse("feeds", kwargs={"slug": room.dossier.slug})
    if back.partition("?")[0] == here and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect("feeds-one", slug=room.dossier.slug, feed_id=feed_id)


def _pause(feed: Feed, by: Actor) -> str:
    following.set_feed_active(feed=feed, active=False, by=by, at=timezone.now())
    return _("The feed is paused.")


def _resume(feed: Feed, by: Actor) -> str:
    following.set_feed_active(feed=feed, active=True, by=by, at=timezone.now())
    waking.wake_feed(feed)
    return _("The feed is asked again.")


def _ask(feed: Feed, by: Actor) -> str:
    following.ask_now(feed=feed)
    waking.wake_feed(feed)
    return _("The feed is being asked.")


def _end(feed: Feed, by: Actor) -> str:
    following.end_feed(feed=feed, by=by, at=timezone.now())
    return _("The feed is followed no longer. What it brought stays.")


def _again(feed: Feed, by: Actor) -> str:
    following.add_feed(
        dossier=feed.dossier,
        address=feed.address,
        every_seconds=feed.every_seconds,
        wanted=Wanted.of(feed),
        by=by,
        at=timezone.now(),
    )
    waking.wake_feed(feed)
    return _("The feed is followed again.")


DOING: dict[str, Doing] = {"pause": _pause, "resume": _resume, "ask": _ask, "end": _end, "again": _again}


@require_http_methods(["GET", "HEAD", "POST"])
@in_dossier(Power.ADD)
def bring(request: Request, room: Room) -> HttpResponse:
    """Follow the feeds of an OPML file, and tell of each what became of it."""
    if request.method != "POST":  # somebody came back to the address of a list
        return redirect("feeds", slug=room.dossier.slug)
    form = OpmlForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            outline = sandbox.read_opml(form.cleaned_data["file"].read())
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            imported = following.import_feeds(
                dossier=room.dossier, entries=outline.entries, by=actor(request), at=timezone.now()
            )
            _wake(one.feed for one in imported)
            taken = sum(one.feed is not None for one in imported)
            context = {"outline": outline, "imported": imported, "taken": taken, "form": OpmlForm()}
            return page(request, "articles/opml.html", context)
    return page(request, "articles/opml.html", {"form": form}, status=422)


def _wake(followed: Iterable[Feed | None]) -> None:
    """Have the first of them asked at once; of a long list the others are found due a few seconds later."""
    for one in [feed for feed in followed if feed is not None][:WOKEN_AT_ONCE]:
        waking.wake_feed(one)


@require_safe
@in_dossier(Power.ADD)
def export(request: Request, room: Room) -> HttpResponse:
    """Every feed that the dossier follows as an OPML file."""
    rows = Feed.objects.filter(dossier=room.dossier, ended__isnull=True).order_by("pk")
    entries = [
        opml.Entry(
            row.address,
            row.title,
            kind=row.kind,
            selector=row.selector,
            name=row.name,
            least_seconds=row.least_seconds,
            most_seconds=row.most_seconds,
            paused=not row.active,
        )
        for row in rows
    ]
    body = opml.written(entries, title=room.dossier.title, at=timezone.now())
    response = HttpResponse(body, content_type="text/x-opml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{room.dossier.slug}.opml"'
    return response
