"""A step that adds a constraint, an index or a trigger leaves the models as the common one would, rendered or not."""

from __future__ import annotations

from typing import Any

import pgtrigger
import pgtrigger.migrations
import pytest
from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from apps.core.operations import AddConstraint, AddIndex, AddTrigger

LONG = models.CheckConstraint(condition=models.Q(length__gt=3), name="harbour_boat_is_long")
BY_LENGTH = models.Index(fields=["length"], name="harbour_boat_by_length")
KEPT = pgtrigger.Protect(name="kept", operation=pgtrigger.Delete)


def state_after(operation: Operation, *, rendered: bool) -> ProjectState:
    state = ProjectState()
    fields: list[tuple[str, models.Field[Any, Any]]] = [
        ("id", models.AutoField(primary_key=True)),
        ("length", models.IntegerField()),
    ]
    state.add_model(ModelState("harbour", "Boat", fields, {"constraints": [], "indexes": []}))
    if rendered:
        assert state.apps.get_model("harbour", "Boat")
    operation.state_forwards("harbour", state)
    return state


@pytest.mark.parametrize("rendered", [True, False])
@pytest.mark.parametrize(
    ("ours", "common", "option", "added"),
    [
        (AddConstraint("boat", LONG), migrations.AddConstraint("boat", LONG), "constraints", LONG),
        (AddIndex("boat", BY_LENGTH), migrations.AddIndex("boat", BY_LENGTH), "indexes", BY_LENGTH),
        (AddTrigger("boat", KEPT), pgtrigger.migrations.AddTrigger("boat", KEPT), "triggers", KEPT),
    ],
    ids=["constraint", "index", "trigger"],
)
def test_what_is_added_is_known_afterwards_as_with_the_common_step(
    ours: Operation, common: Operation, option: str, added: object, rendered: bool
) -> None:
    with_ours, with_the_common = (state_after(step, rendered=rendered) for step in (ours, common))
    assert with_ours == with_the_common
    assert with_ours.models["harbour", "boat"].options[option] == [added]
    for state in (with_ours, with_the_common):
        assert getattr(state.apps.get_model("harbour", "Boat")._meta, option) == [added]
