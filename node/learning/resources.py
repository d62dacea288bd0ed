"""Resources: shared with a community, revised, marked as superseded."""

from dataclasses import dataclass

from federation.facets import MAX_MINUTES, Resource, document_from_facet
from federation.reading import uri_from
from node.context import Context
from node.errors import BadInput, NotFound
from node.learning.competencies import alignments_from_text, text_from_alignments
from node.learning.days import day_from_text, text_from_day
from node.social import posts
from node.social.facets import facets_of
from node.social.posts import Draft
from storage.database import Connection
from storage.records import PUBLIC, Account, Post

TITLE_CHARACTERS, LICENSE_CHARACTERS = 200, 100


@dataclass(frozen=True, slots=True)
class Sharing:
    """What somebody wants to share: a link, or a document of theirs. teaches: competencies, separated by commas; review_by: YYYY-MM-DD
    or ''; minutes: 0 for unknown; document_id: of the uploaded file, 0 for none.
    """

    title: str = ""
    link: str = ""
    text: str = ""
    teaches: str = ""
    license: str = ""
    minutes: int = 0
    review_by: str = ""
    superseded_by: str = ""
    visibility: int = PUBLIC
    language: str | None = None
    community_id: int | None = None
    document_id: int = 0


async def share(context: Context, author: Account, sharing: Sharing) -> Post:
    """The post that shares it, a Page. Raises BadInput and as posts.publish."""
    return await posts.publish(context, author, _draft(sharing, context.site.origin))


async def revise(context: Context, author: Account, post_id: int, sharing: Sharing) -> Post:
    """The post as changed. Raises BadInput and as posts.edit."""
    return await posts.edit(context, author, post_id, _draft(sharing, context.site.origin))


def _draft(sharing: Sharing, origin: str) -> Draft:
    title = " ".join(sharing.title.split())
    if not 0 < len(title) <= TITLE_CHARACTERS:
        raise BadInput("Give a title of at most 200 characters.")
    link = uri_from(sharing.link)
    if link is None and (sharing.link or not sharing.document_id):
        raise BadInput("Give the address of what you share, beginning with https://, or choose a document.")
    if sharing.superseded_by and uri_from(sharing.superseded_by) is None:
        raise BadInput("Give the address of what is newer, beginning with https://.")
    facet = Resource(
        alignments_from_text(sharing.teaches, origin),
        day_from_text(sharing.review_by),
        uri_from(sharing.superseded_by),
        sharing.license[:LICENSE_CHARACTERS],
        min(sharing.minutes, MAX_MINUTES) or None,
    )
    return Draft(
        sharing.text,
        sharing.visibility,
        language=sharing.language,
        type="Page",
        title=title,
        link=link or "",
        media_ids=(sharing.document_id,) if sharing.document_id else (),
        facets=(document_from_facet(facet),),
        community_id=sharing.community_id,
    )


def own_sharing(db: Connection, author: Account, post_id: int, origin: str) -> Sharing:
    """What was shared with a post of one's own, to be changed. Raises NotFound, NotAllowed."""
    post = posts.own_post(db, author, post_id)
    facet = next((facet for facet in facets_of(post) if isinstance(facet, Resource)), None)
    if facet is None:
        raise NotFound("That post shares no resource.")
    return Sharing(
        post.title,
        next((str(file["url"]) for file in post.files if file["type"] == "Link"), ""),
        post.source or "",
        text_from_alignments(facet.teaches, origin),
        facet.license,
        facet.minutes or 0,
        text_from_day(facet.review_by),
        facet.superseded_by_uri or "",
        post.visibility,
        post.language,
        document_id=next((file["media_id"] for file in post.files if "media_id" in file), 0),
    )
