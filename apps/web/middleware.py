"""Refusals of the domain, told to people in a sentence with the right status."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from apps.core.errors import Refusal


class Unreadable(Refusal):
    """A query with characters that no database holds and nobody types."""

    status = 400
    code = "unreadable_query"


class RefusalMiddleware:
    """A refusal that a view did not handle becomes a page, or for htmx a message, that says why."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[object, ...],
        kwargs: dict[str, object],
    ) -> HttpResponse | None:
        """Forms and the API refuse NUL themselves; an address is looked at before a page searches with it."""
        if request.path.startswith("/api/"):
            return None
        if any("\x00" in value for values in request.GET.lists() for value in values[1]):
            return self.process_exception(request, Unreadable(_("This address holds characters that cannot be read.")))
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        context = {
            "reason": str(exception),
            "code": exception.code,
            "room": getattr(request, "room", None),
            "came_from": _came_from(request),
        }
        if getattr(request, "htmx", False):
            # One of the statuses that htmx puts into the page (base.html): the sentence goes among its messages.
            response = render(request, "components/refused.html", context, status=422)
            response["HX-Retarget"], response["HX-Reswap"] = "#messages", "beforeend"
            return response
        template = "403.html" if exception.status == 403 else "refused.html"
        return render(request, template, context, status=exception.status)


def _came_from(request: HttpRequest) -> str:
    """The page of ours from which this was sent, if the browser says and it is another; else empty."""
    said = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(said, allowed_hosts={request.get_host()}):
        return ""
    return "" if urlsplit(said).path == request.path else said
