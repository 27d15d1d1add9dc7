from django.db import migrations

# How many elements of the column ANALYZE counts: with the default of 100, hashes that 2,000 of a million sketches share
# pass for rare, and a look-up reads the rows of each.
COUNT_MORE = "ALTER TABLE articles_sketch ALTER COLUMN hashes SET STATISTICS 1000"
AS_BEFORE = "ALTER TABLE articles_sketch ALTER COLUMN hashes SET STATISTICS -1"


class Migration(migrations.Migration):
    dependencies = [("articles", "0003_feeds_that_move")]

    operations = [migrations.RunSQL(COUNT_MORE, AS_BEFORE)]
