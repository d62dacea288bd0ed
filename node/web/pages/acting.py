"""The small deeds: every button that leads back to the page it stood on."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from node.context import Context
from node.errors import NotFound
from node.learning import questions
from node.social import blocking, feeds, follows, reactions, voting, webmentions, workshops
from node.web.pages import names
from node.web.pages.visiting import go, local_path, path_id, posted_by_member
from storage.records import Account

Deed = Callable[[Context, Account, int], Awaitable[Any]]


async def _accept(context: Context, account: Account, follower_id: int) -> None:
    await follows.answer_request(context, account, follower_id, is_accepted=True)


async def _refuse(context: Context, account: Account, follower_id: int) -> None:
    await follows.answer_request(context, account, follower_id, is_accepted=False)


TO_POSTS: Mapping[str, Deed] = {
    "like": reactions.like,
    "unlike": reactions.unlike,
    "boost": reactions.boost,
    "unboost": reactions.unboost,
    "pin": reactions.pin,
    "unpin": reactions.unpin,
    "accept": questions.accept_answer,
    "withdraw": questions.withdraw_answer,
    "attend": workshops.attend,
    "stay_away": workshops.stay_away,
}
TO_ACCOUNTS: Mapping[str, Deed] = {
    "follow": follows.follow,
    "unfollow": follows.unfollow,
    "accept": _accept,
    "refuse": _refuse,
    "remove": follows.remove_follower,
    "block": blocking.block,
    "unblock": blocking.unblock,
    "mute": blocking.mute,
    "unmute": blocking.unmute,
}


def _named(deeds: Mapping[str, Deed], request: web.Request) -> Deed:
    deed = deeds.get(request.match_info["deed"])
    if deed is None:
        raise NotFound("There is no such page.")
    return deed


async def act_on_post(request: web.Request) -> web.Response:
    """POST /posts/{id}/{deed}"""
    member, form = await posted_by_member(request)
    post_id = path_id(request)
    await _named(TO_POSTS, request)(member.context, member.account, post_id)
    return go(f"{local_path(form.text('back'))}#p{post_id}")


async def vote(request: web.Request) -> web.Response:
    """POST /posts/{id}/vote"""
    member, form = await posted_by_member(request)
    post_id = path_id(request)
    await voting.vote(member.context, member.account, post_id, form.numbers("option"))
    return go(f"{local_path(form.text('back'))}#p{post_id}")


async def act_on_account(request: web.Request) -> web.Response:
    """POST /accounts/{id}/{deed}"""
    member, form = await posted_by_member(request)
    await _named(TO_ACCOUNTS, request)(member.context, member.account, path_id(request))
    return go(local_path(form.text("back")))


async def follow_by_name(request: web.Request) -> web.Response:
    """POST /follow: somebody, by handle or address, or a feed or page that has one"""
    member, form = await posted_by_member(request)
    return go(names.profile_path(await feeds.follow_anything(member.context, member.account, form.line("who"))))


async def hide_mention(request: web.Request) -> web.Response:
    """POST /webmentions/{id}/hide"""
    member, form = await posted_by_member(request)
    await webmentions.hide(member.context, member.account, path_id(request))
    return go(local_path(form.text("back")))
