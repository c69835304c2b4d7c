"""Django's settings: strict by default, nothing to set by hand, nothing from another host.

The home folder comes from ``TRODDEN_SERVE_HOME``, which ``trodden serve`` sets.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from csp.constants import NONE, SELF

from trodden.settings import load_settings
from trodden.web.assets import BUILT, digest_of

HERE = Path(__file__).parent
TRODDEN_HOME = os.environ.get("TRODDEN_SERVE_HOME", ".trodden")
TRODDEN_TOKEN = secrets.token_urlsafe(32)
"""What a program of this machine sends to ask; `trodden serve` writes it where only its owner reads."""

_chosen = load_settings(TRODDEN_HOME)

DEBUG = False
SECRET_KEY = secrets.token_urlsafe(50)
"""Signs nothing that outlives the process, so each start may have its own."""

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *_chosen.allowed_hosts]
ROOT_URLCONF = "trodden.web.urls"
ASGI_APPLICATION = "trodden.web.asgi.application"
DEFAULT_CHARSET = "utf-8"

INSTALLED_APPS = [
    "csp",
    "trodden.web.site",
    "trodden.web.journeys",
    "trodden.web.explore",
    "trodden.web.customers",
    "trodden.web.sources",
    "trodden.web.api",
]

MIDDLEWARE = [
    "trodden.web.security.SecureHeaders",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "trodden.web.assets.StaticFiles",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "trodden.web.errors.ErrorsAsPages",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": ["trodden.web.pages.frame"],
            "builtins": ["django.templatetags.i18n", "trodden.web.templatetags.trodden"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

STATIC_URL = f"/static/{digest_of(BUILT)}/"
STATIC_ROOT = str(BUILT) if BUILT.is_dir() else None
"""Addresses hold a hash of all assets, so they may be kept for ever and never mix versions."""

WHITENOISE_ALLOW_ALL_ORIGINS = False

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [HERE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "trodden.web.errors.csrf_failed"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
APPEND_SLASH = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "trodden": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}
