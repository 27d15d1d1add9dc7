"""Who may reach what, for every route there is; and where every task runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from celery import current_app
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

OPEN = {
    "healthz",
    "sign-in",
    "password_reset",
    "password_reset_done",
    "password_reset_confirm",
    "password_reset_complete",
}
SIGNED = {"preserved"}
"""Open to whoever has an address that we signed, which a stranger cannot make up."""
SAMPLES = {
    "slug": "nowhere",
    "number": 1,
    "public_id": "7d1c2b0a-0000-4000-8000-000000000000",
    "uidb64": "MQ",
    "token": "x",
}


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every route as (name, path with samples for its parameters)."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry, prefix + _sampled(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield entry.name or "", prefix + _sampled(entry.pattern)


def _sampled(pattern: object) -> str:
    text = str(pattern)
    for key, converter in getattr(pattern, "converters", {}).items():
        kind = type(converter).__name__
        value = {
            "UUIDConverter": SAMPLES["public_id"],
            "IntConverter": "1",
            "ClaimNumber": "C-0001",
            "ArticleNumber": "A-0001",
        }
        text = _replace(text, key, str(value.get(kind, SAMPLES.get(key, "nowhere"))))
    return text.lstrip("^").rstrip("$").replace("\\Z", "")


def _replace(text: str, key: str, value: str) -> str:
    start = text.find("<")
    while start != -1:
        end = text.find(">", start)
        inner = text[start + 1 : end]
        if inner == key or inner.endswith(f":{key}"):
            return text[:start] + value + text[end + 1 :]
        start = text.find("<", end)
    return text


ROUTES = sorted({(n, p) for n, p in routes() if "(?P" not in p})


def test_the_walk_finds_the_routes() -> None:
    names = {n for n, _path in ROUTES}
    assert {"overview", "review", "check", "claim", "sign-in", "keys"} <= names
    assert len(ROUTES) > 60


@pytest.mark.django_db
@pytest.mark.parametrize(("route", "path"), ROUTES)
def test_nothing_but_signing_in_and_the_health_check_is_open(client: Client, route: str, path: str) -> None:
    answer = client.get("/" + path)
    if route in OPEN:
        assert answer.status_code in {200, 302}
        return
    if route in SIGNED:
        assert answer.status_code == 404
        return
    if path.startswith("admin/"):
        assert answer.status_code == 302
        assert answer["Location"].startswith((settings.LOGIN_URL, "/admin/"))
    elif path.startswith("api/") and answer.status_code != 302:
        assert answer.status_code in {401, 404, 405}, answer.status_code
    else:
        assert answer.status_code in {302, 405}, f"{path} answers {answer.status_code} to a stranger"
        if answer.status_code == 302:
            assert answer["Location"].startswith(settings.LOGIN_URL)


def test_every_task_is_routed_to_a_queue_that_is_declared() -> None:
    current_app.loader.import_default_modules()
    declared = {queue.name for queue in settings.CELERY_TASK_QUEUES}
    ours = [task for task in current_app.tasks if task.startswith("apps.")]
    assert ours
    for task in ours:
        assert current_app.amqp.router.route({}, task)["queue"].name in declared


def test_every_scheduled_task_exists() -> None:
    current_app.loader.import_default_modules()
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(current_app.tasks)
