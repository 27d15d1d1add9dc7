"""``manage.py load_demo``: the demonstration's dossiers and feeds; with ``--review`` also what its people decided."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.accounts.models import User
from apps.articles.models import Intake
from apps.dossiers.models import Dossier
from apps.pipeline import working
from apps.pipeline.demonstration import people, reviewing, setting_up
from demo import data


class Command(BaseCommand):
    help = (
        "Loads the demonstration: people, dossiers, feeds of the demo site. With --review waits until its articles "
        "have come in and applies what the demo people decided. May be cut short and run again; does nothing twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--review", action="store_true", help="apply the demo people's decisions")
        parser.add_argument("--wait", type=float, default=90, metavar="SECONDS", help="how long articles may take")
        parser.add_argument(
            "--signins",
            type=Path,
            default=getattr(settings, "SIGNINS_FILE", Path("signins.txt")),
            metavar="FILE",
            help="where to write how to sign in (%(default)s)",
        )
        parser.add_argument("--yes", action="store_true", help="although DEBUG is off: its passwords are public")

    def handle(self, *, review: bool, wait: float, signins: Path, yes: bool, **options: Any) -> None:
        if not settings.DEBUG and not yes:
            raise CommandError("The demo's people have public passwords. Say --yes to load it although DEBUG is off.")
        if not settings.FETCH_EXEMPT_ORIGIN:
            raise CommandError("FETCH_EXEMPT_ORIGIN does not say where the demo site is; `make run` starts one.")
        deadline = time.monotonic() + wait
        users = people.people()
        for slug in data.slugs():
            dossier = setting_up.set_up(slug, users)
            if not setting_up.is_done(dossier, "demo.feeds_started"):
                self._take_in_originals(dossier, users, deadline)
                setting_up.start_feeds(dossier, users)
        people.write_signins(signins, users, at=timezone.now())
        if review:
            for slug in data.slugs():
                self._review(Dossier.objects.get(slug=slug), users, deadline)

    def _take_in_originals(self, dossier: Dossier, users: Mapping[str, User], deadline: float) -> None:
        setting_up.take_in_originals(dossier, users)
        if not working.drain(dossier, seconds=deadline - time.monotonic()):
            raise CommandError(f"The first articles of {dossier.slug} did not come in in time; run this again.")

    def _review(self, dossier: Dossier, users: Mapping[str, User], deadline: float) -> None:
        if setting_up.is_done(dossier, "demo.reviewed"):
            return
        self._wait_for_articles(dossier, deadline)
        reviewing.apply(reviewing.begin(dossier, users))
        setting_up.note_done(dossier, "demo.reviewed")
        self.stdout.write(f"The demo people have been through {dossier.title}.")

    def _wait_for_articles(self, dossier: Dossier, deadline: float) -> None:
        missing = list(data.articles(dossier.slug))
        while missing:
            rows = {article.slug: setting_up.intake_of(dossier, article) for article in missing}
            for row in rows.values():
                if row is not None and row.state == Intake.State.FAILED:
                    raise CommandError(f"{row.address} did not come in: {row.failure_reason}")
            missing = [a for a in missing if (row := rows[a.slug]) is None or row.state != Intake.State.DONE]
            if missing and time.monotonic() > deadline:
                raise CommandError(f"{len(missing)} articles of {dossier.slug} did not come in; is a worker running?")
            if missing:
                time.sleep(0.5)
