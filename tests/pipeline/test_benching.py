"""The benchmark of ingestion measures what it says, on a database that holds nothing."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.articles import extraction
from apps.pipeline import bench_lookup, benching
from tests.factories.worlds import a_dossier

PAGES = benching.invented(12)


def test_invented_pages_are_the_same_each_time_and_none_is_anothers() -> None:
    assert benching.invented(12) == PAGES
    assert len({page.body for page in PAGES}) == 12
    assert all(len(extraction.from_html(page.body).text) > 500 for page in PAGES)


def test_pages_come_from_a_folder_packed_or_not(tmp_path: Path) -> None:
    (tmp_path / "b.html").write_bytes(b"<p>b")
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(b"<p>a"))
    (tmp_path / "c.txt").write_bytes(b"c")
    assert [(page.name, page.body) for page in benching.pages_in(tmp_path)] == [("a", b"<p>a"), ("b", b"<p>b")]


def test_edited_copies_are_found_and_other_articles_are_joined_with_none() -> None:
    held = benching.texts(PAGES)
    assert benching.false_joins(held) == {"pairs": 66, "compared": 0, "joined": 0}
    assert set(benching.recall(held)) == {"10%", "20%", "30%"}
    assert min(benching.recall(held).values()) >= 0.9


def test_a_text_with_all_its_words_exchanged_is_no_copy_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benching, "EDITS", (1.0,))
    assert benching.recall(benching.texts(PAGES)) == {"100%": 0.0}


def test_a_page_of_which_nothing_is_drawn_is_told_by_name_if_it_has_an_article() -> None:
    empty = [benching.Page(name, b"<html><body><img src=x>") for name in ("full", "bare")]
    assert benching.empties([*PAGES[:1], *empty], {"full": "Words.", "bare": " "})["empty"] == ["full"]


@pytest.mark.django_db
def test_copies_are_looked_up_among_many_sketches() -> None:
    found = bench_lookup.lookup(1_000)
    assert found["sketches"] == 1_000
    assert found["found_of_copies_with_a_fifth_exchanged"] > 0.98
    assert 0 < found["p50_ms"] <= found["p95_ms"] <= found["max_ms"]


@pytest.mark.django_db
def test_nothing_is_measured_beside_the_dossiers_of_people() -> None:
    a_dossier()
    with pytest.raises(CommandError, match="holds dossiers"):
        call_command("bench_ingest")
