"""Filters: which posts have words that somebody does not want to read."""

from collections.abc import Sequence
from dataclasses import dataclass

from federation.html import text_from_html
from node.site import Site
from storage import filters, polls, posts
from storage.database import Connection
from storage.filters import Whole
from storage.records import Poll, Post, loaded

HIDDEN = None  # what `screen` says of a post that is not shown at all


@dataclass(frozen=True, slots=True)
class Match:
    """A filter that a post meets: by which of its words, by which post of its own."""

    whole: Whole
    words: Sequence[str]
    posts: Sequence[int]


def active(filters: Sequence[Whole], now_ms: int, where: str = "") -> list[Whole]:
    """Those that hold now, in a context (home, notifications, public, thread, account) or in any."""
    return [
        each
        for each in filters
        if (each.filter.expires_ms is None or each.filter.expires_ms > now_ms) and (not where or where in each.filter.contexts.split())
    ]


def matches(filters: Sequence[Whole], post: Post, poll: Poll | None = None) -> list[Match]:
    """The filters that a post meets."""
    if not filters:
        return []
    said = _said(post, poll)
    found = []
    for whole in filters:
        words = [word.keyword for word in whole.keywords if has_keyword(said, word.keyword, whole_word=bool(word.whole_word))]
        posts = [kept.post_id for kept in whole.posts if kept.post_id == post.id]
        if words or posts:
            found.append(Match(whole, words, posts))
    return found


def screen(db: Connection, site: Site, post_ids: Sequence[int], viewer_id: int, where: str) -> dict[int, str | None]:
    """The posts that a viewer's filters meet in a context: HIDDEN, or the title of the filter behind which the post is folded."""
    mine = active(filters.list_filters(db, viewer_id), site.now_ms(), where) if viewer_id and post_ids else []
    if not mine:
        return {}
    shown = [post for post in posts.list_posts(db, post_ids).values() if post.account_id != viewer_id]
    found = polls.list_polls(db, [post.id for post in shown if post.type == "Question"])
    met = {post.id: matches(mine, post, found.get(post.id)) for post in shown}
    return {
        post_id: HIDDEN if any(match.whole.filter.action == "hide" for match in matched) else matched[0].whole.filter.title
        for post_id, matched in met.items()
        if matched
    }


def _said(post: Post, poll: Poll | None) -> str:
    parts = [post.title, post.summary, text_from_html(post.content), *(str(file.get("alt") or "") for file in post.files)]
    parts += [option["title"] for option in loaded(poll.options)] if poll else []
    return "\n".join(filter(None, parts)).casefold()


def has_keyword(text: str, keyword: str, *, whole_word: bool) -> bool:
    """Whether a casefolded text has a keyword. Found by str.find, which reads a text once, whatever both are.

    whole_word: a boundary only beside a letter or digit: "#tag" and "C++" are words as well.
    """
    wanted = keyword.casefold()
    if not whole_word:
        return wanted in text
    before, after = wanted[:1].isalnum(), wanted[-1:].isalnum()
    position = text.find(wanted)
    while position >= 0:
        end = position + len(wanted)
        is_start = not before or position == 0 or not _is_word(text[position - 1])
        if is_start and (not after or end == len(text) or not _is_word(text[end])):
            return True
        position = text.find(wanted, position + 1)
    return False


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
