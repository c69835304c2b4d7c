"""Django's settings: strict by default, nothing to set by hand, nothing from another host.

The home folder comes from ``TRODDEN_SERVE_HOME``, which ``trodden serve`` sets.
"""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from trodden.model import words
from trodden.settings import load_settings
from trodden.web.assets import BUILT, digest_of
from trodden.web.database import database_of
from trodden.web.keys import find_before, find_key, find_naming, given_secret
from trodden.web.outgoing import outgoing_of
from trodden.web.sso.provider import provider_of

HERE = Path(__file__).parent
TRODDEN_HOME = os.environ.get("TRODDEN_SERVE_HOME", ".trodden")
TRODDEN_TOKEN = secrets.token_urlsafe(32)
"""What a program of this machine sends to ask; `trodden serve` writes it where only its owner reads."""

_chosen = load_settings(TRODDEN_HOME)
_public = urlsplit(_chosen.public_url)

TRODDEN_WORKSPACE = _chosen.workspace
TRODDEN_SIGN_IN = _chosen.sign_in
"""Whether people sign in; `trodden serve` says yes wherever it must be so."""
TRODDEN_PUBLIC_URL = _chosen.public_url.rstrip("/")
"""What links in mails begin with; `trodden serve` gives its own address where none was set."""
TRODDEN_IS_HTTPS = _public.scheme == "https"
TRODDEN_IDLE = timedelta(minutes=_chosen.session_idle_minutes)
TRODDEN_LONGEST = timedelta(hours=_chosen.session_hours)

TRODDEN_SSO = provider_of(_chosen)
"""Who else says who somebody is; None where nobody does."""
TRODDEN_OUTGOING = outgoing_of(_chosen)
"""The one way to ask another machine."""

DEBUG = False
SECRET_KEY = find_key(TRODDEN_HOME) or secrets.token_urlsafe(64)
"""`trodden serve` keeps one; without, it signs nothing that outlives the process."""
SECRET_KEY_FALLBACKS = [one for one in (find_before(TRODDEN_HOME),) if one]
TRODDEN_NAMING_KEY = find_naming(TRODDEN_HOME) or SECRET_KEY
"""What pseudonyms are made of: it stays when the other key is replaced."""

ALLOWED_HOSTS = [
    *("localhost", "127.0.0.1", "[::1]"),
    *_chosen.allowed_hosts,
    *([_public.hostname] if _public.hostname else []),
]
ROOT_URLCONF = "trodden.web.urls"
ASGI_APPLICATION = "trodden.web.asgi.application"
DEFAULT_CHARSET = "utf-8"

DATABASES = {"default": database_of(TRODDEN_HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
"""Holds counts of attempts. One process answers, so its memory is the place; nobody can push counts out."""

INSTALLED_APPS = [
    "trodden.web.people",  # before the sign-in library, whose templates it replaces
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "trodden.web.sso",
    "trodden.web.audit",
    "trodden.web.site",
    "trodden.web.findings",
    "trodden.web.journeys",
    "trodden.web.explore",
    "trodden.web.segments",
    "trodden.web.boards",
    "trodden.web.marks",
    "trodden.web.customers",
    "trodden.web.touchpoints",
    "trodden.web.sources",
    "trodden.web.setup",
    "trodden.web.api",
]

MIDDLEWARE = [
    "trodden.web.workspaces.InWorkspace",
    "trodden.web.security.SecureHeaders",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "trodden.web.assets.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "trodden.web.people.sessions.Timeouts",
    "trodden.web.languages.Languages",
    "trodden.web.bodies.TooLarge",
    "trodden.web.audit.requests.Logged",
    "trodden.web.errors.ErrorsAsPages",
    "trodden.web.marks.drawn.Toggled",
    "trodden.web.guard.Guard",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "trodden.web.pages.frame",
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ],
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
LANGUAGES = list(words.LANGUAGES.items())
LOCALE_PATHS = [words.CATALOGUES]
FORMAT_MODULE_PATH = ["trodden.web.formats"]
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
SECURE_HSTS_SECONDS = 31_536_000 if TRODDEN_IS_HTTPS else 0
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "trodden.web.errors.csrf_failed"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_HANDLERS = ["trodden.web.uploading.Arriving"]
APPEND_SLASH = True

_HOST_ONLY = "__Host-" if TRODDEN_IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{_HOST_ONLY}session"
SESSION_COOKIE_SECURE = TRODDEN_IS_HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(TRODDEN_LONGEST.total_seconds())
CSRF_COOKIE_NAME = f"{_HOST_ONLY}csrf"
CSRF_COOKIE_SECURE = TRODDEN_IS_HTTPS
CSRF_TRUSTED_ORIGINS = [TRODDEN_PUBLIC_URL] if TRODDEN_IS_HTTPS else []
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("UserAttributeSimilarityValidator", {"user_attributes": ("name", "email")}),
    )
]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "front"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "trodden.web.people.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/5m/key",
    "join": "20/m/ip",
    "sso": "120/m/ip",
    "shared": "300/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = _chosen.trusted_proxies
MFA_ADAPTER = "trodden.web.people.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "trodden.web.people.passkeys.AddForm",
    "login_webauthn": "trodden.web.people.passkeys.LoginForm",
}
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not TRODDEN_IS_HTTPS
"""Browsers allow passkeys without https on ``localhost`` alone."""

EMAIL_BACKEND = (
    "trodden.web.mails.Sender" if _chosen.smtp_host else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = _chosen.smtp_host
EMAIL_PORT = _chosen.smtp_port
EMAIL_USE_TLS = _chosen.smtp_security == "starttls"
EMAIL_USE_SSL = _chosen.smtp_security == "tls"
EMAIL_HOST_USER = _chosen.smtp_user
EMAIL_HOST_PASSWORD = given_secret("TRODDEN_SMTP_PASSWORD")
EMAIL_TIMEOUT = 10
ACCOUNT_EMAIL_NOTIFICATIONS = bool(_chosen.smtp_host)
"""Who changed a password or a second factor is told by mail, where mails go anywhere."""
DEFAULT_FROM_EMAIL = _chosen.mail_from

LOGGING_CONFIG = None
"""Setting Django up changes nobody's log: only a server that starts writes lines (``trodden.web.server``)."""

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
