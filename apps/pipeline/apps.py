from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from apps.ledger.signals import recorded


class PipelineConfig(AppConfig):
    name = "apps.pipeline"
    label = "pipeline"
    verbose_name = _("Pipeline")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from apps.pipeline import waking  # noqa: PLC0415  (models are not loaded before)

        recorded.connect(waking.on_recorded, dispatch_uid="pipeline.wake_summaries")
