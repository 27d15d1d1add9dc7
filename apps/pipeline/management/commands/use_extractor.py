"""``manage.py use_extractor``: say which extractor reads new articles, on all hosts."""

from __future__ import annotations

import getpass
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.attribution.engine import UnknownExtractor
from apps.attribution.types import ExtractorUnavailable
from apps.core.errors import Refusal
from apps.extractors import rules, services
from apps.extractors.engines import name_in_use
from apps.extractors.models import TrainedModel, Use
from apps.pipeline.management.commands.train_attribution import measured

MOST_TOLD = 10


class Command(BaseCommand):
    help = (
        "Has new articles read by this extractor from now on: default, rules, spacy:MODEL, llm, or a trained model by "
        "its version. What was read before stays as it is: see propose --all-outdated."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("name", nargs="?", metavar="NAME_OR_VERSION")
        which.add_argument("--as-set", action="store_true", help="leave it to the setting COUNTERCLAIM_EXTRACTOR again")
        which.add_argument("--list", action="store_true", help="trained models, and what was switched on when")
        parser.add_argument(
            "--even-if-worse",
            action="store_true",
            help="also a model that did worse than the default on held-out texts",
        )
        parser.add_argument("--by", default="", metavar="NAME", help="who does this; left out, your account's name")

    def handle(self, *, name: str | None, as_set: bool, even_if_worse: bool, by: str, **options: Any) -> None:
        if options["list"]:
            self._list()
            return
        try:
            services.switch(name=name or "", by=by or getpass.getuser(), at=timezone.now(), even_if_worse=even_if_worse)
        except Refusal as refusal:
            further = " (--even-if-worse switches it on all the same)" if refusal.code == "worse_than_default" else ""
            raise CommandError(f"{refusal}{further}") from refusal
        except UnknownExtractor as error:
            raise CommandError(str(error)) from error
        except ExtractorUnavailable as error:
            raise CommandError(f"{error} ({error.code})") from error
        self.stdout.write(f"New articles are read by {name_in_use()}.")

    def _list(self) -> None:
        in_use = name_in_use()
        self.stdout.write(f"In use: {in_use}")
        for row in TrainedModel.objects.defer("model").order_by("-pk"):
            name = f"{rules.TRAINED}:{row.version}"
            mark = "*" if name == in_use else " "
            origin = ", ".join([*row.made_from.get("dossiers", {}), *row.made_from.get("corpora", {})])
            self.stdout.write(
                f"{mark} {name}, fitted {row.made_at:%Y-%m-%d} by {row.made_by} to {origin}. {measured(row)}"
            )
        for use in Use.objects.order_by("-pk")[:MOST_TOLD]:
            name = use.name or f"as set ({settings.COUNTERCLAIM_EXTRACTOR})"
            self.stdout.write(f"{use.at:%Y-%m-%d %H:%M} UTC, {use.by}: {name}")
