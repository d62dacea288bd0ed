"""People and communities: one, several, what they posted, whom they follow, finding them."""

from collections.abc import Sequence
from functools import partial

from node.errors import BadInput, NotFound
from node.social import guardianship, looking_up, network_privacy, tagging, viewing
from node.social.follows import get_target
from node.web.mastodon import entities, entities_things, pages_of
from node.web.mastodon.doors import Ask
from storage import accounts, finding, listings, lists, relations, wards
from storage.database import Connection
from storage.listings import Shown
from storage.records import Account

MOST = 80


async def show(ask: Ask) -> object:
    """GET /api/v1/accounts/{id}"""
    account = await _target(ask)
    return await pages_of.person(ask, account.id)


async def _target(ask: Ask) -> Account:
    return await ask.context.database.read(_shown_target, ask)


def _shown_target(db: Connection, ask: Ask) -> Account:
    """The account that is asked for. Raises NotFound, also where the viewer is outside of the circle of a supervised one."""
    account = get_target(db, ask.id())
    if guardianship.hides(db, account, ask.viewer_id):
        raise NotFound("There is no such account.")
    return account


def _listed(db: Connection, ask: Ask, ids: Sequence[int]) -> list[int]:
    """Those of some accounts that the viewer may find."""
    hidden = wards.list_hidden(db, ids, ask.viewer_id) if ids else set()
    return [each for each in ids if each not in hidden]


async def several(ask: Ask) -> object:
    """GET /api/v1/accounts?id[]="""
    wanted = await ask.context.database.read(_listed, ask, ask.given.ids("id")[:MOST])
    people = await ask.context.database.read(viewing.load_people, ask.context.site, wanted)
    return entities.accounts(people, [each for each in wanted if each in people.accounts and people.accounts[each].deleted_ms is None])


async def lookup(ask: Ask) -> object:
    """GET /api/v1/accounts/lookup?acct=: only who is known already"""
    name, _, domain = ask.given.text("acct").strip().lstrip("@").partition("@")
    here = domain.lower() in {"", ask.context.site.handle_domain, ask.context.config.host}
    found = await ask.context.database.read(accounts.find_account_by_handle, name, "" if here else domain.lower())
    if found is None or not found.is_active or await ask.context.database.read(guardianship.hides, found, ask.viewer_id):
        raise NotFound("There is no such account.")
    return await pages_of.person(ask, found.id)


async def search(ask: Ask) -> object:
    """GET /api/v1/accounts/search?q="""
    ids = await found_people(ask, ask.given.text("q"), ask.limit(40, MOST), resolve=ask.given.flag("resolve"))
    people = await ask.context.database.read(viewing.load_people, ask.context.site, ids)
    return entities.accounts(people, ids)


async def found_people(ask: Ask, text: str, limit: int, *, resolve: bool) -> list[int]:
    """Accounts by the beginning of their handle or the words of their name; with resolve one elsewhere is looked up."""
    words = text.strip()
    if not words:
        return []
    found = []
    if resolve and ask.viewer_id and ("@" in words.lstrip("@") or words.startswith(looking_up.PREFIXES)):
        try:
            account = (await looking_up.look_up(ask.context, words)).account
        except NotFound:
            account = None
        found = [account.id] if account is not None else []
    given = ask.given
    known = await ask.context.database.read(
        finding.list_people, words, ask.viewer_id, limit, given.number("offset"), following=given.flag("following")
    )
    ids = list(dict.fromkeys([*found, *(account.id for account in known)]))[:limit]
    return await ask.context.database.read(_listed, ask, ids)


async def posts(ask: Ask) -> object:
    """GET /api/v1/accounts/{id}/statuses"""
    given, account = ask.given, await _target(ask)
    shown = Shown(
        no_replies=given.flag("exclude_replies"),
        no_boosts=given.flag("exclude_reblogs"),
        media=given.flag("only_media"),
        pinned=given.flag("pinned"),
        tag=given.text("tagged").lower(),
    )
    return await pages_of.posts(ask, lambda db: listings.list_of_account(db, account.id, ask.viewer_id, shown, ask.window()))


async def followers(ask: Ask) -> object:
    """GET /api/v1/accounts/{id}/followers"""
    return await pages_of.people(ask, partial(_network, ask, "followers"))


async def following(ask: Ask) -> object:
    """GET /api/v1/accounts/{id}/following"""
    return await pages_of.people(ask, partial(_network, ask, "following"))


def _network(ask: Ask, way: str, db: Connection) -> list[Account]:
    """Nothing of those who hide it; see network_privacy."""
    account = _shown_target(db, ask)
    listed = relations.list_followers if way == "followers" else relations.list_following
    return network_privacy.list_network(db, account, ask.viewer_id, lambda db: listed(db, account.id, ask.window(40, MOST)))


async def featured_tags(ask: Ask) -> object:
    """GET /api/v1/accounts/{id}/featured_tags"""
    account = await _target(ask)
    found = await ask.context.database.read(tagging.list_featured, account.id)
    return [entities_things.featured_tag(account, tag, ask.context.site) for tag in found]


async def lists_with(ask: Ask) -> object:
    """GET /api/v1/accounts/{id}/lists: those of mine in which they are"""
    found = await ask.context.database.read(lists.list_lists_with, ask.viewer_id, ask.id())
    return [entities_things.people_list(each) for each in found]


async def endorsements(ask: Ask) -> object:
    """GET /api/v1/accounts/{id}/endorsements"""
    account = await _target(ask)
    return await pages_of.people(ask, lambda db: relations.list_featured(db, account.id, ask.window(40, MOST)))


async def identity_proofs(ask: Ask) -> object:
    """GET /api/v1/accounts/{id}/identity_proofs: an old way, for which there is nothing here"""
    await _target(ask)
    return []


async def relationships(ask: Ask) -> object:
    """GET /api/v1/accounts/relationships?id[]="""
    wanted = ask.given.ids("id")[:MOST]
    found = await ask.context.database.read(relations.list_relations, ask.viewer_id, wanted)
    return [entities.relationship(each) for each in found]


async def familiar_followers(ask: Ask) -> object:
    """GET /api/v1/accounts/familiar_followers?id[]=: whom of those that I follow follow them"""
    wanted = ask.given.ids("id")[:MOST]
    return await ask.context.database.read(_familiar, ask, wanted)


def _familiar_of(db: Connection, ask: Ask, account_id: int) -> list[Account]:
    account = accounts.find_account(db, account_id)
    if account is None:
        return []
    known = network_privacy.list_network(db, account, ask.viewer_id, lambda db: relations.list_familiar(db, ask.viewer_id, account_id, 20))
    return [each for each in known if network_privacy.shows_network(db, each, ask.viewer_id)]


def _familiar(db: Connection, ask: Ask, wanted: list[int]) -> list[dict[str, object]]:
    found = {account_id: [each.id for each in _familiar_of(db, ask, account_id)] for account_id in wanted}
    people = viewing.load_people(db, ask.context.site, [each for ids in found.values() for each in ids])
    return [{"id": str(account_id), "accounts": entities.accounts(people, ids)} for account_id, ids in found.items()]


async def directory(ask: Ask) -> object:
    """GET /api/v1/directory"""
    given, limit = ask.given, ask.limit(40, MOST)
    if given.text("order", "active") not in {"active", "new"}:
        raise BadInput("The order is active or new.")
    ids = await ask.context.database.read(
        finding.list_directory, local=given.flag("local"), newest=given.text("order") == "new", limit=limit, offset=given.number("offset")
    )
    people = await ask.context.database.read(viewing.load_people, ask.context.site, ids)
    return entities.accounts(people, ids)
