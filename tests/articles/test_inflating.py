"""Undoing content encodings, whatever they hold."""

from __future__ import annotations

import gzip
import io
import random
import time
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest

from apps.articles import inflating
from apps.articles.guard import Refused
from tests.pace import bound

WORDS = b"words " * 10_000
MOST = 1_000_000


def pieces(body: bytes, size: int) -> Iterator[bytes]:
    stream = io.BytesIO(body)
    return iter(lambda: stream.read(size), b"")


def inflated(body: bytes, *encodings: str, size: int = 1_000, most: int = MOST) -> bytes:
    return b"".join(inflating.inflated(pieces(body, size), encodings, most=most))


def refusal(body: bytes, *encodings: str, most: int = MOST) -> str:
    with pytest.raises(Refused) as refused:
        inflated(body, *encodings, most=most)
    return refused.value.code


def bare(body: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflater.compress(body) + deflater.flush()


@pytest.mark.parametrize("size", [1, 2, 7, 1_000, 100_000])
@pytest.mark.parametrize(
    ("body", "encodings"),
    [
        (WORDS, ()),
        (gzip.compress(WORDS, mtime=0), ("gzip",)),
        (gzip.compress(WORDS, mtime=0), ("x-gzip",)),
        (zlib.compress(WORDS), ("deflate",)),
        (bare(WORDS), ("deflate",)),
        (gzip.compress(zlib.compress(WORDS), mtime=0), ("deflate", "gzip")),
        (gzip.compress(WORDS[:30_000], mtime=0) + gzip.compress(WORDS[30_000:], mtime=0), ("gzip",)),
        (gzip.compress(WORDS, mtime=0) + b"\x00" * 100, ("gzip",)),
        (gzip.compress(WORDS, mtime=0) + b"trash" * 1_000, ("gzip",)),
        (zlib.compress(WORDS) + b"\x1f\x8btrash", ("deflate",)),
    ],
)
def test_what_was_encoded_comes_back_however_it_is_cut(body: bytes, encodings: tuple[str, ...], size: int) -> None:
    assert inflated(body, *encodings, size=size) == WORDS


def test_noise_comes_back_too() -> None:
    noise = random.Random(7).randbytes(300_000)
    assert inflated(gzip.compress(noise, 1), "gzip", size=333) == noise


def test_nothing_at_all_is_nothing() -> None:
    assert inflated(b"", "gzip") == b""
    assert inflated(gzip.compress(b""), "gzip") == b""


@pytest.mark.parametrize(
    ("body", "encodings"),
    [
        (b"plain", ("gzip",)),
        (b"x", ("gzip",)),
        (b"\xff\xff\xff\xff", ("deflate",)),
        (gzip.compress(WORDS, mtime=0)[:-9], ("gzip",)),
        (gzip.compress(WORDS, mtime=0)[:50], ("gzip",)),
        (gzip.compress(WORDS, mtime=0)[:-8] + b"wrong-sum", ("gzip",)),
        (gzip.compress(WORDS, mtime=0), ("gzip", "gzip")),
        (gzip.compress(WORDS, mtime=0) + b"\x1f\x8btrash", ("gzip",)),
    ],
)
def test_what_is_not_encoded_like_that_or_ends_early_is_refused(body: bytes, encodings: tuple[str, ...]) -> None:
    assert refusal(body, *encodings) == "bad_response"


def test_exactly_what_is_allowed_comes_back() -> None:
    assert len(inflated(gzip.compress(b"x" * 5_000), "gzip", most=5_000)) == 5_000
    assert refusal(gzip.compress(b"x" * 5_001), "gzip", most=5_000) == "too_large"


def nested(layers: int, size: int = 200_000_000) -> bytes:
    """Zeros, encoded so many times."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = b"\x00" * 1_000_000
    bomb = b"".join(deflater.compress(zeros) for _ in range(size // len(zeros))) + deflater.flush()
    for _ in range(layers - 1):
        bomb = gzip.compress(bomb)
    return bomb


@pytest.mark.untraced
@pytest.mark.parametrize("layers", [1, 2])
def test_a_bomb_goes_off_at_the_cap_in_little_memory_and_time(layers: int) -> None:
    bomb = nested(layers)
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(Refused, match="more here"):
        for _ in inflating.inflated(pieces(bomb, 65_536), ("gzip",) * layers, most=25 * 2**20):
            pass
    spent, (_, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000
    assert spent < bound(2.0)


def test_a_bomb_inside_that_gives_nothing_goes_off_too() -> None:
    """Millions of empty members, compressed again: little comes in, nothing comes out, and much lies between."""
    bomb = gzip.compress(gzip.compress(b"") * 100_000)
    assert len(bomb) < 20_000
    assert refusal(bomb, "gzip", "gzip", most=MOST) == "too_large"


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ("", ()),
        ("gzip", ("gzip",)),
        (" GZIP , identity", ("gzip",)),
        ("deflate,gzip", ("deflate", "gzip")),
        (",", ()),
    ],
)
def test_encodings_are_read_from_their_header(header: str, names: tuple[str, ...]) -> None:
    assert inflating.named(header) == names


@pytest.mark.parametrize("header", ["br", "gzip, gzip, gzip", "zstd", "gzip, sdch", "gzip;q=1"])
def test_encodings_that_were_not_asked_for_are_refused(header: str) -> None:
    with pytest.raises(Refused) as refused:
        inflating.named(header)
    assert refused.value.code == "bad_response"
