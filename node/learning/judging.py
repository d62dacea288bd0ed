"""Verdicts on what is kept here: what the node knows of issuers, recipients and their lists, and how it comes to know."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from federation import fetching
from federation.credentials import Credential, Evidence, StatusEntry, credential_from_document, digest_of
from federation.errors import FederationError, Malformed
from federation.json import document_from_bytes
from federation.reading import as_mapping, uri_from
from node.context import Context
from node.errors import NotFound
from node.learning import goals, persons, sealing
from node.learning.verdicts import Known, SeenList, Verdict, judge
from node.site import Site
from node.social import naming, notifying, remote
from storage import accounts
from storage.database import Connection
from storage.ids import datetime_from_ms
from storage.learning import awards, endorsements, evidence
from storage.learning.awards import Award
from storage.learning.endorsements import Endorsement
from storage.learning.evidence import Seen, Snapshot
from storage.records import Account

log = logging.getLogger(__name__)

CLAIM = "claim"
REASONS = {CLAIM: "nobody signed it: it is a claim in the form of Open Badges 2.0"}
BROKEN = "it does not match what the credential says"


async def verdict_on_award(context: Context, award: Award) -> Verdict:
    """The verdict on an achievement that is kept here, without asking anybody now."""
    return await _verdict(context, award.credential, award.proof, award.recipient_id)


async def verdict_on_endorsement(context: Context, endorsement: Endorsement) -> Verdict:
    """The same for an endorsement; its recipient is what it endorses, so that part says whether it is about that."""
    return await _verdict(context, endorsement.credential, endorsement.proof, None)


async def verdict_on_document(context: Context, document: Mapping[str, Any]) -> Verdict:
    """The verdict on a credential that somebody brings, with what this node knows of whoever it names."""
    known = await context.database.read(load_known, context.site, document, None)
    return judge(document, await sealing.find_fault(document), known)


async def _verdict(context: Context, text: str, proof: str, recipient_id: int | None) -> Verdict:
    document = orjson.loads(text)
    known = await context.database.read(load_known, context.site, document, recipient_id)
    fault = "" if proof == "pass" else REASONS.get(proof) or await sealing.find_fault(document)
    return judge(document, fault, known)


def load_known(db: Connection, site: Site, document: Mapping[str, Any], recipient_id: int | None) -> Known:
    """What is known beside a credential: keys of its issuer, names of its recipient, the lists that it names as last seen."""
    try:
        credential = credential_from_document(document)
    except Malformed:
        return Known(site.now())
    issuer = accounts.find_account_by_uri(db, credential.issuer.url) if credential.issuer.url else None
    recipient = accounts.find_account(db, recipient_id) if recipient_id else None
    return Known(
        now=site.now(),
        bound=persons.dids_of(db, issuer) if issuer is not None else None,
        recipient=persons.all_names(db, recipient) if recipient is not None else None,
        lists=_lists(db, site, credential.status),
    )


def _lists(db: Connection, site: Site, entries: Sequence[StatusEntry]) -> dict[str, SeenList]:
    found = {}
    for url, seen in evidence.list_seen(db, [entry.list_url for entry in entries]).items():
        document = orjson.loads(seen.body)
        found[url] = SeenList(document, _issuer_of_list(document), datetime_from_ms(seen.fetched_ms))
    for entry in entries:
        own = own_list(db, site, entry.list_url)
        if own is not None:
            document = orjson.loads(own)
            found[entry.list_url] = SeenList(document, _issuer_of_list(document), site.now())
    return found


def _issuer_of_list(document: Mapping[str, Any]) -> str:
    issuer = document.get("issuer")
    return str(issuer if isinstance(issuer, str) else as_mapping(issuer).get("id"))


def own_list(db: Connection, site: Site, url: str) -> str | None:
    """A list of one of ours, as it is served now; None for an address that is none."""
    name = url.removeprefix(f"{site.origin}/users/").removesuffix("/status")
    if url != naming.status_list_uri(site.origin, name):
        return None
    account = accounts.find_account_by_handle(db, name)
    return evidence.find_status_list(db, account.id) if account else None


async def look_at(context: Context, payload: Mapping[str, Any]) -> None:
    """A job: checks an award or endorsement that came, asks its issuer and its lists, and keeps what they said.

    {"award": id} or {"endorsement": id}. What cannot be had just now is asked for when somebody looks again.
    """
    find = awards.find_award if "award" in payload else endorsements.find_endorsement
    found = await context.database.read(find, payload.get("award") or payload.get("endorsement") or 0)
    if found is None or found.proof == CLAIM:
        return
    document = orjson.loads(found.credential)
    credential = credential_from_document(document)
    fault = await sealing.find_fault(document)
    await _see_issuer(context, credential)
    for entry in credential.status:
        await _see_list(context, entry, credential)
    for stated in credential.evidence:
        await _see_snapshot(context, credential, stated)
    await context.database.write(_note, context.site, found, "fail" if fault else "pass")


async def _see_issuer(context: Context, credential: Credential) -> None:
    """The issuer's actor as it is now, kept for the time when it is gone."""
    uri = credential.issuer.url
    if uri is None or naming.is_ours(context.site.origin, uri):
        return
    try:
        document = await remote.fetch(context, uri)
        account = await remote.get_account(context, uri, fresh=True)
    except FederationError as error:
        log.info("issuer not seen", extra={"uri": uri, "reason": str(error)})
        return
    if uri_from(document.get("id")) == account.uri:
        await _keep_seen(context, account.uri, "actor", document)


async def _see_list(context: Context, entry: StatusEntry, credential: Credential) -> None:
    """A status list as it is now; a bitstring counts only with its own proof, by the issuer of what it is about."""
    url = uri_from(entry.list_url)
    if url is None or naming.is_ours(context.site.origin, url) or context.domains.is_suspended(url):
        return
    try:
        document = await fetching.fetch_json(context.outbound, url)
    except FederationError as error:
        log.info("status list not seen", extra={"uri": entry.list_url, "reason": str(error)})
        return
    dids = await context.database.read(_dids_of_issuer, credential)
    is_believed = entry.index is None or (_is_of(document, dids) and not await sealing.find_fault(document))
    if not is_believed:
        log.info("status list not believed", extra={"uri": url})
        return
    await _keep_seen(context, entry.list_url, "list", document)


async def _see_snapshot(context: Context, credential: Credential, stated: Evidence) -> None:
    """What evidence said, from who took it, kept for the time when they are gone; its digest was signed."""
    url = uri_from(naming.snapshot_uri(credential.issuer.url or "", stated.digest)) if stated.digest else None
    if url is None or naming.is_ours(context.site.origin, url) or context.domains.is_suspended(url):
        return
    if await context.database.read(evidence.list_snapshots, [stated.digest]):
        return
    try:
        body = await fetching.fetch_body(context.outbound, url)
        said = document_from_bytes(body)
    except FederationError as error:
        log.info("snapshot not seen", extra={"uri": url, "reason": str(error)})
        return
    if digest_of(body) == stated.digest:
        row = Snapshot(stated.digest, str(said.get("id")), str(said.get("attributedTo")), body.decode(), context.site.now_ms())
        await context.database.write(evidence.add_snapshot, row)


def _dids_of_issuer(db: Connection, credential: Credential) -> frozenset[str]:
    """The key that signed a credential, and where it is its issuer's the others that they have and had."""
    issuer = accounts.find_account_by_uri(db, credential.issuer.url) if credential.issuer.url else None
    dids = persons.dids_of(db, issuer) if issuer is not None else frozenset()
    return dids if credential.issuer.did in dids else frozenset({credential.issuer.did})


def _is_of(document: Mapping[str, Any], dids: frozenset[str]) -> bool:
    """Whether an issuer says that a list is theirs, and their key signed it."""
    method = str(as_mapping(document.get("proof")).get("verificationMethod"))
    return _issuer_of_list(document) in dids and _issuer_of_list(document) == method.partition("#")[0]


async def _keep_seen(context: Context, uri: str, kind: str, document: Mapping[str, Any]) -> None:
    seen = Seen(uri, kind, orjson.dumps(document).decode(), context.site.now_ms())
    await context.database.write(evidence.save_seen, seen)


def _note(db: Connection, site: Site, found: Award | Endorsement, proof: str) -> None:
    """What the look has shown: whether the proof holds, and whether it was revoked."""
    known = load_known(db, site, orjson.loads(found.credential), found.recipient_id if isinstance(found, Award) else None)
    verdict = judge(orjson.loads(found.credential), "" if proof == "pass" else BROKEN, known)
    is_revoked = verdict.part("status").outcome == "fail"
    if isinstance(found, Endorsement):
        endorsements.set_proof(db, found.id, proof)
        if is_revoked:
            endorsements.set_withdrawn(db, found.id, site.now_ms())
        return
    awards.set_proof(db, found.id, proof)
    if is_revoked and awards.set_revoked(db, found.id, "", site.now_ms()) and found.post_id:
        notifying.tell(db, site, found.recipient_id, "revoked", found.issuer_id, found.post_id)
    goals.refresh_for(db, site, found.recipient_id)


def may_see(db: Connection, award: Award, viewer_id: int) -> bool:
    """Public ones everybody; others who gave, who got, and who looks after the community that gave."""
    issuer = accounts.find_account(db, award.issuer_id)
    if award.state == awards.PUBLIC or viewer_id in (award.issuer_id, award.recipient_id):
        return issuer is not None
    return issuer is not None and viewer_id != 0 and persons.is_steward(db, issuer, viewer_id)


def get_award(db: Connection, award_id: int, viewer_id: int) -> tuple[Award, Account, Account]:
    """An award that somebody may see, its issuer and its recipient. Raises NotFound."""
    found = awards.find_award(db, award_id)
    if found is None or not may_see(db, found, viewer_id):
        raise NotFound("There is no such achievement, or it is not for you.")
    return found, accounts.get_account(db, found.issuer_id), accounts.get_account(db, found.recipient_id)
