from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrosscheckConfig(AppConfig):
    name = "apps.crosscheck"
    label = "crosscheck"
    verbose_name = _("Cross-check")
    default_auto_field = "django.db.models.BigAutoField"
