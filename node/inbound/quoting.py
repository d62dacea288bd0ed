"""Quotes with consent (FEP-044f): asked for, agreed to, refused."""

from collections.abc import Sequence

from federation import quotes
from federation.errors import Forbidden
from federation.origins import same_origin
from federation.reading import uri_from
from federation.records import ActivityDocument
from node.inbound.rows import Need, Row, Taken
from node.site import Site
from node.social import naming
from node.social import quoting as use_cases
from storage import posts
from storage.database import Connection


def read_request(activity: ActivityDocument) -> str:
    """The post that would quote; of the actor's own server. Raises Malformed, Forbidden."""
    uri = quotes.instrument_from(activity.document)
    if not same_origin(uri, activity.actor_uri):
        raise Forbidden("the post that would quote is of another server than who asks")
    return uri


def needs_post(db: Connection, site: Site, taken: Taken) -> Sequence[Need]:
    """The post that would quote, where one of ours is quoted that they may see."""
    uri = taken.activity.object_uri or ""
    quoted = posts.find_post_by_uri(db, uri) if naming.is_ours(site.origin, uri) else None
    return [Need("post", taken.parsed)] if quoted is not None and posts.is_visible(db, quoted.id, taken.actor.id) else []


def on_request(db: Connection, site: Site, taken: Taken) -> None:
    """Agreed or refused at once, as the author's policy says."""
    use_cases.take_request(db, site, taken.actor, taken.activity.uri, taken.activity.object_uri or "", taken.parsed)


def on_accept(db: Connection, site: Site, taken: Taken) -> None:
    """One of ours may quote: the stamp is in `result`."""
    stamp_uri = uri_from(taken.activity.document.get("result"))
    if stamp_uri is not None:
        use_cases.take_answer(db, site, taken.actor, taken.activity.object_uri or "", stamp_uri)


def on_reject(db: Connection, site: Site, taken: Taken) -> None:
    """One of ours may not."""
    use_cases.take_answer(db, site, taken.actor, taken.activity.object_uri or "", None)


REQUEST = Row(on_request, read_request, needs_post)
ACCEPT = Row(on_accept)
REJECT = Row(on_reject)
