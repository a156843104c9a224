"""Counters for whoever runs the relay: how much of what, never who (docs/protocol.md §7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

METRICS_TYPE: Final = CONTENT_TYPE_LATEST

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 60.0)


class Metrics:
    """One registry for each running relay, so that two in one process do not mix."""

    def __init__(self) -> None:
        self.registry: Final = CollectorRegistry()
        self._requests: Final = Counter(
            "phoenix_relay_requests",
            "Requests answered, by route and status.",
            ("route", "status"),
            registry=self.registry,
        )
        self._problems: Final = Counter(
            "phoenix_relay_problems",
            "Problem documents sent, by code.",
            ("code",),
            registry=self.registry,
        )
        self._seconds: Final = Histogram(
            "phoenix_relay_request_seconds",
            "Time from a request's head to its answer, by route.",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )

    def gauge(self, name: str, text: str, value: Callable[[], float]) -> None:
        """A number that is asked for whenever metrics are read."""
        Gauge(name, text, registry=self.registry).set_function(value)

    def answered(self, route: str, status: int, seconds: float) -> None:
        """One more answer."""
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def problem(self, code: str) -> None:
        """One more problem document."""
        self._problems.labels(code).inc()

    def text(self) -> bytes:
        """Everything, in Prometheus' text format."""
        return generate_latest(self.registry)
