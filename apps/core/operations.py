"""Steps of migrations that do not render the model and all that it is related to anew, which here is nearly everything.

No part of a rendered model depends on its constraints, indexes and triggers, so that it is enough to tell it of the new
one. With some three hundred of them that is most of the time that a new database takes.
"""

from __future__ import annotations

from typing import Any

import pgtrigger.migrations
from django.db import migrations
from django.db.migrations.state import ProjectState


class AddConstraint(migrations.AddConstraint):
    """As Django's."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        _tell(state, (app_label, self.model_name_lower), "constraints", self.constraint)


class AddIndex(migrations.AddIndex):
    """As Django's."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        _tell(state, (app_label, self.model_name_lower), "indexes", self.index)


class AddTrigger(pgtrigger.migrations.AddTrigger):
    """As django-pgtrigger's."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        _tell(state, (app_label, self.model_name_lower), "triggers", self.trigger)


def _tell(state: ProjectState, key: tuple[str, str], option: str, added: Any) -> None:
    told = state.models[key]
    told.options = {**told.options, option: [*told.options.get(option, []), added]}
    if "apps" in state.__dict__:
        meta = state.apps.get_model(*key)._meta
        setattr(meta, option, [*getattr(meta, option, []), added])
