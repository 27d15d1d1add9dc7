"""Reasons for not taking something in."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import apps.articles
from apps.articles import refusals
from apps.articles.refusals import Unreadable
from apps.core.errors import Refusal

MODULES = Path(apps.articles.__file__).parent
RAISED = re.compile(
    r"\b(?:Refused|Refusal|Unreadable|FeedUnreadable|BadAddress|ParserStopped|ParserLost)\(\s*\"(\w+)\""
)
TOLD = re.compile(r"\bMember\([^)]*\bcode=\"(\w+)\"")


def test_every_code_that_is_raised_has_a_sentence() -> None:
    texts = [module.read_text() for module in MODULES.rglob("*.py")]
    raised = {code for text in texts for code in (*RAISED.findall(text), *TOLD.findall(text))}
    assert {"not_public", "empty_text", "not_a_feed", "bad_address", "parser_time", "nothing_inside"} <= raised
    assert {"too_many_members", "damaged_archive"} <= raised
    assert raised <= set(refusals.REASONS)


def test_a_refusal_is_one_of_the_domains() -> None:
    refused = Unreadable("too_deep", "3,000 elements")
    assert isinstance(refused, Refusal)
    assert str(refused.reason) == refusals.sentence("too_deep") == "This page is nested too deeply to be read."


def test_a_refusal_crosses_processes() -> None:
    copy = pickle.loads(pickle.dumps(Unreadable("too_deep", "3,000 elements")))
    assert (type(copy), copy.code, copy.detail) == (Unreadable, "too_deep", "3,000 elements")


def test_a_code_of_another_time_is_shown_as_it_is() -> None:
    assert refusals.sentence("of_old") == "of_old"
