"""A post with what it answers and what answers it."""

from aiohttp import web

from node.errors import NotFound
from node.social import communities, guardianship, threads, timelines, workshops
from node.social.posts import Draft
from node.social.timelines import Card
from node.web.pages import asking, fragments, names, rendering, streams, wording
from node.web.pages.drafts import draft_reply
from node.web.pages.profiles import account_named, excerpt
from node.web.pages.visiting import Visitor, go, path_id, visitor_of
from storage import webmentions
from storage.ids import ms_from_id
from storage.records import PRIVATE

DEEPEST = 6  # steps that replies are set in; further ones stay there


async def conversation(request: web.Request) -> web.Response:
    """GET /@{name}/{id}"""
    visitor = await visitor_of(request)
    author = await account_named(request, visitor.context, with_hidden=True)
    if await visitor.context.database.read(guardianship.hides, author, visitor.id):
        author = guardianship.stub(author)
    thread = await threads.get_thread(visitor.context, path_id(request), visitor.id)
    if thread.post.account_id != author.id or thread.post.boost_of_id is not None:
        raise NotFound("There is no such post, or it is not for you.")
    if request.match_info["name"] != author.handle:
        return go(names.post_path(author, thread.post.id))
    around = [*thread.ancestors, thread.post, *(reply for _, reply in thread.replies)]
    entries = await timelines.screened_thread(visitor.context, [post.id for post in around], visitor.id, thread.post.id)
    card = (await timelines.cards(visitor.context, [entries[thread.post.id]], visitor.id))[0]
    config = visitor.context.config
    draft = await visitor.context.database.read(draft_reply, visitor.session.account, card.post.id) if visitor.session else Draft("")
    takes_mentions = author.is_local and card.post.visibility < PRIVATE
    response = await rendering.page(
        request,
        visitor,
        "thread.html",
        leaves=visitor.session is None,
        title=card.post.title or visitor.language.say("Post by %(name)s") % {"name": author.title},
        author=author,
        post=card.post,
        excerpt=card.post.summary or excerpt(card.post.content),
        address=f"{config.origin}{names.post_path(author, card.post.id)}",
        ancestors=await streams.markup(visitor, [entries[post.id] for post in thread.ancestors if post.id in entries]),
        chosen=_unfolded(visitor, card),
        ballot=_ballot(visitor, card),
        asked=await asking.asked_people(visitor, thread.post),
        meeting=await visitor.context.database.read(workshops.get_meeting, visitor.context.site, card.post, visitor.id),
        replies=[
            (min(depth, DEEPEST), await streams.markup(visitor, [entries[reply.id]]), reply.id, asking.deed(visitor, thread, reply))
            for depth, reply in thread.replies
            if reply.id in entries
        ],
        takes_mentions=takes_mentions,
        mentions=await visitor.context.database.read(webmentions.list_mentions, card.post.id) if takes_mentions else (),
        draft=draft,
        editing=False,
        places=await visitor.context.database.read(communities.list_stewarded, card.post, visitor.id),
    )
    if takes_mentions:
        response.headers["Link"] = f'<{config.origin}/webmention>; rel="webmention"'
        response.headers["X-Pingback"] = f"{config.origin}/pingback"
    return response


def _unfolded(visitor: Visitor, card: Card) -> object:
    """The post that the page is about, however long it is."""
    site = visitor.context.site
    shown = fragments.Shown(card.post, card.author, card.answered, card.poll)
    fragment = fragments.make(shown, visitor.language, site, unfolded=True)
    age = wording.age(visitor.language, site.now_ms(), ms_from_id(card.post.id))
    return streams.as_markup(fragments.fill(fragment, card.entry, visitor.id, age))


def _ballot(visitor: Visitor, card: Card) -> dict[str, object] | None:
    """What a member can vote on: once, while the poll is open, and not in their own."""
    if card.poll is None or not visitor.id or card.votes or card.author.id == visitor.id:
        return None
    poll = fragments.poll_values(card.poll, visitor.context.site.now())
    return None if poll["is_closed"] else poll
