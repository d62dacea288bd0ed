"""One delivery: an activity signed and posted to an inbox, and what its answer means."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from federation.errors import Refused, Unreachable
from federation.fetching import retry_after_s
from federation.keys import Signer
from federation.outbound import Outbound, Response, Scheme
from federation.reading import text_from
from federation.webfinger import ACTIVITY_TYPE

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WAITS = (timedelta(seconds=10), MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, *[DAY] * 13)
OTHER: dict[Scheme, Scheme] = {"cavage": "rfc9421", "rfc9421": "cavage"}
SIGNATURE_REFUSED = frozenset({400, 401})
GONE = frozenset({404, 410})
NOT_FOR_GOOD = frozenset({401, 408, 429})  # of the 4xx: a key or a clock may be mended, time may pass
MAX_ANSWER = 200


@dataclass(frozen=True, slots=True)
class Delivered:
    """They took it."""


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Not now. not_before: when they asked us to come again; None leaves it to wait_before."""

    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class GaveUp:
    """It will never arrive. recipient_gone: their inbox is no more (404, 410); else they refused this activity for good (another 4xx),
    or it is an address that we never contact."""

    recipient_gone: bool


Verdict = Delivered | RetryAt | GaveUp


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt.

    status:       of the last answer; None where there was none.
    answer:       for people: the beginning of what they said, or why there was no answer.
    scheme_taken: the kind of signature that they took, to be remembered for the host; None where they took nothing.
    """

    verdict: Verdict
    status: int | None
    answer: str
    scheme_taken: Scheme | None = None


async def deliver(outbound: Outbound, inbox: str, body: bytes, signer: Signer, scheme: Scheme, now: datetime) -> Outcome:
    """What became of posting an activity to an inbox, signed as the host likes it and after a 400 or 401 in the other way.

    Never raises. Every 4xx but 401, 408 and 429 ends a delivery: they read the activity and do not want it, and what comes after it
    must not wait. Other answers may come from a proxy or a server under repair, and are tried again, at most 21 times in 14 days.
    """
    try:
        url = outbound.checked_url(inbox)
        response = await _post(outbound, url, body, signer, scheme)
        if response.status in SIGNATURE_REFUSED:
            scheme = OTHER[scheme]
            response = await _post(outbound, url, body, signer, scheme)
    except Refused as error:
        return Outcome(GaveUp(recipient_gone=False), None, str(error))
    except Unreachable as error:
        return Outcome(RetryAt(), None, str(error))
    verdict = _verdict(response, now)
    taken = scheme if isinstance(verdict, Delivered) else None
    return Outcome(verdict, response.status, _answer(response), taken)


def wait_before(attempt: int, jitter: float) -> timedelta | None:
    """How long a delivery waits before its next attempt, or None once we give up (after 14 days).

    attempt: how many were made already, from 1.
    jitter:  0.0 to 1.0, drawn by the caller, so that a test can fix it; lengthens the wait by up to a fifth.
    The figures are our own; no standard sets them.
    """
    if attempt > len(WAITS):
        return None
    return WAITS[attempt - 1] * (1 + jitter / 5)


async def _post(outbound: Outbound, url: str, body: bytes, signer: Signer, scheme: Scheme) -> Response:
    signature = await outbound.sign(signer, scheme, "POST", url, body)
    return await outbound.post(url, body, {"Content-Type": ACTIVITY_TYPE, "Accept-Encoding": "identity", **signature})


def _verdict(response: Response, now: datetime) -> Verdict:
    if 200 <= response.status < 300:
        return Delivered()
    if response.status in GONE:
        return GaveUp(recipient_gone=True)
    if 400 <= response.status < 500 and response.status not in NOT_FOR_GOOD:
        return GaveUp(recipient_gone=False)
    wait_s = retry_after_s(response, now)
    return RetryAt(now + timedelta(seconds=wait_s) if wait_s is not None else None)


def _answer(response: Response) -> str:
    """The beginning of what they said, in one line."""
    return text_from(" ".join(response.body[: 4 * MAX_ANSWER].decode("utf-8", "replace").split()), MAX_ANSWER)
