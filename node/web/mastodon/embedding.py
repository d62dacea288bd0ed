"""oEmbed: what another site shows of a public post (https://oembed.com)."""

from html import escape

from federation.html import text_from_html
from node.errors import NotFound
from node.social import guardianship, looking_up
from node.web.mastodon.doors import Ask
from storage import accounts
from storage.database import Connection
from storage.records import UNLISTED, Account, Post

WIDTH, CHARACTERS, DAY_S = 400, 300, 24 * 3600


async def oembed(ask: Ask) -> object:
    """GET /api/oembed?url=: of our own people's public posts"""
    found = (await looking_up.find_known(ask.context, ask.given.text("url"))).post
    if found is None or found.visibility > UNLISTED:
        raise NotFound("There is no such post.")
    author = await ask.context.database.read(_author, found)
    width = max(220, min(ask.given.number("maxwidth", WIDTH), 800))
    config = ask.context.config
    address = found.url or found.uri
    signed = f'<p>— <a href="{escape(address)}">{escape(author.title)}</a></p>'
    return {
        "type": "rich",
        "version": "1.0",
        "title": f"{author.title}: {found.title or found.summary or _beginning(found)}"[:200],
        "author_name": author.title,
        "author_url": author.url or author.uri,
        "provider_name": config.node.name,
        "provider_url": f"{config.origin}/",
        "cache_age": DAY_S,
        "html": f'<blockquote cite="{escape(address)}">{found.content}{signed}</blockquote>',
        "width": width,
        "height": None,
    }


def _author(db: Connection, post: Post) -> Account:
    """Who wrote it, if it is one of ours. Raises NotFound."""
    author = accounts.get_account(db, post.account_id)
    if not author.is_local or not author.is_active:
        raise NotFound("There is no such post here.")
    return guardianship.stub(author) if guardianship.is_ward(author) else author


def _beginning(post: Post) -> str:
    return " ".join(text_from_html(post.content).split())[:CHARACTERS]
