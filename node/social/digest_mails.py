"""A digest as a mail: plain text, in the reader's language, with a link that ends the mails."""

from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from federation.html import text_from_html
from node.context import Context
from node.languages import Language, language
from node.social import naming
from node.social.timelines import Card
from storage.records import Account, User

CHARACTERS = 300  # of each post


def reason_of(speech: Language, reason: str, author: Account, through: Account | None) -> str:
    """Why a post is in the digest, as a sentence."""
    if reason == "boost" and through is not None:
        return speech.say("%(name)s, whom you follow, has boosted it") % {"name": through.title}
    if reason == "follow":
        return speech.say("You follow %(name)s") % {"name": author.title}
    if reason == "near":
        return speech.say("%(name)s has much to do with people whom you follow") % {"name": author.title}
    if reason == "second":
        return speech.say("People whom you follow follow %(name)s") % {"name": author.title}
    return speech.say("From outside of your circles")


def mail_of(context: Context, account: Account, user: User, secret: str, items: Sequence[tuple[Card, str, Account | None]]) -> EmailMessage:
    """The mail, ready to be sent; one click ends them (RFC 8058)."""
    speech, site, config = language(user.language), context.site, context.config
    stop = f"{site.origin}/digest/stop/{secret}"
    mail = EmailMessage()
    mail["Subject"] = speech.say("What you may have missed on %(node)s") % {"node": config.node.name}
    mail["From"] = config.mail.sender or f"{config.node.name} <noreply@{config.host.partition(':')[0]}>"
    mail["To"] = user.email or ""
    mail["Date"] = format_datetime(site.now())
    mail["Message-ID"] = make_msgid(domain=config.host.partition(":")[0])
    mail["List-Unsubscribe"] = f"<{stop}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["Auto-Submitted"] = "auto-generated"
    paragraphs = [speech.say("Hello %(name)s,") % {"name": account.title}]
    paragraphs += [_paragraph(site.origin, speech, card, reason, through) for card, reason, through in items]
    ending, changing = speech.say("No more of these mails:"), speech.say("Change them:")
    paragraphs.append(f"--\n{ending} {stop}\n{changing} {site.origin}/digest")
    mail.set_content("\n\n".join(paragraphs) + "\n")
    return mail


def _paragraph(origin: str, speech: Language, card: Card, reason: str, through: Account | None) -> str:
    post, author = card.post, card.author
    text = " ".join(text_from_html(post.content).split())
    said = post.summary if post.sensitive else post.title or (text if len(text) <= CHARACTERS else f"{text[: CHARACTERS - 1].rstrip()}…")
    url = naming.post_url(origin, author.handle, post.id)
    return f"* {author.title} (@{author.handle}): {said}\n  {url}\n  {reason_of(speech, reason, author, through)}"
