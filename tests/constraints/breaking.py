"""Trying what the database must refuse, past all services."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pgtrigger
import psycopg
import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models.constraints import BaseConstraint

from apps.core.constraints import CompositeForeignKey

C = TypeVar("C", bound=BaseConstraint)


def our_models() -> Iterator[type[models.Model]]:
    """Every model of the project's own apps."""
    yield from (model for model in apps.get_models() if model.__module__.startswith("apps."))


def constraints_of(kind: type[C]) -> list[tuple[type[models.Model], C]]:
    """Every constraint of a kind, with its model."""
    return [(m, c) for m in our_models() for c in m._meta.constraints if isinstance(c, kind)]


def refused(act: Callable[[], object], by: type[psycopg.Error]) -> str:
    """The name of the constraint that refuses this act, in whose way no trigger stands."""
    with pytest.raises(IntegrityError) as raised, pgtrigger.ignore(), transaction.atomic():
        act()
    cause = raised.value.__cause__
    assert isinstance(cause, by), cause
    return cause.diag.constraint_name or ""


def allowed(act: Callable[[], object]) -> None:
    """The control: much the same act goes through."""
    with pgtrigger.ignore(), transaction.atomic():
        act()
        transaction.set_rollback(True)


def changing(row: models.Model, **changes: Any) -> Callable[[], object]:
    """Write these values over those of a row."""
    return lambda: type(row)._base_manager.filter(pk=row.pk).update(**changes)


def doubling(row: models.Model, **changes: Any) -> Callable[[], object]:
    """Write the row a second time, with these changes."""

    def act() -> None:
        copy = type(row)._base_manager.get(pk=row.pk)
        copy.pk = None
        copy._state.adding = True
        if hasattr(copy, "public_id"):
            copy.public_id = uuid.uuid4()
        for name, value in changes.items():
            setattr(copy, name, value)
        copy.save(force_insert=True)

    return act


def foreign_keys() -> list[tuple[type[models.Model], CompositeForeignKey]]:
    return constraints_of(CompositeForeignKey)
