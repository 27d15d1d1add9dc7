"""What is answered to a request that is turned away before any view sees it."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from apps.api import problems


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: under ``/api/`` a problem document as for every other failure there, else the page."""
    if not request.path.startswith("/api/"):
        return defaults.bad_request(request, exception)
    problem = problems.unreadable()
    document = problem.document(request.get_full_path())
    return JsonResponse(document, status=problem.status, content_type=problems.MEDIA_TYPE)
