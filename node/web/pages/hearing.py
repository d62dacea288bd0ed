"""What a member was told: replies, follows, likes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web
from markupsafe import Markup

from node.social import notifications
from node.social.notifications import Told
from node.web.pages import meanings, rendering, streams, wording
from node.web.pages.visiting import Member, before, member_of
from storage import users
from storage.learning import questions
from storage.learning.questions import Reason
from storage.records import Account


@dataclass(frozen=True, slots=True)
class Item:
    """One notification as its template shows it."""

    kind: str
    actor: Account
    when: datetime
    age: str
    is_new: bool
    post: Markup
    why: str = ""
    others: int = 0


async def news(request: web.Request) -> web.Response:
    """GET /notifications; what is shown counts as read from then on"""
    member = await member_of(request)
    read_id = (await member.context.database.read(users.get_user, member.id)).notifications_read_id
    told, before_id = await notifications.list_gathered(member.context, member.id, before(request))
    asked = [each.notification.post_id for each in told if each.notification.kind == "asked"]
    why = await member.context.database.read(questions.list_reasons, member.id, asked) if asked else {}
    items = [await _item(member, each, read_id, why.get(each.notification.post_id, ())) for each in told if not each.is_hidden]
    if told and told[0].notification.id > read_id:
        await notifications.mark_read(member.context, member.id, told[0].notification.id)
    later = streams.older("/notifications", before_id)
    return await rendering.page(request, member, "notifications.html", title=member.language.say("News"), told=items, later=later)


async def _item(member: Member, told: Told, read_id: int, why: Sequence[Reason]) -> Item:
    notification = told.notification
    return Item(
        kind=notification.kind,
        actor=told.actor,
        when=notification.created,
        age=wording.age(member.language, member.context.site.now_ms(), int(notification.created.timestamp() * 1000)),
        is_new=notification.id > read_id,
        post=await streams.markup(member, [told.entry] if told.entry else []),
        why=meanings.reasons(why, member.language),
        others=told.others,
    )
