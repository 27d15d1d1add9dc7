"""Routes of the first page."""

from django.urls import path

from apps.web.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("dossiers/new/", views.open_dossier, name="home-open"),
]
