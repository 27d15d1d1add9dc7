from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_ingestion")]

    operations = [
        migrations.AddField(
            model_name="feed",
            name="moved_to",
            field=models.CharField(blank=True, default="", max_length=2000),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="feed",
            name="moved_times",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="poll",
            name="cut",
            field=models.BooleanField(default=False),
        ),
    ]
