"""A feed has a name of our own, can be followed no longer and stay where it brought something, and is read bit by bit."""

from django.db import migrations, models
from apps.core.operations import AddConstraint


class Migration(migrations.Migration):
    dependencies = [("articles", "0005_find_intakes_by_state")]

    operations = [
        migrations.AddField(
            model_name="feed",
            name="name",
            field=models.CharField(blank=True, default="", max_length=120),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="feed",
            name="ended",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="feed",
            name="unread",
            field=models.JSONField(blank=True, default=list),
        ),
        AddConstraint(
            model_name="feed",
            constraint=models.CheckConstraint(
                condition=models.Q(active=False) | models.Q(ended__isnull=True),
                name="articles_feed_ended_is_not_asked",
            ),
        ),
    ]
