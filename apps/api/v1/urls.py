"""Routes of the first version."""

from django.urls import path

from apps.api.v1 import (
    articles,
    changes,
    claims,
    dossiers,
    feeds,
    graph,
    intakes,
    parties,
    positions,
    sources,
    statements,
)

D = "dossiers/<slug:slug>"

urlpatterns = [
    path("articles", articles.ArticlesAnywhere.as_view(), name="api-articles-anywhere"),
    path("dossiers", dossiers.Dossiers.as_view(), name="api-dossiers"),
    path(D, dossiers.DossierInFull.as_view(), name="api-dossier"),
    path(f"{D}/parties", parties.Parties.as_view(), name="api-parties"),
    path(f"{D}/sources", sources.Sources.as_view(), name="api-sources"),
    path(f"{D}/sources/<uuid:public_id>", sources.SourceInFull.as_view(), name="api-source"),
    path(f"{D}/articles", articles.Articles.as_view(), name="api-articles"),
    path(f"{D}/articles/<str:ref>", articles.ArticleInFull.as_view(), name="api-article"),
    path(f"{D}/articles/<str:ref>/renditions/<uuid:public_id>", articles.Text.as_view(), name="api-rendition"),
    path(f"{D}/intakes", intakes.Intakes.as_view(), name="api-intakes"),
    path(f"{D}/intakes/<uuid:public_id>", intakes.IntakeInFull.as_view(), name="api-intake"),
    path(f"{D}/intakes/<uuid:public_id>/retry", intakes.Retry.as_view(), name="api-intake-retry"),
    path(f"{D}/intakes/<uuid:public_id>/cancel", intakes.Cancel.as_view(), name="api-intake-cancel"),
    path(f"{D}/feeds", feeds.Feeds.as_view(), name="api-feeds"),
    path(f"{D}/feeds/<uuid:public_id>", feeds.FeedInFull.as_view(), name="api-feed"),
    path(f"{D}/statements", statements.Statements.as_view(), name="api-statements"),
    path(f"{D}/statements/<uuid:public_id>", statements.StatementInFull.as_view(), name="api-statement"),
    path(f"{D}/claims", claims.Claims.as_view(), name="api-claims"),
    path(f"{D}/claims/<str:ref>", claims.ClaimInFull.as_view(), name="api-claim"),
    path(f"{D}/claims/<str:ref>/positions", positions.PositionsOnClaim.as_view(), name="api-claim-positions"),
    path(f"{D}/claims/<str:ref>/graph", graph.GraphAround.as_view(), name="api-claim-graph"),
    path(f"{D}/positions", positions.Positions.as_view(), name="api-positions"),
    path(f"{D}/changes", changes.Changes.as_view(), name="api-changes"),
]
