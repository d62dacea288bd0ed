"""Not wanting to hear somebody: blocks, mutes, reports; and, for the keeper, whole servers."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import orjson
from publicsuffixlist import PublicSuffixList

from federation import outgoing
from federation.errors import Malformed
from federation.origins import hostname_of
from node.config import Config
from node.context import Context
from node.errors import BadInput, NotFound
from node.site import Site
from node.social import follows as following
from node.social import guardianship, notifying, publishing
from node.social.remote import SERVER_ID
from storage import accounts, follows, moderation, posts, users
from storage.database import Connection
from storage.events import add_event
from storage.ids import free_id
from storage.records import Account, DomainBlock, Report

DOMAIN = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*|[0-9a-f:]+")


async def block(context: Context, account: Account, target_id: int) -> None:
    """Neither follows the other any more, and the target sees nothing of the account. Raises NotFound, BadInput."""
    await context.database.write(_block, context.site, account, target_id)


def _block(db: Connection, site: Site, account: Account, target_id: int) -> None:
    target = following.get_target(db, target_id)
    if target.id == account.id:
        raise BadInput("You cannot block yourself.")
    activity_id, uri = publishing.new_activity(db, site, account)
    if not moderation.add_block(db, account.id, target.id, uri, site.now_ms()):
        return
    add_event(db, "account", account.id)  # who asks for its actor matters from now on
    following.end(db, site, account, target)
    known = follows.find_follow(db, target.id, account.id)
    if known is not None:
        following.expel(db, site, account, known)
    if not target.is_local:
        publishing.publish_to(db, site, account, (activity_id, outgoing.block(uri, account.uri, target.uri)), target)


async def unblock(context: Context, account: Account, target_id: int) -> None:
    """The block is taken back. Raises NotFound."""
    await context.database.write(_unblock, context.site, account, target_id)


def _unblock(db: Connection, site: Site, account: Account, target_id: int) -> None:
    target = following.get_target(db, target_id)
    uri = moderation.find_block_uri(db, account.id, target.id)
    if uri is None:
        return
    moderation.remove_block(db, account.id, target.id)
    if not target.is_local:
        undone = {"id": uri, "type": "Block", "actor": account.uri, "object": target.uri}
        publishing.publish_undo(db, site, account, undone, target)


async def mute(context: Context, account: Account, target_id: int, until_ms: int | None = None) -> None:
    """The account hears of the target no longer; the target is not told. Raises NotFound."""
    await context.database.write(_mute, account, target_id, until_ms)


def _mute(db: Connection, account: Account, target_id: int, until_ms: int | None) -> None:
    moderation.add_mute(db, account.id, following.get_target(db, target_id).id, until_ms)


async def unmute(context: Context, account: Account, target_id: int) -> None:
    """The account hears of the target again."""
    await context.database.write(moderation.remove_mute, account.id, target_id)


async def report(
    context: Context,
    account: Account,
    target_id: int,
    post_ids: Sequence[int],
    comment: str,
    *,
    forward: bool,
    category: str = "other",
    rules: Sequence[str] = (),
) -> Report:
    """Asks the moderators here, and with forward those of the target's server, to look. rules: numbers of the house's. Raises NotFound."""
    kind = replace(_UNSAID, category=category, rules=orjson.dumps(rules).decode(), forwarded=forward)
    return await context.database.write(_report, context.site, account, target_id, post_ids, comment, kind)


_UNSAID = Report(0, None, 0, "", "[]", "", 0)


def _report(db: Connection, site: Site, account: Account, target_id: int, post_ids: Sequence[int], comment: str, kind: Report) -> Report:
    target = following.get_target(db, target_id)
    found = posts.list_posts(db, post_ids).values()
    uris = [post.uri for post in found if post.account_id == target.id and posts.is_visible(db, post.id, account.id)]
    now_ms = site.now_ms()
    kept = replace(
        kind,
        id=free_id(db, "report", now_ms),
        account_id=account.id,
        target_id=target.id,
        post_uris=orjson.dumps(uris).decode(),
        comment=comment[:5000],
        created_ms=now_ms,
        forwarded=kind.forwarded and not target.is_local and not guardianship.is_ward(account),  # a child's words stay here
    )
    moderation.add_report(db, kept)
    for moderator_id in users.list_moderators(db):
        notifying.tell(db, site, moderator_id, "report", target.id)
    if kept.forwarded:  # in the node's name: the other side need not know who reported
        server = accounts.get_account(db, SERVER_ID)
        activity_id, uri = publishing.new_activity(db, site, server)
        flag = outgoing.flag(uri, server.uri, [target.uri, *uris], comment[:5000], [target.uri])
        publishing.send(db, site, server, (activity_id, flag), [publishing.inbox_of(target)])
    return kept


async def resolve_report(context: Context, report_id: int) -> None:
    """The report is done with. Raises NotFound where there is no open one."""
    if not await context.database.write(moderation.resolve_report, report_id, context.site.now_ms()):
        raise NotFound("There is no such report, or somebody has dealt with it already.")


def domain_from_text(text: str) -> str:
    """The domain that a keeper typed, as it is compared: lower case, punycode, no port, no trailing dot. Raises BadInput."""
    typed = text.strip()
    try:
        host = hostname_of(typed if "://" in typed else f"https://{typed}")
    except Malformed as error:
        raise BadInput(f"{text!r} is no domain: write it as example.org") from error
    if not DOMAIN.fullmatch(host):
        raise BadInput(f"{text!r} is no domain: write it as example.org")
    return host


def blockable_domain(config: Config, text: str) -> str:
    """The domain that an administrator typed, where a block of it would hit one server and not this one. Raises BadInput.

    A block holds for all names below its own: of `com`, `co.uk` (the ICANN part of the Public Suffix List) or of a name above
    this node's it would shut out whole countries, or the node itself.
    """
    domain = domain_from_text(text)
    if any(own == domain or own.endswith(f".{domain}") for own in (hostname_of(config.origin), config.handle_domain.partition(":")[0])):
        raise BadInput(f"{domain} is this server itself, or a name above it.")
    if _suffixes().is_public(domain):
        raise BadInput(f"{domain} is not one server: every name that ends in .{domain} would be blocked. Name the server itself.")
    return domain


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True, accept_unknown=False)


async def block_domain(context: Context, text: str, comment: str = "", severity: str = "suspend") -> str:
    """The domain, from now on blocked with all below it. Raises BadInput.

    severity: `suspend` ends follows with it and gives up what it is owed; with `silence` only those who follow its people hear them: no
    notifications of theirs to others, and no place on the pages of hashtags.
    """
    domain = blockable_domain(context.config, text)
    if severity not in {"suspend", "silence"}:
        raise BadInput("A block's severity is suspend or silence.")
    await context.database.write(_block_domain, context.site, DomainBlock(domain, severity, comment, context.site.now_ms()))
    return domain


def _block_domain(db: Connection, site: Site, blocked: DomainBlock) -> None:
    moderation.save_domain_block(db, blocked)
    if blocked.severity == "suspend":
        moderation.sever_domain(db, blocked.domain)
        moderation.give_up_domain(db, blocked.domain, site.now_ms())
    else:
        moderation.untag_domain(db, blocked.domain)
    add_event(db, "domains")


async def allow_domain(context: Context, text: str) -> bool:
    """True where the domain was blocked until now. Raises BadInput."""
    return await context.database.write(_allow_domain, domain_from_text(text))


def _allow_domain(db: Connection, domain: str) -> bool:
    add_event(db, "domains")
    return moderation.remove_domain_block(db, domain)


async def load_rules(context: Context) -> None:
    """Takes the domain blocks from the database into memory."""
    blocks = await context.database.read(moderation.list_domain_blocks)
    context.domains.replace({block.domain: block.severity for block in blocks})
