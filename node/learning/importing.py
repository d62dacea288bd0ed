"""A learner comes from another node with an archive: everything back, the key adopted, nothing delivered again, twice the same as once."""

import asyncio
import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from federation import keys
from federation.actors import actor_from_document
from federation.credentials import ACHIEVEMENT, ENDORSEMENT, Credential, credential_from_document, digest_of
from federation.errors import FederationError, Malformed, Unverified
from federation.facets import Alignment
from federation.identities import predecessors
from federation.keys import DID_KEY, PrivateKey
from federation.linked_data import MAX_BYTES
from federation.origins import host_of
from federation.reading import as_mapping, uri_from
from federation.records import ActorDocument
from federation.sealed_keys import open_key
from node.context import Context
from node.errors import BadInput, Conflict
from node.learning import persons, restoring, sealing, taking
from node.learning.archives import Archive
from node.learning.exporting import Progress
from node.learning.restoring import Former
from node.site import Site
from node.social import naming, publishing, remote
from node.social.wards import is_ward
from storage import accounts
from storage import posts as kept_posts
from storage.database import Connection
from storage.events import add_event
from storage.ids import free_id, ms_from_datetime
from storage.learning import awards, endorsements, evidence
from storage.learning.awards import ACCEPTED, OFFERED, PUBLIC, Award
from storage.learning.endorsements import Endorsement
from storage.learning.evidence import Seen, Snapshot
from storage.learning.facets import Competency
from storage.records import Account, loaded

log = logging.getLogger(__name__)

PAGE = 100  # posts in one transaction


@dataclass(frozen=True, slots=True)
class Brought:
    """What was new here."""

    posts: int = 0
    credentials: int = 0
    endorsements: int = 0
    files: int = 0
    key: bool = False


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose archive it is, proven by the key. names: what credentials may call them: the key, and the former actor where that one, as this
    node knows it or its server says now, has this key. Else anybody could write another's actor into an archive of their own.
    """

    actor: ActorDocument
    multibase: str
    is_confirmed: bool

    @property
    def names(self) -> frozenset[str]:
        key = {DID_KEY + self.multibase}
        return frozenset(key | predecessors(key, self.actor.statements) | ({self.actor.uri} if self.is_confirmed else set()))


async def import_archive(context: Context, account: Account, source: Path, passphrase: str, progress: Progress) -> Brought:
    """Everything that the archive holds and that holds itself, belonging to the account from now on. Raises BadInput, Conflict."""
    archive = await asyncio.to_thread(Archive, source)
    has_key = await adopt(context, account, archive, passphrase)
    return replace(await bring(context, account, archive, progress), key=has_key)


async def _owner(context: Context, actor: ActorDocument, multibase: str) -> _Owner:
    try:
        await remote.get_account(context, actor.uri, fresh=True, pool="ours")
    except FederationError:  # it may be gone; then what this node knows of it counts
        log.info("former actor not seen", extra={"uri": actor.uri})
    known = await context.database.read(_keys_of, actor.uri)
    return _Owner(actor, multibase, DID_KEY + multibase in known)


def _keys_of(db: Connection, uri: str) -> frozenset[str]:
    account = accounts.find_account_by_uri(db, uri)
    return persons.dids_of(db, account) if account is not None else frozenset()


async def adopt(context: Context, account: Account, archive: Archive, passphrase: str) -> bool:
    """True where the account has another key than before: the one of the archive. Raises BadInput, Conflict."""
    actor = _actor(archive)
    try:
        key = await asyncio.to_thread(open_key, archive.document("key.json"), passphrase)
    except Unverified as error:
        raise BadInput("The passphrase does not open the key in the archive.") from error
    except Malformed as error:
        raise BadInput("The key in the archive cannot be read.") from error
    multibase = keys.multibase_from_public(key.public_key())
    if multibase not in {each.encoded for each in actor.keys}:
        raise BadInput("The key in the archive is not the one of the profile in it.")
    owner = await _owner(context, actor, multibase)
    return await context.database.write(_adopt, context.site, account.id, owner, key)


def _actor(archive: Archive) -> ActorDocument:
    try:
        return actor_from_document(archive.document("actor.json"))
    except Malformed as error:
        raise BadInput("The profile in the archive cannot be read.") from error


def _adopt(db: Connection, site: Site, account_id: int, owner: _Owner, key: PrivateKey) -> bool:
    account, actor, multibase = accounts.get_account(db, account_id), owner.actor, owner.multibase
    own = {each.public_key for each in accounts.list_keys(db, account_id) if each.algorithm == "ed25519"}
    former = [actor.uri] if owner.is_confirmed and actor.uri != account.uri else []
    aliases = list(dict.fromkeys([*loaded(account.also_known_as), *former]))
    former_keys = predecessors({DID_KEY + multibase}, actor.statements)
    for statement in (each for each in actor.statements if each.get("subject") in former_keys):
        evidence.add_succession(db, account_id, str(statement["subject"]), orjson.dumps(statement).decode())
    is_new = multibase not in own
    if is_new:
        if awards.list_issued(db, account_id, 1) or endorsements.list_by_person(db, account_id, 1):
            raise Conflict("This account has signed something with a key of its own already. Bring the archive into a fresh account.")
        accounts.replace_key(db, account_id, "ed25519", multibase, keys.pem_from_private(key))
        add_event(db, "keys", account_id)
    if is_new or aliases != loaded(account.also_known_as):
        changed = replace(
            account,
            display_name=account.display_name or actor.display_name,
            summary=account.summary or actor.summary,
            also_known_as=orjson.dumps(aliases).decode(),
            revision_ms=max(site.now_ms(), account.revision_ms + 1),
        )
        accounts.update_account(db, changed)
        site.keyring.forget()
        publishing.publish_profile(db, site, changed)
        add_event(db, "account", account_id)
    return is_new


async def bring(context: Context, account: Account, archive: Archive, progress: Progress) -> Brought:
    """Posts, files, credentials and what they rest on; what is here already stays as it is. Raises BadInput."""
    actor = _actor(archive)
    owner = await _owner(context, actor, await context.database.read(_own_key, account.id))
    files, fresh_files = await _bring_files(context, archive)
    former = Former(actor.uri, actor.followers or f"{actor.uri}/followers", files)
    names = archive.names("objects")
    posts = 0
    for start in range(0, len(names), PAGE):
        batch = [await asyncio.to_thread(archive.read, name) for name in names[start : start + PAGE]]
        posts += await context.database.write(restoring.restore, context.site, account, former, batch)
        progress("posts", min(start + PAGE, len(names)), len(names))
    records = archive.records()
    await _bring_evidence(context, records)
    credentials = sum([await _bring_award(context, account, owner, stated) for stated in records["awards"]])
    endorsed = sum([await _bring_endorsement(context, account, owner, stated) for stated in records["endorsements"]])
    return Brought(posts, credentials, endorsed, fresh_files)


def _own_key(db: Connection, account_id: int) -> str:
    return next(key.public_key for key in accounts.list_keys(db, account_id) if key.algorithm == "ed25519")


async def _bring_files(context: Context, archive: Archive) -> tuple[dict[str, int], int]:
    """The size of every media file that is here now, and how many of them are new. A name is the hash of its bytes."""
    found, fresh = {}, 0
    for name in archive.names("media"):
        body, plain = await asyncio.to_thread(archive.read, name), name.removeprefix("media/")
        if hashlib.sha256(body).hexdigest()[:40] == plain.partition(".")[0]:
            found[plain] = len(body)
            if await context.stores.media.find(plain) is None:
                await context.stores.media.put(plain, body)
                fresh += 1
    return found, fresh


async def _bring_evidence(context: Context, records: Mapping[str, list[Any]]) -> None:
    """Snapshots whose bytes have their digest, and status lists that their issuers signed, as of the day that is signed."""
    for stated in records["snapshots"]:
        body, digest = stated.get("body"), str(stated.get("digest"))
        if body is None or (isinstance(body, str) and digest_of(body.encode()) == digest):
            taken_ms = stated.get("taken_ms")
            row = Snapshot(digest, str(stated.get("uri")), str(stated.get("author")), body, taken_ms if isinstance(taken_ms, int) else 0)
            await context.database.write(evidence.add_snapshot, row)
    for stated in records["documents"]:
        url, document = uri_from(stated.get("uri")), _loaded(stated.get("body"))
        if stated.get("kind") != "list" or url is None or document is None or naming.is_ours(context.site.origin, url):
            continue
        method = str(as_mapping(document.get("proof")).get("verificationMethod")).partition("#")[0]
        if document.get("issuer") == method and document.get("id") == url and not await sealing.find_fault(document):
            signed = credential_from_document(document).valid_from
            seen = Seen(url, "list", orjson.dumps(document).decode(), ms_from_datetime(signed) if signed else 0)
            await context.database.write(_keep_newer, seen)


def _loaded(text: object) -> dict[str, Any] | None:
    try:
        found = orjson.loads(text) if isinstance(text, str) and len(text) <= MAX_BYTES else None
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _keep_newer(db: Connection, seen: Seen) -> None:
    known = evidence.list_seen(db, [seen.uri]).get(seen.uri)
    if known is None or known.fetched_ms < seen.fetched_ms:
        evidence.save_seen(db, seen)


def _credential(stated: Mapping[str, Any], kind: str) -> tuple[dict[str, Any], Credential] | None:
    document = _loaded(stated.get("credential"))
    try:
        credential = credential_from_document(document or {})
    except Malformed:
        return None
    return (document or {}, credential) if credential.kind == kind and uri_from(credential.uri) else None


async def _person(context: Context, uri: str) -> Account:
    """Somebody else, as their own server tells it; where it is gone, a name without keys, of which nothing is believed."""
    try:
        return await remote.get_account(context, uri)
    except FederationError:
        return await context.database.write(_stand_in, context.site, uri)


def _stand_in(db: Connection, site: Site, uri: str) -> Account:
    known = accounts.find_account_by_uri(db, uri)
    if known is not None:
        return known
    now_ms = site.now_ms()
    name = "".join(letter for letter in uri.rstrip("/").rpartition("/")[2] if letter.isalnum() or letter in "_-.")[:30] or "somebody"
    made = Account(free_id(db, "account", now_ms), uri, "Person", name, host_of(uri), f"{uri}/inbox", now_ms, now_ms)
    accounts.add_account(db, made)
    return made


async def _bring_award(context: Context, account: Account, owner: _Owner, stated: Mapping[str, Any]) -> bool:
    """True where an achievement is new here. It must be the learner's: given to their key, or to the former actor."""
    found, actor = _credential(stated, ACHIEVEMENT), owner.actor
    if found is None or found[1].subject_id not in owner.names:
        return False
    document, credential = found
    known = await context.database.read(awards.find_award_by_uri, credential.uri)
    if known is not None:
        return await context.database.write(_hand_over, account, actor.uri, known, stated)
    issuer_uri = credential.issuer.url or actor.uri
    is_own = issuer_uri == actor.uri and credential.issuer.did in owner.names
    if await sealing.find_fault(document):
        return False
    issuer = account if is_own else await _person(context, issuer_uri)
    await context.database.write(partial(_keep_award, account, issuer, credential, stated), context.site)
    return True


def _state(stated: Mapping[str, Any]) -> str:
    state = stated.get("state")
    return state if state in (OFFERED, ACCEPTED, PUBLIC) else ACCEPTED


def _hand_over(db: Connection, account: Account, former_uri: str, known: Award, stated: Mapping[str, Any]) -> bool:
    """True where this node knew the achievement as the former account's, whose it is no longer."""
    former = accounts.find_account_by_uri(db, former_uri)
    if former is None or former.is_local or known.recipient_id != former.id:
        return False
    awards.hand_over(db, known.id, account.id, ACCEPTED if is_ward(account) else _state(stated))
    return True


def _keep_award(account: Account, issuer: Account, credential: Credential, stated: Mapping[str, Any], db: Connection, site: Site) -> None:
    post = kept_posts.find_post_by_uri(db, str(stated.get("post")))
    badge = credential.badge
    row = Award(
        id=free_id(db, "award", site.now_ms()),
        uri=credential.uri,
        issuer_id=issuer.id,
        recipient_id=account.id,
        badge_id=None,
        post_id=post.id if post else None,
        state=ACCEPTED if is_ward(account) else _state(stated),
        name=credential.name,
        kind=badge.kind if badge else "",
        image_url=None,
        credential=str(stated.get("credential")),
        issued_ms=ms_from_datetime(credential.valid_from) if credential.valid_from else site.now_ms(),
        valid_until_ms=ms_from_datetime(credential.valid_until) if credential.valid_until else None,
        proof="pass",
    )
    awards.add_award(db, row, _competencies(badge.alignment if badge else ()))
    endorsements.join_award(db, row.uri, row.id, account.id)
    taking.send_for_look(db, site, "award", row.id)


def _competencies(alignments: Sequence[Alignment]) -> list[Competency]:
    return [Competency(each.url, each.name) for each in alignments]


async def _bring_endorsement(context: Context, account: Account, owner: _Owner, stated: Mapping[str, Any]) -> bool:
    """True where an endorsement of the learner is new here."""
    found = _credential(stated, ENDORSEMENT)
    if found is None:
        return False
    document, credential = found
    if await context.database.read(endorsements.find_endorsement_by_uri, credential.uri) is not None:
        return False
    award = await context.database.read(awards.find_award_by_uri, credential.subject_id)
    is_theirs = award.recipient_id == account.id if award else credential.subject_id in owner.names
    if credential.issuer.url is None or not is_theirs or (award and credential.digest != digest_of(award.credential.encode())):
        return False
    if await sealing.find_fault(document):
        return False
    endorser = await _person(context, credential.issuer.url)
    keep = partial(_keep_endorsement, account, endorser, credential, str(stated.get("credential")))
    return await context.database.write(keep, context.site, award)


def _keep_endorsement(
    account: Account, endorser: Account, credential: Credential, text: str, db: Connection, site: Site, award: Award | None
) -> bool:
    row = Endorsement(
        id=free_id(db, "award", site.now_ms()),
        uri=credential.uri,
        endorser_id=endorser.id,
        recipient_id=account.id,
        award_id=award.id if award else None,
        post_id=None,
        subject_uri=credential.subject_id,
        competency=next((each.url for each in credential.evidence), "") if award is None else "",
        comment=credential.comment,
        credential=text,
        issued_ms=ms_from_datetime(credential.valid_from) if credential.valid_from else site.now_ms(),
        proof="pass",
    )
    taking.send_for_look(db, site, "endorsement", row.id)
    return endorsements.add_endorsement(db, row)
