"""What becomes of an offered achievement: its recipient accepts it, for themselves or for everybody to see, or declines it.

Accept and Reject of the post answer it across nodes; who agrees to everybody seeing it addresses the Accept to the public too. Where
somebody's server has no such thing, a reply in words or a one-time link does the same.
"""

from collections.abc import Mapping
from typing import Literal, get_args

import orjson

from federation import outgoing
from federation.credentials import credential_from_document
from federation.html import text_from_html
from node.context import Context
from node.errors import NotAllowed, NotFound
from node.learning import awarding, goals
from node.learning.revoking import tell_changed
from node.site import Site
from node.social import guardianship, notifying, passwords, publishing, writing
from storage import accounts, timelines
from storage import posts as kept_posts
from storage.database import Connection
from storage.learning import awards
from storage.learning.awards import DECLINED, HELD, PUBLIC, Award
from storage.records import DIRECT, Account, Post
from storage.records import PUBLIC as EVERYBODY

Answer = Literal["accepted", "public", "declined"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)
WORDS: Mapping[str, Answer] = {  # the first word of a reply to an offer
    **dict.fromkeys(("accept", "accepted", "yes", "annehmen", "angenommen", "ja"), "accepted"),
    **dict.fromkeys(("public", "publish", "öffentlich"), "public"),
    **dict.fromkeys(("decline", "declined", "no", "reject", "ablehnen", "abgelehnt", "nein"), "declined"),
}


async def answer(context: Context, account: Account, award_id: int, state: Answer) -> Award:
    """The account's own award, answered. Raises NotFound, NotAllowed."""
    return await context.database.write(_answer, context.site, account, award_id, state)


def _answer(db: Connection, site: Site, account: Account, award_id: int, state: Answer) -> Award:
    found = awards.find_award(db, award_id)
    if found is None or found.recipient_id != account.id or found.state == HELD:
        raise NotFound("There is no such achievement of yours.")
    if state == "public" and account.mode == "supervised":
        raise NotAllowed("Nothing of yours is shown to everybody while your account is supervised.")
    issuer = _giver(db, found)
    if issuer is None or issuer.is_local:
        settle(db, site, found, state)
    elif awards.set_state(db, found.id, state, site.now_ms()):
        _send(db, site, account, issuer, found, state)
    goals.refresh(db, site, account)
    return awards.find_award(db, award_id) or found


def _giver(db: Connection, found: Award) -> Account | None:
    """Who hears of the answer: the issuer, or while nobody confirms that it is the issuer's, who posted it; None where nobody did."""
    if found.issuer_id is not None:
        return accounts.get_account(db, found.issuer_id)
    post = kept_posts.find_post(db, found.post_id) if found.post_id else None
    return accounts.find_account(db, post.account_id) if post is not None else None


def _send(db: Connection, site: Site, account: Account, issuer: Account, found: Award, state: Answer) -> None:
    post = kept_posts.find_post(db, found.post_id) if found.post_id else None
    if post is None:
        return
    activity_id, uri = publishing.new_activity(db, site, account)
    document = outgoing.answer_offer(uri, account.uri, post.uri, issuer.uri, is_accepted=state != DECLINED, is_public=state == PUBLIC)
    publishing.send(db, site, account, (activity_id, document), [issuer.inbox], with_proof=True)


def settle(db: Connection, site: Site, found: Award, state: Answer) -> None:
    """The recipient's answer to an award of ours, however it came: its post is for everybody exactly while they want that, and never where
    its issuer is supervised."""
    issuer, recipient = _giver(db, found), accounts.get_account(db, found.recipient_id)
    if issuer is not None and guardianship.is_ward(issuer) and state == PUBLIC:
        state = "accepted"
    if found.state == HELD or not awards.set_state(db, found.id, state, site.now_ms()):
        return
    awards.remove_links(db, found.id)
    post = kept_posts.find_post(db, found.post_id) if found.post_id else None
    if post is None or issuer is None or not issuer.is_local:
        return
    visibility = EVERYBODY if state == PUBLIC else DIRECT
    credential = credential_from_document(orjson.loads(found.credential))
    written = writing.write(awarding.text_of(site, issuer, recipient, credential, found.id), {recipient.handle: recipient}, site.origin)
    if post.visibility != visibility:
        changed = tell_changed(db, site, issuer, post, visibility=visibility, content=written.content)
        if state == PUBLIC:
            timelines.add_to_home(db, changed)
    if issuer.id != recipient.id:
        notifying.tell(db, site, issuer.id, "award_declined" if state == DECLINED else "award_accepted", recipient.id, post.id)


async def find_offer(context: Context, secret: str) -> tuple[Award, Account]:
    """What a one-time link is about, and who gave it. Raises NotFound."""
    return await context.database.read(_find_offer, secret)


def _find_offer(db: Connection, secret: str) -> tuple[Award, Account]:
    award_id = awards.find_linked(db, passwords.digest(secret))
    found = awards.find_award(db, award_id) if award_id else None
    if found is None:
        raise NotFound("This link was used already.")
    issuer = _giver(db, found)
    if issuer is None:
        raise NotFound("This link was used already.")
    return found, issuer


async def answer_by_link(context: Context, secret: str, state: Answer) -> None:
    """What somebody elsewhere decided, by the link that only they got. Raises NotFound."""
    await context.database.write(_answer_by_link, context.site, secret, state)


def _answer_by_link(db: Connection, site: Site, secret: str, state: Answer) -> None:
    found, _ = _find_offer(db, secret)
    settle(db, site, found, state)


def take_reply(db: Connection, site: Site, post: Post) -> None:
    """A reply in words to an offer of ours, by whom it was made to."""
    found = awards.find_award_by_post(db, post.in_reply_to_id) if post.in_reply_to_id else None
    if found is None or found.state != awards.OFFERED or found.recipient_id != post.account_id or found.list_index is None:
        return
    words = [word.strip(".,!:;").casefold() for word in text_from_html(post.content).split() if not word.startswith("@")]
    state = WORDS.get(words[0]) if words else None
    if state is not None:
        settle(db, site, found, state)


def take_answer(db: Connection, site: Site, actor: Account, post_uri: str, state: Answer) -> bool:
    """Accept or Reject of an award of ours, by whom it was given to; False where it is about none."""
    post = kept_posts.find_post_by_uri(db, post_uri)
    found = awards.find_award_by_post(db, post.id) if post is not None else None
    if found is None or found.recipient_id != actor.id or found.list_index is None:
        return False
    settle(db, site, found, state)
    return True
