"""Stamps of other servers' authors: whether a quote that claims consent has it (FEP-044f)."""

from federation.errors import FederationError, Unreachable
from federation.origins import same_origin
from federation.quotes import Stamp, stamp_from_document
from node.context import Context
from node.social import remote, remote_posts
from storage import accounts, posts, quotes
from storage.database import Connection
from storage.events import add_event
from storage.quotes import Quote


async def verify(context: Context, post_id: int, stamp_uri: str) -> None:
    """A job: whether a stamp is whose it must be, and says what it must. Raises Unreachable where another try makes sense."""
    post = await context.database.read(posts.find_post, post_id)
    if post is None or post.quote_uri is None:
        return
    try:
        quoted = await remote_posts.get_post(context, post.quote_uri)
        author = await context.database.read(accounts.get_account, quoted.account_id)
        stamp = stamp_from_document(await remote.fetch(context, stamp_uri))
    except Unreachable:
        raise
    except FederationError:
        return
    if stamp == Stamp(stamp_uri, author.uri, post.uri, quoted.uri) and same_origin(stamp_uri, author.uri):
        await context.database.write(_verified, Quote(post.id, quoted.id, quoted.uri, "accepted", stamp_uri=stamp_uri))


def _verified(db: Connection, quote: Quote) -> None:
    quotes.save_quote(db, quote)
    add_event(db, "post", quote.post_id)
