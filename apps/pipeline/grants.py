"""What a database role needs to run the application without owning what it holds as evidence."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from django.apps import apps
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder

from apps.ledger.models import Fact


class Keeping(Enum):
    """How a table is kept, and what a role may therefore do with it."""

    EVIDENCE = "SELECT, INSERT"
    FACT = "SELECT, INSERT, UPDATE (known_until, known_until_index)"
    WORKING = "SELECT, INSERT, UPDATE, DELETE"
    APPLIED = "SELECT"


def keeping(model: type[models.Model]) -> Keeping:
    """Read off the model: facts only end, rows with an append-only trigger never change, all else is working data."""
    if issubclass(model, Fact):
        return Keeping.FACT
    triggers = getattr(model._meta, "triggers", [])
    return Keeping.EVIDENCE if any(t.name == "append_only" for t in triggers) else Keeping.WORKING


def tables() -> dict[str, Keeping]:
    """Every table of the application, by name."""
    found = {model._meta.db_table: keeping(model) for model in apps.get_models(include_auto_created=True)}
    found[MigrationRecorder.Migration._meta.db_table] = Keeping.APPLIED
    return dict(sorted(found.items()))


def statements(role: str) -> Iterator[str]:
    """SQL for the owner of the tables to run. The role must exist; it is given nothing that it could give on."""
    quote = connection.ops.quote_name
    yield "BEGIN;"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {quote(role)};"
    yield f"GRANT USAGE ON SCHEMA public TO {quote(role)};"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quote(role)};"
    for table, kept in tables().items():
        yield f"GRANT {kept.value} ON {quote(table)} TO {quote(role)};"
    yield "COMMIT;"
