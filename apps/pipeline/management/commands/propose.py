"""``manage.py propose``: read an article again with another extractor or a newer version of one."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.articles.models import Article, Rendition
from apps.attribution.engine import UnknownExtractor
from apps.review.services import proposing

ARTICLE = re.compile(r"(?P<slug>[\w-]+)/A-(?P<number>\d+)", re.IGNORECASE)


class Command(BaseCommand):
    help = (
        "Reads an article's newest text again. What an older extractor proposed and nobody has touched is replaced; "
        "what anybody decided on stays. An extractor that has read the text before, in this version, changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("article", metavar="DOSSIER/A-0001")
        parser.add_argument("--extractor", default=proposing.DEFAULT, help="its name (%(default)s)")

    def handle(self, *, article: str, extractor: str, **options: Any) -> None:
        named = ARTICLE.fullmatch(article)
        if named is None:
            raise CommandError(f"{article} names no article; one is called like strait-2024/A-0001.")
        found = Article.objects.filter(dossier__slug=named["slug"], number=int(named["number"])).first()
        rendition = Rendition.objects.filter(article=found).order_by("-pk").first() if found else None
        if rendition is None:
            raise CommandError(f"There is no text of {article}.")
        try:
            count = proposing.propose_again(rendition=rendition, extractor=extractor, at=timezone.now())
        except UnknownExtractor as error:
            raise CommandError(f"There is no extractor {extractor}.") from error
        self.stdout.write(f"{article}: {count} statements.")
