"""Filters, as their owner makes and changes them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from node.context import Context
from node.errors import BadInput, NotFound
from node.site import Site
from storage import filters, posts
from storage.database import Connection
from storage.events import add_event
from storage.filters import Filter, FilteredPost, Keyword, Whole
from storage.ids import free_id
from storage.records import Account

CONTEXTS = ("home", "notifications", "public", "thread", "account")
ACTIONS = ("warn", "hide", "blur")
TITLE_CHARACTERS, WORD_CHARACTERS, MOST_FILTERS, MOST_WORDS = 256, 512, 100, 100


@dataclass(frozen=True, slots=True)
class Word:
    """A word to be added, changed (by its id) or taken out."""

    text: str | None
    whole_word: bool | None = None
    id: int = 0
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """A filter as it should be; None stays as it is. expires_in_s: 0 for never."""

    title: str | None = None
    contexts: Sequence[str] | None = None
    action: str | None = None
    expires_in_s: int | None = None
    words: Sequence[Word] = ()


def list_filters(db: Connection, account_id: int) -> list[Whole]:
    """Somebody's filters."""
    return filters.list_filters(db, account_id)


def get_filter(db: Connection, account_id: int, filter_id: int) -> Whole:
    """One of them. Raises NotFound."""
    return _one(db, account_id, lambda whole: whole.filter.id == filter_id)


def get_by_keyword(db: Connection, account_id: int, keyword_id: int) -> tuple[Whole, Keyword]:
    """A word of somebody's, with its filter. Raises NotFound."""
    whole = _one(db, account_id, lambda each: any(word.id == keyword_id for word in each.keywords))
    return whole, next(word for word in whole.keywords if word.id == keyword_id)


def get_by_kept(db: Connection, account_id: int, kept_id: int) -> tuple[Whole, FilteredPost]:
    """A post that somebody filters by itself, with its filter. Raises NotFound."""
    whole = _one(db, account_id, lambda each: any(kept.id == kept_id for kept in each.posts))
    return whole, next(kept for kept in whole.posts if kept.id == kept_id)


def _one(db: Connection, account_id: int, is_meant: Callable[[Whole], bool]) -> Whole:
    found = next((whole for whole in filters.list_filters(db, account_id) if is_meant(whole)), None)
    if found is None:
        raise NotFound("There is no such filter.")
    return found


async def add(context: Context, account: Account, wish: Wish) -> Whole:
    """A new filter. Raises BadInput."""
    return await context.database.write(_add, context.site, account.id, wish)


def _add(db: Connection, site: Site, account_id: int, wish: Wish) -> Whole:
    if len(filters.list_filters(db, account_id)) >= MOST_FILTERS:
        raise BadInput("Those are too many filters.")
    new = _as_wished(site, Filter(free_id(db, "filter", site.now_ms()), account_id, "", "", "warn", None), wish)
    filters.add_filter(db, new)
    return _with_words(db, site, new, wish.words)


async def change(context: Context, account: Account, filter_id: int, wish: Wish) -> Whole:
    """The filter in another way. Raises BadInput, NotFound."""
    return await context.database.write(_change, context.site, account.id, filter_id, wish)


def _change(db: Connection, site: Site, account_id: int, filter_id: int, wish: Wish) -> Whole:
    changed = _as_wished(site, get_filter(db, account_id, filter_id).filter, wish)
    filters.update_filter(db, changed)
    return _with_words(db, site, changed, wish.words)


def _as_wished(site: Site, known: Filter, wish: Wish) -> Filter:
    title = known.title if wish.title is None else wish.title.strip()
    contexts = known.contexts.split() if wish.contexts is None else list(dict.fromkeys(wish.contexts))
    action = wish.action or known.action
    if not 0 < len(title) <= TITLE_CHARACTERS:
        raise BadInput("Title can't be blank")
    if not contexts or any(each not in CONTEXTS for each in contexts):
        raise BadInput("Context is missing or none of home, notifications, public, thread, account")
    if action not in ACTIONS:
        raise BadInput("'filter_action' is none of warn, hide, blur")
    expires_ms = known.expires_ms
    if wish.expires_in_s is not None:
        expires_ms = site.now_ms() + wish.expires_in_s * 1000 if wish.expires_in_s else None
    return replace(known, title=title, contexts=" ".join(contexts), action=action, expires_ms=expires_ms)


def _with_words(db: Connection, site: Site, kept: Filter, words: Sequence[Word]) -> Whole:
    known = {word.id: word for word in get_filter(db, kept.account_id, kept.id).keywords}
    if len(known) + len(words) > MOST_WORDS:
        raise BadInput("Those are too many words for one filter.")
    for word in words:
        found = known.get(word.id)
        if found is None:
            _add_word(db, site, kept.id, word)
        elif word.is_gone:
            filters.remove_keyword(db, found.id)
        else:
            filters.update_keyword(db, _changed_word(found, word))
    add_event(db, "filters", kept.account_id)
    return get_filter(db, kept.account_id, kept.id)


def _add_word(db: Connection, site: Site, filter_id: int, word: Word) -> Keyword:
    new = Keyword(free_id(db, "filter_keyword", site.now_ms()), filter_id, _checked(word.text), word.whole_word is not False)
    filters.add_keyword(db, new)
    return new


def _changed_word(found: Keyword, word: Word) -> Keyword:
    text = found.keyword if word.text is None else _checked(word.text)
    return replace(found, keyword=text, whole_word=found.whole_word if word.whole_word is None else word.whole_word)


def _checked(text: str | None) -> str:
    word = (text or "").strip()
    if not 0 < len(word) <= WORD_CHARACTERS:
        raise BadInput("Keyword can't be blank")
    return word


async def remove(context: Context, account: Account, filter_id: int) -> None:
    """The filter is gone. Raises NotFound."""
    await context.database.write(_remove, account.id, filter_id)


def _remove(db: Connection, account_id: int, filter_id: int) -> None:
    filters.remove_filter(db, get_filter(db, account_id, filter_id).filter.id)
    add_event(db, "filters", account_id)


async def add_word(context: Context, account: Account, filter_id: int, word: Word) -> Keyword:
    """One word more. Raises BadInput, NotFound."""
    return await context.database.write(_add_one_word, context.site, account.id, filter_id, word)


def _add_one_word(db: Connection, site: Site, account_id: int, filter_id: int, word: Word) -> Keyword:
    whole = get_filter(db, account_id, filter_id)
    if len(whole.keywords) >= MOST_WORDS:
        raise BadInput("Those are too many words for one filter.")
    add_event(db, "filters", account_id)
    return _add_word(db, site, whole.filter.id, word)


async def change_word(context: Context, account: Account, keyword_id: int, word: Word) -> Keyword:
    """Another word in its place. Raises BadInput, NotFound."""
    return await context.database.write(_change_word, account.id, keyword_id, word)


def _change_word(db: Connection, account_id: int, keyword_id: int, word: Word) -> Keyword:
    _, found = get_by_keyword(db, account_id, keyword_id)
    changed = _changed_word(found, word)
    filters.update_keyword(db, changed)
    add_event(db, "filters", account_id)
    return changed


async def remove_word(context: Context, account: Account, keyword_id: int, *, with_empty: bool = False) -> None:
    """One word less; with_empty: its filter goes with its last word. Raises NotFound."""
    await context.database.write(_remove_word, account.id, keyword_id, with_empty=with_empty)


def _remove_word(db: Connection, account_id: int, keyword_id: int, *, with_empty: bool) -> None:
    whole, found = get_by_keyword(db, account_id, keyword_id)
    filters.remove_keyword(db, found.id)
    if with_empty and len(whole.keywords) == 1 and not whole.posts:
        filters.remove_filter(db, whole.filter.id)
    add_event(db, "filters", account_id)


async def add_post(context: Context, account: Account, filter_id: int, post_id: int) -> FilteredPost:
    """A post that is filtered by itself. Raises NotFound."""
    return await context.database.write(_add_post, context.site, account.id, filter_id, post_id)


def _add_post(db: Connection, site: Site, account_id: int, filter_id: int, post_id: int) -> FilteredPost:
    whole = get_filter(db, account_id, filter_id)
    if not posts.is_visible(db, post_id, account_id):
        raise NotFound("There is no such post.")
    known = next((kept for kept in whole.posts if kept.post_id == post_id), None)
    if known is not None:
        return known
    kept = FilteredPost(free_id(db, "filter_post", site.now_ms()), filter_id, post_id)
    filters.add_filtered_post(db, kept)
    add_event(db, "filters", account_id)
    return kept


async def remove_post(context: Context, account: Account, kept_id: int) -> FilteredPost:
    """The post is not filtered by itself any more. Raises NotFound."""
    return await context.database.write(_remove_post, account.id, kept_id)


def _remove_post(db: Connection, account_id: int, kept_id: int) -> FilteredPost:
    _, kept = get_by_kept(db, account_id, kept_id)
    filters.remove_filtered_post(db, kept.id)
    add_event(db, "filters", account_id)
    return kept
