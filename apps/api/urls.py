"""Routes under ``/api/``. The last takes every other address, so that even that failure is a problem document."""

from django.urls import include, path, re_path

from apps.api.documentation import Document, Nowhere, docs

urlpatterns = [
    path("v1/", include("apps.api.v1.urls")),
    path("schema", Document.as_view(), name="api-schema"),
    path("docs", docs, name="api-docs"),
    re_path(r"^[\s\S]*\Z", Nowhere.as_view(), name="api-nowhere"),
]
