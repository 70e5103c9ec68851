"""One settings file. Deployments differ by values, read from the environment through portal/env.py.

Every name is documented in docs/run-it.md.
"""

from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF

from portal import embedded, env

BASE_DIR = Path(__file__).resolve().parent.parent

# ── what kind of deployment this is ──────────────────────────────────────────
# Without DATABASE_URL the embedded stack of `manage.py up` is used, which is for a laptop or a small server.
EMBEDDED = not env.text("DATABASE_URL")
DEBUG = env.flag("DEBUG", default=False)
PRODUCTION = env.flag("PRODUCTION", default=not EMBEDDED)
VAR = Path(env.text("HALFDOOR_VAR") or BASE_DIR / "var").resolve()
PORT = env.number("PORT", 8000, at_least=1)

SECRET_KEY = env.secret("SECRET_KEY") or embedded.local_key(VAR, production=PRODUCTION)
# The key of mailed links. Change SECRET_KEY freely, but keep this one, or links already mailed stop working.
LINK_KEY = env.secret("LINK_KEY") or SECRET_KEY
SITE_URL = env.url("SITE_URL", f"http://localhost:{PORT}", schemes=("http", "https")).rstrip("/")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1],.localhost,testserver")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", SITE_URL if SITE_URL.startswith("https") else "")

# ── the code ─────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "portal",
    "pitches",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",  # the list of sessions of allauth loads its filters
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]
MIDDLEWARE = [
    "portal.middleware.DatabaseDown",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.Headers",
    "portal.pages.SharedPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portal.middleware.BadInput",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "portal.middleware.Reader",
    "portal.middleware.NotThisWay",
    "portal.middleware.TakenAway",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pitches.web.owned.seat",
            ],
            "builtins": ["portal.templatetags.portal", "django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

# ── PostgreSQL, the broker, the cache ────────────────────────────────────────
DATABASES = {"default": environ.Env.db_url_config(env.text("DATABASE_URL") or embedded.database_url(VAR))}
DATABASES["default"] |= {"CONN_MAX_AGE": env.number("CONN_MAX_AGE", 60), "CONN_HEALTH_CHECKS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "portal.cache.ForgivingCache",
        "LOCATION": env.text("CACHE_URL") or embedded.cache_url(VAR),
    }
}

# Which addresses show the same to everybody (portal/pages.py): from a path and a query to what is shown there.
SHARED_PAGES = "pitches.freshness.address"

# What the relay asks every second: which queues have rows that nobody works on.
WORK = "pitches.tasks.waiting_work"
# What /healthz asks: since when the oldest event waits for its reactions.
OLDEST_WORK = "pitches.tasks.oldest_work"
CELERY_BROKER_URL = env.secret("BROKER_URL") or embedded.broker_url(VAR)
CELERY_TASK_IGNORE_RESULT = True  # state lives in our tables
CELERY_TASK_DEFAULT_QUEUE = "soon"
CELERY_TASK_TIME_LIMIT, CELERY_TASK_SOFT_TIME_LIMIT = 60, 50
CELERY_TASK_SERIALIZER, CELERY_ACCEPT_CONTENT = "json", ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # in memory: every tick is safe to repeat, so no file is needed
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {}
if CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "queue_order_strategy": "priority",  # drain `codes` before `now` before `soon` before `later`
        "global_keyprefix": "halfdoor:",
        "visibility_timeout": 600,
        "socket_timeout": 30,
        "socket_connect_timeout": 3,
        "socket_keepalive": True,
    }

# ── mail ─────────────────────────────────────────────────────────────────────
EMAIL_URL = env.secret("EMAIL_URL")
# A provider of django-anymail, by its name there: "postmark", "amazon_ses", … Its own settings are ANYMAIL_….
MAIL_PROVIDER = env.text("MAIL_PROVIDER")
ANYMAIL: dict[str, Any] = env.secrets("ANYMAIL_") | {"REQUESTS_TIMEOUT": env.number("EMAIL_TIMEOUT", 5, at_least=1)}
# Without a mail server the embedded stack keeps every mail in a drawer, to be read at /dev/mail.
MAIL_DRAWER = not EMAIL_URL and not MAIL_PROVIDER and not PRODUCTION
if MAIL_PROVIDER:
    EMAIL_BACKEND = f"anymail.backends.{MAIL_PROVIDER}.EmailBackend"
elif EMAIL_URL:
    globals().update(environ.Env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "portal.drawer.DrawerBackend" if MAIL_DRAWER else "django.core.mail.backends.smtp.EmailBackend"
# Only these addresses and domains ("@example.org") get mail; the rest goes into the drawer. Empty: everybody does.
MAIL_ALLOW = [word.lower() for word in env.words("MAIL_ALLOW")]
MAIL_SENDS_BY, EMAIL_BACKEND = EMAIL_BACKEND, "portal.allowed.AllowedBackend" if MAIL_ALLOW else EMAIL_BACKEND
# The file that says how far the outbox has got (notify/mark.py); none: nobody looks.
MAIL_MARK = env.text("MAIL_MARK", str(VAR / "mail.mark"))
# Who was erased, as keyed hashes (pitches/erasing/journal.py); none: nothing is written down beside the database
ERASED_FILE = env.text("ERASED_FILE", str(VAR / "erased"))
OPERATORS = env.words("OPERATORS")  # the addresses of whoever runs this site, for alarms
EMAIL_TIMEOUT = env.number("EMAIL_TIMEOUT", 5, at_least=1)  # seconds; well inside a lease (portal/leases.py)
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", "post@halfdoor.example")
# The domain whose mail comes to us; none: no mail comes in, and no address of ours is told.
INBOUND_DOMAIN = env.text("INBOUND_DOMAIN").lower()
INBOUND_MAILDIR = env.text("INBOUND_MAILDIR")  # a folder into which the mail server puts it
# As our mail server names itself where it writes what it found of SPF and DMARC; none: whatever stands on top.
INBOUND_AUTHSERV_ID = env.text("INBOUND_AUTHSERV_ID").lower()

# ── accounts ─────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "portal.User"
# The email is unique by its lower case, which the check does not understand.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
# A password is a choice, not the way in. OWASP ASVS 5.0.0, 6.2.1 and 6.2.4: long enough, and not a usual one.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "account_login", "desk:home", "home"
ACCOUNT_ADAPTER = "portal.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600  # seconds (ASVS 5.0.0, 6.5.5)
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
MAIL_OUT = "pitches.notify.outbox.put_account_mail"  # where portal/accounts.py puts account mail
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
DNS_SERVERS = env.words("DNS_SERVERS", "")  # for proofs of domains (pitches/claims.py); none: those of the system
TRUSTED_PROXY_COUNT = ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0)

# ── language, time, files ────────────────────────────────────────────────────
# Each by its own name for itself; docs/developers.md says how to add one.
LANGUAGE_CODE, LANGUAGES = "en", [("en", "English"), ("de", "Deutsch"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME, LANGUAGE_COOKIE_AGE = "language", 365 * 24 * 3600
USE_TZ, TIME_ZONE = True, "UTC"
STATIC_URL, STATIC_ROOT = "/static/", VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# ── safety ───────────────────────────────────────────────────────────────────
MOST_BODY = 1024 * 1024  # bytes of a request (portal/middleware.py)
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
# The limits of portal/limits.py for one network, times this; 0: none.
# On a laptop everybody comes from one network, and forms are filled by scripts as often as by hand.
NETWORK_LIMIT = env.number("NETWORK_LIMIT", 1 if PRODUCTION else 10)
MIN_WRITING = env.number("MIN_WRITING", 3 if PRODUCTION else 1)  # seconds from seeing a form to sending it
# May a webhook lead to this very machine? For trying it on a laptop, and for tests.
WEBHOOK_LOOPBACK = env.flag("WEBHOOK_LOOPBACK", default=False)
# Where a form with a file may be larger: by path, in bytes.
UPLOADS = {
    r"/desk/page/portrait": 8 * 1024 * 1024 + 64 * 1024,
    r"/desk/people/import": 5 * 1024 * 1024,  # a signed book has at most 4 MB
    r"/p/[-\w]+/files": 16 * 1024 * 1024,  # a file may have 10 MB; what is somewhat larger is told so by its own page
}
# Where the mail provider hands over a mail with its files, in whatever kind of body.
MAILS = {r"/mail/(mandrill|\w+/inbound(_mime)?)/": 25 * 1024 * 1024}
DATA_UPLOAD_MAX_MEMORY_SIZE = max(MAILS.values())  # Django's own limit is one for all paths
FILE_UPLOAD_MAX_MEMORY_SIZE = max((MAILS | UPLOADS).values())  # a request writes no files
HTTPS = SITE_URL.startswith("https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_SSL_REDIRECT = HTTPS and env.flag("SECURE_SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS, SECURE_HSTS_INCLUDE_SUBDOMAINS, SECURE_HSTS_PRELOAD = (31536000 if HTTPS else 0), HTTPS, HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = ("__Host-session", "__Host-csrf") if HTTPS else ("session", "csrf")
SESSION_COOKIE_AGE, SESSION_COOKIE_SAMESITE = 14 * 24 * 3600, "Lax"
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
DEVICE_COOKIE_NAME = "__Host-device" if HTTPS else "device"  # pitches/web/devices.py
KNOWN_COOKIE_NAME = "__Host-known" if HTTPS else "known"  # portal/accounts.py: who signed in with this browser before
PERSONAL_COOKIES = (SESSION_COOKIE_NAME, DEVICE_COOKIE_NAME, "messages")  # who brings one may see a page of their own
CSRF_FAILURE_VIEW = "pitches.web.stale.again"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "frame-src": [SELF] if MAIL_DRAWER else [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    # A 404 or 422 is an answer, not a warning; a 500 is an error.
    "loggers": {"django.request": {"level": "ERROR"}},
}
