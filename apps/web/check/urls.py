"""Routes of the editors' desk."""

from django.urls import path

from apps.web.check import views

urlpatterns = [
    path("d/<slug:slug>/check/", views.check, name="check"),
    path("d/<slug:slug>/check/approved/", views.approved, name="check-approved"),
    path("d/<slug:slug>/check/copies/", views.approve_copies, name="check-copies"),
    path("d/<slug:slug>/check/<uuid:key>/", views.check_one, name="check-one"),
    path("d/<slug:slug>/check/<uuid:key>/withdraw/", views.withdraw, name="check-withdraw"),
]
