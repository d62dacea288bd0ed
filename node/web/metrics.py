"""What Prometheus is told, on the admin address alone: sizes, queues, answers of the inboxes, the process."""

from collections import Counter
from collections.abc import Iterator

from aiohttp import web
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from node.gate import DELAY, LINE, MEMORY, Pressure
from node.web.content_codings import refuse_codings
from node.web.keys import CONTEXT, INBOX_ANSWERS
from storage import accounts, deliveries, jobs, posts
from storage.database import Connection

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def build_app(node: web.Application) -> web.Application:
    """An application with /metrics about another one, to be hung on an address that the world does not reach."""
    app = web.Application(middlewares=[refuse_codings])
    app[CONTEXT], app[INBOX_ANSWERS] = node[CONTEXT], node[INBOX_ANSWERS]
    app.add_routes([web.get("/metrics", metrics)])
    return app


async def metrics(request: web.Request) -> web.Response:
    """GET /metrics."""
    context = request.app[CONTEXT]
    found = [*await context.database.read(_figures), *_pressure(context.gate.pressure())]
    registry = CollectorRegistry()
    registry.register(_Collected([*found, _answers(request.app[INBOX_ANSWERS])]))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE})


class _Collected:
    """Figures that were asked for already, as the registry wants them."""

    def __init__(self, found: list[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        yield from self._found


def _figures(db: Connection) -> list[Metric]:
    by_state = GaugeMetricFamily("hedgerow_deliveries", "Deliveries by state, those that ended as long as they are kept.", labels=["state"])
    counts = deliveries.count_deliveries(db)
    for state in ("waiting", "delivered", "gave up"):
        by_state.add_metric([state], counts.get(state, 0))
    return [
        by_state,
        GaugeMetricFamily("hedgerow_jobs", "Jobs that wait or are being done.", value=jobs.count_jobs(db)),
        GaugeMetricFamily("hedgerow_local_posts", "Posts of this node's people, boosts not counted.", value=posts.count_local_posts(db)),
        GaugeMetricFamily("hedgerow_local_people", "People who sign in here and are not suspended.", value=accounts.count_local_people(db)),
    ]


def _pressure(found: Pressure) -> list[Metric]:
    """All of this process."""
    refused = CounterMetricFamily("hedgerow_inbox_refused", "Activities that got 503, by what ran short.", labels=["short"])
    for short in (MEMORY, LINE, DELAY):
        refused.add_metric([short], found.refused[short])
    return [
        refused,
        GaugeMetricFamily("hedgerow_inbox_waiting", "Activities that were let in and are not taken in yet.", found.waiting),
        GaugeMetricFamily("hedgerow_inbox_delay_seconds", "How long the first activity, or the first write, has waited.", found.delay_s),
        GaugeMetricFamily("hedgerow_inbox_promised_bytes", "Memory that those may take yet.", found.promised_bytes),
        GaugeMetricFamily("hedgerow_memory_budget_bytes", "[limits] memory_mb; 0 for no limit.", found.budget_bytes),
    ]


def _answers(counted: Counter[int]) -> Metric:
    found = CounterMetricFamily("hedgerow_inbox_answers", "Answers of the inboxes by HTTP status, of this process.", labels=["status"])
    for status, count in sorted(counted.items()):
        found.add_metric([str(status)], count)
    return found
