"""What only the learner's own node knows: how the portfolio is arranged, what was begun, what was kept. Archives take it along.

In an archive it is {kind: [row]}, with addresses in place of the numbers of one node. What comes back is the learner's own word about
themselves; what others said of them (that they attended, what a mark was) is carried for the record and not believed without a signature.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import PurePosixPath

import orjson

from federation.errors import Malformed, Unverified
from federation.html import clean_html
from federation.keys import public_from_multibase
from federation.proofs import verify_proof
from federation.reading import as_list, as_mapping, mappings, text_from, uri_from, uris_from
from node.learning import definitions
from node.learning.audiences import MOST_ITEMS, MOST_VIEWS, TITLE_CHARACTERS
from node.learning.desks import Desk, Paper, Row, ms_from, words_from
from node.learning.portfolio import INTRO_CHARACTERS, NOTE_CHARACTERS, choices_of
from node.learning.reflections import MOST_DRAFTS, Thought, thought_from_draft
from node.learning.restoring import MEDIA_TYPES
from node.social import naming, publishing
from node.social.guardianship import is_ward
from storage import accounts, bookmarks, hashtags, lists, media, wards
from storage import posts as kept_posts
from storage.database import Connection
from storage.events import add_event
from storage.ids import free_id
from storage.learning import awards, goals, learners, paths, portfolios, reflections
from storage.learning import papers as kept
from storage.learning.learners import Learner
from storage.learning.papers import OldVersion
from storage.learning.paths import Done
from storage.learning.portfolios import Arrangement, View
from storage.learning.reflections import Unfinished
from storage.listings import Window
from storage.lists import PeopleList
from storage.records import DIRECT, Account, Media, loaded

MOST = 10_000  # rows of one kind, and people in one list
LISTS, TAGS = 100, 500


def gather(db: Connection, account: Account) -> dict[str, list[Row]]:
    """All papers of one of ours."""
    return {name: list(paper.gather(db, account)) for name, paper in PAPERS.items()}


def list_wanted(account: Account, stated: Row) -> list[tuple[str, Row]]:
    """(kind, row) of all that an account may bring, in the order in which one builds on another."""
    return [
        (name, row)
        for name, paper in PAPERS.items()
        if paper.bring is not None and (paper.is_for_wards or not is_ward(account))
        for row in mappings(stated.get(name))[:MOST]
    ]


def bring(desk: Desk, wanted: Sequence[tuple[str, Row]]) -> int:
    """How many rows changed something here. What is here already stays as it is, and what cannot be read is left out."""
    found = [(unpack, row) for name, row in wanted if (unpack := PAPERS[name].bring) is not None]
    return sum(unpack(desk, row) for unpack, row in found)


def titles_of(stated: Row) -> dict[str, str]:
    """The titles that Notes had, by the posts' former addresses."""
    return {str(row.get("post")): title for row in mappings(stated.get("titles")) if (title := words_from(row, "title", 200))}


def addresses(stated: Row) -> list[str]:
    """The addresses of others' posts and people that the papers name, each once."""
    named = [row.get("post") for kind in ("walks", "bookmarks") for row in mappings(stated.get(kind))]
    people = [each for row in mappings(stated.get("lists")) for each in as_list(row.get("people"))]
    return list(uris_from([*named, *people]))


# How the portfolio is arranged, and its views


def _address(db: Connection, key: str) -> str:
    """A portfolio's key with an address in place of the number."""
    kind, _, number = key.partition(":")
    found = (awards.find_award if kind == "award" else kept_posts.find_post)(db, int(number))
    return f"{kind}:{found.uri}" if found is not None else ""


def _addresses(db: Connection, keys: Sequence[str]) -> list[str]:
    return [address for key in keys if (address := _address(db, key))]


def _gather_portfolio(db: Connection, account: Account) -> Iterator[Row]:
    found = portfolios.find_arrangement(db, account.id)
    if found != Arrangement(account.id):
        chosen = choices_of(found)
        named = {name: _addresses(db, chosen[name]) for name in ("order", "hidden", "shown")}
        notes = {address: note for key, note in chosen["notes"].items() if (address := _address(db, key))}
        yield {"intro": found.intro, "is_hidden": found.is_hidden, **named, "notes": notes}


def _bring_portfolio(desk: Desk, row: Row) -> bool:
    if portfolios.find_arrangement(desk.db, desk.account.id) != Arrangement(desk.account.id):
        return False
    chosen: dict[str, object] = {name: desk.keys(row.get(name)) for name in ("order", "hidden", "shown")}
    noted = as_mapping(row.get("notes")).items()
    chosen["notes"] = {key: text_from(note, NOTE_CHARACTERS) for stated, note in noted if (key := desk.key(stated))}
    made = Arrangement(
        desk.account.id, row.get("is_hidden") is True, words_from(row, "intro", INTRO_CHARACTERS), orjson.dumps(chosen).decode()
    )
    portfolios.save_arrangement(desk.db, made)
    return True


def _gather_views(db: Connection, account: Account) -> Iterator[Row]:
    for view in reversed(portfolios.list_views(db, account.id)):
        disclosed = {address: made for key, made in orjson.loads(view.snapshots).items() if (address := _address(db, key))}
        items = _addresses(db, orjson.loads(view.items))
        yield {"title": view.title, "digest": view.digest.hex(), "ends_ms": view.ends_ms, "items": items, "snapshots": disclosed}


def _bring_view(desk: Desk, row: Row) -> bool:
    """The same secret opens the view on this node. Snapshots count where the learner's key signed them."""
    try:
        digest = bytes.fromhex(words_from(row, "digest", 64))
    except ValueError:
        return False
    items, title = desk.keys(row.get("items"))[:MOST_ITEMS], words_from(row, "title", TITLE_CHARACTERS)
    is_full = len(portfolios.list_views(desk.db, desk.account.id)) >= MOST_VIEWS
    if len(digest) != 32 or not items or not title or is_full or portfolios.find_view(desk.db, digest) is not None:
        return False
    disclosed = as_mapping(row.get("snapshots")).items()
    snapshots = {key: made for stated, made in disclosed if (key := desk.key(stated)) and _is_signed(desk, made)}
    view_id = free_id(desk.db, "view", desk.site.now_ms())
    stated_items, stated_snapshots = orjson.dumps(items).decode(), orjson.dumps(snapshots).decode()
    portfolios.add_view(desk.db, View(view_id, desk.account.id, title, digest, ms_from(row, "ends_ms"), stated_items, stated_snapshots))
    return True


def _is_signed(desk: Desk, snapshot: object) -> bool:
    document = as_mapping(snapshot)
    try:
        verify_proof(document, public_from_multibase(desk.multibase))
    except (Malformed, Unverified):
        return False
    return document.get("attributedTo") == desk.former_uri


# What was begun: drafts, paths, what is linked to goals


def _gather_drafts(db: Connection, account: Account) -> Iterator[Row]:
    for draft in reversed(reflections.list_unfinished(db, account.id)):
        thought = thought_from_draft(draft)
        named = kept_posts.list_posts(db, [thought.goal_id, thought.path_id])
        goal, path = (named[each].uri if each in named else "" for each in (thought.goal_id, thought.path_id))
        stated = {name: value for name, value in asdict(thought).items() if name not in {"goal_id", "path_id"}}
        yield {**stated, "goal": goal, "path": path, "id": draft.id, "updated_ms": draft.updated_ms}


def _bring_draft(desk: Desk, row: Row) -> bool:
    known = reflections.list_unfinished(desk.db, desk.account.id)
    updated_ms, draft_id = ms_from(row, "updated_ms") or desk.site.now_ms(), row.get("id")
    is_known = any(draft_id == each.id or updated_ms == each.updated_ms for each in known)
    if is_known or len(known) >= MOST_DRAFTS:
        return False
    goal, path, step, visibility = desk.post(row.get("goal")), desk.post(row.get("path")), row.get("step"), row.get("visibility")
    thought = Thought(
        words_from(row, "text", 100_000),
        words_from(row, "title", 200),
        words_from(row, "summary", 500),
        words_from(row, "prompt", 5_000),
        uri_from(row.get("resource")) or "",
        goal.id if goal is not None else 0,
        path.id if path is not None else 0,
        step if isinstance(step, int) and path is not None else -1,
        visibility if isinstance(visibility, int) and 0 <= visibility <= DIRECT else DIRECT,
        words_from(row, "language", 35) or None,
    )
    made_id = free_id(desk.db, "draft", updated_ms)
    reflections.save_unfinished(desk.db, Unfinished(made_id, desk.account.id, orjson.dumps(asdict(thought)).decode(), updated_ms))
    return True


def _gather_walks(db: Connection, account: Account) -> Iterator[Row]:
    steps: dict[str, list[Row]] = {}
    for path, step, done_ms, evidence, reflection in kept.list_steps(db, account.id):
        steps.setdefault(path, []).append({"step": step, "done_ms": done_ms, "evidence": evidence, "reflection": reflection})
    for path, started_ms in kept.list_walks(db, account.id):
        yield {"post": path, "started_ms": started_ms, "steps": steps.get(path, [])}


def _bring_walk(desk: Desk, row: Row) -> bool:
    path = desk.post(row.get("post"))
    if path is None or paths.has_started(desk.db, desk.account.id, path.id):
        return False
    now_ms = desk.site.now_ms()
    paths.start(desk.db, desk.account.id, path.id, ms_from(row, "started_ms") or now_ms)
    for step in mappings(row.get("steps"))[:MOST]:
        reflection = desk.post(step.get("reflection"))
        evidence, reflection_id = uri_from(step.get("evidence")) or "", reflection.id if reflection is not None else None
        done = Done(desk.account.id, path.id, words_from(step, "step", 500), ms_from(step, "done_ms") or now_ms, evidence, reflection_id)
        paths.save_done(desk.db, done)
    return True


def _gather_links(db: Connection, account: Account) -> Iterator[Row]:
    for goal, post, added_ms in kept.list_goal_links(db, account.id):
        yield {"goal": goal, "post": post, "added_ms": added_ms}


def _bring_link(desk: Desk, row: Row) -> bool:
    goal, post = desk.post(row.get("goal")), desk.post(row.get("post"))
    if goal is None or post is None or goal.account_id != desk.account.id:
        return False
    return goals.add_link(desk.db, goal.id, post.id, ms_from(row, "added_ms") or desk.site.now_ms())


def _gather_versions(db: Connection, account: Account) -> Iterator[Row]:
    for post, version in kept.list_old_versions(db, account.id):
        yield {"post": post, **asdict(version)}


def _bring_version(desk: Desk, row: Row) -> bool:
    post, edited_ms, visibility = desk.post(row.get("post")), ms_from(row, "edited_ms"), row.get("visibility")
    if post is None or post.account_id != desk.account.id or edited_ms is None or not isinstance(visibility, int):
        return False
    try:
        content = clean_html(str(row.get("content", "")))
    except Malformed:
        return False
    texts = (words_from(row, "title", 200), words_from(row, "summary", 500), content, words_from(row, "source", 100_000) or None)
    return kept.add_old_version(desk.db, post.id, OldVersion(edited_ms, *texts, None, min(max(visibility, 0), DIRECT)))


def _gather_titles(db: Connection, account: Account) -> Iterator[Row]:
    """On the wire a Note's title stands as a heading in its text."""
    return ({"post": uri, "title": title} for uri, title in kept.list_titles(db, account.id))


# What was kept: bookmarks, lists, hashtags, wishes


def _gather_bookmarks(db: Connection, account: Account) -> Iterator[Row]:
    return ({"post": uri} for uri in kept.list_bookmarks(db, account.id))


def _bring_bookmark(desk: Desk, row: Row) -> bool:
    post = desk.post(row.get("post"))
    return post is not None and bookmarks.add_bookmark(desk.db, desk.account.id, post.id, desk.site.now_ms())


def _gather_lists(db: Connection, account: Account) -> Iterator[Row]:
    for each in lists.list_lists(db, account.id):
        people = [member.uri for member in lists.list_members(db, each.id, Window(limit=MOST, upward=True))]
        yield {"title": each.title, "replies_policy": each.replies_policy, "exclusive": each.exclusive, "people": people}


def _bring_list(desk: Desk, row: Row) -> bool:
    known, title = lists.list_lists(desk.db, desk.account.id), words_from(row, "title", 200)
    if not title or len(known) >= LISTS or any(each.title == title for each in known):
        return False
    policy = row.get("replies_policy")
    made = PeopleList(
        free_id(desk.db, "list", desk.site.now_ms()),
        desk.account.id,
        title,
        policy if policy in ("followed", "list", "none") else "list",
        row.get("exclusive") is True,
    )
    people = [accounts.find_account_by_uri(desk.db, uri) for uri in uris_from(row.get("people"))[:MOST]]
    lists.add_list(desk.db, made)
    lists.add_members(desk.db, made.id, [each.id for each in people if each is not None and each.is_active])
    return True


def _gather_tags(db: Connection, account: Account) -> Iterator[Row]:
    followed = hashtags.list_followed_tags(db, account.id, Window(limit=TAGS))
    return ({"name": tag.name} for _, tag in reversed(followed))


def _bring_tag(desk: Desk, row: Row) -> bool:
    name = words_from(row, "name", 100).lower()
    if not name.isidentifier():
        return False
    tag = hashtags.ensure_tag(desk.db, name)
    is_new = not hashtags.is_following_tag(desk.db, desk.account.id, tag.id)
    hashtags.follow_tag(desk.db, desk.account.id, tag.id, desk.site.now_ms())
    return is_new


def _gather_agreed(db: Connection, account: Account) -> Iterator[Row]:
    yield asdict(learners.find_learner(db, account.id))


def _bring_agreed(desk: Desk, row: Row) -> bool:
    known = learners.find_learner(desk.db, desk.account.id)
    stated = Learner(row.get("answers_questions") is True, row.get("shows_network") is True)
    if known != Learner() or stated == known:
        return False
    learners.save_learner(desk.db, desk.account.id, stated)
    return True


def _gather_profile(db: Connection, account: Account) -> Iterator[Row]:
    account = accounts.get_account(db, account.id)
    names = {purpose: (url or "").rpartition("/")[2] for purpose, url in (("icon", account.icon_url), ("image", account.image_url))}
    alts = {"icon_alt": account.icon_alt, "image_alt": account.image_alt}
    yield {"bio": account.summary_source, **names, **alts}


def _bring_profile(desk: Desk, row: Row) -> bool:
    """Pictures, and the text as it was typed, each where the account has none of its own."""
    known = accounts.get_account(desk.db, desk.account.id)
    changed = replace(known, summary_source=known.summary_source or words_from(row, "bio", 100_000))
    for purpose in ("icon", "image"):
        name, alt = words_from(row, purpose, 64), words_from(row, f"{purpose}_alt", 1_500)
        media_type = MEDIA_TYPES.get(PurePosixPath(name).suffix)
        if name in desk.files and media_type and getattr(known, f"{purpose}_url") is None:
            media_id, size_bytes = free_id(desk.db, "media", desk.site.now_ms()), desk.files[name]
            media.add_media(desk.db, Media(media_id, known.id, None, name, media_type, 0, 0, size_bytes, alt, purpose))
            shown = {f"{purpose}_url": naming.media_url(desk.site.origin, name), f"{purpose}_alt": alt}
            changed = replace(changed, **shown)  # type: ignore[arg-type]  # the names are Account's own
    if changed == known:
        return False
    changed = replace(changed, revision_ms=max(desk.site.now_ms(), known.revision_ms + 1))
    accounts.update_account(desk.db, changed)
    publishing.publish_profile(desk.db, desk.site, changed)
    add_event(desk.db, "account", known.id)
    return True


# Records of what others said, which the learner may read and show


def _gather_attended(db: Connection, account: Account) -> Iterator[Row]:
    return ({"post": uri, "state": state, "created_ms": moment} for uri, state, moment in kept.list_attended(db, account.id))


def _gather_marks(db: Connection, account: Account) -> Iterator[Row]:
    for marker, post, digest, comment, lines, created_ms in kept.list_marked(db, account.id):
        yield {"marker": marker, "post": post, "digest": digest, "comment": comment, "lines": loaded(lines), "created_ms": created_ms}


def _gather_consents(db: Connection, account: Account) -> Iterator[Row]:
    for each in reversed(wards.list_consents(db, account.id)):
        guardian = accounts.find_account(db, each.guardian_id) if each.guardian_id else None
        yield {"id": each.id, "guardian": guardian.uri if guardian else "", "sentence": each.sentence, "withdrawn_ms": each.withdrawn_ms}


PAPERS: Mapping[str, Paper] = {
    "profile": Paper(_gather_profile, _bring_profile, is_for_wards=False),
    "portfolio": Paper(_gather_portfolio, _bring_portfolio),
    "views": Paper(_gather_views, _bring_view, is_for_wards=False),
    "drafts": Paper(_gather_drafts, _bring_draft),
    "walks": Paper(_gather_walks, _bring_walk),
    "goal_links": Paper(_gather_links, _bring_link),
    "titles": Paper(_gather_titles, None),  # given to restoring
    "versions": Paper(_gather_versions, _bring_version),
    "badges": Paper(definitions.gather_badges, definitions.bring_badge, is_for_wards=False),
    "frameworks": Paper(definitions.gather_frameworks, definitions.bring_framework, is_for_wards=False),
    "bookmarks": Paper(_gather_bookmarks, _bring_bookmark),
    "lists": Paper(_gather_lists, _bring_list),
    "hashtags": Paper(_gather_tags, _bring_tag),
    "agreed": Paper(_gather_agreed, _bring_agreed, is_for_wards=False),
    "attended": Paper(_gather_attended, None),
    "marks": Paper(_gather_marks, None),
    "consents": Paper(_gather_consents, None),  # a guardian agrees anew where a ward lives now
}
