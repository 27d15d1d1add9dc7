"""A dossier's ledger: every change, by whom and when, and the proof that none is missing."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.dossiers.rules import Power
from apps.ledger import services
from apps.ledger.selectors import entries
from apps.web.history.telling import told
from apps.web.http import Request, Room, in_dossier, page
from apps.web.keyset import address, cut, place

ROWS = 50


@dataclass(frozen=True)
class Chip:
    label: str
    url: str
    current: bool
    count: int | None = None


@require_safe
@in_dossier(Power.READ)
def history(request: Request, room: Room) -> HttpResponse:
    only_facts = request.GET.get("only") == "facts"
    found = entries(
        room.dossier.pk,
        before=place(request),
        limit=ROWS + 1,
        only_facts=only_facts,
        with_work_in_hand=room.can_review,
    )
    sheet = cut(found, ROWS)
    context = {
        "rows": told(room.dossier, sheet.rows),
        "chips": [
            Chip(_("Everything"), address(request, only=None, before=None), not only_facts),
            Chip(_("Only facts"), address(request, only="facts", before=None), only_facts),
        ],
        "older_url": address(request, before=sheet.rows[-1].index) if sheet.more else "",
        "newer_url": address(request, before=None) if "before" in request.GET else "",
    }
    return page(request, "history/history.html", context)


@require_POST
@in_dossier(Power.MANAGE)
def verify(request: Request, room: Room) -> HttpResponse:
    """Recompute the whole chain and say whether it holds together."""
    broken = services.verify(dossier_id=room.dossier.pk)
    if broken is None:
        messages.success(request, _("The ledger is whole: every entry links to the one before it."))
    else:
        told = _("The ledger does not hold together at entry %(index)d: %(reason)s.")
        messages.error(request, told % {"index": broken.index, "reason": broken.reason}, extra_tags="waits")
    return redirect("history", slug=room.dossier.slug)
