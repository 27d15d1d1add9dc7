"""How the project is put together: settings, routes, and the entry points of web servers and workers."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
