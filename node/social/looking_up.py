"""Finding a person, community or post by what someone typed: a handle or an address."""

from dataclasses import dataclass

from federation import fetching, webfinger
from federation.actors import actor_from_document
from federation.errors import Denied, FederationError, Forbidden, Gone, Malformed, Refused
from federation.objects import author_from, post_from_document
from federation.origins import host_of, same_origin
from federation.reading import type_from
from federation.records import ACTOR_TYPES
from node.context import Context
from node.errors import NotFound
from node.social import naming, outboxes, remote, remote_posts
from storage import accounts, posts
from storage.database import Connection
from storage.records import Account, Post

PREFIXES = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class Found:
    """One of the two."""

    account: Account | None = None
    post: Post | None = None


async def look_up(context: Context, text: str) -> Found:
    """The account or post that is meant, fetched from its own server where need be. Raises NotFound with a sentence that says why."""
    text = text.strip()
    try:
        found = await (_by_address(context, text) if text.lower().startswith(PREFIXES) else _by_handle(context, text))
        _check_server(context, found)
    except (Gone, Denied) as error:
        raise NotFound("Their server says that there is no such thing, or that it is not for us.") from error
    except (Refused, Forbidden) as error:
        raise NotFound("That server is not one that this node talks to.") from error
    except Malformed as error:
        raise NotFound("That is neither a handle (@name@server) nor the address of a person or post.") from error
    except FederationError as error:
        raise NotFound("Their server did not answer. Try again in a while.") from error
    if found.account is not None and not found.account.is_active:
        raise NotFound("That account is not there any more.")
    if found.account is not None and not found.account.is_local:
        await context.database.write(outboxes.send_for, context.site, found.account)
    return found


async def find_known(context: Context, text: str) -> Found:
    """The account or post behind an address, as far as it is known here. Raises NotFound."""
    found = await context.database.read(_find_known, text.strip())
    if found is None:
        raise NotFound("That is not known here.")
    _check_server(context, found)
    return found


def _check_server(context: Context, found: Found) -> None:
    """Raises Forbidden for what we know from the time before its server was blocked."""
    uri = found.account.uri if found.account else found.post.uri if found.post else ""
    if uri and context.domains.is_suspended(uri):
        raise Forbidden(f"{host_of(uri)} is blocked here")


async def _by_handle(context: Context, text: str) -> Found:
    name, host = webfinger.parse_handle(text) if "@" in text.lstrip("@") else (text.lstrip("@"), "")
    if host in {"", context.site.handle_domain, context.config.host}:
        account = await context.database.read(accounts.find_account_by_handle, name)
        if account is None:
            raise NotFound("There is no such account on this server.")
        return Found(account=account)
    known = await context.database.read(accounts.find_account_by_handle, name, host)
    if known is not None:
        return Found(account=known)
    return Found(account=await resolve_handle(context, name, host))


async def resolve_handle(context: Context, name: str, host: str) -> Account:
    """The account behind a handle of another server, by WebFinger. Raises what federation.fetching raises."""
    if context.domains.is_suspended(f"https://{host}/"):
        raise Forbidden(f"{host} is blocked here")
    jrd = await fetching.fetch_jrd(context.outbound, host, f"acct:{name}@{host}", scheme=context.config.scheme, pool="ours")
    if jrd.self_uri is None:
        raise Gone("their WebFinger names no actor")
    return await remote.get_account(context, jrd.self_uri, pool="ours")


async def _by_address(context: Context, text: str) -> Found:
    known = await context.database.read(_find_known, text)
    if known is not None:
        return known
    if naming.is_ours(context.site.origin, text):
        raise NotFound("There is no such page on this server.")
    document = await remote.fetch(context, text, "ours")
    if type_from(document, ACTOR_TYPES):
        return Found(account=await remote.get_account(context, actor_from_document(document).uri, pool="ours"))
    post = post_from_document(document)
    if not same_origin(post.uri, author_from(document)):
        raise Forbidden(f"{host_of(post.uri)} gave a post of another server")
    return Found(post=await remote_posts.get_post(context, post.uri, "ours"))


def _find_known(db: Connection, text: str) -> Found | None:
    account = accounts.find_account_by_address(db, text)
    if account is not None:
        return Found(account=account)
    post = posts.find_post_by_uri(db, text) or _own_page(db, text)
    return Found(post=post) if post is not None else None


def _own_page(db: Connection, text: str) -> Post | None:
    """The post of ours whose page an address is: its id stands at the end."""
    last = text.rstrip("/").rpartition("/")[2]
    post = posts.find_post(db, int(last)) if last.isascii() and last.isdigit() and len(last) <= 19 else None
    return post if post is not None and post.url == text else None
