"""What entries of the ledger say, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VERBS: Mapping[str, str | Promise] = {
    "article.change_accepted": _("took what came of an article for a version of it"),
    "article.changed": _("preserved a later version of an article"),
    "article.compared": _("compared a later version of an article with what is approved of it"),
    "article.identified": _("found out where an article comes from"),
    "article.preserved": _("preserved an article"),
    "article.left_alone": _("stopped looking at an article again"),
    "article.removed": _("found that an article is no longer at its address"),
    "article.rendered": _("drew the text of an article"),
    "article.returned": _("found that an article is at its address again"),
    "article.watched": _("had an article looked at again"),
    "dossier.opened": _("opened the dossier"),
    "dossier.renamed": _("changed title or time zone"),
    "feed.added": _("followed a feed"),
    "feed.changed": _("changed how a feed is followed"),
    "feed.ended": _("stopped following a feed"),
    "feed.found": _("found the feed of a page"),
    "feed.moved": _("followed a feed to its new address"),
    "feed.paused": _("paused a feed"),
    "feed.resumed": _("resumed a feed"),
    "member.ended": _("ended a membership"),
    "member.role_given": _("gave a role"),
    "origin.joined": _("put an article with the origin of another"),
    "origin.split": _("parted an article from its origin"),
    "outlet.added": _("added an outlet"),
    "outlet.renamed": _("renamed an outlet"),
    "party.added": _("added a party"),
    "party.renamed": _("renamed a party"),
    "place.added": _("added a place"),
    "review.approved": _("approved"),
    "review.proposed": _("read an article and suggested statements"),
    "review.rejected": _("set a suggestion aside"),
    "review.returned": _("returned a suggestion"),
    "review.submitted": _("submitted a suggestion"),
    "review.undone": _("took a decision back"),
    "review.withdrawn": _("withdrew an approval"),
    "source.aligned": _("put a source with another party"),
}

NOUNS: Mapping[str, str | Promise] = {
    "about": _("party that a claim is about"),
    "alias": _("name"),
    "article": _("article"),
    "attribution": _("attribution"),
    "capture": _("capture"),
    "claim": _("claim"),
    "counter": _("counter"),
    "figure": _("figure"),
    "gone": _("words gone from a later version"),
    "lineage": _("lineage"),
    "origin": _("origin"),
    "outlet": _("outlet"),
    "parting": _("parting from an origin"),
    "party": _("party"),
    "place": _("place"),
    "position": _("position"),
    "publication": _("publication"),
    "removal": _("removal of an article"),
    "rendition": _("rendition"),
    "source": _("source"),
    "statement": _("statement"),
}
