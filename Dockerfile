# One image for web, workers, beat and migrations. Stages: Python packages, npm packages, static files, what runs.

FROM python:3.13-slim AS packages
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
COPY requirements/uv.txt requirements/base.txt /requirements/
RUN python -m pip install --no-cache-dir --require-hashes -r /requirements/uv.txt \
 && uv venv /opt/venv \
 && uv pip install --no-cache --python /opt/venv/bin/python --require-hashes -r /requirements/base.txt

FROM node:24-slim AS assets
WORKDIR /assets
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts

FROM packages AS static
WORKDIR /app
COPY . .
COPY --from=assets /assets/node_modules node_modules
# The settings want all of these to be there; collecting static files uses none of them.
RUN DJANGO_SETTINGS_MODULE=config.settings.prod SECRET_KEY=unused ALLOWED_HOSTS=unused STATIC_ROOT=/static \
    EVIDENCE_ROOT=/evidence DATABASE_URL=postgresql://unused/unused CELERY_BROKER_URL=memory:// EMAIL_URL=dummy:// \
    /opt/venv/bin/python manage.py collectstatic --noinput

FROM python:3.13-slim
RUN groupadd --gid 10001 counterclaim \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin counterclaim \
 && install --directory --owner=10001 --group=10001 --mode=0750 /evidence
COPY --from=packages /opt/venv /opt/venv
COPY --from=static /static /static
WORKDIR /app
COPY manage.py ./
COPY config config
COPY apps apps
COPY templates templates
COPY locale locale
COPY static static
# Parsers are started all the time, and would compile our modules each time.
RUN /opt/venv/bin/python -m compileall -q config apps
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.prod \
    STATIC_ROOT=/static \
    EVIDENCE_ROOT=/evidence
USER 10001:10001
VOLUME /evidence
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=10s --start-period=30s CMD ["python", "-m", "config.probe"]
CMD ["granian", "--interface", "wsgi", "config.wsgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "4", "--no-ws", "--respawn-failed-workers", "--log-level", "warning"]
