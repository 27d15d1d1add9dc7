"""Routes of the pages about sources."""

from django.urls import path

from apps.web.sources import views

urlpatterns = [
    path("d/<slug:slug>/sources/", views.sources, name="sources"),
    path("d/<slug:slug>/sources/suggest/", views.suggest, name="source-suggest"),
    path("d/<slug:slug>/sources/<uuid:source_id>/", views.source, name="source"),
    path("d/<slug:slug>/sources/<uuid:source_id>/names/<uuid:alias_id>/", views.alias, name="source-alias"),
]
