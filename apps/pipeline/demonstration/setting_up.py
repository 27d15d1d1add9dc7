"""A demo dossier before anybody has read an article: people, parties, sources, places, outlets, feeds."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Actor, User
from apps.articles.models import Article, Feed, Intake
from apps.articles.services.adding import add_address
from apps.articles.services.following import add_feed
from apps.core.errors import Conflict
from apps.dossiers import services as dossiers
from apps.dossiers.models import Dossier, Party, PartyName
from apps.ledger import services as ledger
from apps.ledger.models import Entry
from apps.pipeline import waking
from apps.pipeline.demonstration.people import manager
from apps.review.drafts import NameDraft, SourceDraft
from apps.review.models import Proposal, Revision
from apps.review.rules import in_order
from apps.review.services import approving, judging
from apps.review.services.judging import NewSource
from apps.sources import services as sources
from apps.sources.models import Alias, Source, Toponym
from apps.sources.services import PlaceName
from demo import data, shapes

MACHINE = "machine:demo"
FEED_SECONDS = 60


def is_done(dossier: Dossier, verb: str) -> bool:
    """Whether the ledger says that this part was finished; then it is never done again, whatever changed since."""
    return Entry.objects.filter(dossier=dossier, verb=verb, actor=MACHINE).exists()


@transaction.atomic
def note_done(dossier: Dossier, verb: str) -> None:
    """Write into the ledger that a part is finished."""
    with ledger.entry(dossier_id=dossier.pk, actor=MACHINE, verb=verb):
        pass


def set_up(slug: str, users: Mapping[str, User]) -> Dossier:
    """Everything but articles and feeds."""
    described = data.load(slug)
    by = manager(users)
    dossier = Dossier.objects.filter(slug=slug).first() or dossiers.open_dossier(
        slug=slug, title=described.title, time_zone=described.time_zone, by=by, at=timezone.now()
    )
    if is_done(dossier, "demo.set_up"):
        return dossier
    for person in data.people():
        dossiers.give_role(dossier=dossier, user=users[person.key], role=person.role, by=by)
    _set_up_parties(dossier, described, by)
    _set_up_sources(dossier, described, users)
    for place in described.places:
        _add_place(dossier, place, by)
    for outlet in described.outlets:
        sources.add_outlet(dossier=dossier, name=outlet.name, host="", by=Actor.person(by))
    note_done(dossier, "demo.set_up")
    return dossier


def parties_of(dossier: Dossier) -> dict[str, Party]:
    """The dossier's parties by code."""
    names = PartyName.objects.in_dossier(dossier.pk).current().select_related("party")
    return {name.code: name.party for name in names}


def sources_of(dossier: Dossier, described: shapes.Dossier) -> dict[str, Source]:
    """The dossier's sources by the key that the demo's files give them."""
    preferred = Alias.objects.in_dossier(dossier.pk).current().filter(preferred=True).select_related("source")
    by_name = {alias.name: alias.source for alias in preferred}
    return {source.key: by_name[source.name] for source in described.sources if source.name in by_name}


def _set_up_parties(dossier: Dossier, described: shapes.Dossier, by: User) -> None:
    known = parties_of(dossier)
    for party in described.parties:
        if party.code not in known:
            dossiers.add_party(dossier=dossier, code=party.code, name=party.name, by=by)


def _set_up_sources(dossier: Dossier, described: shapes.Dossier, users: Mapping[str, User]) -> None:
    """Each suggested by an analyst and approved by an editor, whom somebody speaks for first."""
    analyst, editor = (
        Actor.person(next(users[p.key] for p in data.people() if p.role == role)) for role in ("analyst", "editor")
    )
    parties, known = parties_of(dossier), sources_of(dossier, described)
    wanted = {source.key: source for source in described.sources}
    for key in in_order({k: [a.institution for a in source.affiliations] for k, source in wanted.items()}):
        if key in known:
            continue
        proposal = _proposed_source(dossier, wanted[key].name) or judging.propose_source(
            dossier=dossier, new=_new_source(wanted[key], parties, known), by=analyst, at=timezone.now()
        )
        approving.approve(proposal=proposal, expected_revision=proposal.last_revision, by=editor, at=timezone.now())
        known = sources_of(dossier, described)


def _proposed_source(dossier: Dossier, name: str) -> Proposal | None:
    """The proposal that was left behind when this was cut short."""
    waiting = Proposal.objects.in_dossier(dossier.pk).submitted().filter(kind=Proposal.Kind.SOURCE)
    revision = Revision.objects.select_related("proposal").filter(proposal__in=waiting, body__name=name).first()
    return revision.proposal if revision else None


def _new_source(source: shapes.Source, parties: Mapping[str, Party], known: Mapping[str, Source]) -> NewSource:
    official, *others = source.aliases
    speaks = source.affiliations[0] if source.affiliations else None
    draft = SourceDraft(
        name=official.name,
        kind=source.kind,
        form=official.form,
        names=tuple(NameDraft(alias.name, alias.form) for alias in others),
        role=speaks.role if speaks else "",
        since=speaks.since if speaks else None,
        until=speaks.until if speaks else None,
    )
    return NewSource(
        draft,
        party=parties[source.party] if source.party else None,
        institution=known[speaks.institution] if speaks else None,
    )


def _add_place(dossier: Dossier, place: shapes.Place, by: User) -> None:
    parties = parties_of(dossier)
    known = Toponym.objects.in_dossier(dossier.pk).current().filter(name=place.toponyms[0].name)
    if known.exists():
        return
    names = [PlaceName(t.name, parties[t.used_by] if t.used_by else None, t.language) for t in place.toponyms]
    sources.add_place(dossier=dossier, names=names, by=Actor.person(by))


def take_in_originals(dossier: Dossier, users: Mapping[str, User]) -> None:
    """Add what others copy by its address, as an analyst does, so that it is in before its copies are."""
    articles = data.articles(dossier.slug)
    copied = {article.copy_of for article in articles if article.copy_of}
    analyst = next(users[person.key] for person in data.people() if person.role == "analyst")
    for article in articles:
        if article.slug not in copied or intake_of(dossier, article) is not None:
            continue
        added = add_address(
            dossier=dossier,
            address=settings.FETCH_EXEMPT_ORIGIN + article.path,
            by=Actor.person(analyst),
            at=timezone.now(),
        )
        waking.wake(added.intake)


def start_feeds(dossier: Dossier, users: Mapping[str, User]) -> None:
    """Have the demo site's feeds asked from now on."""
    if is_done(dossier, "demo.feeds_started"):
        return
    for path in feed_paths(dossier):
        try:
            feed = add_feed(
                dossier=dossier,
                address=settings.FETCH_EXEMPT_ORIGIN + path,
                every_seconds=FEED_SECONDS,
                by=Actor.person(manager(users)),
                at=timezone.now(),
            )
        except Conflict:
            feed = Feed.objects.get(dossier=dossier, address__endswith=path)
        waking.wake_feed(feed)
    note_done(dossier, "demo.feeds_started")


def feed_paths(dossier: Dossier) -> list[str]:
    """One Atom feed where there are copies, so that all come in by their age; else the RSS feed of each outlet."""
    if any(article.copy_of for article in data.articles(dossier.slug)):
        return [f"/feeds/{dossier.slug}.atom"]
    return [f"/{outlet.slug}/feed.xml" for outlet in data.load(dossier.slug).outlets]


def intake_of(dossier: Dossier, article: shapes.Article) -> Intake | None:
    """How the article came in, or is coming in, from whatever port the demo site had then."""
    return Intake.objects.in_dossier(dossier.pk).filter(address__endswith=article.path).order_by("pk").first()


def article_of(dossier: Dossier, article: shapes.Article) -> Article | None:
    return Article.objects.in_dossier(dossier.pk).filter(address__endswith=article.path).first()
