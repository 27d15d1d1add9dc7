"""What every page shares: who asks, in which dossier, and how a refusal is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from apps.accounts.models import Actor, User
from apps.core.errors import Refusal
from apps.dossiers.models import Dossier
from apps.dossiers.permissions import check_can
from apps.dossiers.rules import Power, allows
from apps.dossiers.selectors import Access, PartyLabel, accessible, party_labels

P = ParamSpec("P")


class Request(HttpRequest):
    """A request by somebody signed in."""

    user: User
    htmx: HtmxDetails
    room: Room | None


@dataclass
class Room:
    """A dossier as this person uses it, for the length of a request."""

    dossier: Dossier
    role: str
    accesses: tuple[Access, ...]

    def can(self, power: Power) -> bool:
        return allows(self.role, power)

    @property
    def can_add(self) -> bool:
        return self.can(Power.ADD)

    @property
    def can_review(self) -> bool:
        return self.can(Power.REVIEW)

    @property
    def can_check(self) -> bool:
        return self.can(Power.CHECK)

    @property
    def can_manage(self) -> bool:
        return self.can(Power.MANAGE)

    @cached_property
    def parties(self) -> tuple[PartyLabel, ...]:
        return party_labels(self.dossier.pk)


View = Callable[Concatenate[Request, P], HttpResponse]
RoomView = Callable[Concatenate[Request, Room, P], HttpResponse]


def signed_in(view: View[P]) -> View[P]:
    """Only for people who are signed in."""

    @wraps(view)
    def guarded(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request.room = None
        return view(request, *args, **kwargs)

    guarded.needs = "sign-in"  # type: ignore[attr-defined]
    return login_required(guarded)


def in_dossier(power: Power) -> Callable[[RoomView[P]], Callable[..., HttpResponse]]:
    """Only for members whose role has ``power``; the view gets the room. Others learn nothing of the dossier: 404.

    Members without the power are told so: 403 with the reason.
    """

    def decorate(view: RoomView[P]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            slug = kwargs.pop("slug")  # by name, as a route's parts are given
            accesses = accessible(request.user.pk)
            mine = next((access for access in accesses if access.dossier.slug == slug), None)
            if mine is None:
                raise Http404(_("There is no such dossier among yours."))
            room = Room(dossier=mine.dossier, role=mine.role, accesses=accesses)
            request.room = room
            if not room.can(power):
                check_can(power, user=request.user, dossier=room.dossier)
            with timezone.override(room.dossier.zone):
                return view(request, room, *args, **kwargs)

        guarded.needs = power  # type: ignore[attr-defined]
        return login_required(guarded)

    return decorate


def wants_part(request: Request) -> bool:
    """Whether htmx asks for a part of the page; going back in the browser's history asks for all of it."""
    return bool(request.htmx) and not request.htmx.boosted and not request.htmx.history_restore_request


def page(
    request: Request, template: str, context: Mapping[str, Any] | None = None, *, part: str = "", status: int = 200
) -> HttpResponse:
    """The page, or for htmx the part of it that was asked for: both live in one template file."""
    name = f"{template}#{part}" if part and wants_part(request) else template
    found = {"room": request.room, "now": timezone.now(), **(context or {})}
    return render(request, name, found, status=status)


def actor(request: Request) -> Actor:
    """Who acts: the person at the keyboard."""
    return Actor.person(request.user)


def saved(body: bytes, name: str) -> HttpResponse:
    """Bytes to be saved under this name, whatever a browser makes of them."""
    response = HttpResponse(body, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def tell(request: Request, refusal: Refusal) -> None:
    """Say why something was refused, at the top of the next page."""
    messages.error(request, str(refusal))


@dataclass(frozen=True)
class AsOf:
    """The two times of a read; ``None`` means now. ``query`` carries them on to links."""

    said_until: datetime | None
    known_at: datetime | None

    @property
    def is_now(self) -> bool:
        return self.said_until is None and self.known_at is None

    @property
    def query(self) -> str:
        pairs = [("said_until", self.said_until), ("known_at", self.known_at)]
        return "&".join(f"{name}={value:%Y-%m-%dT%H:%M:%S.%fZ}" for name, value in pairs if value is not None)


FIRST_YEAR, LAST_YEAR = 1000, 9000  # beyond these a time has no place in every zone


class BadTime(Refusal):
    """A time that cannot be read."""

    status = 400
    code = "bad_time"


def as_of(request: HttpRequest) -> AsOf:
    """Read ``said_until`` and ``known_at`` from the address. A time without an offset is in the dossier's zone."""
    return AsOf(_time(request, "said_until"), _time(request, "known_at"))


def _time(request: HttpRequest, name: str) -> datetime | None:
    raw = request.GET.get(name, "").strip()
    if not raw:
        return None
    try:
        value = parse_datetime(raw)
    except ValueError:
        value = None
    if value is None or not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise BadTime(_("“%(raw)s” is no time that we can read, such as 2023-09-20T18:00.") % {"raw": raw[:40]})
    return value if value.tzinfo is not None else timezone.make_aware(value)
