"""All that belongs to somebody, read from the memory for an archive."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from federation.credentials import credential_from_document
from federation.errors import Malformed
from node.learning import claims, judging, papers, persons
from node.site import Site
from node.social import describing, naming
from storage import accounts
from storage import posts as kept_posts
from storage.database import Connection
from storage.learning import awards, badges, endorsements, evidence
from storage.learning.awards import ACCEPTED, OFFERED, PUBLIC, Award
from storage.learning.endorsements import Endorsement
from storage.records import PRIVATE, Account, Post

MOST = 100_000  # rows of one kind


@dataclass(frozen=True, slots=True)
class Belongings:
    """What an archive holds beside the posts themselves. documents: of others, as last seen: status lists and issuers' actors."""

    actor: dict[str, Any]
    dids: Sequence[str]
    post_ids: Sequence[int]
    files: Sequence[str]
    awards: Sequence[dict[str, Any]]
    endorsements: Sequence[dict[str, Any]]
    shown: frozenset[str]  # ids of the credentials among these that others may see: nothing forged, revoked or in a name that is not theirs
    documents: Sequence[dict[str, Any]]
    snapshots: Sequence[dict[str, Any]]
    given: Sequence[dict[str, Any]]  # achievements of others, and words for others, that the owner signed
    vouched: Sequence[dict[str, Any]]
    papers: Mapping[str, Any]


def gather(db: Connection, site: Site, account: Account) -> Belongings:
    """Everything of one of ours that can leave with them."""
    posts = [post for post in kept_posts.list_all_posts(db, account.id) if post.boost_of_id is None]
    received = awards.list_received(db, account.id, (OFFERED, ACCEPTED, PUBLIC), MOST)
    vouched = endorsements.list_for_person(db, account.id, MOST)
    texts = [*(each.credential for each in received), *(each.credential for each in vouched)]
    return Belongings(
        actor=describing.actor_document(db, site, accounts.get_account(db, account.id)),
        dids=sorted(persons.dids_of(db, account)),
        post_ids=[post.id for post in posts],
        files=sorted({*(name for post in posts for name in _files(post)), *_pictures(db, site, account)}),
        awards=[_award(db, each) for each in received],
        endorsements=[_endorsement(db, each) for each in vouched],
        shown=_shown(db, site, account, received, vouched),
        documents=list(_documents(db, site, texts)),
        snapshots=list(_snapshots(db, texts)),
        given=[_award(db, each) for each in awards.list_issued(db, account.id, MOST) if each.recipient_id != account.id],
        vouched=[_endorsement(db, each) for each in endorsements.list_by_person(db, account.id, MOST)],
        papers=papers.gather(db, account),
    )


def _shown(db: Connection, site: Site, account: Account, received: Sequence[Award], vouched: Sequence[Endorsement]) -> frozenset[str]:
    claimed = claims.list_claims(db, site, account, received)
    return frozenset({each.award.uri for each in claimed if each.is_shown} | {each.uri for each in vouched if each.counts})


def _files(post: Post) -> Iterator[str]:
    """The names of a post's files that lie in our media folder."""
    return (str(file["url"]).rpartition("/")[2] for file in post.files if "media_id" in file)


def _pictures(db: Connection, site: Site, account: Account) -> Iterator[str]:
    """The names of the files that a profile and badges show."""
    known = accounts.get_account(db, account.id)
    start = naming.media_url(site.origin, "")
    yield from (url.removeprefix(start) for url in (known.icon_url, known.image_url) if url and url.startswith(start))
    yield from (badge.image for badge in badges.list_badges(db, account.id) if badge.image)


def _award(db: Connection, award: Award) -> dict[str, Any]:
    issuer = accounts.get_account(db, award.issuer_id).uri if award.issuer_id is not None else award.claimed
    named = ("uri", "state", "name", "kind", "image_url", "credential", "issued_ms", "valid_until_ms", "proof", "revoked_ms", "reason")
    post = kept_posts.find_post(db, award.post_id) if award.post_id else None
    people = {"issuer": issuer, "recipient": accounts.get_account(db, award.recipient_id).uri}
    return {name: getattr(award, name) for name in named} | people | {"post": post.uri if post else None}


def _endorsement(db: Connection, endorsement: Endorsement) -> dict[str, Any]:
    endorser = accounts.get_account(db, endorsement.endorser_id).uri if endorsement.endorser_id is not None else endorsement.claimed
    named = ("uri", "subject_uri", "competency", "comment", "credential", "issued_ms", "proof")
    people = {"endorser": endorser, "recipient": accounts.get_account(db, endorsement.recipient_id).uri}
    return {name: getattr(endorsement, name) for name in named} | people


def _documents(db: Connection, site: Site, texts: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Status lists, ours as they are and others' as last seen, and the actors of issuers."""
    wanted: set[str] = set()
    for text in texts:
        try:
            credential = credential_from_document(orjson.loads(text))
        except Malformed:
            continue
        wanted |= {entry.list_url for entry in credential.status} | ({credential.issuer.url} if credential.issuer.url else set())
    for seen in evidence.list_seen(db, sorted(wanted)).values():
        yield {"uri": seen.uri, "kind": seen.kind, "body": seen.body, "fetched_ms": seen.fetched_ms}
    for url in sorted(wanted):
        own = judging.own_list(db, site, url)
        if own is not None:
            yield {"uri": url, "kind": "list", "body": own, "fetched_ms": None}


def _snapshots(db: Connection, texts: Sequence[str]) -> Iterator[dict[str, Any]]:
    """What evidence said when it was taken; of others' posts that are not for everybody only address and hash."""
    digests: list[str] = []
    for text in texts:
        try:
            digests += [each.digest for each in credential_from_document(orjson.loads(text)).evidence if each.digest]
        except Malformed:
            continue
    for snapshot in evidence.list_snapshots(db, digests).values():
        post = kept_posts.find_post_by_uri(db, snapshot.uri)
        is_open = post is None or post.visibility < PRIVATE
        yield {
            "digest": snapshot.digest,
            "uri": snapshot.uri,
            "author": snapshot.author_uri,
            "taken_ms": snapshot.taken_ms,
            "body": snapshot.body if is_open else None,
        }


def describe_posts(db: Connection, site: Site, account: Account, ids: Sequence[int]) -> list[tuple[int, dict[str, Any]]]:
    """Posts as JSON, with their proofs."""
    found = kept_posts.list_posts(db, ids)
    return [(post_id, describing.post_document(db, site, account, found[post_id])) for post_id in ids if post_id in found]
