"""Quotes with consent (FEP-044f): asked for, agreed to, refused."""

from collections.abc import Sequence

from federation import quotes
from federation.errors import Forbidden
from federation.origins import same_origin
from federation.reading import uri_from
from federation.records import ActivityDocument
from node.inbound.rows import PROCESSED, Need, Row, Taken
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


def on_request(db: Connection, site: Site, taken: Taken) -> str:
    """Agreed or refused at once, as the author's policy says."""
    return use_cases.take_request(db, site, taken.actor, taken.activity.uri, taken.activity.object_uri or "", taken.parsed) or PROCESSED


def on_accept(db: Connection, site: Site, taken: Taken) -> str:
    """One of ours may quote: the stamp is in `result`."""
    stamp_uri = uri_from(taken.activity.document.get("result"))
    if stamp_uri is None:
        return "it brings no stamp"
    return _answer(db, site, taken, stamp_uri)


def _answer(db: Connection, site: Site, taken: Taken, stamp_uri: str | None) -> str:
    is_known = use_cases.take_answer(db, site, taken.actor, taken.activity.object_uri or "", stamp_uri)
    return PROCESSED if is_known else "nobody here asked them for that"


def on_reject(db: Connection, site: Site, taken: Taken) -> str:
    """One of ours may not."""
    return _answer(db, site, taken, None)


REQUEST = Row(on_request, read_request, needs_post)
ACCEPT = Row(on_accept)
REJECT = Row(on_reject)
