from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _

from apps.core import checks


class CoreConfig(AppConfig):
    name = "apps.core"
    label = "core"
    verbose_name = _("Core")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(checks.no_fetch_exemption, Tags.security, deploy=True)
        register(checks.evidence_store_readable)
        register(checks.pages_origin_complete)
