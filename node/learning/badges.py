"""What can be achieved: defined by a person or a community, with a picture that is uploaded or drawn from the name."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from federation import credentials
from federation.credentials import ACHIEVEMENT_TYPES, MAX_NAME, MAX_TEXT
from federation.facets import alignment_documents, alignments_from
from node.context import Context
from node.errors import BadInput, NotAllowed, NotFound
from node.learning import persons
from node.learning.competencies import alignments_from_text
from node.site import Site
from node.social import media, naming
from storage import accounts
from storage.database import Connection
from storage.ids import free_id
from storage.learning import badges as kept
from storage.learning.badges import Badge
from storage.records import Account

MAX_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class BadgeDraft:
    """A badge to be. about: competencies, separated by commas; picture: bytes of one, b'' for a drawn one; giver_id: a community's."""

    name: str
    description: str = ""
    criteria: str = ""
    about: str = ""
    kind: str = "Badge"
    picture: bytes = b""
    valid_days: int | None = None
    giver_id: int | None = None


async def define(context: Context, account: Account, draft: BadgeDraft) -> Badge:
    """The badge, ready to be given. Raises BadInput, NotFound, NotAllowed."""
    _check(draft)
    alignment = orjson.dumps(alignment_documents(alignments_from_text(draft.about, context.site.origin))).decode()
    giver = await context.database.read(persons.acting_for, account, draft.giver_id)
    image = (await media.upload(context, giver, draft.picture, draft.name[:MAX_NAME], "badge")).file if draft.picture else ""
    return await context.database.write(_define, context.site, giver, draft, alignment, image)


def _check(draft: BadgeDraft) -> None:
    if not 0 < len(draft.name.strip()) <= MAX_NAME:
        raise BadInput("Give the badge a name of at most 200 characters.")
    if len(draft.description) > MAX_TEXT or len(draft.criteria) > MAX_TEXT:
        raise BadInput("That is longer than 5000 characters.")
    if draft.kind not in ACHIEVEMENT_TYPES:
        raise BadInput("That is no kind of achievement that Open Badges knows.")
    if draft.valid_days is not None and not 0 < draft.valid_days <= MAX_DAYS:
        raise BadInput("It can be valid for 1 to 36500 days, or without an end.")


def _define(db: Connection, site: Site, giver: Account, draft: BadgeDraft, alignment: str, image: str) -> Badge:
    badge_id = free_id(db, "badge", site.now_ms())
    uri = naming.badge_uri(site.origin, giver.name, badge_id)
    texts = (draft.name.strip(), draft.description.strip(), draft.criteria.strip())
    badge = Badge(badge_id, giver.id, uri, *texts, draft.kind, image, alignment, draft.valid_days, site.now_ms())
    kept.add_badge(db, badge)
    return badge


async def retire(context: Context, account: Account, badge_id: int) -> None:
    """The badge is given no longer; what was awarded stays. Raises NotFound, NotAllowed."""
    await context.database.write(_retire, context.site, account, badge_id)


def _retire(db: Connection, site: Site, account: Account, badge_id: int) -> None:
    badge, _ = own_badge(db, account, badge_id)
    kept.retire_badge(db, badge.id, site.now_ms())


def get_badge(db: Connection, badge_id: int) -> tuple[Badge, Account]:
    """A badge and who gives it. Raises NotFound."""
    badge = kept.find_badge(db, badge_id)
    giver = accounts.find_account(db, badge.account_id) if badge else None
    if badge is None or giver is None or not giver.is_active:
        raise NotFound("There is no such badge.")
    return badge, giver


def own_badge(db: Connection, account: Account, badge_id: int) -> tuple[Badge, Account]:
    """A badge that the account may give, and in whose name. Raises NotFound, NotAllowed."""
    badge, giver = get_badge(db, badge_id)
    if badge.retired_ms is not None:
        raise NotAllowed("This badge is given no longer.")
    return badge, persons.acting_for(db, account, giver.id)


def list_givable(db: Connection, account: Account, communities: Sequence[Account]) -> list[tuple[Badge, Account]]:
    """What somebody can give: their own badges and those of communities that they look after."""
    return [(badge, giver) for giver in (account, *communities) for badge in kept.list_badges(db, giver.id)]


def document_of(badge: Badge, origin: str) -> credentials.Badge:
    """A badge as credentials state it."""
    return credentials.Badge(
        uri=badge.uri,
        name=badge.name,
        description=badge.description,
        criteria=badge.criteria,
        kind=badge.kind,
        image_url=naming.media_url(origin, badge.image) if badge.image else f"{badge.uri}.png",
        alignment=alignments_from(badge.alignments),
    )
