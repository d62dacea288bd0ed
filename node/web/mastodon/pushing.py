"""Web Push: one subscription for each token."""

from node.errors import NotFound
from node.social import pushing
from node.social.pushing import OTHER, TYPES, Wish
from node.web.mastodon import entities_news
from node.web.mastodon.doors import Ask
from node.web.mastodon.entities import Json
from node.web.mastodon.parameters import Parameters
from storage import pushes
from storage.pushes import Subscription


def subscription(ask: Ask, found: Subscription) -> Json:
    """WebPushSubscription."""
    kinds = found.kinds.split()
    types = {TYPES.get(kind, OTHER) for kind in kinds}
    return {
        "id": str(found.id),
        "endpoint": found.endpoint,
        "standard": found.standard,
        "alerts": {name: name in types for name in dict.fromkeys(TYPES.values())},
        "policy": found.policy,
        "server_key": ask.context.site.vapid_key,
    }


async def create(ask: Ask) -> object:
    """POST /api/v1/push/subscription"""
    given, data = ask.given.inner("subscription"), ask.given.inner("data")
    keys = given.inner("keys")
    wish = Wish(
        given.text("endpoint"),
        keys.text("p256dh"),
        keys.text("auth"),
        _kinds(data.inner("alerts")),
        data.text("policy") or ask.given.text("policy") or "all",
        given.flag("standard"),
    )
    return subscription(ask, await pushing.subscribe(ask.context, ask.account, ask.token_id, wish))


def _kinds(alerts: Parameters) -> list[str]:
    types = [name for name in dict.fromkeys(TYPES.values()) if alerts.flag(name)]
    return entities_news.kinds_of(types)


async def show(ask: Ask) -> object:
    """GET /api/v1/push/subscription"""
    found = await ask.context.database.read(pushes.find_subscription, ask.token_id)
    if found is None:
        raise NotFound("There is no subscription.")
    return subscription(ask, found)


async def change(ask: Ask) -> object:
    """PUT /api/v1/push/subscription"""
    known = await ask.context.database.read(pushes.find_subscription, ask.token_id)
    if known is None:
        raise NotFound("There is no subscription.")
    data = ask.given.inner("data")
    policy = data.text("policy") or ask.given.text("policy") or known.policy
    wish = Wish(known.endpoint, known.p256dh, known.auth, _kinds(data.inner("alerts")), policy, known.standard)
    return subscription(ask, await pushing.subscribe(ask.context, ask.account, ask.token_id, wish))


async def remove(ask: Ask) -> None:
    """DELETE /api/v1/push/subscription"""
    await ask.context.database.write(pushes.remove_subscription, ask.token_id)
