from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExtractorsConfig(AppConfig):
    name = "apps.extractors"
    label = "extractors"
    verbose_name = _("Extractors")
    default_auto_field = "django.db.models.BigAutoField"
