"""The site: configuration and plumbing that has never heard of a pitch."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
