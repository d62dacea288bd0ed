"""The archive: everything that somebody may read and that its author agreed to have found, by its words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from node.context import Context
from node.site import Site
from node.social import timelines
from node.social.queries import Query
from node.social.timelines import Card
from storage import accounts, search
from storage.database import Connection
from storage.ids import id_range_start, ms_from_datetime
from storage.search import FIRST, Hit, Question
from storage.timelines import BEFORE_ALL

PAGE = 20
KINDS: Mapping[str, Question] = {
    "": Question(),
    "post": Question(plain=True),
    "reflection": Question(facet="Reflection"),
    "resource": Question(facet="Resource"),
    "path": Question(facet="Path"),
    "question": Question(facet="Ask"),
    "achievement": Question(facet="Achievement"),
    "goal": Question(facet="Goal"),
    "workshop": Question(facet="Workshop"),
    "event": Question(type="Event"),
    "poll": Question(type="Question"),
}


@dataclass(frozen=True, slots=True)
class Results:
    """A page of what was found. snippets: by post id, plain text with snippets.MARK and MARK_END; total is capped (search.REACH).

    nobody: a handle in the query that is nobody's.
    """

    cards: Sequence[Card] = ()
    snippets: Mapping[int, str] | None = None
    total: int = 0
    after: Hit | None = None
    nobody: str = ""


async def find(context: Context, query: Query, viewer_id: int, after: Hit = FIRST) -> Results:
    """A page of what a viewer may find; viewer 0 is a stranger."""
    return await context.database.read(load_results, context.site, query, viewer_id, after)


def load_results(db: Connection, site: Site, query: Query, viewer_id: int, after: Hit = FIRST, *, newest_first: bool = False) -> Results:
    """See find. newest_first: for feeds."""
    if query.is_empty:
        return Results()
    question, nobody = _question(db, site, query)
    if nobody:
        return Results(nobody=nobody)
    hits = search.list_hits(db, question, viewer_id, PAGE + 1, after, newest_first=newest_first)
    shown = hits[:PAGE]
    entries = timelines.list_entries(db, [hit.id for hit in shown], viewer_id)
    cards = timelines.load_cards(db, [entries[hit.id] for hit in shown if hit.id in entries], viewer_id)
    snippets = search.list_snippets(db, question, [hit.id for hit in shown])
    return Results(cards, snippets, hits[0].total if hits else 0, shown[-1] if len(hits) > PAGE else None)


def list_ids(db: Connection, site: Site, query: Query, viewer_id: int, limit: int, *, author_id: int = 0) -> list[int]:
    """The ids of the best of what a viewer may find. author_id: of one account alone."""
    if query.is_empty:
        return []
    question, nobody = _question(db, site, query)
    if nobody:
        return []
    narrowed = replace(question, author=author_id) if author_id else question
    return [hit.id for hit in search.list_hits(db, narrowed, viewer_id, limit, FIRST)]


def _question(db: Connection, site: Site, query: Query) -> tuple[Question, str]:
    """The query with ids in place of names; and a name that is nobody's, if there is one."""
    author, community = (_account_id(db, site, handle) if handle else 0 for handle in (query.author, query.community))
    question = replace(
        KINDS[query.kind],
        phrases=query.phrases,
        without=query.without,
        tag=query.tag,
        answered=query.answered,
        pictured=query.pictured,
        author=author or 0,
        community=community or 0,
        after_id=id_range_start(ms_from_datetime(query.after)) if query.after else 0,
        before_id=id_range_start(ms_from_datetime(query.before)) if query.before else BEFORE_ALL,
    )
    return question, query.author if author is None else query.community if community is None else ""


def _account_id(db: Connection, site: Site, handle: str) -> int | None:
    name, _, host = handle.partition("@")
    account = accounts.find_account_by_handle(db, name, "" if host.lower() == site.handle_domain else host.lower())
    return account.id if account is not None and account.is_active else None
