"""``manage.py bench_approvals``: approvals per second with several editors at once, in one dossier and in several."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from apps.pipeline.measuring import Measured, measure


class Command(BaseCommand):
    help = (
        "Makes a database of its own beside the configured one, lets processes approve in it at once, first all in one "
        "dossier, then each in its own, and throws it away."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--writers", type=int, default=8)
        parser.add_argument("--each", type=int, default=100, help="approvals by each writer (%(default)s)")
        parser.add_argument("--json", action="store_true", help="machine-readable")

    def handle(self, *, writers: int, each: int, json: bool, **options: Any) -> None:
        name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            found = [measure(writers=writers, dossiers=dossiers, each=each) for dossiers in (1, writers)]
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)
        self.stdout.write(_as_json(found) if json else "\n".join(_as_sentence(one) for one in found))


def _as_json(found: list[Measured]) -> str:
    return json.dumps([one.as_json() for one in found], indent=2)


def _as_sentence(found: Measured) -> str:
    where = "one dossier" if found.dossiers == 1 else f"{found.dossiers} dossiers"
    return (
        f"{found.writers} writers in {where}: {found.per_second} approvals/s; an approval takes "
        f"{found.approval_ms.p50} ms (p95 {found.approval_ms.p95}), its head is held for "
        f"{found.head_held_ms.p50} ms (p95 {found.head_held_ms.p95}, at most {found.head_held_ms.most})"
    )
