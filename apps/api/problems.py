"""Every failure under ``/api/`` as a problem document (RFC 9457): a code for programs, a sentence for people."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import set_rollback

from apps.core.errors import Refusal

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:counterclaim:problem:"

CODES = {
    400: "bad_request",
    401: "not_authenticated",
    403: "not_permitted",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
    500: "internal_error",
    503: "unavailable",
    507: "storage_full",
}


class BadInput(Refusal):
    """The request cannot be read as it should be. ``errors`` say what is wrong and where."""

    status = 400
    code = "bad_request"

    def __init__(self, reason: object, *, code: str | None = None, errors: Sequence[Mapping[str, str]] = ()) -> None:
        super().__init__(reason, code=code)
        self.errors = tuple(errors)


class ErrorSerializer(serializers.Serializer[Any]):
    """One thing that is wrong."""

    code = serializers.CharField(help_text="Stable, for programs.")
    detail = serializers.CharField(help_text="A sentence for people.")
    pointer = serializers.CharField(required=False, help_text="Where in the body, as a JSON pointer after a #.")
    parameter = serializers.CharField(required=False, help_text="Which query parameter or header.")


class ProblemSerializer(serializers.Serializer[Any]):
    """What went wrong (RFC 9457)."""

    type = serializers.CharField(help_text="A URN that ends in the code.")
    title = serializers.CharField(help_text="The HTTP status in words.")
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="A sentence for people, in the language that was asked for.")
    code = serializers.CharField(help_text="Stable, for programs.")
    instance = serializers.CharField(help_text="The address that was asked for.")
    intake = serializers.UUIDField(
        required=False, help_text="Where what was refused is kept with its reason: an intake of the dossier."
    )
    errors = ErrorSerializer(many=True, required=False)  # type: ignore[assignment]  # a field, not the property


@dataclass(frozen=True)
class Problem:
    """What is told of a failure."""

    status: int
    code: str
    detail: str
    errors: tuple[Mapping[str, str], ...] = ()
    intake: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def in_full(self) -> str:
        """The sentence, and with it where in the body what is wrong, as one that is kept beside it."""
        told = [f"{error.get('pointer', '')}: {error.get('detail', '')}" for error in self.errors if "pointer" in error]
        return " ".join([self.detail, *told])

    def document(self, instance: str) -> dict[str, object]:
        found: dict[str, object] = {
            "type": f"{TYPE}{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "instance": instance,
        }
        if self.intake:
            found["intake"] = self.intake
        if self.errors:
            found["errors"] = list(self.errors)
        return found


def handler(exc: Exception, context: Mapping[str, Any]) -> Response:
    """Turn whatever a view raised into a problem document. What nobody expected is logged and told without detail."""
    request = context["request"]
    problem = describe(exc)
    if problem is None:
        log.error("Unexpected failure of %s %s", request.method, request.path, exc_info=exc)
        problem = Problem(500, CODES[500], _("Something went wrong here. It has been noted."))
    set_rollback()
    return Response(
        problem.document(request.get_full_path()),
        status=problem.status,
        headers=dict(problem.headers),
        content_type=MEDIA_TYPE,
    )


def describe(exc: Exception) -> Problem | None:
    """The problem that an expected failure is, else ``None``."""
    match exc:
        case Refusal():
            soon = SOON if exc.status in (503, 507) else {}
            errors = getattr(exc, "errors", ())
            return Problem(exc.status, exc.code, str(exc), errors=errors, intake=exc.intake_id, headers=soon)
        case exceptions.ValidationError():
            told = _("The body is not as it should be.")
            return Problem(400, "invalid_body", told, errors=pointed(exc.detail), intake=_kept(exc))
        case exceptions.APIException():
            return _of_framework(exc)
        case Http404():
            return Problem(404, CODES[404], str(exc) or _("There is nothing at this address."))
        case PermissionDenied():
            return Problem(403, CODES[403], str(exc) or _("You may not do this."))
        case RequestDataTooBig():
            return Problem(413, CODES[413], _("The body is larger than what is taken in at once."))
        case SuspiciousOperation() | UnreadablePostError():
            return unreadable()
        case OperationalError() | InterfaceError():
            log.error("The database does not answer", exc_info=exc)
            return Problem(503, CODES[503], _("The database does not answer now. Try again soon."), headers=SOON)
    return None


SOON = {"Retry-After": "5"}


def unreadable() -> Problem:
    """What the server cannot make sense of, as a host that is none of its own."""
    return Problem(400, CODES[400], _("The request could not be read."))


def _of_framework(exc: exceptions.APIException) -> Problem:
    headers = {}
    if header := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = str(header)
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    code = "malformed_body" if isinstance(exc, exceptions.ParseError) else CODES.get(exc.status_code, "bad_request")
    if isinstance(exc, exceptions.AuthenticationFailed):
        code = "bad_key"
    return Problem(exc.status_code, code, str(exc.detail), intake=_kept(exc), headers=headers)


def _kept(exc: exceptions.APIException) -> str:
    """The row that keeps what was refused, where one does."""
    return str(getattr(exc, "intake_id", ""))


def pointed(detail: object, pointer: str = "#") -> tuple[dict[str, str], ...]:
    """The errors of a body, each with a JSON pointer (RFC 6901, as a fragment)."""
    if isinstance(detail, Mapping):
        return tuple(
            error
            for name, inner in detail.items()
            for error in pointed(inner, pointer if name == "non_field_errors" else f"{pointer}/{name}")
        )
    if isinstance(detail, (list, tuple)):
        return tuple(error for inner in detail for error in pointed(inner, pointer))
    return ({"pointer": pointer, "code": str(getattr(detail, "code", "invalid")), "detail": str(detail)},)
