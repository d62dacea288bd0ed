"""What a post said when somebody took it as evidence: exact bytes, whose digest a credential signs."""

from dataclasses import dataclass

from federation.credentials import Evidence, digest_of
from federation.jcs import canonical_bytes
from federation.reading import wire_date
from node.errors import NotAllowed
from node.site import Site
from node.social.reactions import shown_post
from storage import accounts, posts, reactions
from storage.database import Connection
from storage.learning import evidence
from storage.learning.evidence import Snapshot
from storage.records import PRIVATE, Account, Post

NAME_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Taken:
    """A snapshot and how a credential names it."""

    snapshot: Snapshot
    evidence: Evidence


def snapshot_of(post: Post, author: Account, now_ms: int) -> Snapshot:
    """{id, attributedTo, published, content, media} in canonical JSON (RFC 8785): author and date are signed through its digest."""
    files = [str(file.get("url", "")) for file in post.files]
    stated = {
        "id": post.uri,
        "attributedTo": author.uri,
        "published": wire_date(post.published),
        "content": post.content,
        "media": files,
    }
    stated |= {name: value for name, value in (("name", post.title), ("summary", post.summary)) if value}
    body = canonical_bytes(stated)
    return Snapshot(digest_of(body), post.uri, author.uri, body.decode(), now_ms)


def take(db: Connection, site: Site, taker: Account, post_id: int, narrative: str = "") -> Taken:
    """A snapshot of a post that may be evidence: a public one, the taker's own, or one addressed to them. Raises NotFound, NotAllowed."""
    post = shown_post(db, post_id, taker)
    author = accounts.get_account(db, post.account_id)
    is_addressed = any(account.id == taker.id for account in reactions.list_mentioned(db, post.id))
    if post.visibility >= PRIVATE and post.account_id != taker.id and not is_addressed:
        raise NotAllowed("Only what is public, or was written to you, can be marked or taken as evidence.")
    snapshot = snapshot_of(post, author, site.now_ms())
    name = (post.title or f"{author.title} (@{author.handle})")[:NAME_CHARACTERS]
    return Taken(snapshot, Evidence(post.url or post.uri, name, narrative, snapshot.digest))


def as_evidence(snapshot: Snapshot, narrative: str = "") -> Taken:
    """A snapshot that was taken before, as evidence."""
    return Taken(snapshot, Evidence(snapshot.uri, "", narrative, snapshot.digest))


def find_open(db: Connection, digest: str) -> str | None:
    """What a post said, where it was and is for everybody; None for anything else."""
    snapshot = evidence.list_snapshots(db, [digest]).get(digest)
    post = posts.find_post_by_uri(db, snapshot.uri) if snapshot is not None else None
    return snapshot.body if snapshot is not None and post is not None and post.visibility < PRIVATE else None


def keep(db: Connection, taken: Taken) -> None:
    """The snapshot, kept."""
    evidence.add_snapshot(db, taken.snapshot)
