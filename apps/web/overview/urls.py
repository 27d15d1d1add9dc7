"""Route of a dossier's overview."""

from django.urls import path

from apps.web.overview import views

urlpatterns = [path("d/<slug:slug>/", views.overview, name="overview")]
