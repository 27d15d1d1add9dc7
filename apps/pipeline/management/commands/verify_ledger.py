"""``manage.py verify_ledger``: whether every dossier's ledger holds together."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.dossiers.models import Dossier
from apps.ledger import services as ledger
from apps.ledger.models import Head


class Command(BaseCommand):
    help = "Recomputes the chain of each ledger. Fails, naming the entry, where one does not hold together."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", nargs="?", help="one dossier only")

    def handle(self, *, slug: str | None, **options: Any) -> None:
        dossiers = Dossier.objects.order_by("slug")
        if slug is not None:
            dossiers = dossiers.filter(slug=slug)
            if not dossiers.exists():
                raise CommandError(f"There is no dossier {slug}.")
        broken = []
        for dossier in dossiers:
            found = ledger.verify(dossier_id=dossier.pk)
            if found is not None:
                broken.append(f"{dossier.slug}: entry {found.index}: {found.reason}")
                continue
            head = Head.objects.get(dossier=dossier)
            digest = bytes(head.digest).hex()
            self.stdout.write(f"{dossier.slug}: {head.index} entries hold together; the last is {digest}")
        if broken:
            raise CommandError("\n".join(broken))
