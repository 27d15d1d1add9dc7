"""Routes of the pages about articles."""

from django.urls import path, register_converter

from apps.web.articles import accepting, adding, coming, feeds, origins, preserved, receiving, versions, views
from apps.web.converters import ArticleNumber

register_converter(ArticleNumber, "article-number")

urlpatterns = [
    path("d/<slug:slug>/articles/", views.articles, name="articles"),
    path("d/<slug:slug>/articles/add/", adding.add, name="article-add"),
    path("d/<slug:slug>/articles/add/from/", receiving.bookmarklet, name="article-bookmarklet"),
    path("d/<slug:slug>/articles/receive/", receiving.receive, name="receive"),
    path("d/<slug:slug>/articles/coming/", coming.intake, name="intake"),
    path("d/<slug:slug>/articles/coming/retry/", coming.retry_all, name="intake-retry-all"),
    path("d/<slug:slug>/articles/coming/<uuid:intake_id>/", coming.one, name="intake-one"),
    path("d/<slug:slug>/articles/coming/<uuid:intake_id>/bytes/", coming.given, name="intake-bytes"),
    path("d/<slug:slug>/articles/coming/<uuid:intake_id>/retry/", coming.retry, name="intake-retry"),
    path("d/<slug:slug>/articles/coming/<uuid:intake_id>/cancel/", coming.cancel, name="intake-cancel"),
    path("d/<slug:slug>/articles/feeds/", feeds.feeds, name="feeds"),
    path("d/<slug:slug>/articles/feeds/look/", feeds.preview, name="feeds-look"),
    path("d/<slug:slug>/articles/feeds/opml/", feeds.export, name="feeds-export"),
    path("d/<slug:slug>/articles/feeds/opml/import/", feeds.bring, name="feeds-import"),
    path("d/<slug:slug>/articles/feeds/<uuid:feed_id>/", feeds.feed, name="feeds-one"),
    path("d/<slug:slug>/articles/feeds/<uuid:feed_id>/do/", feeds.do, name="feeds-do"),
    path("d/<slug:slug>/articles/feeds/<uuid:feed_id>/change/", feeds.change, name="feeds-change"),
    path("d/<slug:slug>/articles/<article-number:number>/", views.article, name="article"),
    path(
        "d/<slug:slug>/articles/<article-number:number>/bytes/<uuid:capture_id>/", views.raw_bytes, name="article-bytes"
    ),
    path(
        "d/<slug:slug>/articles/<article-number:number>/records/<uuid:capture_id>/", views.record, name="article-record"
    ),
    path(
        "d/<slug:slug>/articles/<article-number:number>/preserved/<uuid:capture_id>/",
        preserved.as_preserved,
        name="as-preserved",
    ),
    path("preserved/<str:token>/", preserved.preserved, name="preserved"),
    path("d/<slug:slug>/articles/<article-number:number>/look/", versions.look, name="article-look"),
    path(
        "d/<slug:slug>/articles/<article-number:number>/visits/<uuid:intake_id>/accept/",
        accepting.accept,
        name="article-accept",
    ),
    path("d/<slug:slug>/articles/<article-number:number>/origin/", origins.decide, name="article-origin"),
    path("d/<slug:slug>/articles/<article-number:number>/versions/", versions.newest, name="versions"),
    path(
        "d/<slug:slug>/articles/<article-number:number>/versions/<int:first>..<int:second>/",
        versions.between,
        name="versions-between",
    ),
    path("d/<slug:slug>/origins/", origins.origins, name="origins"),
    path("d/<slug:slug>/origins/<uuid:origin_id>/", origins.origin, name="origin"),
    path("d/<slug:slug>/origins/<uuid:origin_id>/put/", origins.put, name="origin-put"),
    path("d/<slug:slug>/origins/<uuid:origin_id>/copies/<article-number:number>/", origins.copy, name="origin-copy"),
]
