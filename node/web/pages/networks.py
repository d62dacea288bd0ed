"""The page that draws a learner's network."""

from aiohttp import web

from node.learning import network
from node.web.pages import names, rendering, wording
from node.web.pages.profiles import account_named
from node.web.pages.visiting import visitor_of

COLOURS = 6  # of clusters; the stylesheet has a rule for each
MARGIN = 50
LETTERS = 15


async def network_page(request: web.Request) -> web.Response:
    """GET /@{name}/network"""
    visitor = await visitor_of(request)
    account = await account_named(request, visitor.context)
    found = await network.get_network(visitor.context, account, visitor.id)
    now_ms, say = visitor.context.site.now_ms(), visitor.language.say
    return await rendering.page(
        request,
        visitor,
        "drawn_network.html",
        title=say("Network of %(name)s") % {"name": account.title},
        account=account,
        is_self=visitor.id == account.id,
        network=found,
        drawn=[member for member in found.members if member.place],
        size=(found.size[0] + 2 * MARGIN, found.size[1] + 2 * MARGIN),
        margin=MARGIN,
        colours=COLOURS,
        kind_names={"person": say("person"), "community": say("community"), "feed": say("feed")},
        short=lambda text: text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…",
        age=lambda then_ms: wording.age(visitor.language, now_ms, then_ms),
        path_of=names.profile_path,
    )
