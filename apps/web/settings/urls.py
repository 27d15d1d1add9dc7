"""Routes of a dossier's settings: title and parties, outlets, places, people."""

from django.urls import path

from apps.web.settings import people, places, views

urlpatterns = [
    path("d/<slug:slug>/settings/", views.settings, name="settings"),
    path("d/<slug:slug>/settings/parties/", views.add_party, name="settings-party-add"),
    path("d/<slug:slug>/settings/parties/<uuid:party_id>/", views.rename_party, name="settings-party"),
    path("d/<slug:slug>/settings/outlets/", places.outlets, name="settings-outlets"),
    path("d/<slug:slug>/settings/outlets/<uuid:outlet_id>/", places.rename_outlet, name="settings-outlet"),
    path("d/<slug:slug>/places/", places.places, name="places"),
    path("d/<slug:slug>/people/", people.people, name="people"),
    path("d/<slug:slug>/people/<int:user_id>/", people.person, name="people-do"),
]
