"""The compose file speaks of settings, queues, secrets and files that exist."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from ops.paths import ROOT
from tests.ops.test_settings import table

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("counterclaim:")}
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_every_part_of_the_application_is_there() -> None:
    assert {"database", "valkey", "rabbitmq", "web", "worker", "beat", "proxy", "migrate"} <= set(SERVICES)
    assert SERVICES["database"]["image"] == "postgres:18"


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_service_is_given_only_settings_that_are_read_and_all_that_are_required(name: str) -> None:
    of_others = {"DJANGO_SETTINGS_MODULE", "AWS_SHARED_CREDENTIALS_FILE"}
    given = {variable.removesuffix("_FILE") for variable in set(OURS[name]["environment"]) - of_others}
    assert given <= table("settings")
    image = set(re.findall(r"^\s+(?:ENV )?(\w+)=", DOCKERFILE.split("FROM python:3.13-slim\n")[1], flags=re.MULTILINE))
    required = {
        "SECRET_KEY",
        "ALLOWED_HOSTS",
        "DATABASE_URL",
        "CELERY_BROKER_URL",
        "EMAIL_URL",
        "EVIDENCE_ROOT",
        "STATIC_ROOT",
    }
    assert required <= given | image


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_service_of_ours_can_harm_little(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "ports" not in service
    assert "privileged" not in service


def test_no_secret_is_in_the_file_and_each_one_named_is_made(tmp_path: Path) -> None:
    for name, service in SERVICES.items():
        for variable, value in (service.get("environment") or {}).items():
            if re.search("PASSWORD|SECRET|_URL", variable):
                assert variable.endswith("_FILE"), f"{name} is given {variable} in the open"
                assert value.removeprefix("/run/secrets/") in COMPOSE["secrets"]
        for secret in service.get("secrets", []):
            assert (secret if isinstance(secret, str) else secret["source"]) in COMPOSE["secrets"]
    (tmp_path / "deploy").mkdir()
    script = tmp_path / "deploy" / "make-secrets"
    script.write_text((ROOT / "deploy" / "make-secrets").read_text())
    for _ in range(2):
        subprocess.run(["sh", str(script)], check=True, capture_output=True)
    made = {path.name: path.read_text().strip() for path in (tmp_path / "secrets").iterdir()}
    for secret in COMPOSE["secrets"].values():
        for broker in ("valkey", "rabbitmq"):
            assert Path(secret["file"].replace("${BROKER:-valkey}", broker)).name in made
    assert len(made["secret_key"]) >= 50
    assert made["database_password"] in made["database_url"]
    assert made["rabbitmq_password"] in made["broker_url_rabbitmq"]
    assert f"default_pass = {made['rabbitmq_password']}" in made["rabbitmq_user"]


def test_a_host_for_preserved_pages_is_named_once_and_known_everywhere() -> None:
    environment = OURS["web"]["environment"]
    assert environment["PAGES_ORIGIN"] == "${PAGES_HOST:+https://${PAGES_HOST}}"
    assert environment["APP_ORIGIN"] == "${PAGES_HOST:+https://${SITE_HOST}}"
    assert environment["ALLOWED_HOSTS"].endswith("${PAGES_HOST:+,${PAGES_HOST}}")
    assert "{$SITE_HOST} {$PAGES_HOST} {" in (ROOT / "deploy" / "Caddyfile").read_text()
    assert "PAGES_HOST" in SERVICES["proxy"]["environment"]


def test_every_queue_has_a_worker_service_and_one_serves_all() -> None:
    named = {
        match[1]
        for service in SERVICES.values()
        for match in [re.search(r"--queues=(\w+)", " ".join(service.get("command", [])))]
        if match
    }
    assert named == {queue.name for queue in settings.CELERY_TASK_QUEUES}
    assert "--queues" not in " ".join(SERVICES["worker"]["command"])


def test_a_worker_is_given_longer_to_stop_than_a_task_may_take() -> None:
    assert int(SERVICES["worker"]["stop_grace_period"].removesuffix("s")) > settings.CELERY_TASK_TIME_LIMIT


def test_every_service_that_stays_is_asked_how_it_is() -> None:
    assert {name for name, service in SERVICES.items() if "healthcheck" not in service} == {"migrate"}


def test_everything_mounted_or_copied_exists() -> None:
    volumes = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])]
    for volume in volumes:
        assert (ROOT / volume).exists() if volume.startswith(".") else volume in COMPOSE["volumes"]
    ignored = (ROOT / ".dockerignore").read_text()
    for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, flags=re.MULTILINE):
        for source in line.split():
            assert (ROOT / source).exists()
            assert source == "." or f"!{source.split('/')[0]}" in ignored.splitlines()


def test_the_image_runs_as_nobody_in_particular() -> None:
    assert re.search(r"^USER 10001:10001$", DOCKERFILE, flags=re.MULTILINE)
    assert DOCKERFILE.index("USER 10001") < DOCKERFILE.index("\nCMD ")
    command = re.search(r"^CMD (\[.+?\])$", DOCKERFILE.replace("\\\n", ""), flags=re.MULTILINE)
    assert command
    assert json.loads(command[1])[0] == "granian"
