"""Route of the search."""

from django.urls import path

from apps.web.search import views

urlpatterns = [path("d/<slug:slug>/search/", views.search, name="search")]
