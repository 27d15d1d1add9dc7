"""What may be asked with every read, and the views that check it before they ask for anything."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import Key, User
from apps.api.problems import BadInput
from apps.core.errors import Denied
from apps.crosscheck.selectors import Moments
from apps.dossiers.models import Dossier
from apps.dossiers.permissions import check_can
from apps.dossiers.rules import Power

LARGEST_NUMBER = 2**31 - 1


class MomentField(serializers.DateTimeField):
    """A time in ISO 8601 that says its offset, so that nobody guesses a zone."""

    default_error_messages: ClassVar = {
        "bad_time": gettext_lazy(
            "“{raw}” is no time with an offset, such as 2023-09-20T18:00:00Z or 2023-09-20T22:00:00+04:00 "
            "(in an address a + is written %2B)."
        )
    }

    def to_internal_value(self, value: object) -> datetime:
        try:
            found = datetime.fromisoformat(value) if isinstance(value, str) and "T" in value else None
            found = found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
        except (ValueError, OverflowError):
            found = None
        if found is None or found.year < 2:
            self.fail("bad_time", raw=str(value)[:40])
        return found


class Asking(serializers.Serializer[Any]):
    """The two times of a read."""

    said_until = MomentField(
        required=False,
        help_text="Only what was certainly said by then, in ISO 8601 with an offset. Left out: now.",
    )
    known_at = MomentField(
        required=False,
        help_text="What the dossier held then, in ISO 8601 with an offset. Left out: now.",
    )


class AskingForList(Asking):
    """A page of a list."""

    limit = serializers.IntegerField(min_value=1, max_value=200, default=50, help_text="How many at most.")
    cursor = serializers.CharField(
        max_length=200, required=False, help_text="Where to go on: from `next`, and not to be made up."
    )


class NothingAsked(serializers.Serializer[Any]):
    """No parameters."""


class Asked(APIView):
    """A view that knows its query parameters, and refuses any other."""

    query: type[serializers.Serializer[Any]] = Asking
    keeps_bodies: ClassVar[bool] = False
    """Whether what is sent is kept though something is wrong with it: then the parameters are checked with the body."""
    metadata_class = None
    asked: dict[str, Any]
    moments: Moments
    read_at: datetime

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.enter(request, **kwargs)
        if request.method not in ("GET", "HEAD"):
            if not self.keeps_bodies:
                read_query(NothingAsked, request)
            return
        self.asked = read_query(self.query, request)
        self.moments = Moments(said_until=self.asked.get("said_until"), known_at=self.asked.get("known_at"))
        self.read_at = timezone.now()

    def enter(self, request: Request, **kwargs: Any) -> None:
        """Check that who asks may be here."""

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "private, no-store"
        return final

    @property
    def as_of(self) -> dict[str, datetime | None]:
        """The two times as they were understood, and the moment of the answer."""
        return {
            "said_until": self.moments.said_until,
            "known_at": self.moments.known_at,
            "read_at": self.read_at,
        }

    def next_page(self, **changed: object) -> str:
        """The address of the next page: this one with what changes."""
        parameters = self.request.query_params.copy()
        for name, value in changed.items():
            parameters[name] = str(value)
        return self.request.build_absolute_uri(f"{self.request.path}?{parameters.urlencode()}")


class InDossier(Asked):
    """A view in one dossier. Who is no member of it learns nothing of it: there is no such dossier."""

    power: ClassVar[dict[str, Power]] = {}
    dossier: Dossier

    def enter(self, request: Request, **kwargs: Any) -> None:
        assert isinstance(request.user, User)
        found = Dossier.objects.readable_by(request.user.pk).filter(slug=kwargs["slug"]).first()
        if found is None:
            raise Http404(_("There is no such dossier among yours."))
        self.dossier = found
        needed = self.power.get(request.method or "", Power.READ)
        if needed is not Power.READ:
            check_can(needed, user=request.user, dossier=found)
        if request.method not in ("GET", "HEAD"):
            check_scope(request)


def may_add(request: Request, slug: str) -> Dossier:
    """The dossier of this name, if whoever asks may add to it. Raises ``Http404``, ``Denied``."""
    assert isinstance(request.user, User)
    found = Dossier.objects.readable_by(request.user.pk).filter(slug=slug).first()
    if found is None:
        raise Http404(_("There is no such dossier among yours."))
    check_can(Power.ADD, user=request.user, dossier=found)
    return found


def check_scope(request: Request) -> None:
    """A key that may only read adds nothing, whatever its owner may."""
    if isinstance(request.auth, Key) and request.auth.scope != Key.Scope.ADD:
        raise Denied(_("This key may only read."), code="scope_missing")


def read_query(asking: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """The query parameters, checked. Raises :class:`~apps.api.problems.BadInput` (``unknown_parameter``, ``bad_time``,
    ``bad_cursor``, ``bad_parameter``)."""
    form = asking(data=request.query_params.dict())
    unknown = sorted(set(request.query_params) - set(form.fields))
    if unknown:
        told = [_error(name, "unknown_parameter", _("There is no such parameter here.")) for name in unknown]
        reason = _("There is no such parameter here: %(names)s.") % {"names": ", ".join(unknown)[:200]}
        raise BadInput(reason, code="unknown_parameter", errors=told)
    twice = [name for name in map(str, form.fields) if len(request.query_params.getlist(name)) > 1]
    if twice:
        told = [_error(name, "repeated", _("Give this once.")) for name in twice]
        raise BadInput(_("A parameter was given more than once."), code="bad_parameter", errors=told)
    if form.is_valid():
        return dict(form.validated_data)
    errors = [_error(name, e.code, str(e)) for name, found in form.errors.items() for e in found]
    times = [error for error in errors if error["parameter"] in ("said_until", "known_at")]
    if times:
        raise BadInput(times[0]["detail"], code="bad_time", errors=errors)
    code = "bad_cursor" if errors[0]["parameter"] == "cursor" else "bad_parameter"
    raise BadInput(f"{errors[0]['parameter']}: {errors[0]['detail']}", code=code, errors=errors)


def _error(parameter: str, code: str, detail: str | ErrorDetail) -> dict[str, str]:
    return {"parameter": parameter[:80], "code": code, "detail": str(detail)}


def write_cursor(noun: str, key: str) -> str:
    """A cursor that only the list of that noun takes back."""
    return base64.urlsafe_b64encode(f"{noun}:{key}".encode()).decode().rstrip("=")


def read_cursor(noun: str, cursor: str | None) -> str | None:
    """The key in a cursor. Raises ``bad_cursor``."""
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raw = ""
    found, _colon, key = raw.partition(":")
    if found != noun or not key:
        raise BadInput(_("This cursor does not belong to this list."), code="bad_cursor")
    return key


_REF = re.compile(r"([ac])-(\d{4,10})\Z", re.IGNORECASE | re.ASCII)


def read_ref(ref: str, letter: str) -> int | UUID:
    """7 from C-0007, or the id of the claim or article if it is that. Raises ``Http404`` where it is neither."""
    found = _REF.match(ref)
    if found and found.group(1).upper() == letter and 0 < int(found.group(2)) <= LARGEST_NUMBER:
        return int(found.group(2))
    try:
        return UUID(ref)
    except ValueError:
        raise Http404(
            _("“%(ref)s” is neither a reference such as %(letter)s-0007 nor an id.")
            % {"ref": ref[:40], "letter": letter}
        ) from None
