"""What a learner defined for others, in an archive: badges to give, and frameworks of competencies."""

from collections.abc import Iterator
from dataclasses import asdict

import orjson

from federation.credentials import ACHIEVEMENT_TYPES, MAX_NAME, MAX_TEXT
from federation.facets import alignment_documents, alignments_from
from federation.reading import mappings, uri_from
from node.learning.badges import MAX_DAYS
from node.learning.desks import Desk, Row, ms_from, words_from
from node.learning.frameworks import CODE_CHARACTERS, MOST_ITEMS, NAME_CHARACTERS, STATEMENT_CHARACTERS
from node.social import naming
from storage.database import Connection
from storage.ids import free_id
from storage.learning import badges, frameworks
from storage.learning.badges import Badge
from storage.learning.facets import label_of
from storage.learning.frameworks import Framework, Item
from storage.records import Account

MOST_BADGES, MOST_FRAMEWORKS = 1_000, 100


def gather_badges(db: Connection, account: Account) -> Iterator[Row]:
    """What somebody gives."""
    for badge in reversed(badges.list_badges(db, account.id)):
        yield {**asdict(badge), "alignment": badge.alignments}


def bring_badge(desk: Desk, row: Row) -> bool:
    """A badge that can be given from here on, under an address of this node; one of the same name is there already."""
    known, name = badges.list_badges(desk.db, desk.account.id), words_from(row, "name", MAX_NAME)
    if not name or len(known) >= MOST_BADGES or any(each.name == name for each in known):
        return False
    badge_id = free_id(desk.db, "badge", desk.site.now_ms())
    kind, image, days = row.get("kind"), words_from(row, "image", 64), row.get("valid_days")
    badge = Badge(
        badge_id,
        desk.account.id,
        naming.badge_uri(desk.site.origin, desk.account.name, badge_id),
        name,
        words_from(row, "description", MAX_TEXT),
        words_from(row, "criteria", MAX_TEXT),
        kind if isinstance(kind, str) and kind in ACHIEVEMENT_TYPES else "Badge",
        image if image in desk.files else "",
        orjson.dumps(alignment_documents(alignments_from(row.get("alignment")))).decode(),
        days if isinstance(days, int) and 0 < days <= MAX_DAYS else None,
        ms_from(row, "created_ms") or desk.site.now_ms(),
    )
    badges.add_badge(desk.db, badge)
    return True


def gather_frameworks(db: Connection, account: Account) -> Iterator[Row]:
    """The frameworks that somebody wrote or took over."""
    for framework in reversed(frameworks.list_frameworks(db, MOST_FRAMEWORKS, account_id=account.id)):
        yield {**asdict(framework), "items": [asdict(item) for item in frameworks.list_items(db, framework.id)]}


def bring_framework(desk: Desk, row: Row) -> bool:
    """A framework with its competencies under the addresses by which they are known everywhere."""
    known, title = (
        frameworks.list_frameworks(desk.db, MOST_FRAMEWORKS, account_id=desk.account.id),
        words_from(row, "title", NAME_CHARACTERS),
    )
    stated = [(url, item) for item in mappings(row.get("items"))[:MOST_ITEMS] if (url := uri_from(item.get("url")))]
    is_claimed = any(naming.is_ours(desk.site.origin, url) for url, _ in stated)
    if not title or is_claimed or len(known) >= MOST_FRAMEWORKS or any(each.title == title for each in known):
        return False
    framework_id = free_id(desk.db, "framework", desk.site.now_ms())
    description = words_from(row, "description", STATEMENT_CHARACTERS)
    named = (words_from(row, "creator", NAME_CHARACTERS), words_from(row, "license", NAME_CHARACTERS), words_from(row, "language", 35))
    updated_ms = ms_from(row, "updated_ms") or desk.site.now_ms()
    framework = Framework(framework_id, desk.account.id, uri_from(row.get("uri")) or "", title, description, *named, updated_ms)
    frameworks.save_framework(desk.db, framework)
    frameworks.save_items(desk.db, [_item(desk, framework, url, item, place) for place, (url, item) in enumerate(stated)])
    return True


def _item(desk: Desk, framework: Framework, url: str, stated: Row, place: int) -> Item:
    name = words_from(stated, "name", NAME_CHARACTERS) or url
    return Item(
        frameworks.new_item_id(desk.db, desk.site.now_ms()),
        framework.id,
        url,
        name,
        label_of(name),
        words_from(stated, "statement", STATEMENT_CHARACTERS),
        words_from(stated, "code", CODE_CHARACTERS),
        words_from(stated, "kind", NAME_CHARACTERS),
        uri_from(stated.get("parent_url")) or "",
        place,
    )
