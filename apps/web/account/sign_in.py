"""Signing in. Who guesses too often is paused, which `templates/account/paused.html` says."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """By e-mail address, in whatever case it is typed."""

    error_messages = {
        "invalid_login": _("No account has this address and this password. Mind capitals in the password."),
        "inactive": _("This account is closed."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("E-mail address")
        self.fields["username"].widget = forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
        self.fields["password"].label = _("Password")

    def clean_username(self) -> str:
        # In one case, so that guessing does not begin anew with every capital.
        username: str = self.cleaned_data["username"]
        return username.strip().lower()


class SignIn(LoginView):
    """To where one wanted to go; those who are in already go on at once."""

    form_class = SignInForm
    template_name = "registration/sign_in.html"
    redirect_authenticated_user = True
