"""A worker of the web server, from its start."""

import os
import subprocess
import sys

BEGINS = (
    "import gc, sys; from portal import gunicorn, wsgi; gunicorn.post_worker_init(); "
    "print('pitches.web.reading' in sys.modules, gc.get_freeze_count() > 100_000)"
)


def test_before_its_first_request_all_pages_are_loaded_and_put_aside():
    own = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run([sys.executable, "-c", BEGINS], env=own, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"], done.stdout
