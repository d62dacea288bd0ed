"""A draft: from the form that was sent, for a reply, from a post that is to be edited."""

from federation.facets import ROLES, Turn, document_from_facet
from node.errors import BadInput
from node.social import media
from node.social.posts import Draft, PollDraft, own_post
from node.social.reactions import shown_post
from node.web.forms import Form
from node.web.pages import languages
from node.web.pages.visiting import Member
from storage import accounts, reactions
from storage.database import Connection
from storage.records import DIRECT, PUBLIC, Account, Post

HOUR_S = 3600


def draft_from_form(form: Form, media_ids: tuple[int, ...] = ()) -> Draft:
    """What was written. media_ids: files that were uploaded with it, besides those that stand in the form already."""
    options = tuple(filter(None, (" ".join(option.split()) for option in form.texts("option"))))
    poll = PollDraft(options, form.number("ends", 24) * HOUR_S, form.flag("multiple")) if options else None
    title = form.line("title")
    return Draft(
        text=form.text("text").strip(),
        visibility=min(form.number("visibility", PUBLIC), DIRECT),
        summary=form.line("summary"),
        sensitive=form.flag("sensitive"),
        language=languages.tag_or_none(form.line("language")),
        in_reply_to_id=form.number("reply_to") or None,
        media_ids=(*form.numbers("media"), *media_ids),
        poll=poll,
        facets=_turn(form),
        type="Page" if title else "Note",
        title=title or None,
        community_id=form.number("community") or None,
    )


def _turn(form: Form) -> tuple[dict[str, object], ...] | None:
    """What a reply does in a debate; None for a plain one, and for what is no reply."""
    role = next((role for role in ROLES if role == form.line("role")), None)
    return (document_from_facet(Turn(role)),) if role and form.number("reply_to") else None


async def upload_pictures(member: Member, form: Form) -> tuple[int, ...]:
    """The ids of the pictures that came with a form, each with its description. Raises BadInput."""
    files = form.files("file")
    alts = [*form.texts("alt"), *[""] * len(files)]
    if len(files) > member.context.config.limits.attachments:
        raise BadInput("Those are too many pictures for one post.")
    kept = [await media.upload(member.context, member.account, body, alt) for body, alt in zip(files, alts, strict=False) if body]
    return tuple(each.id for each in kept)


def draft_reply(db: Connection, account: Account, post_id: int) -> Draft:
    """An empty reply: it names whom it answers and whom that named, and its audience is no wider. Raises NotFound, NotAllowed."""
    post = shown_post(db, post_id, account)
    people = [accounts.get_account(db, post.account_id), *reactions.list_mentioned(db, post.id)]
    handles = dict.fromkeys(f"@{person.handle} " for person in people if person.id != account.id)
    return Draft(
        text="".join(handles),
        visibility=post.visibility,
        summary=post.summary if post.sensitive else "",
        language=post.language,
        in_reply_to_id=post.id,
    )


def draft_edit(db: Connection, author: Account, post_id: int) -> tuple[Post, Draft]:
    """A post of one's own, and the draft that it was made from. Raises NotFound, NotAllowed."""
    post = own_post(db, author, post_id)
    return post, Draft(
        text=post.source or "",
        visibility=post.visibility,
        summary=post.summary,
        sensitive=post.sensitive,
        language=post.language,
        media_ids=tuple(file["media_id"] for file in post.files if "media_id" in file),
    )
