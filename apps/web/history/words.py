"""What entries of the ledger say, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VERBS: Mapping[str, str | Promise] = {
    "article.identified": _("found out where an article comes from"),
    "article.preserved": _("preserved an article"),
    "article.rendered": _("drew the text of an article"),
    "dossier.opened": _("opened the dossier"),
    "dossier.renamed": _("changed title or time zone"),
    "feed.added": _("followed a feed"),
    "feed.paused": _("paused a feed"),
    "feed.resumed": _("resumed a feed"),
    "member.ended": _("ended a membership"),
    "member.role_given": _("gave a role"),
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
    "lineage": _("lineage"),
    "origin": _("origin"),
    "outlet": _("outlet"),
    "party": _("party"),
    "place": _("place"),
    "position": _("position"),
    "publication": _("publication"),
    "rendition": _("rendition"),
    "source": _("source"),
    "statement": _("statement"),
}
