"""``manage.py create_dossier``: a dossier and its first manager, where there is nobody yet to make them."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from apps.accounts.models import User
from apps.accounts.people import account_for
from apps.core.errors import Refusal
from apps.dossiers.services import open_dossier


class Command(BaseCommand):
    help = "Opens a dossier with its first manager, who is made if they have no account yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="its short name in addresses, such as strait-2024")
        parser.add_argument("--title", required=True)
        parser.add_argument("--zone", default="UTC", help="the time zone of its days, such as Asia/Baku (%(default)s)")
        parser.add_argument("--manager", required=True, metavar="EMAIL")
        parser.add_argument("--name", default="", help="the manager's name, for a new account")
        parser.add_argument(
            "--site", default="http://127.0.0.1:8000", metavar="ADDRESS", help="where the site is (%(default)s)"
        )

    def handle(self, *, slug: str, title: str, zone: str, manager: str, name: str, site: str, **options: Any) -> None:
        try:
            with transaction.atomic():
                user, _new = account_for(email=manager, name=name or manager.partition("@")[0])
                dossier = open_dossier(slug=slug, title=title, time_zone=zone, by=user, at=timezone.now())
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"“{dossier.title}” is open, and {user.name} manages it.")
        if not user.has_usable_password():
            self.stdout.write(f"To choose a password: {site.rstrip('/')}{_path_to_choose_password(user)}")


def _path_to_choose_password(user: User) -> str:
    """Valid once, for as long as ``PASSWORD_RESET_TIMEOUT`` says."""
    return reverse(
        "password_reset_confirm",
        kwargs={
            "uidb64": urlsafe_base64_encode(force_bytes(user.pk)),
            "token": default_token_generator.make_token(user),
        },
    )
