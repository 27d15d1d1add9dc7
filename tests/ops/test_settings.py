"""Settings come from the environment, are documented, and are fit for production."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import Error
from django.test import override_settings

from apps.core.checks import no_fetch_exemption
from ops.paths import ROOT

OPERATE = (ROOT / "docs" / "operate.md").read_text()
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.prod",
    "SECRET_KEY": "Vq3!x" * 12 + "abcdefghijklm",
    "ALLOWED_HOSTS": "counterclaim.example.org",
    "DATABASE_URL": "postgresql://web:secret@database:5432/counterclaim",
    "CELERY_BROKER_URL": "amqp://counterclaim:secret@rabbitmq:5672//",
    "CELERY_QUORUM_QUEUES": "true",
    "EMAIL_URL": "submission://user:secret@mail.example.org:587",
    "EVIDENCE_ROOT": "/evidence",
    "STATIC_ROOT": "/static",
}


def python(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run Python with this environment alone."""
    kept = {name: os.environ[name] for name in ("PATH", "COVERAGE_PROCESS_CONFIG") if name in os.environ}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=kept | environment, capture_output=True, text=True, check=False)


def setting(expression: str, **environment: str) -> object:
    """What an expression over the production settings is worth in an environment, as JSON has it."""
    code = f"import json; from config.settings import prod as s; print(json.dumps({expression}))"
    done = python("-c", code, environment=PRODUCTION | environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def table(name: str) -> set[str]:
    section = OPERATE.split(f"<!-- {name}:")[1].split(f"<!-- /{name} -->")[0]
    return set(re.findall(r"^\| `(\w+)`", section, flags=re.MULTILINE))


def test_every_setting_read_from_the_environment_is_in_the_table_and_no_other() -> None:
    read = setting("sorted(s.env.dump())")
    assert isinstance(read, list)
    assert table("settings") == {*read, "DEBUG"}


def test_every_variable_that_make_reads_is_in_the_table_and_no_other() -> None:
    sources = "\n".join(path.read_text() for path in (ROOT / "ops").glob("*.py"))
    read = set(re.findall(r"""environ(?:\.get\(|\[)"(\w+)"|port_named\("(\w+)\"""", sources))
    names = {name for pair in read for name in pair if name}
    assert table("make") == names - {"DATABASE_URL_FILE"} | {"FILE"}


def test_production_passes_django_s_own_inspection_without_a_warning() -> None:
    done = python("manage.py", "check", "--deploy", "--fail-level=WARNING", environment=PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_production_refuses_to_fetch_from_an_exempt_origin() -> None:
    exempt = {"FETCH_EXEMPT_ORIGIN": "http://127.0.0.1:8765"}
    done = python("manage.py", "check", "--deploy", environment=PRODUCTION | exempt)
    assert done.returncode == 1
    assert "core.E001" in done.stderr
    with override_settings(**exempt):
        assert [type(found) for found in no_fetch_exemption(app_configs=None)] == [Error]
    with override_settings(FETCH_EXEMPT_ORIGIN=""):
        assert no_fetch_exemption(app_configs=None) == []


@pytest.mark.parametrize(
    "name",
    ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "CELERY_BROKER_URL", "EMAIL_URL", "EVIDENCE_ROOT", "STATIC_ROOT"],
)
def test_production_does_not_start_without(name: str) -> None:
    environment = {key: value for key, value in PRODUCTION.items() if key != name}
    done = python("-c", "import config.settings.prod", environment=environment)
    assert done.returncode == 1
    assert f'Environment variable "{name}" not set' in done.stderr


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql://web:from-a-file@database:5432/counterclaim\n")
    assert setting("s.DATABASES['default']['PASSWORD']", DATABASE_URL_FILE=str(secret)) == "from-a-file"


def test_a_database_behind_a_socket_is_understood() -> None:
    expression = "[s.DATABASES['default'][key] for key in ('HOST', 'NAME', 'USER')]"
    url = "postgresql://counterclaim@%2Fsome%2FFolder/name"
    assert setting(expression, DATABASE_URL=url) == ["/some/Folder", "name", "counterclaim"]


def test_the_pool_can_be_left_to_another_program() -> None:
    assert setting("'pool' in s.DATABASES['default']['OPTIONS']") is True
    assert setting("'pool' in s.DATABASES['default']['OPTIONS']", DATABASE_POOL_SIZE="0") is False


def test_queues_are_quorum_queues_over_amqp_only() -> None:
    expression = "[q.queue_arguments for q in s.CELERY_TASK_QUEUES]"
    assert setting(expression) == [{"x-queue-type": "quorum"}] * 4
    assert setting(expression, CELERY_BROKER_URL="redis://valkey:6379/0") == [None] * 4
    assert setting(expression, CELERY_QUORUM_QUEUES="false") == [None] * 4


def test_what_a_killed_worker_held_comes_back_after_the_longest_task_but_soon() -> None:
    expression = "[s.CELERY_BROKER_TRANSPORT_OPTIONS['visibility_timeout'], s.CELERY_TASK_TIME_LIMIT]"
    found = setting(expression, CELERY_BROKER_URL="redis://valkey:6379/0")
    assert isinstance(found, list)
    visible, longest = found
    assert longest < visible <= 300


def test_every_route_names_a_queue_that_is_served() -> None:
    queues = setting("[q.name for q in s.CELERY_TASK_QUEUES]")
    routed = setting("[route['queue'] for route in s.CELERY_TASK_ROUTES.values()]")
    assert set(routed) == set(queues)  # type: ignore[call-overload]


def test_the_mail_server_is_spoken_to_in_confidence() -> None:
    expression = "[s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_USE_TLS, s.EMAIL_TIMEOUT]"
    assert setting(expression) == ["mail.example.org", 587, True, 10]


def test_development_finds_the_servers_that_make_run_has_started(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("DATABASE_URL='postgresql://counterclaim@%2Fx%2Fsocket/counterclaim'\n")
    code = "from config.settings import dev; print(dev.DATABASES['default']['HOST'], dev.EVIDENCE_ROOT)"
    done = python("-c", code, environment={"COUNTERCLAIM_DATA": str(tmp_path)})
    assert done.stdout.split() == ["/x/socket", f"{tmp_path}/evidence"]
