"""Every page, by area."""

from django.urls import include, path

urlpatterns = [
    path("", include("apps.web.home.urls")),
    path("", include("apps.web.account.urls")),
    path("", include("apps.web.overview.urls")),
    path("", include("apps.web.desk.urls")),
    path("", include("apps.web.check.urls")),
    path("", include("apps.web.claims.urls")),
    path("", include("apps.web.following.urls")),
    path("", include("apps.web.sources.urls")),
    path("", include("apps.web.articles.urls")),
    path("", include("apps.web.search.urls")),
    path("", include("apps.web.history.urls")),
    path("", include("apps.web.settings.urls")),
]
