"""Every route of the project."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from config.health import healthz


@login_required(login_url=settings.LOGIN_URL)
def not_for_you(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """Where the administration sends those whom it does not let in: to sign in, or to be told once they have."""
    raise PermissionDenied


# One way to sign in, and one guard against guessing, for the administration too.
admin.site.login = not_for_you  # type: ignore[method-assign]

handler400 = "config.refusing.bad_request"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("admin/", admin.site.urls),
    path("api/", include("apps.api.urls")),
    path("", include("apps.web.urls")),
]
