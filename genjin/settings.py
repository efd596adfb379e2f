"""All settings of Genjin. Read once from the environment (GENJIN_…, DATABASE_URL); nonsense stops the start."""

from __future__ import annotations

from genjin.areas import areas, template_folders
from genjin.kernel.environment import Environment

ENV = Environment.read()

SECRET_KEY = ENV.secret_key
DEBUG = False
ALLOWED_HOSTS = ENV.hosts
USE_TZ = True
TIME_ZONE = "UTC"
COMPANY_TIME_ZONE = ENV.time_zone
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
LOCALE_PATHS = [ENV.package / "locale"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    *(f"genjin.{area}" for area in areas()),
]

MIDDLEWARE = [
    "genjin.ui.middleware.RequestIdMiddleware",
    "genjin.ui.middleware.ProxyMiddleware",
    "genjin.ui.middleware.SecurityHeadersMiddleware",
    "genjin.ui.compression.CompressionMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "genjin.org.sessions.MemberSessionMiddleware",
    "genjin.surfaces.attachments.limit.UploadLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "genjin.org.middleware.ActorMiddleware",
    "genjin.ui.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "genjin.urls"
WSGI_APPLICATION = "genjin.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": template_folders(),
        "APP_DIRS": False,
        "OPTIONS": {"environment": "genjin.ui.jinja.environment", "autoescape": True},
    },
]

DATABASES = {"default": ENV.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "org.Member"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ENV.password_hashers
SESSION_ENGINE = "genjin.org.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.https
PROXIES = ENV.proxies
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = ENV.trusted_origins
CSRF_FAILURE_VIEW = "genjin.ui.errors.csrf_failure"

STATIC_URL = "/static/"
STATIC_ROOT = ENV.data / "static" if ENV.testing else ENV.package / "_static"
STATICFILES_DIRS = [ENV.package / "ui" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": ENV.files}},
    "staticfiles": {"BACKEND": ENV.static_storage},
}
FILES = ENV.files
FILE_MOST_BYTES = 25 << 20  # one attachment
FILE_QUOTA_BYTES = 5 << 30  # all attachments of one member

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_WORKER_DEFAULTS = {
    "concurrency": 2,
    "delete_jobs": "successful",
    "shutdown_graceful_timeout": 10,
    "update_heartbeat_interval": 5,
    "stalled_worker_timeout": 30,
}

X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": "'none'",
    "script-src": "'self'",
    "worker-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "manifest-src": "'self'",
}

EMAIL_BACKEND = ENV.email_backend
EMAIL_HOST = ENV.mail.host
EMAIL_PORT = ENV.mail.port
EMAIL_HOST_USER = ENV.mail.user
EMAIL_HOST_PASSWORD = ENV.mail.password
EMAIL_USE_SSL = ENV.mail.encrypted
EMAIL_USE_TLS = not ENV.mail.encrypted
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = ENV.mail.sender
SITE_ADDRESS = ENV.site_address
OUTBOUND_ORIGINS = ENV.outbound

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": ENV.log_level},
    "loggers": {"psycopg.pool": {"level": "WARNING"}, "procrastinate": {"level": "WARNING"}},
}
