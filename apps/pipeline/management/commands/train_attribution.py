"""``manage.py train_attribution``: fit a model to this installation's own decisions."""

from __future__ import annotations

import getpass
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.attribution.learning.training import TooLittle
from apps.attribution.records import BadRecord
from apps.attribution.types import ExtractorUnavailable
from apps.core.errors import Refusal
from apps.dossiers.models import Dossier
from apps.extractors import rules, services
from apps.extractors.gold import Gold, gather
from apps.extractors.models import TrainedModel

WHY_ASIDE = {
    "undecided": "wait for a decision",
    "copies": "repeat another text",
    "cut_short": "hold more than was proposed",
    "other_language": "are in another language",
}


class Command(BaseCommand):
    help = (
        "Fits a model to the articles of these dossiers whose statements people have all decided on, and to corpora in "
        "the format of records: folders with train.jsonl, to fit to, and perhaps dev.jsonl, to measure on. Without a "
        "dev.jsonl the measures come from cross-validation by article. The model is kept with its measures and reads "
        "nothing until use_extractor switches it on. It may remember words of what it is fitted to: name dossiers "
        "only whose words everybody of this installation may come to see."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dossier", action="append", default=[], metavar="SLUG", help="may be given again")
        parser.add_argument("--corpus", action="append", default=[], metavar="FOLDER", type=Path, help="likewise")
        parser.add_argument("--seed", type=int, default=0, help="decides which articles are held out (%(default)s)")
        parser.add_argument("--by", default="", metavar="NAME", help="who does this; left out, your account's name")

    def handle(self, *, dossier: list[str], corpus: list[Path], seed: int, by: str, **options: Any) -> None:
        if not dossier and not corpus:
            raise CommandError("Name a dossier or a corpus to learn from.")
        try:
            gold = gather(_dossiers(dossier), corpus, seed=seed)
            self._tell(gold)
            row = services.fit(
                gold=gold, seed=seed, by=by or getpass.getuser(), at=timezone.now(), report=self.stdout.write
            )
        except (TooLittle, BadRecord, OSError, Refusal) as error:
            raise CommandError(str(error)) from error
        except ExtractorUnavailable as error:
            raise CommandError(f"{error} ({error.code})") from error
        self.stdout.write(f"Kept as {rules.TRAINED}:{row.version}, {row.size} bytes. {measured(row)}")
        self.stdout.write(f"To have it read: manage.py use_extractor {row.version}")

    def _tell(self, gold: Gold) -> None:
        for slug, counts in gold.made_from["dossiers"].items():
            self.stdout.write(f"{slug}: {counts['articles']} articles with {counts['statements']} statements.")
            for reason, words in WHY_ASIDE.items():
                if counts[reason]:
                    self.stdout.write(f"  {counts[reason]} left aside, as they {words}.")
        for name, counts in gold.made_from["corpora"].items():
            self.stdout.write(f"{name}: {counts['train']} texts to fit to, {counts['dev']} to measure on.")


def measured(row: TrainedModel) -> str:
    """F1 of whole attributions, beside the default's on the same texts."""
    found = rules.held_out(row.figures)
    if found is None:
        return "It was not measured on texts held out."
    return (
        f"On {found.documents} texts held out ({found.how}): F1 {found.trained:.3f}, the default extractor "
        f"{found.default:.3f}."
    )


def _dossiers(slugs: list[str]) -> list[Dossier]:
    found = {dossier.slug: dossier for dossier in Dossier.objects.filter(slug__in=slugs)}
    for slug in slugs:
        if slug not in found:
            raise CommandError(f"There is no dossier {slug}.")
    return list(found.values())
