"""Taking for a version of an article what a visit brought and the machine doubted."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.articles.models import Intake
from apps.articles.services import revisiting
from apps.core.errors import Refusal
from apps.dossiers.rules import Power
from apps.pipeline import waking
from apps.web.http import Request, Room, actor, in_dossier, tell


@require_POST
@in_dossier(Power.ADD)
def accept(request: Request, room: Room, number: int, intake_id: UUID) -> HttpResponse:
    """It is the article, as its publisher has it now: the steps that are left are done with what came."""
    rows = Intake.objects.in_dossier(room.dossier.pk).filter(article__number=number)
    row = rows.filter(public_id=intake_id).first()
    if row is None:
        raise Http404(_("There is no such visit of this article."))
    try:
        waking.wake(revisiting.accept(intake=row, by=actor(request), at=timezone.now()))
        messages.success(request, _("It is taken for a version of the article."))
    except Refusal as refusal:
        tell(request, refusal)
    return redirect("versions", slug=room.dossier.slug, number=number)
