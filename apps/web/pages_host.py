"""Keeps the host of preserved pages and the application's own apart, where the settings name one."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

PRESERVED = "/preserved/"


class PagesHostMiddleware:
    """On the host of preserved pages nothing else is served, and nowhere else are they.

    So that nothing of the application, no cookie least of all, is ever of one origin with what a stranger wrote.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = urlsplit(settings.PAGES_ORIGIN).netloc
        if host and (request.get_host() == host) != request.path.startswith(PRESERVED):
            return HttpResponseNotFound("Not found", content_type="text/plain")
        return self.get_response(request)
