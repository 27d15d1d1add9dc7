"""``manage.py rebuild_summaries``: make anew what lists of claims are filtered and ordered by."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from apps.crosscheck.services import rebuild
from apps.dossiers.models import Dossier


class Command(BaseCommand):
    help = "Drops the summaries of all claims, by which lists are ordered, and makes them anew from the facts."

    def handle(self, **options: Any) -> None:
        for dossier in Dossier.objects.order_by("slug"):
            self.stdout.write(f"{dossier.slug}: {rebuild(dossier_id=dossier.pk)} claims.")
