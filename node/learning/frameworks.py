"""Competency frameworks: taken over from CASE, or written here by a person or a community; and what is known of a competency."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from federation.errors import Malformed
from federation.facets import Alignment
from federation.frameworks import FrameworkDocument, ItemDocument, framework_from_json
from node.context import Context
from node.errors import BadInput, NotAllowed, NotFound
from node.learning.competencies import alignment_of
from node.learning.paths import may_offer
from node.learning.ranking import rank
from node.site import Site
from node.social import naming, posts
from storage import accounts
from storage.database import Connection
from storage.ids import free_id
from storage.learning import frameworks as kept
from storage.learning import paths, questions, resources
from storage.learning.facets import label_of
from storage.learning.frameworks import Framework, Item
from storage.learning.questions import Reason
from storage.learning.resources import Shelved, Wanted
from storage.records import Account, Post

NAME_CHARACTERS, STATEMENT_CHARACTERS, CODE_CHARACTERS = 200, 2_000, 100
MOST_ITEMS = 5_000
PEOPLE, SHELF, PATHS, REASONS = 12, 12, 12, 3


@dataclass(frozen=True, slots=True)
class Writing:
    """A competency to be written. parent_id: the one that it is a part of, 0 for none."""

    name: str
    statement: str = ""
    code: str = ""
    parent_id: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a competency here, as far as the viewer may know it. people: who shows it or agreed to be asked."""

    item: Item | None
    framework: Framework | None
    owner: Account | None
    alignment: Alignment
    parent: Item | None
    children: Sequence[Item]
    people: Sequence[tuple[Account, Sequence[Reason]]]
    shelf: Sequence[Shelved]
    paths: Sequence[tuple[Post, Account]]


async def import_case(context: Context, actor: Account, owner_id: int, body: bytes) -> Framework:
    """The framework of a CASE file, new or brought up to date. Raises BadInput, NotFound, NotAllowed."""
    try:
        document = framework_from_json(body)
    except Malformed as error:
        raise BadInput(f"This is no framework that can be used: {error}.") from error
    return await context.database.write(_import, context.site, actor, owner_id, document)


def _import(db: Connection, site: Site, actor: Account, owner_id: int, document: FrameworkDocument) -> Framework:
    owner = _owner(db, actor, owner_id)
    if any(naming.is_ours(site.origin, uri) for uri in (document.uri, *(item.url for item in document.items))):
        raise BadInput("This framework claims addresses of this node. What was written here is changed here.")
    known, now_ms = kept.find_framework_by_uri(db, owner.id, document.uri), site.now_ms()
    framework = Framework(
        known.id if known else free_id(db, "framework", now_ms),
        owner.id,
        document.uri,
        document.title,
        document.description,
        document.creator,
        document.license,
        document.language,
        now_ms,
    )
    kept.save_framework(db, framework)
    before = {item.url: item.id for item in kept.list_items(db, framework.id)}
    items = [_row(db, framework, item, place, before.get(item.url), now_ms) for place, item in enumerate(document.items)]
    kept.remove_items(db, framework.id, [item_id for url, item_id in before.items() if url not in {item.url for item in items}])
    kept.save_items(db, items)
    return framework


def _row(db: Connection, framework: Framework, item: ItemDocument, place: int, item_id: int | None, now_ms: int) -> Item:
    return Item(
        item_id or kept.new_item_id(db, now_ms),
        framework.id,
        item.url,
        item.name,
        label_of(item.name),
        item.statement,
        item.code,
        item.kind,
        item.parent_url,
        place,
    )


def _owner(db: Connection, actor: Account, owner_id: int) -> Account:
    """Whose framework it is to be: one's own, or that of a community that one looks after. Raises NotFound, NotAllowed."""
    if owner_id in {0, actor.id}:
        return actor
    community = posts.find_community(db, owner_id)
    if not may_offer(db, actor, community):
        raise NotAllowed("Only those who look after the community write its frameworks.")
    return community


async def start_framework(context: Context, actor: Account, owner_id: int, title: str, description: str = "") -> Framework:
    """An empty framework. Raises BadInput, NotFound, NotAllowed."""
    title = " ".join(title.split())
    if not 0 < len(title) <= NAME_CHARACTERS or len(description) > STATEMENT_CHARACTERS:
        raise BadInput("Give a title of at most 200 characters; a description has at most 2,000.")
    return await context.database.write(_start, context.site, actor, owner_id, title, description.strip())


def _start(db: Connection, site: Site, actor: Account, owner_id: int, title: str, description: str) -> Framework:
    owner, now_ms = _owner(db, actor, owner_id), site.now_ms()
    framework = Framework(free_id(db, "framework", now_ms), owner.id, "", title, description, owner.title, "", "", now_ms)
    kept.save_framework(db, framework)
    return framework


async def write_competency(context: Context, actor: Account, framework_id: int, writing: Writing) -> Item:
    """A competency of a framework that was written here. Raises BadInput, NotFound, NotAllowed."""
    name, code = " ".join(writing.name.split()), " ".join(writing.code.split())
    if not 0 < len(name) <= NAME_CHARACTERS or not label_of(name):
        raise BadInput("Give the competency a name of at most 200 characters.")
    if len(writing.statement) > STATEMENT_CHARACTERS or len(code) > CODE_CHARACTERS:
        raise BadInput("A statement has at most 2,000 characters, a code 100.")
    clean = replace(writing, name=name, code=code, statement=writing.statement.strip())
    return await context.database.write(_write, context.site, actor, framework_id, clean)


def _write(db: Connection, site: Site, actor: Account, framework_id: int, writing: Writing) -> Item:
    framework = get_framework(db, framework_id)
    _owner(db, actor, framework.account_id)
    if framework.uri:
        raise NotAllowed("This framework comes from elsewhere: it is changed there, and imported again.")
    items, now_ms = kept.list_items(db, framework.id), site.now_ms()
    if len(items) >= MOST_ITEMS:
        raise BadInput("A framework has at most 5,000 competencies.")
    parent = next((item for item in items if item.id == writing.parent_id), None)
    if writing.parent_id and parent is None:
        raise NotFound("There is no such competency in this framework.")
    item_id = kept.new_item_id(db, now_ms)
    url = naming.competency_url(site.origin, item_id)
    stated = ItemDocument(url, writing.name, writing.statement, writing.code, "", parent.url if parent else "")
    item = _row(db, framework, stated, items[-1].place + 1 if items else 0, item_id, now_ms)
    kept.save_items(db, [item])
    kept.save_framework(db, replace(framework, updated_ms=now_ms))
    return item


def get_framework(db: Connection, framework_id: int) -> Framework:
    """A framework. Raises NotFound."""
    framework = kept.find_framework(db, framework_id)
    if framework is None:
        raise NotFound("There is no such framework.")
    return framework


def may_write(db: Connection, actor: Account, framework: Framework) -> bool:
    """Whether somebody may change a framework here."""
    try:
        return not framework.uri and _owner(db, actor, framework.account_id) is not None
    except (NotAllowed, NotFound):
        return False


def document_of(db: Connection, site: Site, framework: Framework) -> FrameworkDocument:
    """A framework as CASE has it; one that was written here is known by its address here."""
    items = tuple(
        ItemDocument(each.url, each.name, each.statement, each.code, each.kind, each.parent_url)
        for each in kept.list_items(db, framework.id)
    )
    uri = framework.uri or naming.framework_url(site.origin, framework.id)
    return FrameworkDocument(uri, framework.title, framework.description, framework.creator, framework.license, framework.language, items)


def known_of(db: Connection, site: Site, viewer_id: int, item: Item | None, alignment: Alignment) -> Known:
    """Who knows a competency, what teaches it, which paths lead to it. Who shows an achievement is named to everybody, who agreed to be
    asked to members alone."""
    label = label_of(alignment.name)
    framework = kept.find_framework(db, item.framework_id) if item else None
    around = kept.list_items(db, framework.id) if framework else []
    willing = questions.list_facts(db, viewer_id, [label]) if viewer_id and label else []
    found = rank([*kept.list_holders(db, viewer_id, label, alignment.url), *willing])[:PEOPLE]
    people = accounts.list_accounts(db, [knowing.account_id for knowing in found])
    led = paths.list_towards(db, viewer_id, label, alignment.url, PATHS)
    authors = accounts.list_accounts(db, [post.account_id for post in led])
    return Known(
        item=item,
        framework=framework,
        owner=accounts.find_account(db, framework.account_id) if framework else None,
        alignment=alignment,
        parent=next((each for each in around if item and each.url == item.parent_url), None),
        children=[each for each in around if item and each.parent_url == item.url],
        people=[
            (people[each.account_id], [(fact.kind, alignment.name, fact.count) for fact in each.facts[:REASONS]])
            for each in found
            if each.account_id in people
        ],
        shelf=resources.list_resources(db, viewer_id, Wanted(label=label), site.now_ms(), SHELF) if label else [],
        paths=[(post, authors[post.account_id]) for post in led if post.account_id in authors],
    )


def known_by_id(db: Connection, site: Site, viewer_id: int, item_id: int) -> Known:
    """What is known of a competency of a framework here. Raises NotFound."""
    item = kept.find_item(db, item_id)
    if item is None:
        raise NotFound("There is no such competency.")
    return known_of(db, site, viewer_id, item, alignment_of(db, site, item))


def known_by_url(db: Connection, site: Site, viewer_id: int, url: str, name: str = "") -> Known:
    """What is known of a competency by its URL. name: what whoever links to it calls it, where no framework here has it."""
    item = kept.find_item_by_url(db, url)
    if item is not None:
        return known_of(db, site, viewer_id, item, alignment_of(db, site, item))
    called = name or url.rstrip("/").rpartition("/")[2]
    return known_of(db, site, viewer_id, None, Alignment(url, called[:NAME_CHARACTERS]))
