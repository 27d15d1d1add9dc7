"""Routes of the pages about articles."""

from django.urls import path, register_converter

from apps.web.articles import adding, coming, views
from apps.web.converters import ArticleNumber

register_converter(ArticleNumber, "article-number")

urlpatterns = [
    path("d/<slug:slug>/articles/", views.articles, name="articles"),
    path("d/<slug:slug>/articles/add/", adding.add, name="article-add"),
    path("d/<slug:slug>/articles/coming/", coming.intake, name="intake"),
    path("d/<slug:slug>/articles/coming/<uuid:intake_id>/retry/", coming.retry, name="intake-retry"),
    path("d/<slug:slug>/articles/coming/<uuid:intake_id>/cancel/", coming.cancel, name="intake-cancel"),
    path("d/<slug:slug>/articles/feeds/", coming.feeds, name="feeds"),
    path("d/<slug:slug>/articles/feeds/<uuid:feed_id>/", coming.feed, name="feeds-do"),
    path("d/<slug:slug>/articles/<article-number:number>/", views.article, name="article"),
    path(
        "d/<slug:slug>/articles/<article-number:number>/bytes/<uuid:capture_id>/", views.raw_bytes, name="article-bytes"
    ),
]
