"""Following, muting, blocking, noting, recommending; follow requests; hidden servers; reports. Most answer the relationship then."""

from functools import partial

from node.errors import BadInput
from node.social import blocking, follows, guardianship, relating, viewing
from node.web.mastodon import entities, entities_news, pages_of
from node.web.mastodon.doors import Ask, page
from node.web.mastodon.entities import Json
from storage import relations
from storage.database import Connection
from storage.listings import Window
from storage.records import Report

MOST = 80
CATEGORIES = ("spam", "legal", "violation", "other")


async def _shown(ask: Ask) -> Json:
    return entities.relationship(await ask.context.database.read(relating.relation, ask.viewer_id, ask.id()))


async def follow(ask: Ask) -> object:
    """POST /api/v1/accounts/{id}/follow"""
    given = ask.given
    await relating.follow(
        ask.context,
        ask.account,
        ask.id(),
        shows_boosts=given.flag("reblogs") if "reblogs" in given else None,
        notifies=given.flag("notify") if "notify" in given else None,
        languages=" ".join(tag for tag in given.texts("languages")[:50] if tag.replace("-", "").isalnum())
        if "languages" in given
        else None,
    )
    return await _shown(ask)


async def unfollow(ask: Ask) -> object:
    """POST /api/v1/accounts/{id}/unfollow"""
    await follows.unfollow(ask.context, ask.account, ask.id())
    return await _shown(ask)


async def remove_from_followers(ask: Ask) -> object:
    """POST /api/v1/accounts/{id}/remove_from_followers"""
    await follows.remove_follower(ask.context, ask.account, ask.id())
    return await _shown(ask)


async def block(ask: Ask) -> object:
    """POST /api/v1/accounts/{id}/block"""
    await blocking.block(ask.context, ask.account, ask.id())
    return await _shown(ask)


async def unblock(ask: Ask) -> object:
    """POST /api/v1/accounts/{id}/unblock"""
    await blocking.unblock(ask.context, ask.account, ask.id())
    return await _shown(ask)


async def mute(ask: Ask) -> object:
    """POST /api/v1/accounts/{id}/mute"""
    given = ask.given
    hides_news = given.flag("notifications") if "notifications" in given else True
    await relating.mute(ask.context, ask.account, ask.id(), given.number("duration"), hides_news=hides_news)
    return await _shown(ask)


async def unmute(ask: Ask) -> object:
    """POST /api/v1/accounts/{id}/unmute"""
    await blocking.unmute(ask.context, ask.account, ask.id())
    return await _shown(ask)


async def note(ask: Ask) -> object:
    """POST /api/v1/accounts/{id}/note"""
    await relating.remark(ask.context, ask.account, ask.id(), ask.given.text("comment").strip())
    return await _shown(ask)


async def endorse(ask: Ask) -> object:
    """POST /api/v1/accounts/{id}/endorse, /pin"""
    await relating.feature(ask.context, ask.account, ask.id(), is_featured=True)
    return await _shown(ask)


async def unendorse(ask: Ask) -> object:
    """POST /api/v1/accounts/{id}/unendorse, /unpin"""
    await relating.feature(ask.context, ask.account, ask.id(), is_featured=False)
    return await _shown(ask)


async def follow_requests(ask: Ask) -> object:
    """GET /api/v1/follow_requests"""
    if guardianship.is_ward(ask.account):  # its guardians answer
        return []
    return await pages_of.people(ask, lambda db: relations.list_followers(db, ask.viewer_id, ask.window(40, MOST), "requested"))


async def authorize(ask: Ask) -> object:
    """POST /api/v1/follow_requests/{id}/authorize"""
    await follows.answer_request(ask.context, ask.account, ask.id(), is_accepted=True)
    return await _shown(ask)


async def reject(ask: Ask) -> object:
    """POST /api/v1/follow_requests/{id}/reject"""
    await follows.answer_request(ask.context, ask.account, ask.id(), is_accepted=False)
    return await _shown(ask)


async def blocks(ask: Ask) -> object:
    """GET /api/v1/blocks"""
    return await pages_of.people(ask, lambda db: relations.list_blocked(db, ask.viewer_id, ask.window(40, MOST)))


async def mutes(ask: Ask) -> object:
    """GET /api/v1/mutes"""
    return await ask.context.database.read(partial(_mutes, ask, ask.window(40, MOST)))


def _mutes(ask: Ask, window: Window, db: Connection) -> object:
    ids = [account.id for account in relations.list_muted(db, ask.viewer_id, window)]
    people, ends = viewing.load_people(db, ask.context.site, ids), relations.list_mute_ends(db, ask.viewer_id, ids)
    shown = [entities.account(people, each) | {"mute_expires_at": entities.moment_or_none(ends.get(each))} for each in ids]
    return page(ask, shown, ids)


async def domain_blocks(ask: Ask) -> object:
    """GET /api/v1/domain_blocks: the servers that somebody hides"""
    return await ask.context.database.read(relations.list_hidden_domains, ask.viewer_id)


async def block_domain(ask: Ask) -> None:
    """POST /api/v1/domain_blocks"""
    await relating.hide_domain(ask.context, ask.account, ask.given.text("domain"))


async def unblock_domain(ask: Ask) -> None:
    """DELETE /api/v1/domain_blocks"""
    await relating.show_domain(ask.context, ask.account, ask.given.text("domain"))


async def preview_domain_block(ask: Ask) -> object:
    """GET /api/v1/domain_blocks/preview?domain=: what would end with it"""
    domain = relating.host_from_text(ask.given.text("domain"))
    return await ask.context.database.read(_preview, ask.viewer_id, domain)


def _preview(db: Connection, account_id: int, domain: str) -> Json:
    followed, followers = relating.network_of_domain(db, account_id, domain)
    return {"following_count": followed, "followers_count": followers}


async def report(ask: Ask) -> object:
    """POST /api/v1/reports"""
    given = ask.given
    category = given.text("category", "violation" if given.texts("rule_ids") else "other")
    if category not in CATEGORIES:
        raise BadInput(f"Category is one of {', '.join(CATEGORIES)}")
    made = await blocking.report(
        ask.context,
        ask.account,
        given.number("account_id"),
        given.ids("status_ids"),
        given.text("comment"),
        forward=given.flag("forward"),
        category=category,
        rules=given.texts("rule_ids"),
    )
    return await ask.context.database.read(_report, ask, made)


def _report(db: Connection, ask: Ask, made: Report) -> Json:
    view = viewing.load_view(db, ask.context.site, [], ask.viewer_id, also=[made.target_id])
    return entities_news.report_of(view, made)
