"""What an ASGI server serves. The project uses nothing asynchronous; WSGI is the tested way."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.prod")

application = get_asgi_application()
