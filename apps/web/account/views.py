"""One's own name, password, sessions and keys."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from apps.accounts import people, services
from apps.accounts.models import Key
from apps.web.account.forms import KeyForm, NameForm, PasswordForm, SessionsForm
from apps.web.http import Request, page, signed_in


def _page(request: Request, *, status: int = 200, **bound: object) -> HttpResponse:
    forms = {"name_form": NameForm(initial={"name": request.user.name}), "password_form": PasswordForm()}
    forms["sessions_form"] = SessionsForm(auto_id="sessions_%s")
    return page(request, "account/account.html", {**forms, **bound}, status=status)


@signed_in
def account(request: Request) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    form = NameForm(request.POST)
    if not form.is_valid():
        return _page(request, name_form=form, status=422)
    people.rename(user=request.user, name=form.cleaned_data["name"])
    messages.success(request, _("Your name is changed."))
    return redirect("account")


@sensitive_post_parameters()
@require_POST
@signed_in
def change_password(request: Request) -> HttpResponse:
    form = PasswordForm(request.POST)
    if form.is_valid():
        try:
            people.change_password(
                user=request.user, present=form.cleaned_data["present"], new=form.cleaned_data["new"]
            )
        except people.WrongPassword as refusal:
            form.add_error("present", str(refusal))
        except people.WeakPassword as refusal:
            form.add_error("new", refusal.reasons)
        else:
            update_session_auth_hash(request, request.user)
            messages.success(request, _("Your password is changed. You are signed out everywhere else."))
            return redirect("account")
    return _page(request, password_form=form, status=422)


@sensitive_post_parameters()
@require_POST
@signed_in
def sign_out_elsewhere(request: Request) -> HttpResponse:
    form = SessionsForm(request.POST, auto_id="sessions_%s")
    if form.is_valid():
        try:
            people.sign_out_elsewhere(user=request.user, present=form.cleaned_data["present"])
        except people.WrongPassword as refusal:
            form.add_error("present", str(refusal))
        else:
            update_session_auth_hash(request, request.user)
            messages.success(request, _("You are signed out everywhere else."))
            return redirect("account")
    return _page(request, sessions_form=form, status=422)


@never_cache
@signed_in
def keys(request: Request) -> HttpResponse:
    """One's keys. The secret of a new one is on the answer to making it, and never again."""
    form = KeyForm(request.POST or None)
    secret, status = "", 200
    if request.method == "POST":
        if form.is_valid():
            _key, secret = services.make_key(
                owner=request.user,
                name=form.cleaned_data["name"],
                scope=form.cleaned_data["scope"],
                expires=form.cleaned_data["last_day"],
                at=timezone.now(),
            )
            form = KeyForm()
        else:
            status = 422
    mine = Key.objects.filter(owner=request.user).order_by("revoked", "-created")[:200]
    return page(request, "account/keys.html", {"form": form, "secret": secret, "keys": mine}, status=status)


@require_POST
@signed_in
def revoke_key(request: Request, pk: int) -> HttpResponse:
    key = Key.objects.filter(pk=pk, owner=request.user).first()
    if key is None:
        raise Http404(_("There is no such key of yours."))
    services.revoke_key(key=key, by=request.user, at=timezone.now())
    messages.success(request, _("The key “%(name)s” no longer works.") % {"name": key.name})
    return redirect("keys")
