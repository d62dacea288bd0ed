"""Documents fetched from where they say that they live; nothing is believed that came from elsewhere (FEP-fe34)."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from federation.actors import actor_from_document
from federation.collections import items_from_document
from federation.errors import Denied, Gone, Malformed, NotFetched, Unreachable
from federation.json import document_from_bytes
from federation.keys import Signer
from federation.links import media_type_of
from federation.objects import post_from_document
from federation.origins import host_of as host_of  # callers find both here, beside the fetching that needs them
from federation.origins import same_origin as same_origin
from federation.outbound import Outbound, Pool, Response
from federation.reading import types_from, uri_from
from federation.records import ActorDocument, Document, PostDocument
from federation.webfinger import ACTIVITY_TYPE, LD_TYPE, Jrd, jrd_from_document, webfinger_url

ACCEPT = f"{ACTIVITY_TYPE}, {LD_TYPE}"
ACCEPT_CREDENTIAL = "application/vc, application/ld+json, application/json"
ACCEPT_JRD = "application/jrd+json, application/json"
PROFILE = "https://www.w3.org/ns/activitystreams"
LATER = frozenset({408, 425, 429})
UNSIGNED_ENOUGH = frozenset({400, 401})
MAX_RETRY_AFTER_S = 24 * 3600
MAX_JRD_BYTES = 64 * 1024


async def fetch_document(outbound: Outbound, uri: str, signer: Signer | None, *, pool: Pool = "strangers") -> dict[str, object]:
    """The document that lives at an address: its id is that address, or was asked in its turn and says the same.

    So a page's address gives the post, a key's its owner; and what one server says in another's name is never believed.
    Raises the NotFetched family, Malformed.
    """
    document, url = await _fetch(outbound, uri, signer, pool)
    if _lives_at(document, uri, url):
        return document
    stated = uri_from(document.get("id"))
    if stated is None:
        raise Malformed("the document has no id")
    document, url = await _fetch(outbound, stated, signer, pool)
    if not _lives_at(document, stated, url):
        raise Denied("the document does not live where it says")
    return document


async def fetch_actor(outbound: Outbound, uri: str, signer: Signer | None, *, pool: Pool = "strangers") -> ActorDocument:
    """The actor at an address, or the owner of the key there. Raises the NotFetched family, Malformed."""
    return actor_from_document(await fetch_document(outbound, uri, signer, pool=pool))


async def fetch_post(outbound: Outbound, uri: str, signer: Signer | None, *, pool: Pool = "strangers") -> PostDocument:
    """The post at an address. Raises the NotFetched family, Malformed, also where its author is one of another server."""
    post = post_from_document(await fetch_document(outbound, uri, signer, pool=pool))
    if not same_origin(post.uri, post.author_uri):
        raise Malformed("the post names an author of another origin")
    return post


async def fetch_collection(
    outbound: Outbound, uri: str, signer: Signer | None, *, pool: Pool = "strangers"
) -> tuple[list[Document | str], str | None]:
    """One page of a collection and where it goes on; its items are claims until each is fetched from its own address.

    Raises the NotFetched family, Malformed.
    """
    document, url = await _fetch(outbound, uri, signer, pool)
    if not same_origin(uri, url):
        raise Denied("the collection lives on another server")
    return items_from_document(document)


async def fetch_jrd(outbound: Outbound, host: str, resource: str, *, scheme: str = "https", pool: Pool = "strangers") -> Jrd:
    """What a host's WebFinger says about `acct:name@host` or an address. Raises the NotFetched family, Malformed."""
    response = await outbound.get(webfinger_url(scheme, host, resource), accept=ACCEPT_JRD, max_bytes=MAX_JRD_BYTES, pool=pool)
    _check_status(response)
    return jrd_from_document(document_from_bytes(response.body))


async def fetch_json(outbound: Outbound, url: str, *, pool: Pool = "strangers") -> dict[str, object]:
    """The JSON object at an address, whatever it is; what it proves is in itself. Raises the NotFetched family, Malformed."""
    return document_from_bytes(await fetch_body(outbound, url, pool=pool))


async def fetch_body(outbound: Outbound, url: str, *, pool: Pool = "strangers") -> bytes:
    """The bytes at an address, of which somebody knows the hash. Raises the NotFetched family."""
    response = await outbound.get(url, accept=ACCEPT_CREDENTIAL, pool=pool)
    _check_status(response)
    return response.body


def retry_after_s(response: Response, now: datetime) -> int | None:
    """How many seconds Retry-After asks us to wait, at most a day; None where it says nothing usable (RFC 9110, section 10.2.3)."""
    stated = response.headers.get("retry-after", "").strip()
    if stated.isascii() and stated.isdigit():
        return min(int(stated[:9]), MAX_RETRY_AFTER_S)
    try:
        moment = parsedate_to_datetime(stated)
        wait_s = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now.timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return max(0, min(int(wait_s), MAX_RETRY_AFTER_S))


async def _fetch(outbound: Outbound, uri: str, signer: Signer | None, pool: Pool) -> tuple[dict[str, object], str]:
    """The ActivityStreams document that an address answers with, and the address after redirects."""
    response = await outbound.get(uri, accept=ACCEPT, signer=signer, pool=pool)
    if signer and response.status in UNSIGNED_ENOUGH:
        response = await outbound.get(uri, accept=ACCEPT, signer=signer, scheme="rfc9421", pool=pool)
    _check_status(response)
    if not _is_activitystreams(response.headers.get("content-type", "")):
        raise Denied("the answer is no ActivityStreams document")
    document = document_from_bytes(response.body)
    if "Tombstone" in types_from(document):
        raise Gone("a Tombstone")
    return document, response.url


def _check_status(response: Response) -> None:
    if 200 <= response.status < 300:
        return
    raise _refusal(response)


def _refusal(response: Response) -> NotFetched:
    """What an answer that is no success means for another try."""
    said = f"status {response.status}"
    if response.status in (404, 410):
        return Gone(said)
    if response.status >= 500 or response.status in LATER:
        return Unreachable(said, retry_after_s(response, datetime.now(UTC)))
    return Denied(said)


def _is_activitystreams(content_type: str) -> bool:
    """ActivityPub, section 3.2: activity+json, or ld+json with the profile, among others maybe; nothing that people upload has these."""
    media_type = media_type_of({"mediaType": content_type})
    if media_type == "application/activity+json":
        return True
    profile = content_type.partition("profile=")[2].strip('" ;').split()
    return media_type == "application/ld+json" and any(name.strip('";') == PROFILE for name in profile)


def _lives_at(document: Document, uri: str, url: str) -> bool:
    """Whether a document's id is the address that was asked, or the one that it led to, on the server that answered."""
    stated = document.get("id")
    here = (uri.partition("#")[0], uri, url)
    return isinstance(stated, str) and stated in here and same_origin(stated, url)
