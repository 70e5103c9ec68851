"""How gunicorn serves the site: `gunicorn -c python:portal.gunicorn portal.wsgi`. Values come from the environment."""

import gc

from django.conf import settings
from django.urls import get_resolver
from django.utils import translation

from portal import env

bind = env.text("WEB_BIND") or f"127.0.0.1:{env.number('PORT', 8000, at_least=1)}"
worker_class = "gthread"
workers = env.number("WEB_WORKERS", 1, at_least=1)
threads = env.number("WEB_THREADS", 8, at_least=1)
timeout = 30
graceful_timeout = 3
keepalive = 5
max_requests = env.number("WEB_MAX_REQUESTS", 0)
# More than a browser needs; larger is refused before Django sees it.
limit_request_line = 8190
limit_request_fields = 64
accesslog = None
errorlog = "-"
loglevel = env.text("WEB_LOG_LEVEL", "warning")
control_socket_disable = True


def post_worker_init(_worker: object = None) -> None:
    """What is loaded stays, all pages and languages with it, so rubbish is no longer looked for among it."""
    get_resolver().url_patterns  # noqa: B018 (to ask for them is to load them)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):  # to speak it is to load it
            pass
    gc.collect()
    gc.freeze()
