"""Routes of the pages on claims."""

from django.urls import path, register_converter

from apps.web.claims import views
from apps.web.converters import ClaimNumber
from apps.web.following.views import follow

register_converter(ClaimNumber, "claim")

urlpatterns = [
    path("d/<slug:slug>/claims/", views.claims, name="claims"),
    path("d/<slug:slug>/claims/<claim:number>/", views.claim, name="claim"),
    path("d/<slug:slug>/claims/<claim:number>/follow/", follow, name="claim-follow"),
    path("d/<slug:slug>/claims/<claim:number>/graph/", views.claim_graph, name="claim-graph"),
]
