"""What is tampered with in a process that is broken: its storage's room, its clock, and in the control its leases."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import time_machine
from celery.signals import task_prerun
from django.apps import AppConfig
from django.core.signals import request_started
from django.db import connection, transaction

from ops.faults import points


class FaultsConfig(AppConfig):
    name = "ops.faults"
    label = "faults"

    def ready(self) -> None:
        task_prerun.connect(_task_begins, weak=False)
        request_started.connect(_request_begins, weak=False)
        if hours := float(os.environ.get("FAULTS_CLOCK_HOURS") or 0):
            time_machine.travel(datetime.now(tz=UTC) + timedelta(hours=hours), tick=True).start()
        if folder := os.environ.get("FAULTS_ORDERS"):
            _fill_the_disk_when_told(points.Orders(Path(folder)))
        if seconds := float(os.environ.get("FAULTS_LEASE") or 0):
            _let_leases_last(seconds)
        if os.environ.get("FAULTS_CONTROL") == "leases-off":
            _take_the_leases_off()


def _task_begins(sender: Any, **_more: Any) -> None:
    points.begin(sender.name.rpartition(".")[2])


def _request_begins(**more: Any) -> None:
    environ = more.get("environ") or {}
    points.begin(f"{environ.get('REQUEST_METHOD', 'request').lower()}")


def _fill_the_disk_when_told(orders: points.Orders) -> None:
    """As a full disk does it: half of the bytes fit, then no more."""
    from apps.core import evidence  # noqa: PLC0415 (apps are loaded only now)

    whole: Callable[[int, bytes], None] = evidence._write_all

    def some(descriptor: int, body: bytes) -> None:
        if orders.full.exists():
            os.write(descriptor, body[: len(body) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        whole(descriptor, body)

    evidence._write_all = some


def _let_leases_last(seconds: float) -> None:
    """On steps, hosts and feeds; a short run cannot wait for long."""
    from apps.articles.services import hosts, leases, polling  # noqa: PLC0415 (apps are loaded only now)

    for module in (hosts, leases, polling):
        module.LEASE_SECONDS = min(module.LEASE_SECONDS, seconds)  # type: ignore[attr-defined]
    hosts.RENEW_SECONDS = min(hosts.RENEW_SECONDS, seconds / 4)  # type: ignore[misc]


def _take_the_leases_off() -> None:
    """The control: whoever hears of a step does it, whether or not somebody else does, and commits what comes of the
    row as it was then, unfenced.
    """
    from apps.articles.models import Intake  # noqa: PLC0415
    from apps.articles.services import leases  # noqa: PLC0415

    fenced = leases.finishing

    @contextmanager
    def unfenced(claimed: leases.Claimed, *, then: str | None) -> Iterator[Intake]:
        with transaction.atomic():
            row = copy(claimed.intake)
            yield row
            row.state = Intake.State.DONE if then is None else Intake.State.READY
            row.step = then or row.step
            row.attempts, row.lease_until, row.failure_code, row.failure_reason = 0, None, "", ""
            row.save()

    leases.finishing = unfenced
    leases._CLAIM = (
        "UPDATE articles_intake SET state = 'running', token = token + 1, attempts = attempts + 1, lease_until = now() "
        "WHERE id = %(id)s AND step = %(step)s AND state IN ('ready', 'running') RETURNING {columns}"
    )
    due = "SELECT id, step FROM articles_intake WHERE state IN ('ready', 'running') ORDER BY random() LIMIT %s"

    def everything(*, limit: int = 200) -> list[tuple[int, str]]:
        with connection.cursor() as cursor:
            cursor.execute(due, [limit])
            rows: list[tuple[int, str]] = cursor.fetchall()
        return rows

    leases.due = everything
    for module in list(sys.modules.values()):
        if getattr(module, "finishing", None) is fenced:
            module.finishing = unfenced  # type: ignore[attr-defined]
