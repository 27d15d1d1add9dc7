"""A page as an analyst's browser shows it: the bookmarklet that sends it, and the page that receives it.

The bookmarklet opens our page in a window of its own and, once that says hello, hands it the address, the title and the
document. Nothing is kept before the analyst sends the form, so that a stranger's page can put nothing in.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.articles.services import adding
from apps.articles.services.adding import Seen
from apps.articles.uploads import body_of
from apps.core.errors import Refusal
from apps.dossiers.rules import Power
from apps.pipeline import waking
from apps.sources.reading import outlets
from apps.web.articles.forms import SeenForm
from apps.web.http import Request, Room, actor, in_dossier, page

HELLO = "counterclaim:ready"
OUTLETS_SUGGESTED = 200

# Sent only to the window that was opened, and only to our origin, whatever has become of that window meanwhile. Our
# address alone is in the fragment, which no server sees: what is left where the publisher parts its pages from others.
_CODE = """
(function () {
  var to = "ORIGIN", here = location.href;
  var opened = window.open("ADDRESS#" + encodeURIComponent(here), "_blank");
  if (!opened) { alert("BLOCKED"); return; }
  addEventListener("message", function hear(event) {
    if (event.origin !== to || event.source !== opened || event.data !== "HELLO") return;
    removeEventListener("message", hear);
    opened.postMessage({
      what: "counterclaim:page", address: here, title: document.title,
      html: (document.doctype ? "<!DOCTYPE " + document.doctype.name + ">" : "") + document.documentElement.outerHTML,
      charset: document.characterSet,
      selection: String(getSelection()), at: new Date().toISOString()
    }, to);
  });
})()
"""


def bookmarklet_code(address: str, *, blocked: str) -> str:
    """The ``javascript:`` address that sends a page to the receiving page at ``address``; ``blocked`` is what it says
    where the browser lets it open no window."""
    parts = urlsplit(address)
    code = _CODE.replace("ORIGIN", f"{parts.scheme}://{parts.netloc}").replace("ADDRESS", address)
    code = code.replace("HELLO", HELLO).replace("BLOCKED", re.sub(r"[^\w\s.,:;-]", "", blocked))
    return "javascript:" + re.sub(r"\s+", " ", code).strip().replace("%", "%25")


@require_safe
@in_dossier(Power.ADD)
def bookmarklet(request: Request, room: Room) -> HttpResponse:
    where = request.build_absolute_uri(reverse("receive", kwargs={"slug": room.dossier.slug}))
    told = _("Let this page open a window, and try again.")
    return page(request, "articles/receive_from.html", {"code": bookmarklet_code(where, blocked=told)})


@require_http_methods(["GET", "HEAD", "POST"])
@in_dossier(Power.ADD)
def receive(request: Request, room: Room) -> HttpResponse:
    """Waits for the page that a browser hands over; sends the form, as any other, once the analyst says so."""
    if request.method != "POST":
        return _waiting(request, room, SeenForm())
    form = SeenForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            return _take(request, room, form)
        except Refusal as refusal:
            form.add_error(None if refusal.code != "bad_address" else "address", str(refusal))
    return _waiting(request, room, form, status=422)


def _take(request: Request, room: Room, form: SeenForm) -> HttpResponse:
    data = form.cleaned_data
    body = body_of(data["page"])
    seen = Seen(
        address=data["address"],
        body=body,
        title=data["title"],
        charset=data["charset"],
        selection=data["selection"],
        at=data["seen"],
    )
    added = adding.add_page(
        dossier=room.dossier,
        seen=seen,
        described=form.described(),
        by=actor(request),
        at=timezone.now(),
        idempotency_key=form.key_of(body),
    )
    waking.wake(added.intake)
    messages.success(request, _("It is on its way.") if added.new else _("This page is on its way already."))
    return redirect("intake", slug=room.dossier.slug)


def _waiting(request: Request, room: Room, form: SeenForm, *, status: int = 200) -> HttpResponse:
    names = [outlet.name for outlet in outlets(room.dossier.pk, limit=OUTLETS_SUGGESTED)]
    context = {"form": form, "outlets": names, "hello": HELLO}
    response = page(request, "articles/receive.html", context, status=status)
    # Only here: the window that opened this one is the page that is handed over.
    response["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response
