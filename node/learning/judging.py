"""Verdicts on what is kept here: what the node knows of issuers, recipients and their lists, and how it comes to know."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from federation import fetching
from federation.credentials import Credential, Evidence, StatusEntry, credential_from_document, digest_of
from federation.errors import FederationError, Malformed
from federation.json import document_from_bytes
from federation.rdf_proofs import signer_of
from federation.reading import as_mapping, uri_from
from node.context import Context
from node.errors import NotFound
from node.learning import attribution, goals, persons, sealing
from node.learning.results import result_of
from node.learning.verdicts import Known, SeenList, Verdict, judge
from node.site import Site
from node.social import naming, notifying
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
Find = Callable[[Connection, int], Award | Endorsement | None]
BROKEN = "it does not match what the credential says"


async def verdict_on_award(context: Context, award: Award) -> Verdict:
    """The verdict on an achievement that is kept here, without asking anybody now."""
    return await _verdict(context, award, award.recipient_id)


async def verdict_on_endorsement(context: Context, endorsement: Endorsement) -> Verdict:
    """The same for an endorsement; its recipient is what it endorses, so that part says whether it is about that."""
    return await _verdict(context, endorsement, None)


async def _verdict(context: Context, row: Award | Endorsement, recipient_id: int | None) -> Verdict:
    document = orjson.loads(row.credential)
    known = await context.database.read(load_known, context.site, document, recipient_id, row)
    fault = "" if row.proof == "pass" else sealing.UNSIGNED if row.proof == CLAIM else await sealing.find_fault(document)
    return judge(document, fault, known)


def load_known(
    db: Connection, site: Site, document: Mapping[str, Any], recipient_id: int | None, row: Award | Endorsement | None = None
) -> Known:
    """What is known beside a credential: keys of its issuer, names of its recipient, the lists that it names as last seen.

    row: where it is kept here; once attributed it stays so while nobody who can be asked says otherwise.
    """
    try:
        credential = credential_from_document(document)
    except Malformed:
        return Known(site.now())
    recipient = accounts.find_account(db, recipient_id) if recipient_id else None
    return Known(
        now=site.now(),
        bound=_bound(db, document, credential, row),
        recipient=persons.all_names(db, recipient) if recipient is not None else None,
        lists=_lists(db, site, credential.status),
    )


def _bound(db: Connection, document: Mapping[str, Any], credential: Credential, row: Award | Endorsement | None) -> frozenset[str] | None:
    """The keys that may have signed: the signer's own where it is attributed, the named actor's where it was refused, else None."""
    if row is not None and row.bound:
        issuer = accounts.find_account(db, (row.issuer_id if isinstance(row, Award) else row.endorser_id) or 0)
        return (attribution.keys_of(db, issuer) if issuer is not None else frozenset()) | {signer_of(document)}
    whose = attribution.attribute(db, document, credential)
    if whose.state == "unconfirmed" and not (row is not None and row.refused):
        return None
    named = accounts.find_account_by_uri(db, whose.claimed)
    known = attribution.keys_of(db, named) if named is not None else frozenset()
    return known if whose.state == "bound" else known - {signer_of(document)}


def _lists(db: Connection, site: Site, entries: Sequence[StatusEntry]) -> dict[str, SeenList]:
    found = {}
    for url, seen in evidence.list_seen(db, [entry.list_url for entry in entries]).items():
        document = orjson.loads(seen.body)
        found[url] = SeenList(document, issuer_of_list(document), datetime_from_ms(seen.fetched_ms))
    for entry in entries:
        own = own_list(db, site, entry.list_url)
        if own is not None:
            document = orjson.loads(own)
            found[entry.list_url] = SeenList(document, issuer_of_list(document), site.now())
    return found


def issuer_of_list(document: Mapping[str, Any]) -> str:
    """Who a status list says that it is by."""
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
    has_answered = await attribution.ask_actor(context, attribution.claimed_actor(credential))
    for entry in credential.status:
        await _see_list(context, entry, credential)
    for stated in credential.evidence:
        await _see_snapshot(context, credential, stated)
    await context.database.write(_note, context.site, found.id, find, _proof_of(fault), has_answered)


def _proof_of(fault: str) -> str:
    """What is kept of a proof: pass, fail, or unknown where it could not be checked or there is none."""
    return "unknown" if isinstance(fault, sealing.Doubt) or fault == sealing.UNSIGNED else "fail" if fault else "pass"


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
    is_believed = entry.index is None or (is_list_of(document, dids) and not await sealing.find_fault(document))
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
    issuer = accounts.find_account_by_uri(db, attribution.claimed_actor(credential))
    dids = attribution.keys_of(db, issuer) if issuer is not None else frozenset()
    return dids if credential.issuer.did in dids else frozenset({credential.issuer.did})


def is_list_of(document: Mapping[str, Any], dids: frozenset[str]) -> bool:
    """Whether an issuer says that a list is theirs, and their key signed it."""
    method = str(as_mapping(document.get("proof")).get("verificationMethod"))
    return issuer_of_list(document) in dids and issuer_of_list(document) == method.partition("#")[0]


async def _keep_seen(context: Context, uri: str, kind: str, document: Mapping[str, Any]) -> None:
    seen = Seen(uri, kind, orjson.dumps(document).decode(), context.site.now_ms())
    await context.database.write(evidence.save_seen, seen)


def _note(db: Connection, site: Site, row_id: int, find: Find, proof: str, has_answered: bool) -> None:
    """What the look has shown: whether the proof holds, whose it is, and whether it was revoked."""
    found = find(db, row_id)
    if found is None:
        return
    document = orjson.loads(found.credential)
    credential = credential_from_document(document)
    settled = _attribute(db, site, found, document, credential, has_answered=has_answered)
    known = load_known(db, site, document, found.recipient_id if isinstance(found, Award) else None, settled)
    is_revoked = judge(document, "" if proof == "pass" else BROKEN, known).part("status").outcome == "fail"
    if isinstance(settled, Endorsement):
        _note_endorsement(db, site, settled, proof, is_revoked=is_revoked, is_new=not found.bound)
        return
    result = result_of(credential)
    awards.set_proof(db, found.id, proof)
    awards.set_share(db, found.id, result.share if result else 100)
    if is_revoked and awards.set_revoked(db, found.id, "", site.now_ms()) and found.post_id and settled.issuer_id:
        notifying.tell(db, site, found.recipient_id, "revoked", settled.issuer_id, found.post_id)
    if settled.bound and not found.bound and settled.state == awards.OFFERED and proof == "pass" and found.post_id and settled.issuer_id:
        notifying.tell_more(db, site, found.recipient_id, "awarded", settled.issuer_id, found.post_id)
    goals.refresh_for(db, site, found.recipient_id)


def _note_endorsement(db: Connection, site: Site, kept: Endorsement, proof: str, *, is_revoked: bool, is_new: bool) -> None:
    endorsements.set_proof(db, kept.id, proof)
    if is_revoked:
        endorsements.set_withdrawn(db, kept.id, site.now_ms())
    elif is_new and kept.bound and proof == "pass" and kept.post_id and kept.endorser_id:
        notifying.tell_more(db, site, kept.recipient_id, "endorsed", kept.endorser_id, kept.post_id)


def _attribute(
    db: Connection, site: Site, found: Award | Endorsement, document: Mapping[str, Any], credential: Credential, *, has_answered: bool
) -> Award | Endorsement:
    """The row with whose it is now. What was attributed once stays so unless the actor itself answers and lists the key no longer."""
    held_id = found.issuer_id if isinstance(found, Award) else found.endorser_id
    if found.bound and (not has_answered or attribution.is_still(db, held_id, document)):
        return found
    whose = attribution.attribute(db, document, credential)
    account_id, is_refused = whose.account.id if whose.account else None, whose.state == "refused"
    if (account_id, is_refused) == (held_id, found.refused):
        return found
    table = awards if isinstance(found, Award) else endorsements
    table.set_attribution(db, found.id, account_id, site.now_ms(), refused=is_refused)
    if is_refused:
        reason = "the actor that it names does not list the key that signed it"
        log.info("credential not attributed", extra={"uri": found.uri, "claimed": whose.claimed, "reason": reason})
    return (awards.find_award if isinstance(found, Award) else endorsements.find_endorsement)(db, found.id) or found


def may_see(db: Connection, award: Award, viewer_id: int) -> bool:
    """Public ones everybody, unless they are forged or in a name that is not theirs; others who gave, who got, and who looks after the
    community that gave. One that a guardian has not let near yet only who gave it."""
    if award.state == awards.HELD:
        return award.issuer_id is not None and viewer_id == award.issuer_id
    if viewer_id == award.recipient_id or (award.issuer_id is not None and viewer_id == award.issuer_id):
        return True
    if award.state == awards.PUBLIC:
        return award.proof != "fail" and not award.refused
    issuer = accounts.find_account(db, award.issuer_id) if award.issuer_id is not None else None
    return issuer is not None and viewer_id != 0 and persons.is_steward(db, issuer, viewer_id)


def get_award(db: Connection, award_id: int, viewer_id: int) -> tuple[Award, Account | None, Account]:
    """An award that somebody may see, its issuer where that is confirmed, and its recipient. Raises NotFound."""
    found = awards.find_award(db, award_id)
    if found is None or not may_see(db, found, viewer_id):
        raise NotFound("There is no such achievement, or it is not for you.")
    issuer = accounts.get_account(db, found.issuer_id) if found.issuer_id is not None else None
    return found, issuer, accounts.get_account(db, found.recipient_id)
