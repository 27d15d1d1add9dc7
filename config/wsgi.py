"""What a WSGI server (granian, gunicorn) serves."""

import os
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

from apps.core.content_types import with_readable_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.prod")


def behind_proxies(served: Any, proxies: list[str]) -> Any:
    """The same application, with the client's address and scheme as the named proxies forward them."""
    return wrap_wsgi_with_proxy_headers(served, proxies) if proxies else served


application = behind_proxies(with_readable_bodies(get_wsgi_application()), settings.TRUSTED_PROXIES)
