# One image: `steward serve`, used by compose.yaml. Not built in CI, which has no container engine; the install steps are
# those of `make setup` without the tools for development. Mount /var/lib/steward or set STEWARD_DATABASE_URL.
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/steward
COPY pyproject.toml requirements.lock ./
# uv first, then the product's own dependencies: the lock as constraints pins every version and its hash.
RUN sed -n '/^uv==/,/[^\\]$/p' requirements.lock > uv.lock \
    && python -m venv /opt/uv \
    && /opt/uv/bin/pip install --no-cache-dir --no-deps --require-hashes -r uv.lock \
    && /opt/uv/bin/uv pip install --no-cache --python /opt/steward/bin/python -c requirements.lock -r pyproject.toml
COPY bot bot
COPY adapters adapters
COPY scheduler scheduler
COPY storage storage
RUN /opt/uv/bin/uv pip install --no-cache --python /opt/steward/bin/python --no-deps --build-constraints requirements.lock .

FROM python:3.11-slim
# The time zones come from the locked tzdata package, not from the image's system files.
ENV PATH=/opt/steward/bin:$PATH PYTHONTZPATH="" PYTHONUNBUFFERED=1 STEWARD_HOST=0.0.0.0 STEWARD_PORT=8080 STEWARD_LOG_FORMAT=json
RUN useradd --system --create-home --home-dir /var/lib/steward steward
COPY --from=build /opt/steward /opt/steward
USER steward
WORKDIR /var/lib/steward
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ['STEWARD_PORT']}/healthz\", timeout=4)"]
CMD ["steward", "serve"]
