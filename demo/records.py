"""Reads one mapping of a data file, so that a mistake in it is reported with the file and the key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any


class DemoDataError(ValueError):
    """A data file of the demonstration is wrong; the message names the file and the key."""

    def __init__(self, file: Path, key: str, problem: str) -> None:
        name = f"{file.parent.name}/{file.name}"
        super().__init__(f"{name}: {key}: {problem}" if key else f"{name}: {problem}")
        self.file = file
        self.key = key


@dataclass(frozen=True, slots=True)
class Record:
    """One table (TOML) or object (JSON) of ``file``, found under the key ``at``."""

    file: Path
    at: str
    values: Mapping[str, Any]

    @classmethod
    def of(cls, value: object, *, file: Path, at: str) -> Record:
        if not isinstance(value, dict):
            raise DemoDataError(file, at, f"expected a table, found {_kind(value)}")
        return cls(file, at, value)

    def error(self, key: str, problem: str) -> DemoDataError:
        return DemoDataError(self.file, self._path(key), problem)

    def only(self, *known: str) -> Record:
        """Refuses keys that nothing would read, which are most often misspelt."""
        for key in self.values:
            if key not in known:
                raise self.error(key, f"unknown key; expected one of {', '.join(known)}")
        return self

    def text(self, key: str) -> str:
        value = self._required(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, f"expected text, found {_kind(value)}")
        return value

    def maybe_text(self, key: str) -> str | None:
        return None if self.values.get(key) is None else self.text(key)

    def choice(self, key: str, allowed: frozenset[str]) -> str:
        value = self.text(key)
        if value not in allowed:
            raise self.error(key, f"{value!r} is not one of {', '.join(sorted(allowed))}")
        return value

    def integer(self, key: str) -> int:
        value = self._required(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.error(key, f"expected a whole number, found {_kind(value)}")
        return value

    def maybe_integer(self, key: str) -> int | None:
        return None if self.values.get(key) is None else self.integer(key)

    def flag(self, key: str, *, default: bool = False) -> bool:
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.error(key, f"expected true or false, found {_kind(value)}")
        return value

    def maybe_day(self, key: str) -> date | None:
        value = self.maybe_text(key)
        if value is None:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.error(key, f"{value!r} is not a date like 2024-03-12") from None

    def moment(self, key: str) -> datetime:
        value = self._required(key)
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise self.error(key, "expected a date and time with an offset, like 2024-03-12T06:40:00+00:00")
        return value if value.utcoffset() else value.replace(tzinfo=UTC)

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._required(key)
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.error(key, f"expected a list of texts, found {_kind(value)}")
        return tuple(value)

    def integers(self, key: str) -> tuple[int, ...]:
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(type(item) is int for item in value):
            raise self.error(key, f"expected a list of whole numbers, found {_kind(value)}")
        return tuple(value)

    def record(self, key: str) -> Record:
        return Record.of(self._required(key), file=self.file, at=self._path(key))

    def records(self, key: str, *, optional: bool = False) -> Iterator[Record]:
        value = self.values.get(key, []) if optional else self._required(key)
        if not isinstance(value, list):
            raise self.error(key, f"expected a list, found {_kind(value)}")
        for number, item in enumerate(value):
            yield Record.of(item, file=self.file, at=f"{self._path(key)}[{number}]")

    def _required(self, key: str) -> Any:
        if key not in self.values:
            raise self.error(key, "is missing")
        return self.values[key]

    def _path(self, key: str) -> str:
        return f"{self.at}.{key}" if self.at else key


def _kind(value: object) -> str:
    """``value`` as a person would name it in an error."""
    if value is None:
        return "nothing"
    return f"{value!r}" if isinstance(value, str | int | float | bool) else f"a {type(value).__name__}"
