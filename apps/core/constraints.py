"""Composite foreign keys, so that no row can point into a foreign dossier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.ddl_references import Statement, Table
from django.db.models.constraints import BaseConstraint

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


class CompositeForeignKey(BaseConstraint):
    """``FOREIGN KEY (a, b) REFERENCES other (x, y)``, kept by the database and seen by ``makemigrations``.

    ``fields`` are field names of the model, ``to`` is ``"app.Model"``, ``to_fields`` are names there and need a unique
    constraint over exactly them. As in SQL (``MATCH SIMPLE``) a row with a NULL among ``fields`` is not checked.
    The single-column foreign key that Django would add is superfluous beside it: give those ``db_constraint=False``.
    """

    def __init__(
        self,
        *,
        fields: tuple[str, ...],
        to: str,
        to_fields: tuple[str, ...] = ("dossier", "id"),
        name: str,
        violation_error_code: str | None = None,
        violation_error_message: str | None = None,
    ) -> None:
        super().__init__(
            name=name,
            violation_error_code=violation_error_code,
            violation_error_message=violation_error_message,
        )
        self.fields = tuple(fields)
        self.to = to
        self.to_fields = tuple(to_fields)

    def _columns(self, model: type[models.Model], names: tuple[str, ...]) -> list[str]:
        columns = {field.name: field.column for field in model._meta.concrete_fields}
        return [columns[name] or name for name in names]

    def _clause(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> str:
        other = model._meta.apps.get_model(self.to)
        quote = schema_editor.quote_name
        here = ", ".join(quote(column) for column in self._columns(model, self.fields))
        there = ", ".join(quote(column) for column in self._columns(other, self.to_fields))
        return f"FOREIGN KEY ({here}) REFERENCES {quote(other._meta.db_table)} ({there}) DEFERRABLE INITIALLY IMMEDIATE"

    def constraint_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        assert model is not None
        assert schema_editor is not None
        return f"CONSTRAINT {schema_editor.quote_name(self.name)} {self._clause(model, schema_editor)}"

    def create_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Statement:  # type: ignore[override]  # as Django's own constraints do
        assert model is not None
        assert schema_editor is not None
        return Statement(
            "ALTER TABLE %(table)s ADD %(constraint)s",
            table=Table(model._meta.db_table, schema_editor.quote_name),
            constraint=self.constraint_sql(model, schema_editor),
        )

    def remove_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Statement:  # type: ignore[override]  # as Django's own constraints do
        assert model is not None
        assert schema_editor is not None
        return Statement(
            "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s",
            table=Table(model._meta.db_table, schema_editor.quote_name),
            name=schema_editor.quote_name(self.name),
        )

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Left to the database: forms never offer rows of another dossier."""

    def __eq__(self, other: object) -> bool:
        if isinstance(other, CompositeForeignKey):
            return self.deconstruct() == other.deconstruct()
        return NotImplemented

    def __hash__(self) -> int:
        return hash((self.name, self.fields, self.to, self.to_fields))

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, tuple(args), kwargs | {"fields": self.fields, "to": self.to, "to_fields": self.to_fields}


def same_dossier(field: str, to: str, *, name: str) -> CompositeForeignKey:
    """``field`` may only point at a row of the same dossier."""
    return CompositeForeignKey(fields=("dossier", field), to=to, name=name)


def addressable(*, name: str) -> models.UniqueConstraint:
    """Lets other rows of the dossier point here: the target of ``same_dossier``."""
    return models.UniqueConstraint(fields=["dossier", "id"], name=name)
