"""What every answer shares: the times it holds for, pages, and how it is described to programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from apps.api.problems import CODES, MEDIA_TYPE, TYPE, ProblemSerializer

F = TypeVar("F", bound=Callable[..., Any])


class AsOfSerializer(serializers.Serializer[Any]):
    """The two times that the answer holds for, as they were understood."""

    said_until = serializers.DateTimeField(allow_null=True, help_text="What was certainly said by then; null: by now.")
    known_at = serializers.DateTimeField(allow_null=True, help_text="What was held then; null: at `read_at`.")
    read_at = serializers.DateTimeField(help_text="When this was answered.")


class AnswerSerializer(serializers.Serializer[Any]):
    """An answer with the times it holds for."""

    as_of = AsOfSerializer()


def page_of(name: str, item: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """The serializer of a page of such items."""
    fields: dict[str, object] = {
        "__doc__": "A page, and where the next one is.",
        "as_of": AsOfSerializer(),
        "items": item(many=True),
        "next": serializers.URLField(allow_null=True, help_text="The next page; null on the last."),
    }
    return type(f"{name}Serializer", (serializers.Serializer,), fields)


SENTENCES: Mapping[int, tuple[str, str]] = {
    400: ("unknown_parameter", "There is no such parameter here: until."),
    401: ("not_authenticated", "Authentication credentials were not provided."),
    403: ("scope_missing", "This key may only read."),
    404: ("not_found", "There is no such dossier among yours."),
    406: ("not_acceptable", "Could not satisfy the request Accept header."),
    409: ("idempotency_key_reused", "This idempotency key was used for another article."),
    411: ("length_required", "Send the length of the body (Content-Length), not chunks."),
    413: ("too_large", "The body is larger than what is taken in at once."),
    415: ("unsupported_media_type", "Unsupported media type “text/plain” in request."),
    422: ("not_public", "This address does not lead to a public host."),
    429: ("too_many_requests", "Request was throttled. Expected available in 20 seconds."),
    500: ("internal_error", "Something went wrong here. It has been noted."),
    503: ("unavailable", "The database does not answer now. Try again soon."),
    507: ("storage_full", "There is no room left where the preserved bytes are kept."),
}
EVERYWHERE = (400, 401, 404, 406, 429, 500, 503)


def described(
    answer: type[serializers.Serializer[Any]],
    example: Mapping[str, Any],
    *,
    asking: type[serializers.Serializer[Any]] | None = None,
    status: int = 200,
    request: type[serializers.Serializer[Any]] | Mapping[str, type[serializers.Serializer[Any]]] | None = None,
    requests: Iterable[OpenApiExample] = (),
    also: Iterable[int] = (),
    parameters: Iterable[OpenApiParameter] = (),
    operation: str,
    summary: str,
) -> Callable[[F], F]:
    """Describe an endpoint: its parameters, its answer with an example, and every problem it may have."""
    shown = OpenApiExample("An answer", value=example, response_only=True, status_codes=[str(status)])
    responses: dict[Any, Any] = {(status, "application/json"): OpenApiResponse(answer, examples=[shown])}
    for code in sorted({*EVERYWHERE, *also}):
        responses[code, MEDIA_TYPE] = OpenApiResponse(
            ProblemSerializer, description=HTTPStatus(code).phrase, examples=[_problem(code)]
        )
    return extend_schema(
        operation_id=operation,
        summary=summary,
        parameters=[*([asking] if asking else []), *parameters],
        request=request,
        responses=responses,
        examples=list(requests),
    )


def _problem(status: int) -> OpenApiExample:
    code, detail = SENTENCES[status]
    value: dict[str, Any] = {
        "type": f"{TYPE}{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "instance": "/api/v1/dossiers/river/claims?until=2024",
    }
    if status == 400:
        value["errors"] = [
            {"parameter": "until", "code": "unknown_parameter", "detail": "There is no such parameter here."}
        ]
    return OpenApiExample(CODES.get(status, code), value=value, response_only=True, status_codes=[str(status)])


def path_parameter(name: str, description: str, kind: Any = OpenApiTypes.STR) -> OpenApiParameter:
    """A part of the address, described."""
    return OpenApiParameter(name, kind, OpenApiParameter.PATH, description=description)


SLUG = path_parameter("slug", "The dossier's short name, from the list of dossiers.")
CLAIM = path_parameter("ref", "The claim: its reference, such as C-0007, or its id.")
ARTICLE = path_parameter("ref", "The article: its reference, such as A-0007, or its id.")
ID = path_parameter("public_id", "The public id.", OpenApiTypes.UUID)
