"""References in addresses: ``C-0007`` for a claim, ``A-0012`` for an article."""

from __future__ import annotations


class _Numbered:
    letter: str
    regex: str

    def to_python(self, value: str) -> int:
        return int(value[2:])

    def to_url(self, value: int | str) -> str:
        return value if isinstance(value, str) else f"{self.letter}-{value:04d}"


class ClaimNumber(_Numbered):
    """A claim's number by its reference."""

    letter = "C"
    regex = r"C-[0-9]{4,9}"


class ArticleNumber(_Numbered):
    """An article's number by its reference."""

    letter = "A"
    regex = r"A-[0-9]{4,9}"
