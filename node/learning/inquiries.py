"""Who was asked about a credential that somebody brings, when, and what was answered: its issuer's actor and its status lists.

Nothing of it is kept: strangers may bring anything. Every address is asked through the guarded client and within one limit of time.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from federation import fetching
from federation.credentials import Credential, StatusEntry
from federation.errors import FederationError
from federation.identities import bound_dids
from federation.rdf_proofs import signer_of
from federation.reading import text_from, uri_from, wire_date
from federation.records import ACTOR_TYPES
from node.context import Context
from node.languages import noted
from node.learning import attribution, judging, sealing, verdicts
from node.learning.headlines import Headline
from node.learning.verdicts import Known, SeenList, Verdict, judge
from node.social import naming, remote

log = logging.getLogger(__name__)

TIME_LIMIT_S = 10.0
MAX_LISTS = 3
LISTS_KEY, NO_KEY = noted("It lists the key that signed."), noted("It does not list the key that signed.")
GAVE_LIST = noted("It gave its list.")
NOT_ITS_ISSUERS = noted("Its list is not signed by the issuer, and counts for nothing.")
SILENT = noted("No answer: %(reason)s.")


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One question. answer: a sentence of the source language, with the values' names as blanks."""

    address: str
    moment: datetime
    answer: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """A verdict, with who was asked for it; nobody: `asked` is empty. issuer: who it is by its actor, '' where that is not confirmed."""

    verdict: Verdict
    asked: tuple[Inquiry, ...] = ()
    issuer: str = ""


async def verdict_online(context: Context, document: Mapping[str, Any], credential: Credential) -> Found:
    """The verdict on a credential that somebody brings, after asking whom it names. Raises nothing: who is silent is said to be."""
    known = await context.database.read(judging.load_known, context.site, document, None)
    lists = dict.fromkeys(entry.list_url for entry in credential.status[:MAX_LISTS])
    (known, issuer, asked), had = await asyncio.gather(
        _ask_issuer(context, document, credential, known),
        asyncio.gather(*(_ask_list(context, url) for url in lists if not naming.is_ours(context.site.origin, url))),
    )
    for answer in had:
        entry = next(each for each in credential.status if each.list_url == answer.url)
        known, inquiry = await _weighed(document, credential, known, entry, answer)
        asked = (*asked, inquiry)
    return Found(judge(document, await sealing.find_fault(document), known), asked, issuer)


async def _ask_issuer(
    context: Context, document: Mapping[str, Any], credential: Credential, known: Known
) -> tuple[Known, str, tuple[Inquiry, ...]]:
    """What is known, with the keys that the actor lists now; and who that is."""
    claimed = uri_from(attribution.claimed_actor(credential)) or ""
    local = await context.database.read(attribution.attribute, document, credential)
    label = attribution.label_of(context.site, local.account) if local.account is not None else ""
    if not claimed or naming.is_ours(context.site.origin, claimed):
        return known, label, ()
    try:
        async with asyncio.timeout(TIME_LIMIT_S):
            actor = await remote.fetch(context, claimed)
    except (FederationError, TimeoutError) as error:
        return known, label, (_silence(context, claimed, error),)
    if uri_from(actor.get("id")) != claimed or actor.get("type") not in ACTOR_TYPES:
        return known, label, (Inquiry(claimed, context.site.now(), SILENT, {"reason": noted("there is no actor at that address")}),)
    dids = bound_dids(actor)
    is_theirs = signer_of(document) in dids
    name = text_from(actor.get("name"), 200) or text_from(actor.get("preferredUsername"), 200)
    label = f"{name} (@{text_from(actor.get('preferredUsername'), 200)}@{attribution.host_of_claim(claimed)})" if is_theirs else ""
    inquiry = Inquiry(claimed, context.site.now(), LISTS_KEY if is_theirs else NO_KEY)
    return replace(known, bound=frozenset(dids)), label, (inquiry,)


@dataclass(frozen=True, slots=True)
class _Answer:
    """A status list as it was served, or why there is none."""

    url: str
    moment: datetime
    got: dict[str, object] | FederationError | TimeoutError


async def _ask_list(context: Context, url: str) -> _Answer:
    address = uri_from(url)
    try:
        if address is None or context.domains.is_suspended(address):
            raise FederationError("that address is not asked from here")
        async with asyncio.timeout(TIME_LIMIT_S):
            return _Answer(url, context.site.now(), await fetching.fetch_json(context.outbound, address))
    except (FederationError, TimeoutError) as error:
        return _Answer(url, context.site.now(), error)


async def _weighed(
    document: Mapping[str, Any], credential: Credential, known: Known, entry: StatusEntry, answer: _Answer
) -> tuple[Known, Inquiry]:
    """What is known with one list more; it counts only where the issuer signed it."""
    url, moment, got = answer.url, answer.moment, answer.got
    if not isinstance(got, dict):
        reason = _reason(got)
        log.info("status list not seen", extra={"uri": url, "reason": reason})
        return replace(known, silent={**known.silent, url: reason}), Inquiry(url, moment, SILENT, {"reason": reason})
    own = {signer_of(document), credential.issuer.did}
    dids = known.bound if known.bound is not None and own & known.bound else frozenset(own)
    if entry.index is not None and not (judging.is_list_of(got, dids) and not await sealing.find_fault(got)):
        return replace(known, silent={**known.silent, url: NOT_ITS_ISSUERS}), Inquiry(url, moment, NOT_ITS_ISSUERS)
    seen = SeenList(got, judging.issuer_of_list(got), moment)
    return replace(known, lists={**known.lists, url: seen}), Inquiry(url, moment, GAVE_LIST)


def _silence(context: Context, url: str, error: Exception) -> Inquiry:
    log.info("issuer not seen", extra={"uri": url, "reason": _reason(error)})
    return Inquiry(url, context.site.now(), SILENT, {"reason": _reason(error)})


def _reason(error: Exception) -> str:
    return f"nothing within {TIME_LIMIT_S:.0f} seconds" if isinstance(error, TimeoutError) else str(error)


def as_json(found: Found, headline: Headline) -> dict[str, object]:
    """The same for programs."""
    asked = [{"address": each.address, "at": wire_date(each.moment), "answer": each.answer % each.values} for each in found.asked]
    return {**verdicts.as_json(found.verdict), "headline": headline.key, "said": headline.said(str), "asked": asked}
