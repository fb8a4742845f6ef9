# The command line of Doorstep, from the same locks as everywhere else.
#
#   docker build -t doorstep .
#   docker run --rm --user "$(id -u)" -v "$PWD/out:/out" doorstep plan denpasar --out /out/denpasar

FROM python:3.11-slim AS build
RUN python -m venv /opt/doorstep
COPY requirements.lock /src/
RUN /opt/doorstep/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /src/requirements.lock
COPY LICENSE README.md pyproject.toml /src/
COPY routing /src/routing
COPY api /src/api
COPY scenarios /src/scenarios
RUN /opt/doorstep/bin/pip install --no-cache-dir --no-index --no-deps --no-build-isolation /src

FROM python:3.11-slim
COPY --from=build /opt/doorstep /opt/doorstep
RUN useradd --uid 10001 --create-home --home-dir /var/lib/doorstep doorstep
ENV PATH=/opt/doorstep/bin:$PATH PYTHONDONTWRITEBYTECODE=1 NUMBA_CACHE_DIR=/var/cache/doorstep-kernels
# The kernels of the street engine and of the search, compiled once here; on another processor they are compiled again, by whichever
# user runs.
RUN mkdir -m 1777 "$NUMBA_CACHE_DIR" && \
    python -c "from routing.network import warming; warming.warm_up(); from routing.solver import warming; warming.warm_up()"
WORKDIR /var/lib/doorstep
USER doorstep
# The image is used for the command line, too: the check proves that the program starts and can read its own scenario.
HEALTHCHECK --interval=5m --timeout=60s --start-period=10s CMD ["doorstep", "validate", "denpasar"]
ENTRYPOINT ["doorstep"]
