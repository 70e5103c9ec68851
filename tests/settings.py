"""The settings of the tests: the real ones, without what is slow or shared."""

import os

os.environ.setdefault("PRODUCTION", "no")
os.environ.setdefault("SECRET_KEY", "only-for-tests-only-for-tests-only-for-tests-0123456789")

from portal.settings import *
from portal.settings import INSTALLED_APPS, STORAGES

INSTALLED_APPS = [*INSTALLED_APPS, "tests.tables"]
ALLOWED_HOSTS = ["*"]
NETWORK_LIMIT, MIN_WRITING = 1000, 0  # everybody comes from 127.0.0.1, and types fast
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# The manifest and WhiteNoise's scan of STATIC_ROOT belong to `up`.
WHITENOISE_USE_FINDERS, WHITENOISE_AUTOREFRESH = True, True
ERASED_FILE = ""
MAIL_MARK = ""  # what a test sends is rolled back
