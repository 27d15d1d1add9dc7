"""Each commit is a boundary, and so is each statement that commits by itself. The application knows nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base

from ops.faults import points

WRITES = ("UPDATE", "INSERT", "DELETE")


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(_watched)

    def _commit(self) -> None:
        points.reach("before")
        super()._commit()  # type: ignore[misc]
        points.reach("after")


def _watched(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    alone = not context["connection"].in_atomic_block and str(sql).lstrip().upper().startswith(WRITES)
    if alone:
        points.reach("before")
    done = execute(sql, params, many, context)
    if alone:
        points.reach("after")
    return done
