"""The Celery application. Tasks live in apps.pipeline only; how they are routed is in the settings."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("counterclaim")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["apps.pipeline"])
