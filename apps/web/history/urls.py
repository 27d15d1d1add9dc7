"""Routes of a dossier's ledger."""

from django.urls import path

from apps.web.history import views

urlpatterns = [
    path("d/<slug:slug>/history/", views.history, name="history"),
    path("d/<slug:slug>/history/verify/", views.verify, name="history-verify"),
]
