"""A page as it was preserved: shown in a frame from another origin, where it can run, load and lead to nothing.

What comes from a stranger is not shown beside the application. The frame's address is signed, holds for one capture and
a few minutes, and is served at ``PAGES_ORIGIN``, a host of its own that serves nothing else; where there is none, the
sandbox alone (Content Security Policy 3) makes its origin another. Scripts, forms, frames, refreshes and whatever would
be loaded are forbidden by that policy. Browsers make some connections before they ask it (for frames within the page,
for links that are pressed, and for what is to be fetched ahead of time), so the elements that lead to these are put out
of order as well. What is shown is therefore not the preserved bytes to the letter: those are to be saved.
"""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from apps.articles import charsets, storage
from apps.articles.models import Capture
from apps.articles.refusals import Unreadable
from apps.dossiers.rules import Power
from apps.web.http import Request, Room, in_dossier, page

SALT: Final = "preserved page"
SECONDS: Final = 300
"""For how long the address of a frame holds."""
LARGEST: Final = 10 * 2**20
_PAGES: Final = ("text/html", "application/xhtml+xml")
# What browsers open a connection for before they ask the policy whether they may; a link as soon as it is pressed.
_CALLING: Final = re.compile(
    r"<(/?)(?=(?:a|area|link|iframe|frame|frameset|object|embed|portal|base|meta)\b)", re.IGNORECASE
)
POLICY: Final = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors {origin}"
)


def is_page(capture: Capture) -> bool:
    """Whether a capture is a web page, which can be shown as one."""
    kind = capture.media_type.partition(";")[0].strip().lower()
    return kind in _PAGES or (not kind and capture.file_name.lower().endswith((".html", ".htm")))


@require_safe
@in_dossier(Power.READ)
def as_preserved(request: Request, room: Room, number: int, capture_id: UUID) -> HttpResponse:
    """The page around the frame."""
    captures = Capture.objects.in_dossier(room.dossier.pk).select_related("article")
    capture = captures.filter(public_id=capture_id, article__number=number).first()
    if capture is None or not is_page(capture):
        raise Http404(_("There is no such page preserved of this article."))
    origin = settings.PAGES_ORIGIN
    token = signing.dumps(str(capture.public_id), salt=SALT)
    framed = f"{origin}{reverse('preserved', kwargs={'token': token})}"
    context = {"article": capture.article, "capture": capture, "framed": framed}
    response = page(request, "articles/preserved.html", context)
    # As csp.decorators do it, whose types know no view with arguments.
    response._csp_update = {"frame-src": [origin or "'self'"]}  # type: ignore[attr-defined]
    return response


@require_safe
@never_cache
@xframe_options_exempt
def preserved(request: HttpRequest, token: str) -> HttpResponse:
    """The page in the frame. Whoever has its address may see it, for as long as that holds: no cookie is looked at."""
    if request.headers.get("Sec-Fetch-Dest", "iframe") not in ("iframe", "frame"):
        raise PermissionDenied(_("A preserved page is shown in a frame only."))
    try:
        public_id = signing.loads(token, salt=SALT, max_age=SECONDS)
    except signing.BadSignature as error:
        raise Http404(_("This address no longer holds. Open the page again from its article.")) from error
    capture = Capture.objects.filter(public_id=public_id).first()
    if capture is None or not is_page(capture):
        raise Http404(_("There is no such page."))
    response = HttpResponse(_harmless(storage.read(capture.sha256), capture.media_type), content_type="text/html")
    response["Content-Type"] = "text/html; charset=utf-8"
    response["Content-Security-Policy"] = POLICY.format(origin=settings.APP_ORIGIN or "'self'")
    response._csp_exempt = True  # type: ignore[attr-defined]
    response["X-Content-Type-Options"] = "nosniff"
    response["X-DNS-Prefetch-Control"] = "off"
    response["Referrer-Policy"] = "no-referrer"
    response["Cross-Origin-Opener-Policy"] = "same-origin"
    response["Permissions-Policy"] = "interest-cohort=(), browsing-topics=()"
    return response


def _harmless(body: bytes, media_type: str) -> str:
    """The markup with what calls elsewhere out of order. Raises ``Unreadable``."""
    if len(body) > LARGEST:
        raise Unreadable("too_large", f"{len(body)} bytes")
    return _CALLING.sub(r"<\1x-", charsets.decode(body, content_type=media_type))
