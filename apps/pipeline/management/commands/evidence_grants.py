"""``manage.py evidence_grants``: the SQL for a role that runs the application but cannot alter evidence."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.pipeline.grants import statements

ROLE = re.compile(r"[A-Za-z_][A-Za-z0-9_$-]{0,62}")


class Command(BaseCommand):
    help = (
        "Prints what the owner of the tables has to run so that a database role may use the application, but only read "
        "and add evidence, and only end facts. Run it again after each migration."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", help="a role that exists")

    def handle(self, *, role: str, **options: Any) -> None:
        if not ROLE.fullmatch(role):
            raise CommandError(f"{role!r} is no name for a role.")
        for statement in statements(role):
            self.stdout.write(statement)
