"""Reading what comes back: first the envelope that the server made, then the words that the model wrote.

Nothing in either is believed before it has been looked at: sizes are bounded, kinds are of the enumeration or the
attribution is dropped, numbers of tokens are whole and not absurd. Whatever cannot be read is :class:`Rubbish`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NoReturn

from apps.attribution.types import Kind

MOST_PARTS: Final = 12
LONGEST_ANCHOR: Final = 300
MOST_TOKENS: Final = 10**8
SPARE: Final = 20
CHARACTERS_EACH: Final = 40
THOUGHT: Final = "</think>"
KINDS: Final[Mapping[object, Kind]] = {kind.value: kind for kind in Kind}
MAY_BE_MISSING: Final = frozenset(("source", "target"))


class Rubbish(Exception):
    """An answer that cannot be used. The message says what is wrong with it, and repeats nothing of it.

    ``by_model``: the server spoke the protocol, but what the model wrote was not what it was asked for. ``final``:
    asking again would give the same.
    """

    def __init__(self, message: str, *, by_model: bool, final: bool = False) -> None:
        super().__init__(message)
        self.by_model = by_model
        self.final = final


@dataclass(frozen=True, slots=True)
class Completion:
    """What the model wrote, why it stopped, and the tokens that the server says it read and wrote."""

    content: str
    finish: str
    refused: bool
    prompt_tokens: int | None
    completion_tokens: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """One attribution as the model tells it: words, not positions. Each part may be in several pieces.

    ``where`` is how the sentence of the cue begins; ``target`` holds one piece or none.
    """

    where: str
    source: tuple[str, ...]
    cue: tuple[str, ...]
    content: tuple[str, ...]
    target: tuple[str, ...]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model tells of a window, each once, and how many attributions were no attributions at all."""

    told: tuple[Told, ...]
    malformed: int


def read_completion(body: bytes) -> Completion:
    """The envelope of a chat completion. Its content type is not asked: what is one counts as one."""
    answer = _loads(body, by_model=False)
    if not isinstance(answer, dict):
        raise Rubbish("it is no chat completion", by_model=False)
    choices = answer.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raise Rubbish("it is no chat completion", by_model=False)
    content, finish, usage = message.get("content"), choice.get("finish_reason"), answer.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    return Completion(
        content=content if isinstance(content, str) else "",
        finish=finish if isinstance(finish, str) else "",
        refused=bool(message.get("refusal")),
        prompt_tokens=_tokens(counts.get("prompt_tokens")),
        completion_tokens=_tokens(counts.get("completion_tokens")),
    )


def read_answer(completion: Completion, *, shown: int) -> Answer:
    """The attributions the model wrote down for a window of ``shown`` characters.

    An entry that is no attribution (a part missing or no text, a kind that there is not) is left out and counted. More
    entries than a window of this size could hold make the whole answer rubbish, and so does anything around them that
    is not the object that was asked for, but for a fence or a thought before it.
    """
    if completion.finish == "length":
        raise Rubbish("it was cut off at the limit of tokens", by_model=True, final=True)
    if completion.refused or completion.finish == "content_filter":
        raise Rubbish("the model declined to read the text", by_model=True, final=True)
    answer = _loads(_object_in(completion.content), by_model=True)
    entries = answer.get("attributions") if isinstance(answer, dict) else None
    if not isinstance(entries, list):
        raise Rubbish("it holds no list of attributions", by_model=True)
    told = [_told(entry) for entry in entries]
    once = tuple(dict.fromkeys(one for one in told if one is not None))
    if len(once) > SPARE + shown // CHARACTERS_EACH:
        raise Rubbish("it holds more attributions than the text has room for", by_model=True)
    return Answer(once, sum(one is None for one in told))


def _tokens(value: object) -> int | None:
    return value if type(value) is int and 0 <= value <= MOST_TOKENS else None


def _object_in(content: str) -> str:
    """What stands after a thought, inside a fence."""
    text = content.rpartition(THOUGHT)[2].strip()
    if text.startswith("```") and text.endswith("```"):
        text = text[3:-3].removeprefix("json").strip()
    return text


def _loads(source: str | bytes, *, by_model: bool) -> object:
    def no_number(name: str) -> NoReturn:
        raise ValueError(name)

    try:
        found: object = json.loads(source, parse_constant=no_number)
    except (ValueError, RecursionError):
        raise Rubbish("it is no JSON", by_model=by_model) from None
    return found


def _told(entry: object) -> Told | None:
    if not isinstance(entry, dict):
        return None
    where, kind = entry.get("where", ""), entry.get("kind")
    if not isinstance(where, str) or not isinstance(kind, str) or kind not in KINDS:
        return None
    source, cue, content, target = (_pieces(entry, name) for name in ("source", "cue", "content", "target"))
    if source is None or cue is None or content is None or target is None:
        return None
    return Told(where[:LONGEST_ANCHOR], source, cue, content, target[:1], KINDS[kind])


def _pieces(entry: Mapping[str, object], name: str) -> tuple[str, ...] | None:
    """The pieces of a part: a list of texts, or one text alone; empty ones are none. None if it is anything else."""
    value = entry.get(name)
    if value is None and name in MAY_BE_MISSING:
        return ()
    pieces = [value] if isinstance(value, str) else value
    if not isinstance(pieces, list) or len(pieces) > MOST_PARTS:
        return None
    texts = tuple(piece for piece in pieces if isinstance(piece, str))
    return tuple(text for text in texts if text) if len(texts) == len(pieces) else None
