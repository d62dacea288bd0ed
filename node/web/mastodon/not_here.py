"""What Mastodon has and this node does not: said honestly, empty or refused, so that programs do not break over it."""

from node.errors import NotAllowed, NotFound
from node.social.follows import get_target
from node.web.mastodon.doors import Ask

NO_COLLECTIONS = "This server keeps no collections of people; lists are for that."


async def announcements(_ask: Ask) -> object:
    """GET /api/v1/announcements: keepers write posts here"""
    return []


async def announcement(_ask: Ask) -> None:
    """POST /api/v1/announcements/{id}/dismiss, PUT and DELETE of its reactions: there is none"""
    raise NotFound("There is no such announcement.")


async def collections_of(ask: Ask) -> object:
    """GET /api/v1/accounts/{id}/collections, /in_collections"""
    await ask.context.database.read(get_target, ask.id())
    return {"collections": []}


async def collection(_ask: Ask) -> None:
    """GET, PATCH and DELETE /api/v1/collections/{id} and its items: there is none"""
    raise NotFound("There is no such collection.")


async def add_collection(_ask: Ask) -> None:
    """POST /api/v1/collections"""
    raise NotAllowed(NO_COLLECTIONS)


async def annual_reports(_ask: Ask) -> object:
    """GET /api/v1/annual_reports: nobody's year is counted here"""
    return {"annual_reports": [], "accounts": [], "statuses": []}


async def annual_report_state(_ask: Ask) -> object:
    """GET /api/v1/annual_reports/{year}/state"""
    return {"state": "ineligible"}


async def annual_report(_ask: Ask) -> None:
    """GET /api/v1/annual_reports/{year}, POST of its `generate` and `read`: there is none"""
    raise NotFound("There is no such report.")


async def donation_campaigns(_ask: Ask) -> object:
    """GET /api/v1/donation_campaigns: nobody is asked for money here"""
    return {}
