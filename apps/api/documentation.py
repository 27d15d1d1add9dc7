"""The document that describes the interface (OpenAPI 3.1), a page to read and try it, and the answer to all else."""

from __future__ import annotations

from typing import Any, NoReturn

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView


class Document(SpectacularAPIView):
    """The OpenAPI document, for whoever may use the interface."""

    permission_classes = [IsAuthenticated]


# Swagger UI sets styles from its script and has its icons in data addresses. Only this page may.
docs = login_required(
    csp_update({"style-src": [SELF, UNSAFE_INLINE], "img-src": [SELF, "data:"]})(
        SpectacularSwaggerSplitView.as_view(url_name="api-schema")
    )
)


class Nowhere(APIView):
    """Every other address under ``/api/``: nothing, said as a problem document."""

    metadata_class = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> NoReturn:
        super().initial(request, *args, **kwargs)
        raise Http404(_("There is nothing at this address. Addresses of the API have no slash at their end."))
