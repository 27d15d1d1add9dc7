"""``manage.py propose``: read articles again with another extractor or a newer version of one."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.articles.models import Rendition
from apps.attribution.engine import UnknownExtractor
from apps.attribution.types import Extractor, ExtractorUnavailable
from apps.dossiers.models import Dossier
from apps.extractors.engines import engine
from apps.review import rules
from apps.review.services import proposing
from apps.review.services.proposing import Held, propose_again
from apps.review.services.storing import Stored

ARTICLE = re.compile(r"(?P<slug>[\w-]+)/A-(?P<number>\d{1,9})", re.IGNORECASE)


class Command(BaseCommand):
    help = (
        "Reads the newest text of an article again, or of every article that another extractor, or another version, "
        "read last. What that one proposed and nobody has touched is withdrawn; what anybody decided on stays. Each "
        "article is committed by itself: a run that was broken off goes on where it stopped when it is started again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("article", nargs="?", metavar="DOSSIER/A-0001", help="this article, whoever read it last")
        which.add_argument("--dossier", metavar="SLUG", help="all of this dossier that another read last")
        which.add_argument("--all-outdated", action="store_true", help="all that another read last")
        parser.add_argument("--extractor", default="", metavar="NAME", help="its name; left out, the one in use")
        parser.add_argument("--force", action="store_true", help="also articles that somebody is reviewing now")

    def handle(self, *, article: str | None, dossier: str | None, extractor: str, force: bool, **options: Any) -> None:
        try:
            reader = engine(extractor)
        except UnknownExtractor as error:
            raise CommandError(str(error)) from error
        except ExtractorUnavailable as error:
            raise CommandError(f"{error} ({error.code})") from error
        machine = rules.machine_name(reader.name, reader.version)
        if article is not None:
            self._read([_text_of(article)], reader, force=force)
            return
        found = proposing.outdated(machine=machine, dossier_id=_dossier(dossier).pk if dossier else None)
        done = self._read(found, reader, force=force)
        self.stdout.write(
            f"{machine}: {done['read']} articles read, {done['unable']} in a language it does not read, "
            f"{done['held']} held by somebody."
        )

    def _read(self, renditions: Iterable[Rendition], reader: Extractor, *, force: bool) -> Counter[str]:
        done: Counter[str] = Counter()
        for rendition in renditions:
            ref = f"{rendition.dossier.slug}/{rendition.article.ref}"
            try:
                stored = propose_again(rendition=rendition, engine=reader, at=timezone.now(), force=force)
            except Held as held:
                done["held"] += 1
                self.stdout.write(f"{ref}: left as it is: {held.reason} (--force reads it all the same)")
            except ExtractorUnavailable as error:
                raise CommandError(
                    f"{ref}: {error} ({error.code}) What was read before it stays read; start this again to go on."
                ) from error
            else:
                done["read" if stored.reading.able else "unable"] += 1
                self.stdout.write(f"{ref}: {_words(stored)}")
        return done


def _words(stored: Stored) -> str:
    reading = stored.reading
    if not reading.able:
        return f"not read: {reading.machine} reads no text in “{reading.language}”."
    if stored.unchanged:
        return f"{reading.machine} read it before; nothing changed."
    words = (
        f"{reading.proposed} new, {reading.kept} kept because somebody decided on them, {reading.withdrawn} withdrawn."
    )
    if reading.left_out:
        words += f" {reading.left_out} more were found and left out."
    return words


def _text_of(article: str) -> Rendition:
    named = ARTICLE.fullmatch(article)
    if named is None:
        raise CommandError(f"{article} names no article; one is called like strait-2024/A-0001.")
    rows = Rendition.objects.filter(article__dossier__slug=named["slug"], article__number=int(named["number"]))
    found = rows.select_related("article", "dossier").defer("words").order_by("-pk").first()
    if found is None:
        raise CommandError(f"There is no text of {article}.")
    return found


def _dossier(slug: str) -> Dossier:
    found = Dossier.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(f"There is no dossier {slug}.")
    return found
