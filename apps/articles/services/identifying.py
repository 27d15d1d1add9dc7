"""The third step of an article's way in: who published it, and where its text comes from."""

from __future__ import annotations

from typing import Final

from apps.articles import rules, sketches
from apps.articles.models import Intake, Publication, Rendition, Sketch
from apps.articles.services import lineages
from apps.articles.services.leases import Claimed, finishing
from apps.articles.services.sketching import asked, candidates
from apps.dossiers.models import Dossier
from apps.ledger import services as ledger
from apps.sources.models import Outlet, OutletName

MACHINE: Final = "machine:intake"


def identify(claimed: Claimed) -> None:
    """Name the outlet, look for copies among what the dossier holds, and record where the text comes from.

    A later version of an article is compared anew: it may name a credit that the first did not. What a person decided
    about the article or any other stays as it is.
    """
    intake, rendition = claimed.intake, claimed.intake.rendition
    assert rendition is not None
    copies = _Copies(rendition)
    copies.look()
    with finishing(claimed, then=Intake.Step.PROPOSE):
        # One at a time, or two copies that arrive together would each think itself the first.
        Dossier.objects.select_for_update(no_key=True).values_list("pk").get(pk=intake.dossier_id)
        copies.look()  # only what came in between is compared while others wait
        sketch = Sketch(rendition=rendition, dossier_id=intake.dossier_id, hashes=copies.hashes)
        Sketch.objects.bulk_create([sketch], ignore_conflicts=True)
        outlet = intake.outlet_name
        if outlet and Publication.objects.current().filter(article=rendition.article_id).exists():
            outlet = ""
        settled = _settled(rendition, copies, outlet)
        if settled is None and not outlet and _is_later(rendition):
            return
        with ledger.entry(dossier_id=intake.dossier_id, actor=MACHINE, verb="article.identified") as moment:
            if outlet:
                _publish(rendition.article_id, outlet, moment)
            if settled is not None:
                lineages.record(settled, moment)


class _Copies:
    """The articles that carry much the text of a rendition: each by whichever of its versions has most of it."""

    def __init__(self, rendition: Rendition) -> None:
        self.rendition = rendition
        self.text = sketches.Reading(rendition.text)
        self.hashes = self.text.sketch()
        self._asked = asked(self.hashes)
        self.shares: dict[int, tuple[float, float]] = {}
        self._seen: set[int] = set()

    def look(self) -> None:
        """Compare what was not compared yet."""
        about = self.rendition
        found = candidates(about.dossier_id, self.hashes, article_id=about.article_id, by=self._asked)
        new = [pk for pk in found if pk not in self._seen]
        if not new:
            return
        self._seen.update(new)
        for article_id, text in Rendition.objects.filter(pk__in=new).values_list("article_id", "text").iterator():
            other = sketches.Reading(text)
            if self.text.copies(other):
                shares = (round(self.text.within(other), 4), round(other.within(self.text), 4))
                self.shares[article_id] = max(self.shares.get(article_id, shares), shares)


def _is_later(rendition: Rendition) -> bool:
    """Whether the article had a text before."""
    return Rendition.objects.filter(article=rendition.article_id, pk__lt=rendition.pk).exists()


def _settled(rendition: Rendition, copies: _Copies, outlet: str) -> rules.Settled | None:
    ids = [rendition.article_id, *copies.shares]
    texts = lineages.texts(rendition.dossier_id, ids, outlets={rendition.article_id: outlet} if outlet else {})
    carriers = [rules.Carrier(texts[pk], has, had) for pk, (has, had) in copies.shares.items()]
    known = lineages.known(text.origin_id for text in texts.values() if text.origin_id is not None)
    return rules.settle(texts[rendition.article_id], carriers, known)


def _publish(article_id: int, name: str, moment: ledger.Moment) -> None:
    named = (
        OutletName.objects.in_dossier(moment.dossier_id)
        .current()
        .filter(name__iexact=name)
        .select_related("outlet")
        .first()
    )
    if named is not None:
        outlet = named.outlet
    else:
        outlet = Outlet.objects.create(host="", **moment.begins())
        OutletName.objects.create(outlet=outlet, name=name, **moment.begins())
        moment.changed("outlet", outlet.public_id, "added")
    publication = Publication.objects.create(article_id=article_id, outlet=outlet, **moment.begins())
    moment.changed("publication", publication.public_id, "added")
