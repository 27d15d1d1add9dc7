"""No row points into a foreign dossier, nor out of what it belongs to. Read off the models: none is forgotten."""

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import connection, models

from apps.articles.models import Rendition, Sketch
from apps.core.constraints import CompositeForeignKey
from apps.crosscheck.models import Summary
from apps.ledger.models import Fact
from apps.review.models import Revision
from tests.constraints.breaking import allowed, changing, foreign_keys, our_models, refused
from tests.constraints.conftest import Pair


def target_of(key: CompositeForeignKey) -> type[models.Model]:
    return apps.get_model(key.to)


def test_a_row_refers_only_within_what_it_belongs_to(pair: Pair, subtests: pytest.Subtests) -> None:
    for model, key in foreign_keys():
        with subtests.test(key.name):
            _refers_only_within(pair, model, key)


def _refers_only_within(pair: Pair, model: type[models.Model], key: CompositeForeignKey) -> None:
    shared, field = key.fields
    here, foreign = pair.here.dossier, pair.foreign.dossier
    row = model._base_manager.filter(dossier=here).exclude(**{field: None}).order_by("pk").first()
    assert row is not None, f"the full world has no {model.__name__} with {field}"
    others = target_of(key)._base_manager.exclude(pk=getattr(row, f"{field}_id"))
    if shared == "dossier":
        other = others.filter(dossier=foreign).last()
    else:
        # Of the same dossier, but of another article, proposal or rendition.
        other = others.filter(dossier=here).exclude(**{key.to_fields[0]: getattr(row, f"{shared}_id")}).last()
    assert other is not None, f"the full world has no other {key.to}"

    aside = _out_of_the_way(row)
    assert refused(changing(row, **{field: other}, **aside), psycopg.errors.ForeignKeyViolation) in _that_watch(
        model, field
    )
    allowed(changing(row, **{field: getattr(row, field)}, **aside))


def _out_of_the_way(row: models.Model) -> dict[str, Any]:
    """What keeps uniqueness, which is tested elsewhere, from refusing first."""
    if isinstance(row, Fact):
        return {"known_until": row.known_from + timedelta(days=1), "known_until_index": row.known_from_index + 1}
    if isinstance(row, Revision):
        return {"number": 999}
    if isinstance(row, Rendition):
        return {"version": "another"}
    if isinstance(row, Sketch | Summary):
        type(row)._base_manager.exclude(pk=row.pk).delete()
    return {}


def _that_watch(model: type[models.Model], field: str) -> set[str]:
    """Constraints over this column, here and where others refer to it."""
    own = {str(key.name) for other, key in foreign_keys() if other is model and field in key.fields}
    return own | {str(key.name) for _m, key in foreign_keys() if target_of(key) is model and field in key.to_fields}


@pytest.mark.django_db
def test_the_database_keeps_it_over_these_very_columns(subtests: pytest.Subtests) -> None:
    for model, key in foreign_keys():
        with subtests.test(key.name), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_get_constraintdef(oid), convalidated FROM pg_constraint WHERE conname = %s", [key.name]
            )
            definition, valid = cursor.fetchone()
            columns = ", ".join(key._columns(model, key.fields))
            assert definition.startswith(f"FOREIGN KEY ({columns}) REFERENCES {target_of(key)._meta.db_table}(")
            assert valid


def test_every_reference_between_rows_of_dossiers_is_kept_within_its_dossier() -> None:
    watched = {(model, field) for model, key in foreign_keys() for field in key.fields}
    loose = [
        f"{model.__name__}.{field.name}"
        for model in our_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
        and "dossier" in {f.name for f in model._meta.concrete_fields}
        and "dossier" in {f.name for f in field.related_model._meta.concrete_fields}
        and (model, field.name) not in watched
    ]
    assert loose == []
