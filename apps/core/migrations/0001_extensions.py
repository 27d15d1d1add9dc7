"""What PostgreSQL must bring along: all of it is in its own contrib, trusted since version 13."""

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension, UnaccentExtension
from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    operations = [BtreeGistExtension(), TrigramExtension(), UnaccentExtension()]
