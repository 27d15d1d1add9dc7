"""What goes between a worker and the child that reads for it: frames, and values by the types that are expected.

A frame is a tag of one byte, the lengths of two parts as unsigned 32-bit integers in network order, a part in JSON and
a part of raw bytes. The JSON says nothing about types: a value is read as the type that the asker expects and refused
if it is another, so that a child that hostile bytes have taken over can send wrong words but never make its parent run
anything.
"""

from __future__ import annotations

import json
import struct
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

HEAD: Final = struct.Struct(">cII")

Decoder = Callable[[Any, bytes], Any]


class Garbled(Exception):
    """What came is not what was expected."""


def pack(tag: bytes, value: object, raw: bytes = b"") -> list[bytes]:
    """A frame, in parts. ``raw`` is sent beside ``value``; the bytes in ``value`` follow it.

    A dataclass is sent as the list of its fields, a moment in ISO 8601, bytes as where they stand in the raw part.
    """
    parts, at = [raw] if raw else [], len(raw)

    def plain(one: object) -> object:
        nonlocal at
        if isinstance(one, bytes):
            parts.append(one)
            at += len(one)
            return [at - len(one), len(one)]
        if isinstance(one, datetime):
            return one.isoformat()
        if isinstance(one, Enum):
            return plain(one.value)
        if is_dataclass(one):
            return [plain(getattr(one, field.name)) for field in fields(one)]
        if isinstance(one, Mapping):
            return {str(key): plain(held) for key, held in one.items()}
        if isinstance(one, (list, tuple)):
            return [plain(held) for held in one]
        return one

    words = json.dumps(plain(value), separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
    return [HEAD.pack(tag, len(words), at), words, *parts]


def told(words: bytes) -> Any:
    """The JSON part of a frame. Raises :class:`Garbled`."""
    try:
        return json.loads(words.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise Garbled("no JSON") from error


def unpack(kind: Any, words: bytes, raw: bytes) -> Any:
    """A value of the type ``kind``: of scalars, moments, bytes, sequences, mappings and dataclasses of these.

    Raises :class:`Garbled` for anything else.
    """
    return _decoder(kind)(told(words), raw)


@cache
def _decoder(kind: Any) -> Decoder:
    if kind is Any or kind is object:
        return lambda value, raw: value
    if kind in _SCALARS:
        return _SCALARS[kind]
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return lambda value, raw: _made(kind, value)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return lambda value, raw: _one_of(arguments, value)
    if origin in (Union, types.UnionType):
        return _union(arguments)
    if origin is tuple and not (len(arguments) == 2 and arguments[1] is Ellipsis):
        return _record(tuple(_decoder(argument) for argument in arguments))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(_decoder(arguments[1]))
    if isinstance(origin, type) and issubclass(origin, Sequence):
        return _sequence(_decoder(arguments[0]), tuple if origin is tuple else list)
    raise TypeError(f"{kind} cannot be sent")


def _instance(*expected: type) -> Decoder:
    def decode(value: Any, raw: bytes) -> Any:
        # A bool is an int to Python and none to us.
        if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
            raise Garbled(f"{type(value).__name__} instead of {expected[0].__name__}")
        return value

    return decode


def _bytes(value: Any, raw: bytes) -> bytes:
    at, length = _record((_instance(int), _instance(int)))(value, raw)
    if not 0 <= at <= at + length <= len(raw):
        raise Garbled("bytes that did not come")
    return raw[at : at + length]


def _moment(value: Any, raw: bytes) -> datetime:
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise Garbled("no moment") from error


_SCALARS: Final[Mapping[Any, Decoder]] = {
    str: _instance(str),
    int: _instance(int),
    float: _instance(float, int),
    bool: _instance(bool),
    type(None): _instance(type(None)),
    bytes: _bytes,
    datetime: _moment,
}


def _made(kind: type[Enum], value: Any) -> Enum:
    try:
        return kind(value)
    except (TypeError, ValueError) as error:
        raise Garbled(f"no {kind.__name__}") from error


def _one_of(allowed: tuple[Any, ...], value: Any) -> Any:
    if not any(value == one and type(value) is type(one) for one in allowed):
        raise Garbled(f"none of {allowed}")
    return value


def _union(kinds: tuple[Any, ...]) -> Decoder:
    """The only unions that are sent are of something and nothing."""
    others = [kind for kind in kinds if kind is not type(None)]
    if len(others) != 1:
        raise TypeError(f"{kinds} cannot be told apart")
    decode = _decoder(others[0])
    return lambda value, raw: None if value is None else decode(value, raw)


def _record(decoders: tuple[Decoder, ...]) -> Decoder:
    def decode(value: Any, raw: bytes) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != len(decoders):
            raise Garbled(f"not {len(decoders)} values")
        return tuple(decoder(one, raw) for decoder, one in zip(decoders, value, strict=True))

    return decode


def _dataclass(kind: type) -> Decoder:
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    decode = _record(tuple(_decoder(hints[name]) for name in names))
    return lambda value, raw: kind(**dict(zip(names, decode(value, raw), strict=True)))


def _sequence(decode: Decoder, kind: type) -> Decoder:
    def decode_all(value: Any, raw: bytes) -> Any:
        if not isinstance(value, list):
            raise Garbled("no sequence")
        return kind(decode(one, raw) for one in value)

    return decode_all


def _mapping(decode: Decoder) -> Decoder:
    def decode_all(value: Any, raw: bytes) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Garbled("no mapping")
        return {name: decode(one, raw) for name, one in value.items()}

    return decode_all
