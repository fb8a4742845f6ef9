"""Figures for monitoring. Law: no label tells of anybody: a declared route, a method, a status, a state.

They are served by a listener of their own that is bound to this machine (`doorstep serve --metrics-port`), never by the
one that others reach: behind a proxy every caller would seem to be this machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from routing.domain.errors import UsageError

ADDRESS = "127.0.0.1"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
REGISTRY = CollectorRegistry()
_requests = Counter("doorstep_requests", "Requests answered.", ("method", "route", "status"), registry=REGISTRY)
_took = Histogram(
    "doorstep_request_seconds", "From head to answer.", ("method", "route"), buckets=_SECONDS, registry=REGISTRY
)
_waited = Histogram(
    "doorstep_write_wait_seconds", "Waiting for the writer's turn.", buckets=_SECONDS, registry=REGISTRY
)


def count_request(method: str, route: str | None, status: object, took_s: float) -> None:
    """Count a request. `route`: as declared; None: there is no such route."""
    known = method if method in _METHODS else "other"
    labels = known, route or "none"
    _requests.labels(*labels, str(status)).inc()
    _took.labels(*labels).observe(took_s)


def count_wait(waited_s: float) -> None:
    """Count how long a change has waited for its turn."""
    _waited.observe(waited_s)


class States(Collector):
    """So many of something in each state, counted when somebody looks."""

    def __init__(self, name: str, said: str, count: Callable[[], Mapping[str, int]]) -> None:
        self._name, self._said, self._count = name, said, count

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Return what is counted now; nothing while it cannot be counted."""
        family = GaugeMetricFamily(self._name, self._said, labels=("state",))
        for state, number in self._count().items():
            family.add_metric([state], number)
        yield family


_serving = Lock()


@contextmanager
def served(port: int | None, states: Iterable[States] = ()) -> Iterator[int | None]:
    """Serve the figures on this machine for as long as a block lasts; yield the port (0: any that is free).

    Raises
    ------
    UsageError
        `metrics_cannot_listen`.
    """
    if port is None:
        yield None
        return
    with _serving:
        try:
            server, thread = start_http_server(port, ADDRESS, REGISTRY)
        except OSError as error:
            raise UsageError(
                "metrics_cannot_listen",
                "the port for figures cannot be listened on",
                where="--metrics-port",
                remedy="give another port",
            ) from error
        counted = list(states)
        for one in counted:
            REGISTRY.register(one)
        try:
            yield int(server.server_port)
        finally:
            for one in counted:
                REGISTRY.unregister(one)
            server.shutdown()
            server.server_close()
            thread.join()
