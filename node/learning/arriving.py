"""What learning does with posts that come from other servers, by facet. Whatever it does here, it does once a post."""

from collections.abc import Callable, Mapping

from federation.facets import Achievement, Ask, Endorsement
from node.context import Context
from node.learning import answering, questions, taking
from node.site import Site
from node.social.facets import facets_of
from storage import posts
from storage.database import Connection
from storage.records import Post

FACETS: Mapping[type, Callable[[Connection, Site, Post], None]] = {
    Ask: questions.take_from_elsewhere,
    Achievement: taking.take_achievement,
    Endorsement: taking.take_endorsement,
}


def take(db: Connection, site: Site, post: Post) -> None:
    """Does what the facets of a post that has just come ask for."""
    answering.take_reply(db, site, post)
    for facet in facets_of(post):
        act = FACETS.get(type(facet))
        if act is not None:
            act(db, site, post)


async def take_approved(context: Context, post_id: int) -> None:
    """A job: the same for a post that waited for a moderator."""
    await context.database.write(_take_approved, context.site, post_id)


def _take_approved(db: Connection, site: Site, post_id: int) -> None:
    post = posts.find_post(db, post_id)
    if post is not None:
        take(db, site, post)
