"""What failed, or was cancelled, is found among everything that ever came in."""

from django.db import migrations, models
from apps.core.operations import AddIndex


class Migration(migrations.Migration):
    dependencies = [("articles", "0004_know_frequent_hashes")]

    operations = [
        AddIndex(
            model_name="intake",
            index=models.Index(fields=["dossier", "state", "-id"], name="articles_intake_in_state"),
        ),
    ]
