"""A learner comes from another node with an archive: everything back, the key adopted, nothing delivered again, twice the same as once."""

import asyncio
import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from federation import keys
from federation.actors import actor_from_document
from federation.credentials import credential_from_document, digest_of
from federation.errors import FederationError, Malformed, Unverified
from federation.identities import predecessors
from federation.keys import DID_KEY, PrivateKey
from federation.origins import host_of
from federation.reading import as_mapping, uri_from
from federation.records import ActorDocument
from federation.sealed_keys import open_key
from node.context import Context
from node.errors import BadInput, Conflict, NodeError
from node.keyring import new_proof_key
from node.learning import goals, papers, persons, regaining, restoring, sealing
from node.learning.archives import Archive
from node.learning.desks import Desk
from node.learning.exporting import Progress
from node.learning.regaining import Owner, loaded_document
from node.learning.restoring import Former
from node.site import Site
from node.social import looking_up, naming, networks, publishing, remote
from storage import accounts
from storage.database import Connection
from storage.events import add_event
from storage.ids import ms_from_datetime
from storage.learning import archives as kept_archives
from storage.learning import awards, endorsements, evidence
from storage.learning.evidence import Seen, Snapshot
from storage.records import Account, dumped, loaded

log = logging.getLogger(__name__)

MOST_MET, MEETINGS = 1_000, 8  # posts and people that are fetched because the papers name them, and how many at once
PAGE = 100  # posts or papers in one transaction


@dataclass(frozen=True, slots=True)
class Brought:
    """What was new here."""

    posts: int = 0
    credentials: int = 0
    endorsements: int = 0
    files: int = 0
    papers: int = 0  # how the portfolio is arranged, drafts, badges to give, what was given, ...
    follows: int = 0  # jobs put down: whom the learner followed and does not here
    key: bool = False


async def import_archive(context: Context, account: Account, source: Path, passphrase: str, progress: Progress) -> Brought:
    """Everything that the archive holds and that holds itself, belonging to the account from now on. Raises BadInput, Conflict."""
    archive = await asyncio.to_thread(Archive, source)
    has_key = await adopt(context, account, archive, passphrase)
    return replace(await bring(context, account, archive, progress), key=has_key)


async def _owner(context: Context, actor: ActorDocument, multibase: str) -> Owner:
    try:
        await remote.get_account(context, actor.uri, fresh=True, pool="ours")
    except FederationError:  # it may be gone; then what this node knows of it counts
        log.info("former actor not seen", extra={"uri": actor.uri})
    known = await context.database.read(_keys_of, actor.uri)
    return Owner(actor, multibase, DID_KEY + multibase in known)


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


def _adopt(db: Connection, site: Site, account_id: int, owner: Owner, key: PrivateKey) -> bool:
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
        accounts.replace_key(db, new_proof_key(account, key, site.now_ms()))  # type: ignore[arg-type]  # an owner's key is an Ed25519 one
        add_event(db, "keys", account_id)
    if is_new or aliases != loaded(account.also_known_as):
        changed = replace(
            account,
            display_name=account.display_name or actor.display_name,
            summary=account.summary or actor.summary,
            fields=account.fields if loaded(account.fields) else dumped([[each.name, each.value] for each in actor.fields]) or "[]",
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
    stated = archive.papers()
    former = Former(actor.uri, actor.followers or f"{actor.uri}/followers", files, papers.titles_of(stated))
    names = archive.names("objects")
    posts = 0
    for start in range(0, len(names), PAGE):
        batch = [await asyncio.to_thread(archive.read, name) for name in names[start : start + PAGE]]
        posts += await context.database.write(restoring.restore, context.site, account, former, batch)
        progress("posts", min(start + PAGE, len(names)), len(names))
    records = archive.records()
    await _bring_evidence(context, records)
    credentials = sum([await regaining.bring_award(context, account, owner, stated) for stated in records["awards"]])
    endorsed = sum([await regaining.bring_endorsement(context, account, owner, stated) for stated in records["endorsements"]])
    await _meet(context, account, papers.addresses(stated))
    changed = await _bring_papers(context, account, owner, files, stated, progress)
    given = sum([await regaining.bring_given(context, account, owner, each) for each in records["given"]])
    vouched = sum([await regaining.bring_vouched(context, account, owner, each) for each in records["vouched"]])
    follows = await networks.bring_network(context, account, archive.read("network.opml"))
    return Brought(posts, credentials, endorsed, fresh_files, changed + given + vouched, follows)


async def _bring_papers(
    context: Context, account: Account, owner: Owner, files: Mapping[str, int], stated: Mapping[str, Any], progress: Progress
) -> int:
    wanted, changed = papers.list_wanted(account, stated), 0
    for start in range(0, len(wanted), PAGE):
        batch = wanted[start : start + PAGE]
        changed += await context.database.write(_unpack, context.site, account, owner, files, batch)
        progress("papers", start + len(batch), len(wanted))
    if changed:
        await context.database.write(goals.refresh, context.site, account)
    return changed


def _unpack(
    db: Connection, site: Site, account: Account, owner: Owner, files: Mapping[str, int], batch: Sequence[tuple[str, Mapping[str, Any]]]
) -> int:
    return papers.bring(Desk(db, site, account, owner.actor.uri, owner.multibase, files), batch)


async def _meet(context: Context, account: Account, uris: Sequence[str]) -> None:
    """Fetches what the papers name and this node does not know yet, a few at a time; of a server that does not answer no more is asked."""
    own = await context.database.read(kept_archives.list_origins, account.id, uris)
    silent: set[str] = set()
    gate = asyncio.Semaphore(MEETINGS)

    async def meet(uri: str) -> None:
        async with gate:
            if host_of(uri) not in silent:
                try:
                    await looking_up.look_up(context, uri)
                except (NodeError, FederationError):
                    silent.add(host_of(uri))

    await asyncio.gather(*(meet(uri) for uri in uris[:MOST_MET] if uri not in own))


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
        url, document = uri_from(stated.get("uri")), loaded_document(stated.get("body"))
        if stated.get("kind") != "list" or url is None or document is None or naming.is_ours(context.site.origin, url):
            continue
        method = str(as_mapping(document.get("proof")).get("verificationMethod")).partition("#")[0]
        if document.get("issuer") == method and document.get("id") == url and not await sealing.find_fault(document):
            signed = credential_from_document(document).valid_from
            seen = Seen(url, "list", orjson.dumps(document).decode(), ms_from_datetime(signed) if signed else 0)
            await context.database.write(_keep_newer, seen)


def _keep_newer(db: Connection, seen: Seen) -> None:
    known = evidence.list_seen(db, [seen.uri]).get(seen.uri)
    if known is None or known.fetched_ms < seen.fetched_ms:
        evidence.save_seen(db, seen)
