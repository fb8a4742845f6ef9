"""Send figures as spans to a collector, by OTLP over HTTP. Law: to the endpoint that was named, and nowhere else.

OpenTelemetry finds much out by itself about a machine and its environment: none of it is used. A collector that is away
costs spans and nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from api.remote.address import checked_url
from api.telemetry.figures import Figure, telling
from routing.domain.errors import UsageError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

SETTING = "DOORSTEP_OTLP_ENDPOINT"
SERVICE = "doorstep"
WITHIN_S = 5.0
MOST_WAITING, AT_ONCE, EVERY_MS = 2048, 512, 2000


@contextmanager
def exported(endpoint: str | None) -> Iterator[None]:
    """Send what is told for as long as a block lasts; with no endpoint, nothing is loaded and nothing sent.

    Raises
    ------
    UsageError
        `telemetry_missing`, `server_address_unfit`, `server_needs_tls`.
    """
    if endpoint is None:
        yield
        return
    provider = _provider(f"{checked_url(endpoint, SETTING)}/v1/traces")
    try:
        with telling(_listener(provider)):
            yield
    finally:
        provider.shutdown()


def _provider(url: str) -> TracerProvider:
    try:
        import requests
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.trace.sampling import ALWAYS_ON
    except ImportError as error:
        raise UsageError(
            "telemetry_missing",
            "OpenTelemetry is not installed",
            where=SETTING,
            remedy="install doorstep[telemetry], or unset the setting",
        ) from error
    _say_nothing()
    session = requests.Session()
    session.trust_env = False  # no proxy, and no password out of .netrc
    session.max_redirects = 0
    # Not `Resource.create`, which adds what it finds out about the process and its environment.
    provider = TracerProvider(sampler=ALWAYS_ON, resource=Resource({"service.name": SERVICE}), shutdown_on_exit=False)
    provider.add_span_processor(
        BatchSpanProcessor(
            OTLPSpanExporter(endpoint=url, timeout=WITHIN_S, session=session),
            max_queue_size=MOST_WAITING,
            schedule_delay_millis=EVERY_MS,
            max_export_batch_size=AT_ONCE,
        )
    )
    return provider


def _listener(provider: TracerProvider) -> Callable[[Figure], None]:
    from opentelemetry.context import Context
    from opentelemetry.trace import SpanKind

    tracer = provider.get_tracer(SERVICE)

    def tell(figure: Figure) -> None:
        kind = SpanKind.SERVER if figure.is_request else SpanKind.INTERNAL
        span = tracer.start_span(
            figure.name,
            context=Context(),  # a span of its own: what a caller says of traces is not taken over
            kind=kind,
            attributes=dict(figure.attributes),
            start_time=figure.began_ns,
        )
        span.end(end_time=figure.ended_ns)

    return tell


def _say_nothing() -> None:
    """Keep OpenTelemetry's own lines, which have addresses in them, out of the service's log."""
    logger = logging.getLogger("opentelemetry")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
