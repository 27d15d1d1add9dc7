"""How long it takes to find the candidates for a copy among a million sketches, by the query that articles go through.

The rows are written past all services, in a database that is thrown away: sketches as texts have them, most of their
hashes of their own, some of phrases that many print, a few that nearly everybody does (Zipf).
"""

from __future__ import annotations

import time
from typing import Any, Final

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.people import account_for
from apps.articles import sketches
from apps.articles.services.sketching import candidates
from apps.dossiers.services import open_dossier

SHINGLES: Final = 400
"""Of a text, as an article of some 400 words has them."""
COMMON_SHARE: Final = 0.1
COMMON: Final = 50_000
AT_ONCE: Final = 20_000
LOOKUPS: Final = 1_000

_ROWS = """
    INSERT INTO articles_article (id, dossier_id, public_id, known_from, known_from_index, number, address)
        SELECT n, %(dossier)s, gen_random_uuid(), now(), n, n, '' FROM generate_series(%(first)s, %(last)s) n;
    INSERT INTO articles_rendition (id, dossier_id, public_id, known_from, known_from_index, article_id, capture_id,
            extractor, version, text, sha256, headline, byline, credit, published_precision, language, captions,
            canonical)
        SELECT n, %(dossier)s, gen_random_uuid(), now(), n, n, n, 'bench', '1', 'x', repeat('0', 64), '', '', '', '',
            '', '{}', '' FROM generate_series(%(first)s, %(last)s) n;
"""


def lookup(count: int, *, seed: int = 1) -> dict[str, Any]:
    """Milliseconds of a look-up at ``count`` sketches: half of them for edited copies of what is held, half for texts
    of which there is none; and how many of the copies were found.
    """
    rng = np.random.default_rng(seed)
    person, _new = account_for(email="bench@example.org", name="Bench")
    dossier = open_dossier(slug="bench-lookup", title="Look-up", time_zone="UTC", by=person, at=timezone.now())
    common = _hashes(rng, COMMON)
    held = _fill(dossier.pk, count, rng, common)
    times, found = [], 0
    for number in range(LOOKUPS):
        known = number % 2 == 0
        text = held[number % len(held)] if known else (0, _text(rng, common))
        asked = _sketch(_edited(rng, text[1]) if known else text[1])
        began = time.perf_counter()
        got = candidates(dossier.pk, asked.tolist())
        times.append(1000 * (time.perf_counter() - began))
        found += known and text[0] in got
    return {
        "sketches": count,
        "lookups": LOOKUPS,
        "p50_ms": round(float(np.percentile(times, 50)), 2),
        "p95_ms": round(float(np.percentile(times, 95)), 2),
        "max_ms": round(max(times), 2),
        "found_of_copies_with_a_fifth_exchanged": round(found / (LOOKUPS / 2), 4),
    }


def _hashes(rng: np.random.Generator, count: int) -> Any:
    return rng.integers(-(2**31), 2**31, size=count, dtype=np.int64)


def _text(rng: np.random.Generator, common: Any) -> Any:
    """The hashes of the shingles of one text."""
    shared = int(SHINGLES * COMMON_SHARE)
    phrases = common[np.minimum(rng.zipf(1.3, size=shared), COMMON) - 1]
    return np.concatenate([_hashes(rng, SHINGLES - shared), phrases])


def _edited(rng: np.random.Generator, text: Any) -> Any:
    """One word in five exchanged breaks about half of the shingles of three words."""
    kept = text[rng.random(len(text)) < (1 - 0.2) ** sketches.SHINGLE]
    return np.concatenate([kept, _hashes(rng, len(text) - len(kept))])


def _sketch(text: Any) -> Any:
    return np.unique(text)[: sketches.SIZE]


def _fill(dossier_id: int, count: int, rng: np.random.Generator, common: Any) -> list[tuple[int, Any]]:
    """Write the rows; some of the texts, to ask for copies of."""
    kept: list[tuple[int, Any]] = []
    first = 10**6  # beyond what was taken in before
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX articles_sketch_hashes")  # made at once at the end, as after any import
        for start in range(first, first + count, AT_ONCE):
            last = min(start + AT_ONCE, first + count) - 1
            with transaction.atomic():
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute(_ROWS, {"dossier": dossier_id, "first": start, "last": last})
                with cursor.copy("COPY articles_sketch (rendition_id, dossier_id, hashes) FROM STDIN") as copy:
                    for pk in range(start, last + 1):
                        text = _text(rng, common)
                        if len(kept) < LOOKUPS and pk % max(count // LOOKUPS, 1) == 0:
                            kept.append((pk, text))
                        copy.write_row((pk, dossier_id, _sketch(text).tolist()))
        cursor.execute("CREATE INDEX articles_sketch_hashes ON articles_sketch USING gin (hashes)")
        cursor.execute("ANALYZE articles_sketch")
        cursor.execute("ANALYZE articles_rendition")
    return kept
