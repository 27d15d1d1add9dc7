from __future__ import annotations

from django.apps import AppConfig


class CrosscheckConfig(AppConfig):
    name = "apps.crosscheck"
    label = "crosscheck"
    default_auto_field = "django.db.models.BigAutoField"
