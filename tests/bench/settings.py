"""The settings of the tests with the real cache, and static files served as in production."""

from portal.settings import CACHES as REAL_CACHES
from tests.settings import *  # noqa: F403

CACHES = REAL_CACHES
ROOT_URLCONF = "tests.bench.urls"
WHITENOISE_USE_FINDERS, WHITENOISE_AUTOREFRESH = False, False
