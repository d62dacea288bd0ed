"""What one account wants of another, beyond following it: how it follows, what it notes, whom it recommends, which servers it hides."""

from federation.origins import host_of
from node.context import Context
from node.errors import BadInput, NotAllowed, NotFound
from node.site import Site
from node.social import blocking, follows
from node.social.blocking import domain_from_text
from storage import follows as stored
from storage import jobs, moderation, relations
from storage.database import Connection
from storage.events import add_event
from storage.listings import Window
from storage.records import Account

REMARK_CHARACTERS, MOST_FEATURED = 2000, 100
LONGEST_MUTE_S = 10 * 365 * 24 * 3600


async def follow(
    context: Context,
    account: Account,
    target_id: int,
    *,
    shows_boosts: bool | None = None,
    notifies: bool | None = None,
    languages: str | None = None,
) -> None:
    """Follows, or changes how; None stays as it is. Raises NotFound, NotAllowed, BadInput."""
    await follows.follow(context, account, target_id)
    await context.database.write(_follow_so, account.id, target_id, shows_boosts, notifies, languages)


def _follow_so(
    db: Connection, account_id: int, target_id: int, shows_boosts: bool | None, notifies: bool | None, languages: str | None
) -> None:
    known = stored.find_follow(db, account_id, target_id)
    if known is not None:
        stored.set_options(
            db,
            account_id,
            target_id,
            shows_boosts=known.shows_boosts if shows_boosts is None else shows_boosts,
            notifies=known.notifies if notifies is None else notifies,
            languages=known.languages if languages is None else languages,
        )


async def mute(context: Context, account: Account, target_id: int, duration_s: int, *, hides_news: bool) -> None:
    """Hears of an account no longer, for some seconds or (0) for good; with hides_news not even what it does to one's own posts."""
    if duration_s > LONGEST_MUTE_S:
        raise BadInput("Duration is too long")
    until_ms = context.site.now_ms() + duration_s * 1000 if duration_s else None
    await blocking.mute(context, account, target_id, until_ms)
    await context.database.write(_muted, account.id, target_id, until_ms, hides_news=hides_news)


def _muted(db: Connection, account_id: int, target_id: int, until_ms: int | None, *, hides_news: bool) -> None:
    moderation.set_mute_hides_news(db, account_id, target_id, hides_news=hides_news)
    if until_ms is not None:
        jobs.add_job(db, "end_mutes", "{}", until_ms, key=f"{account_id} {target_id}")
        add_event(db, "jobs")


async def end_mutes(context: Context) -> None:
    """A job: a mute is over."""
    await context.database.write(moderation.forget_mutes, context.site.now_ms())


async def remark(context: Context, account: Account, target_id: int, comment: str) -> None:
    """Notes something of an account for oneself. Raises NotFound, BadInput."""
    if len(comment) > REMARK_CHARACTERS:
        raise BadInput("Comment is too long")
    await context.database.write(_remark, account.id, target_id, comment)


def _remark(db: Connection, account_id: int, target_id: int, comment: str) -> None:
    relations.set_remark(db, account_id, follows.get_target(db, target_id).id, comment)


async def feature(context: Context, account: Account, target_id: int, *, is_featured: bool) -> None:
    """Recommends an account that one follows on one's profile, or no longer. Raises NotFound, NotAllowed."""
    await context.database.write(_feature, account.id, target_id, is_featured=is_featured)


def _feature(db: Connection, account_id: int, target_id: int, *, is_featured: bool) -> None:
    target = follows.get_target(db, target_id)
    if is_featured and not stored.is_following(db, account_id, target.id):
        raise NotAllowed("You must be already following the person you want to endorse")
    if is_featured and len(relations.list_featured(db, account_id, Window(limit=MOST_FEATURED))) >= MOST_FEATURED:
        raise BadInput(f"At most {MOST_FEATURED} people are recommended.")
    relations.set_featured(db, account_id, target.id, is_featured=is_featured)


def host_from_text(text: str) -> str:
    """A server as its people's handles name it: lower case, punycode, with a port that is not the usual one. Raises BadInput."""
    domain_from_text(text)
    return host_of(text.strip() if "://" in text else f"https://{text.strip()}")


async def hide_domain(context: Context, account: Account, text: str) -> None:
    """Sees nothing of a server any more; follows between it and the account end. Raises BadInput."""
    await context.database.write(_hide_domain, context.site, account, host_from_text(text))


def _hide_domain(db: Connection, site: Site, account: Account, domain: str) -> None:
    if domain == site.handle_domain:
        raise BadInput("That is this server itself.")
    relations.hide_domain(db, account.id, domain)
    add_event(db, "account", account.id)  # who asks for its actor matters from now on
    for target in stored.list_following_of_domain(db, account.id, domain):
        follows.end(db, site, account, target)
    for known in stored.list_followers_of_domain(db, account.id, domain):
        follows.expel(db, site, account, known)


def network_of_domain(db: Connection, account_id: int, domain: str) -> tuple[int, int]:
    """How many of a server an account follows, and how many follow it."""
    return len(stored.list_following_of_domain(db, account_id, domain)), len(stored.list_followers_of_domain(db, account_id, domain))


async def show_domain(context: Context, account: Account, text: str) -> None:
    """Sees a server's people again. Raises BadInput."""
    await context.database.write(relations.show_domain, account.id, host_from_text(text))


async def unsuggest(context: Context, account: Account, target_id: int) -> None:
    """An account is not suggested any more. Raises NotFound."""
    await context.database.write(_unsuggest, account.id, target_id)


def _unsuggest(db: Connection, account_id: int, target_id: int) -> None:
    relations.unsuggest(db, account_id, follows.get_target(db, target_id).id)


def relation(db: Connection, viewer_id: int, target_id: int) -> relations.Relation:
    """What the viewer is to an account, and back. Raises NotFound."""
    found = relations.list_relations(db, viewer_id, [target_id])
    if not found:
        raise NotFound("There is no such account.")
    return found[0]
