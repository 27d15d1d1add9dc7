"""Settings shared by every way of running; whatever differs between machines is read from the environment.

Each variable NAME may instead be given as NAME_FILE, the path of a file that holds the value (a mounted secret).
docs/operate.md lists all of them.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from environs import FileAwareEnv
from kombu import Queue

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parents[2]

env = FileAwareEnv(strip_whitespace=True)

# --- The site ---------------------------------------------------------------------------------------------------------

SECRET_KEY = env.str("SECRET_KEY")
DEBUG = False
SITE_NAME = env.str("SITE_NAME", "Counterclaim")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

# Addresses and networks whose X-Forwarded-For and X-Forwarded-Proto are believed; nobody else's are.
TRUSTED_PROXIES: list[str] = env.list("TRUSTED_PROXIES", [])

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    # Named before staticfiles, so that `runserver` serves as a real server does.
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "template_partials",
    "pgtrigger",
    "axes",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "apps.core",
    "apps.ledger",
    "apps.accounts",
    "apps.dossiers",
    "apps.sources",
    "apps.articles",
    "apps.statements",
    "apps.claims",
    "apps.review",
    "apps.crosscheck",
    "apps.graph",
    "apps.extractors",
    "apps.pipeline",
    "apps.api",
    "apps.web",
]

MIDDLEWARE = [
    "apps.web.pages_host.PagesHostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "apps.web.middleware.RefusalMiddleware",
    # Last, as it must see the outcome of every sign-in.
    "axes.middleware.AxesMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.web.context.bar",
            ],
        },
    },
]

# --- Language and time ------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Database ---------------------------------------------------------------------------------------------------------

DATABASES: dict[str, Any] = {"default": env.dj_db_url("DATABASE_URL")}
DATABASES["default"].setdefault("OPTIONS", {})
# A connection that a restart of the database has cut is noticed before it is used.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if env.int("DATABASE_POOL_SIZE", 4):
    # Per process. Without a pool each request pays for a new connection.
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": env.int("DATABASE_POOL_SIZE", 4),
        "timeout": 10,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": env.dj_cache_url("CACHE_URL", "locmem://")}

# --- People -----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL

# Five wrong passwords for one account from one address pause that pair, not the account: nobody can lock a person out.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
# The sign-in form's field; axes would look for one called as the model's, find none, and count everybody as one.
AXES_USERNAME_FORM_FIELD = "username"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "account/paused.html"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True

# --- What a page may load ---------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}
# Where pages are shown as they were preserved: scheme, host and port of an origin that serves nothing else and shares
# no cookie. Empty: the application's own host, where only the sandbox of their policy sets them apart.
PAGES_ORIGIN: str = env.str("PAGES_ORIGIN", "").rstrip("/")
# The application's own origin, which alone may frame them. Required with PAGES_ORIGIN.
APP_ORIGIN: str = env.str("APP_ORIGIN", "").rstrip("/")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- Files ------------------------------------------------------------------------------------------------------------

# Where preserved bytes are kept: `s3://bucket/prefix?endpoint=https://…&region=…`, or empty for the folder
# EVIDENCE_ROOT. Not one of Django's storages, which write an object under its own name and never make it durable.
EVIDENCE_STORE: str = env.str("EVIDENCE_STORE", "")
EVIDENCE_ROOT: Path | None = env.path("EVIDENCE_ROOT", None) if EVIDENCE_STORE else env.path("EVIDENCE_ROOT")
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "apps.core.staticstorage.CompressedStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT: Path = env.path("STATIC_ROOT")
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "apps.core.staticfinder.NodeModulesFinder",
]
NODE_MODULES: Path = env.path("NODE_MODULES", BASE_DIR / "node_modules")

# The largest article, 25 MB, in base 64 and in a document around it: what the API takes of JSON.
DATA_UPLOAD_MAX_MEMORY_SIZE = 36 * 1024 * 1024
# How large all files of one request may be together, in megabytes: archives and bundles that hold many articles. A
# single article may have 25.
LARGEST_UPLOAD_MB: int = env.int("LARGEST_UPLOAD_MB", 250)
DATA_UPLOAD_MAX_NUMBER_FILES = 500
FILE_UPLOAD_HANDLERS = [
    "apps.core.uploading.BoundedUploads",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- Articles from elsewhere ------------------------------------------------------------------------------------------

# One origin (scheme, host and port) that the guard against fetching from private networks lets through, for the demo
# site. `check --deploy` refuses it.
FETCH_EXEMPT_ORIGIN: str = env.str("FETCH_EXEMPT_ORIGIN", "")
# The least number of seconds between two requests to one host; a longer one that its robots.txt asks for is kept.
FETCH_HOST_PAUSE: float = env.float("FETCH_HOST_PAUSE", 1.0)
# Whether articles are looked at again for corrections and removals, ever more rarely.
REVISIT: bool = env.bool("REVISIT", True)
# Who we say we are to publishers; name a page about you and an address they can write to.
FETCH_USER_AGENT: str = env.str("FETCH_USER_AGENT", "Counterclaim/0.1 (preserves news articles for research)")

# --- Who said what ----------------------------------------------------------------------------------------------------

# The extractor that reads new articles, as long as `manage.py use_extractor` has not switched another on.
COUNTERCLAIM_EXTRACTOR: str = env.str("COUNTERCLAIM_EXTRACTOR", "default")

# The language model that the extractor `llm` asks, which is off without an address. As they were given:
# `LlmOptions.from_environment` of apps.attribution.llm.options checks them, from here or from the environment itself.
LLM: dict[str, str] = {
    name: env.str(name, "")
    for name in (
        "COUNTERCLAIM_LLM_URL",
        "COUNTERCLAIM_LLM_MODEL",
        "COUNTERCLAIM_LLM_KEY",
        "COUNTERCLAIM_LLM_ALLOW_HTTP",
        "COUNTERCLAIM_LLM_TIMEOUT",
        "COUNTERCLAIM_LLM_DEADLINE",
        "COUNTERCLAIM_LLM_RETRIES",
        "COUNTERCLAIM_LLM_REQUESTS_PER_MINUTE",
        "COUNTERCLAIM_LLM_PRICE_PER_MILLION_IN",
        "COUNTERCLAIM_LLM_PRICE_PER_MILLION_OUT",
        "COUNTERCLAIM_LLM_MAX_COST",
        "COUNTERCLAIM_LLM_CURRENCY",
        "COUNTERCLAIM_LLM_WINDOW",
        "COUNTERCLAIM_LLM_MAX_TOKENS",
    )
}

# --- Background work --------------------------------------------------------------------------------------------------

CELERY_BROKER_URL: str = env.str("CELERY_BROKER_URL")
CELERY_QUORUM_QUEUES: bool = env.bool("CELERY_QUORUM_QUEUES", True)
# Before the names of the queues, where several installations share a broker.
QUEUE_PREFIX: str = env.str("QUEUE_PREFIX", "")

_over_amqp = CELERY_BROKER_URL.startswith(("amqp", "pyamqp"))
_queue_arguments = {"x-queue-type": "quorum"} if CELERY_QUORUM_QUEUES and _over_amqp else None

_QUEUES = {name: f"{QUEUE_PREFIX}{name}" for name in ("default", "fetch", "parse", "propose")}
CELERY_TASK_DEFAULT_QUEUE = _QUEUES["default"]
CELERY_TASK_QUEUES = [Queue(name, queue_arguments=_queue_arguments) for name in _QUEUES.values()]
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_ROUTES = {
    "apps.pipeline.tasks.preserve": {"queue": _QUEUES["fetch"]},
    "apps.pipeline.tasks.poll_feed": {"queue": _QUEUES["fetch"]},
    "apps.pipeline.tasks.unpack": {"queue": _QUEUES["parse"]},
    "apps.pipeline.tasks.extract": {"queue": _QUEUES["parse"]},
    "apps.pipeline.tasks.identify": {"queue": _QUEUES["parse"]},
    "apps.pipeline.tasks.propose": {"queue": _QUEUES["propose"]},
    "apps.pipeline.tasks.*": {"queue": _QUEUES["default"]},
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
# A long text, or a model behind an endpoint, takes its time. The lease on the article's row is renewed meanwhile.
CELERY_TASK_ANNOTATIONS = {"apps.pipeline.tasks.propose": {"soft_time_limit": 840, "time_limit": 900}}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_DETECT_QUORUM_QUEUES = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A request does not wait for a broker that is away: rows hold the work, and a sweep finds what was never announced.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1, "interval_step": 0.1, "interval_max": 0.2}
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {"confirm_publish": True}
    if _over_amqp
    else {
        # What a killed worker held comes back within this. Above the longest task but for `propose`: its message comes
        # back while it still works, and whoever gets it finds that the row is taken.
        "visibility_timeout": 180,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        # A broker that hangs is as good as away; a worker asks it every second.
        "socket_timeout": 3,
        "socket_connect_timeout": 2,
    }
)
CELERY_TIMEZONE = TIME_ZONE
# No expiry: it would be judged by the clock of the worker that gets the message.
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "apps.pipeline.tasks.sweep", "schedule": timedelta(seconds=5)},
    "poll-feeds": {"task": "apps.pipeline.tasks.poll_feeds", "schedule": timedelta(seconds=5)},
}

# --- Mail -------------------------------------------------------------------------------------------------------------

_mail = env.dj_email_url("EMAIL_URL")
EMAIL_BACKEND: str = _mail["EMAIL_BACKEND"]
EMAIL_FILE_PATH: str = _mail["EMAIL_FILE_PATH"]
EMAIL_HOST: str = _mail["EMAIL_HOST"]
EMAIL_HOST_USER: str = _mail["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD: str = _mail["EMAIL_HOST_PASSWORD"]
EMAIL_PORT: int = _mail["EMAIL_PORT"]
EMAIL_USE_SSL: bool = _mail["EMAIL_USE_SSL"]
EMAIL_USE_TLS: bool = _mail["EMAIL_USE_TLS"]
EMAIL_TIMEOUT: int = _mail["EMAIL_TIMEOUT"] or 10
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", "counterclaim@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- The JSON interface -----------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.api.authentication.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["apps.api.parsing.BoundedJSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["apps.api.throttling.PerKeyThrottle"],
    # A key, or a person in a browser, may ask this often.
    "DEFAULT_THROTTLE_RATES": {"api": env.str("API_RATE", "1200/min")},
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "apps.api.problems.handler",
    # The form of an answer follows from the Accept header alone.
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": SITE_NAME,
    "DESCRIPTION": "Who said what, in which words, through whom, for or against which proposition, as known when.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1/(dossiers/{slug}/)?",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "SourceKindEnum": "apps.sources.models.Source.Kind",
        "FeedKindEnum": "apps.articles.models.Feed.Kind",
        "FeedStateEnum": "apps.articles.feed_health.CHOICES",
        "IntakeStateEnum": "apps.articles.models.Intake.State",
        "StatementKindEnum": "apps.statements.models.Kind",
        "CounterKindEnum": "apps.claims.models.CounterKind",
        "StanceEnum": "apps.claims.models.Stance",
        "MemberRoleEnum": "apps.dossiers.models.Role",
        "SpanRoleEnum": "apps.statements.models.Span.Role",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # No badge from a validator on another host.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None, "docExpansion": "list"},
    "REDOC_DIST": "SIDECAR",
}

# --- Logs -------------------------------------------------------------------------------------------------------------

LOG_LEVEL: str = env.str("LOG_LEVEL", "INFO").upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": ["console"], "level": LOG_LEVEL, "propagate": False},
        # A page that is not found, or a form that is refused, is an answer and no event.
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": ["console"], "level": LOG_LEVEL, "propagate": False},
    },
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
