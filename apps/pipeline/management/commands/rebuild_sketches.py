"""``manage.py rebuild_sketches``: make anew what copies are found by."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from apps.articles.services.sketching import rebuild


class Command(BaseCommand):
    help = "Makes the sketches of all texts anew, by which copies are found. What was found with the old ones stays."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"{rebuild()} sketches were made.")
