"""Evidence, where it comes from, and what is on its way."""

from apps.articles.models.evidence import (
    Article,
    Capture,
    Evidence,
    EvidenceQuerySet,
    OtherAddress,
    Publication,
    Removal,
    Rendition,
)
from apps.articles.models.feeds import Feed, FeedItem, Host, Poll
from apps.articles.models.intakes import Intake, IntakeQuerySet, Visit, Watch
from apps.articles.models.origins import Lineage, Origin, Parting, Sketch

__all__ = [
    "Article",
    "Capture",
    "Evidence",
    "EvidenceQuerySet",
    "Feed",
    "FeedItem",
    "Host",
    "Intake",
    "IntakeQuerySet",
    "Lineage",
    "Origin",
    "OtherAddress",
    "Parting",
    "Poll",
    "Publication",
    "Removal",
    "Rendition",
    "Sketch",
    "Visit",
    "Watch",
]
