"""Loads the demonstration's files, checking every reference on the way.

``load``, ``articles`` and ``review`` take the slug of a demo dossier, and ``root`` where the files are elsewhere. All
raise ``UnknownDossier`` for a slug there is
no folder for, and ``DemoDataError``, which names the file and the key, for data that does not hold together.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

from demo.records import DemoDataError, Record
from demo.reviewing import read_review
from demo.shapes import (
    ALIAS_FORMS,
    ROLES,
    SOURCE_KINDS,
    Affiliation,
    Alias,
    Article,
    Dossier,
    Outlet,
    Party,
    Person,
    Place,
    Review,
    Source,
    Toponym,
)

HERE = Path(__file__).parent


class UnknownDossier(LookupError):
    """There is no demo dossier with this slug."""


def slugs(*, root: Path = HERE) -> tuple[str, ...]:
    """The slugs of the demo dossiers, in order of their folders' names."""
    return tuple(_folders(root))


def load(slug: str, *, root: Path = HERE) -> Dossier:
    """The dossier's parties, sources, places and outlets."""
    file = _folder(slug, root) / "dossier.json"
    top = _json(file).only(
        "slug", "title", "summary", "time_zone", "fictional", "parties", "sources", "places", "outlets"
    )
    if top.text("time_zone") not in available_timezones():
        raise top.error("time_zone", f"there is no time zone {top.text('time_zone')!r}")
    parties = tuple(Party(r.text("code"), r.text("name")) for r in top.records("parties"))
    codes = _once(file, "parties", (party.code for party in parties))
    sources = tuple(_source(record, codes) for record in top.records("sources"))
    keys = _once(file, "sources", (source.key for source in sources))
    _once(file, "sources.aliases", (alias.name for source in sources for alias in source.aliases))
    for number, source in enumerate(sources):
        for affiliation in source.affiliations:
            if affiliation.institution not in keys - {source.key}:
                problem = f"no other source has the key {affiliation.institution!r}"
                raise DemoDataError(file, f"sources[{number}].affiliations", problem)
    places = tuple(_place(record, codes) for record in top.records("places"))
    _once(file, "places", (place.key for place in places))
    outlets = tuple(Outlet(r.text("slug"), r.text("name"), r.text("language")) for r in top.records("outlets"))
    _once(file, "outlets", (outlet.slug for outlet in outlets))
    return Dossier(
        slug=top.text("slug"),
        title=top.text("title"),
        summary=top.text("summary"),
        time_zone=top.text("time_zone"),
        fictional=top.flag("fictional"),
        parties=parties,
        sources=sources,
        places=places,
        outlets=outlets,
    )


def articles(slug: str, *, root: Path = HERE) -> list[Article]:
    """The dossier's articles, copies included, oldest first; times are in the dossier's zone."""
    dossier = load(slug, root=root)
    outlets = frozenset(outlet.slug for outlet in dossier.outlets)
    folder = _folder(slug, root) / "articles"
    found: list[Article] = []
    for file in sorted(folder.glob("*.toml")):
        try:
            top = Record.of(tomllib.loads(file.read_text(encoding="utf-8")), file=file, at="")
        except tomllib.TOMLDecodeError as problem:
            raise DemoDataError(file, "", f"is no TOML: {problem}") from problem
        original = _original(top, outlets, ZoneInfo(dossier.time_zone))
        found.append(original)
        found.extend(_copy(record, original, outlets) for record in top.records("copies", optional=True))
        _once(file, "slug", (article.slug for article in found))
    return sorted(found, key=lambda article: (article.published, article.slug))


def review(slug: str, *, root: Path = HERE) -> Review:
    """What the demo people decided about the dossier's articles, in the order in which they did."""
    top = _json(_folder(slug, root) / "review.json")
    return read_review(top, load(slug, root=root), articles(slug, root=root), people(root=root))


def people(*, root: Path = HERE) -> tuple[Person, ...]:
    """Those who sign in to the demonstration."""
    file = root / "people.json"
    found = []
    for record in _json(file).only("people").records("people"):
        record.only("key", "name", "email", "role")
        role = record.choice("role", ROLES)
        found.append(Person(record.text("key"), record.text("name"), record.text("email"), role))
    _once(file, "people", (person.key for person in found))
    _once(file, "people", (person.email for person in found))
    return tuple(found)


def _folders(root: Path) -> dict[str, Path]:
    return {_json(file).text("slug"): file.parent for file in sorted(root.glob("*/dossier.json"))}


def _folder(slug: str, root: Path) -> Path:
    folders = _folders(root)
    if slug not in folders:
        raise UnknownDossier(f"There is no demo dossier {slug!r}. Known: {', '.join(folders)}.")
    return folders[slug]


def _json(file: Path) -> Record:
    try:
        return Record.of(json.loads(file.read_text(encoding="utf-8")), file=file, at="")
    except FileNotFoundError as problem:
        raise DemoDataError(file, "", "is missing") from problem
    except json.JSONDecodeError as problem:
        raise DemoDataError(file, "", f"is no JSON: {problem}") from problem


def _once(file: Path, key: str, names: Iterable[str]) -> frozenset[str]:
    """The names as a set; refuses one that stands twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise DemoDataError(file, key, f"{name!r} stands there twice")
        seen.add(name)
    return frozenset(seen)


def _source(record: Record, codes: frozenset[str]) -> Source:
    record.only("key", "kind", "party", "aliases", "affiliations")
    aliases = tuple(Alias(r.text("name"), r.choice("form", ALIAS_FORMS)) for r in record.records("aliases"))
    if [alias.form for alias in aliases[:1]] != ["official"]:
        raise record.error("aliases", "the first name must be the official one")
    return Source(
        key=record.text("key"),
        kind=record.choice("kind", SOURCE_KINDS),
        party=None if record.maybe_text("party") is None else record.choice("party", codes),
        aliases=aliases,
        affiliations=tuple(
            Affiliation(r.text("institution"), r.text("role"), r.maybe_day("from"), r.maybe_day("until"))
            for r in record.records("affiliations", optional=True)
        ),
    )


def _place(record: Record, codes: frozenset[str]) -> Place:
    return Place(
        key=record.text("key"),
        kind=record.text("kind"),
        toponyms=tuple(
            Toponym(
                name=r.text("name"),
                used_by=None if r.maybe_text("used_by") is None else r.choice("used_by", codes),
                language=r.text("language"),
            )
            for r in record.records("toponyms")
        ),
    )


def _original(top: Record, outlets: frozenset[str], zone: ZoneInfo) -> Article:
    top.only("slug", "outlet", "headline", "summary", "byline", "section", "published", "body", "copies")
    paragraphs = tuple(" ".join(part.split()) for part in top.text("body").split("\n\n"))
    return Article(
        slug=top.text("slug"),
        outlet=top.choice("outlet", outlets),
        headline=top.text("headline"),
        summary=top.text("summary"),
        byline=top.text("byline"),
        section=top.text("section"),
        published=top.moment("published").astimezone(zone),
        paragraphs=paragraphs,
        copy_of=None,
        note="",
    )


def _copy(record: Record, original: Article, outlets: frozenset[str]) -> Article:
    """The original as another outlet carried it: ``keep`` the first so many paragraphs, ``drop`` some, by number,
    and ``replace`` some. Paragraphs count from one, in the original."""
    record.only("outlet", "slug", "headline", "published", "note", "keep", "drop", "replace")
    count = len(original.paragraphs)
    keep = record.maybe_integer("keep")
    dropped = frozenset(record.integers("drop"))
    replaced = record.record("replace") if "replace" in record.values else None
    numbers = [*dropped, *([] if keep is None else [keep])]
    if not all(0 < number <= count for number in numbers):
        raise record.error("drop" if dropped else "keep", f"the original has paragraphs 1 to {count}")
    paragraphs = dict(enumerate(original.paragraphs, start=1))
    for number in replaced.values if replaced else ():
        if not number.isdigit() or int(number) not in paragraphs:
            raise record.error("replace", f"the original has paragraphs 1 to {count}, not {number}")
        assert replaced is not None
        paragraphs[int(number)] = replaced.text(number)
    return Article(
        slug=record.text("slug"),
        outlet=record.choice("outlet", outlets - {original.outlet}),
        headline=record.text("headline"),
        summary=original.summary,
        byline=original.byline,
        section=original.section,
        published=record.moment("published").astimezone(original.published.tzinfo),
        paragraphs=tuple(
            text for number, text in paragraphs.items() if number <= (keep or count) and number not in dropped
        ),
        copy_of=original.slug,
        note=record.maybe_text("note") or "",
    )
