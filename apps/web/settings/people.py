"""Who belongs to a dossier, in which role; inviting by mail."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.contrib.auth.tokens import default_token_generator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.models import User
from apps.core.errors import Refusal
from apps.dossiers import invitations, services
from apps.dossiers.invitations import LinkFor, MailFailed
from apps.dossiers.models import Membership
from apps.dossiers.rules import Power
from apps.dossiers.selectors import members
from apps.web.http import Request, Room, in_dossier, page
from apps.web.settings.forms import InviteForm, RoleForm


@dataclass(frozen=True)
class Member:
    """A row of the page; ``awaited`` until they have chosen a password."""

    membership: Membership
    form: RoleForm

    @property
    def awaited(self) -> bool:
        return not self.membership.user.has_usable_password()


def _page(request: Request, room: Room, form: forms.Form, *, status: int = 200) -> HttpResponse:
    rows = [
        Member(row, RoleForm(initial={"role": row.role}, auto_id=f"member-{row.user_id}-%s"))
        for row in members(room.dossier.pk)
    ]
    return page(request, "settings/people.html", {"rows": rows, "form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@in_dossier(Power.MANAGE)
def people(request: Request, room: Room) -> HttpResponse:
    if request.method != "POST":
        return _page(request, room, InviteForm())
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            invited = invitations.invite(
                dossier=room.dossier, **form.cleaned_data, by=request.user, link_for=_link_for(request, room)
            )
        except MailFailed as refusal:
            messages.warning(request, str(refusal), extra_tags="waits")
            return redirect("people", slug=room.dossier.slug)
        except Refusal as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, _("%(name)s is told by mail.") % {"name": invited.user.name})
            return redirect("people", slug=room.dossier.slug)
    return _page(request, room, form, status=422)


def _link_for(request: Request, room: Room) -> LinkFor:
    """Where an invitation leads. A link for choosing a password works once, and as long as one for a forgotten one."""

    def link(user: User) -> str:
        if user.has_usable_password():
            return request.build_absolute_uri(reverse("overview", kwargs={"slug": room.dossier.slug}))
        uid = urlsafe_base64_encode(force_bytes(user.pk))
        token = default_token_generator.make_token(user)
        return request.build_absolute_uri(reverse("password_reset_confirm", kwargs={"uidb64": uid, "token": token}))

    return link


@require_POST
@in_dossier(Power.MANAGE)
def person(request: Request, room: Room, user_id: int) -> HttpResponse:
    """Change a member's role, send their invitation again, or end their membership."""
    held = Membership.objects.in_dossier(room.dossier.pk).current().filter(user=user_id).select_related("user").first()
    doing = request.POST.get("do", "")
    if held is None or doing not in {"role", "resend", "end"}:
        raise Http404(_("There is no such member."))
    try:
        told = _do(request, room, held, doing)
    except Refusal as refusal:
        messages.error(request, str(refusal), extra_tags="waits")
    else:
        messages.success(request, told)
    if doing == "end" and held.user_id == request.user.pk:
        return redirect("home")
    return redirect("people", slug=room.dossier.slug)


def _do(request: Request, room: Room, held: Membership, doing: str) -> str:
    name = {"name": held.user.name}
    if doing == "end":
        services.end_membership(dossier=room.dossier, user=held.user, by=request.user)
        return _("%(name)s is no member any more. What they did stays theirs.") % name
    if doing == "resend":
        link_for = _link_for(request, room)
        invitations.send_invitation(dossier=room.dossier, user=held.user, by=request.user, link_for=link_for)
        return _("%(name)s is told by mail again.") % name
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Refusal(_("There is no such role."), code="no_such_role")
    services.give_role(dossier=room.dossier, user=held.user, role=form.cleaned_data["role"], by=request.user)
    return _("%(name)s has another role.") % name
