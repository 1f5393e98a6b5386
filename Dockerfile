# docs/guides/docker.zh-CN.md walks through it.
FROM python:3.11-slim-bookworm AS build

WORKDIR /src
COPY requirements/build.txt requirements/run.txt requirements/
RUN python -m venv /opt/promobot \
 && /opt/promobot/bin/pip install --no-cache-dir --require-hashes -r requirements/build.txt -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY commands commands
COPY db db
COPY reminders reminders
COPY scoring scoring
RUN /opt/promobot/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
 && /opt/promobot/bin/promobot --help

FROM python:3.11-slim-bookworm

# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin promobot \
 && install --directory --owner promobot --group promobot --mode 0700 /data /backups
COPY --from=build /opt/promobot /opt/promobot
ENV PATH=/opt/promobot/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001
WORKDIR /data
VOLUME ["/data", "/backups"]
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/readyz', timeout=8)"]
ENTRYPOINT ["promobot"]
CMD ["run"]
