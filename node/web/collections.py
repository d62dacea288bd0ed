"""Collections for other servers: outbox, followers, following, featured; replies, likes and shares of a post; conversations.

Pages go by key (`?after=` for lists that grow at the end, `?before=` for those that grow at the front), so they stay the same while
something is added.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiohttp import web

from federation.collections import collection_page, ordered_collection
from node.errors import NotFound
from node.site import Site
from node.social import describing, guardianship, naming, network_privacy
from node.web.activitypub import NOT_THERE, find_reader, is_turned_away, outbox_item, require_reader
from node.web.keys import CONTEXT
from node.web.negotiating import activity_response
from node.web.requests import path_id
from storage import accounts, communities, follows, moderation, posts, reactions, timelines
from storage.database import Connection
from storage.learning import frameworks, paths
from storage.records import PRIVATE, Account, Post

PAGE = 40
STRANGER = 0
OUTBOX_PAGE = 20


@dataclass(frozen=True, slots=True)
class Part:
    """A page's items, and the key at which the next page starts or None."""

    items: Sequence[object]
    key: int | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A collection: how many there are, and how a page of it is read from a key on (None: the first page)."""

    total: int
    read: Callable[[int | None], Part]
    attributed_to: str | None = None


NOTHING = Listing(0, lambda _: Part([], None))


def part(rows: Sequence[tuple[int, object]], limit: int = PAGE) -> Part:
    """A page out of (key, item) rows, of which there may be one more than it shows."""
    shown = rows[:limit]
    return Part([item for _, item in shown], shown[-1][0] if len(rows) > limit else None)


def answer(uri: str, listing: Listing, request: web.Request) -> dict[str, object]:
    """The collection, or one of its pages."""
    if "page" not in request.query:
        return ordered_collection(uri, listing.total, first=f"{uri}?page=true", attributed_to=listing.attributed_to)
    text = request.query.get("key", "")
    key = int(text) if text.isascii() and text.isdigit() and len(text) <= 19 else None
    found = listing.read(key)
    here = f"{uri}?page=true" + (f"&key={key}" if key is not None else "")
    following = f"{uri}?page=true&key={found.key}" if found.key is not None else None
    return collection_page(here, uri, found.items, following)


async def respond(request: web.Request, uri: str, listing: Callable[..., Listing], *arguments: object) -> web.Response:
    """The collection that a listing makes, or one of its pages."""
    context = request.app[CONTEXT]

    def read(db: Connection) -> dict[str, object]:
        return answer(uri, listing(db, context.site, *arguments), request)

    return activity_response(await context.database.read(read))


def _local(db: Connection, name: str, reader: Account | None) -> Account:
    """Raises NotFound, also for a reader whom the account blocks."""
    account = accounts.find_account_by_handle(db, name)
    if account is None or not account.is_active or is_turned_away(db, account, reader):
        raise NotFound(NOT_THERE)
    return account


def _is_hidden(db: Connection, account: Account, reader: Account | None) -> bool:
    """Whether of a supervised account the reader sees empty collections."""
    return guardianship.hides(db, account, reader.id if reader else STRANGER)


async def of_account(request: web.Request) -> web.Response:
    """GET of one of an account's collections."""
    reader = await find_reader(request)
    name, which = request.match_info["name"], request.match_info["which"]
    uri = f"{naming.actor_uri(request.app[CONTEXT].site.origin, name)}/{which}"
    if reader is not None and which == "outbox" and reader.is_local and reader.name.lower() == name.lower():
        return await respond(request, uri, _own_outbox, reader)
    return await respond(request, uri, ACCOUNT_LISTINGS[which], name, reader)


def _own_outbox(db: Connection, site: Site, author: Account) -> Listing:
    """All that somebody said, for themselves."""

    def read(key: int | None) -> Part:
        rows = timelines.list_account_posts(db, author.id, author.id, OUTBOX_PAGE + 1, key or timelines.BEFORE_ALL)
        found = posts.list_posts(db, [row.id for row in rows])
        return part([(row.id, outbox_item(db, site, author, found[row.id])) for row in rows if row.id in found], OUTBOX_PAGE)

    return Listing(timelines.count_own(db, author.id), read)


def _outbox(db: Connection, site: Site, name: str, reader: Account | None) -> Listing:
    author = _local(db, name, reader)
    if _is_hidden(db, author, reader):
        return NOTHING

    def read(key: int | None) -> Part:
        rows = timelines.list_outbox(db, author.id, OUTBOX_PAGE + 1, key or timelines.BEFORE_ALL)
        return part([(each.id, outbox_item(db, site, author, each)) for each in rows], OUTBOX_PAGE)

    return Listing(timelines.count_outbox(db, author.id), read)


def _followers(db: Connection, _site: Site, name: str, reader: Account | None) -> Listing:
    account = _local(db, name, reader)
    if _is_hidden(db, account, reader):
        return NOTHING
    return Listing(follows.count_followers(db, account.id), _people(db, account, follows.list_followers))


def _following(db: Connection, _site: Site, name: str, reader: Account | None) -> Listing:
    account = _local(db, name, reader)
    if _is_hidden(db, account, reader):
        return NOTHING
    return Listing(follows.count_following(db, account.id), _people(db, account, follows.list_following))


def _people(
    db: Connection, account: Account, listed: Callable[[Connection, int, int, int], Sequence[Account]]
) -> Callable[[int | None], Part]:
    """Pages as everybody sees them, whoever asks: where the list is hidden only the count stands."""

    def read(key: int | None) -> Part:
        if not network_privacy.shows_network(db, account, STRANGER):
            return Part([], None)
        found = listed(db, account.id, PAGE + 1, key or 0)
        shown = {each.id for each in guardianship.shown(db, found, STRANGER)}
        page = part([(each.id, each) for each in found])
        return Part([each.uri for each in page.items if isinstance(each, Account) and each.id in shown], page.key)

    return read


def _featured(db: Connection, site: Site, name: str, reader: Account | None) -> Listing:
    author = _local(db, name, reader)
    pinned = reactions.list_pinned(db, author.id)
    items = [describing.post_document(db, site, author, each) if each.account_id == author.id else each.uri for each in pinned]
    return Listing(len(pinned), lambda _: Part(items, None))


def _moderators(db: Connection, _site: Site, name: str, reader: Account | None) -> Listing:
    """Of a community (FEP-1b12)."""
    account = _community(db, name, reader)
    found = communities.list_moderators(db, account.id)
    return Listing(len(found), lambda _: Part([each.uri for each in found], None))


def _competencies(db: Connection, _site: Site, name: str, reader: Account | None) -> Listing:
    """Of a community: the URLs of the competencies in its frameworks (LEARNING)."""
    account = _community(db, name, reader)

    def read(key: int | None) -> Part:
        return part(frameworks.list_urls_of(db, account.id, PAGE + 1, key or 0))

    return Listing(frameworks.count_items_of(db, account.id), read)


def _paths(db: Connection, _site: Site, name: str, reader: Account | None) -> Listing:
    """Of a community: the paths that were laid out for it in public."""
    account = _community(db, name, reader)

    def read(key: int | None) -> Part:
        rows = paths.list_of_community(db, account.uri, PAGE + 1, key or timelines.BEFORE_ALL)
        return part([(each.id, each.uri) for each in rows])

    return Listing(paths.count_of_community(db, account.uri), read)


def _community(db: Connection, name: str, reader: Account | None) -> Account:
    account = _local(db, name, reader)
    if account.type != "Group":
        raise NotFound(NOT_THERE)
    return account


async def of_post(request: web.Request) -> web.Response:
    """GET of a post's replies, likes or shares."""
    reader = await find_reader(request)
    name, which = request.match_info["name"], request.match_info["which"]
    post_uri = naming.post_uri(request.app[CONTEXT].site.origin, name, path_id(request))
    return await respond(request, f"{post_uri}/{which}", POST_LISTINGS[which], post_uri, reader.id if reader else 0)


def _shown(db: Connection, uri: str, viewer_id: int) -> Post:
    found = posts.find_post_by_uri(db, uri)
    if found is None or not posts.is_visible(db, found.id, viewer_id):
        raise NotFound(NOT_THERE)
    if viewer_id and moderation.turns_away(db, found.account_id, viewer_id):
        raise NotFound(NOT_THERE)
    return found


def _replies(db: Connection, _site: Site, uri: str, viewer_id: int) -> Listing:
    shown = _shown(db, uri, viewer_id)
    total = timelines.count_replies(db, shown.id)
    return Listing(total, lambda key: part([(each.id, each.uri) for each in timelines.list_replies(db, shown.id, PAGE + 1, key or 0)]))


def _likes(db: Connection, _site: Site, uri: str, viewer_id: int) -> Listing:
    shown = _shown(db, uri, viewer_id)
    return Listing(shown.likes_count, lambda key: part(reactions.list_like_uris(db, shown.id, PAGE + 1, key or 0)))


def _shares(db: Connection, _site: Site, uri: str, viewer_id: int) -> Listing:
    shown = _shown(db, uri, viewer_id)
    return Listing(shown.boosts_count, lambda key: part(reactions.list_boost_uris(db, shown.id, PAGE + 1, key or 0)))


async def conversation(request: web.Request) -> web.Response:
    """GET of a conversation that began here (FEP-7888, FEP-f228): all of it that was said in public, oldest first."""
    await require_reader(request)
    root_id = path_id(request)
    return await respond(request, naming.context_uri(request.app[CONTEXT].site.origin, root_id), _conversation, root_id)


def _conversation(db: Connection, site: Site, root_id: int) -> Listing:
    uri = naming.context_uri(site.origin, root_id)
    root = posts.find_post(db, root_id)
    if root is not None and (root.visibility >= PRIVATE or root.context_uri != uri):
        raise NotFound(NOT_THERE)
    total = timelines.count_conversation(db, root_id)
    if not total:
        raise NotFound(NOT_THERE)
    owner = accounts.get_account(db, root.account_id).uri if root else None

    def read(key: int | None) -> Part:
        return part([(each.id, each.uri) for each in timelines.list_conversation(db, root_id, PAGE + 1, key or 0)])

    return Listing(total, read, owner)


ACCOUNT_LISTINGS = {
    "outbox": _outbox,
    "followers": _followers,
    "following": _following,
    "featured": _featured,
    "moderators": _moderators,
    "competencies": _competencies,
    "paths": _paths,
}
POST_LISTINGS = {"replies": _replies, "likes": _likes, "shares": _shares}
ROUTES = (
    web.get("/users/{name}/{which:outbox|followers|following|featured|moderators|competencies|paths}", of_account),
    web.get("/users/{name}/posts/{id}/{which:replies|likes|shares}", of_post),
    web.get("/contexts/{id}", conversation),
)
