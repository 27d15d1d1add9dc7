"""Routes of following claims."""

from django.urls import path

from apps.web.following import views

urlpatterns = [
    path("d/<slug:slug>/following/", views.following, name="following"),
    path("d/<slug:slug>/following/read/", views.mark_read, name="following-read"),
]
