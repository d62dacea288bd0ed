"""Filters: version 2, and version 1 as one word of a filter."""

from node.errors import BadInput
from node.social import filters
from node.social.filters import Wish, Word
from node.web.mastodon import entities_statuses, entities_things
from node.web.mastodon.doors import Ask
from node.web.mastodon.entities import Json
from node.web.mastodon.parameters import Parameters
from storage.filters import FilteredPost, Keyword, Whole


async def show_all(ask: Ask) -> object:
    """GET /api/v2/filters"""
    return [entities_statuses.filter_v2(whole) for whole in await ask.context.database.read(filters.list_filters, ask.viewer_id)]


async def show(ask: Ask) -> object:
    """GET /api/v2/filters/{id}"""
    return entities_statuses.filter_v2(await _filter(ask))


async def _filter(ask: Ask) -> Whole:
    return await ask.context.database.read(filters.get_filter, ask.viewer_id, ask.id())


async def add(ask: Ask) -> object:
    """POST /api/v2/filters"""
    return entities_statuses.filter_v2(await filters.add(ask.context, ask.account, _wish(ask.given)))


async def change(ask: Ask) -> object:
    """PUT /api/v2/filters/{id}"""
    return entities_statuses.filter_v2(await filters.change(ask.context, ask.account, ask.id(), _wish(ask.given)))


def _wish(given: Parameters) -> Wish:
    return Wish(
        title=given.text("title") if "title" in given else None,
        contexts=given.texts("context") if "context" in given else None,
        action=given.text("filter_action") or None,
        expires_in_s=given.number("expires_in") if "expires_in" in given else None,
        words=[_word(each) for each in given.records("keywords_attributes")],
    )


def _word(given: Parameters) -> Word:
    return Word(
        given.text("keyword") if "keyword" in given else None,
        given.flag("whole_word") if "whole_word" in given else None,
        given.number("id"),
        given.flag("_destroy"),
    )


async def remove(ask: Ask) -> None:
    """DELETE /api/v2/filters/{id}"""
    await filters.remove(ask.context, ask.account, ask.id())


async def keywords(ask: Ask) -> object:
    """GET /api/v2/filters/{id}/keywords"""
    return [_keyword(each) for each in (await _filter(ask)).keywords]


def _keyword(found: Keyword) -> Json:
    return {"id": str(found.id), "keyword": found.keyword, "whole_word": bool(found.whole_word)}


async def add_keyword(ask: Ask) -> object:
    """POST /api/v2/filters/{id}/keywords"""
    return _keyword(await filters.add_word(ask.context, ask.account, ask.id(), _word(ask.given)))


async def show_keyword(ask: Ask) -> object:
    """GET /api/v2/filters/keywords/{id}"""
    return _keyword((await ask.context.database.read(filters.get_by_keyword, ask.viewer_id, ask.id()))[1])


async def change_keyword(ask: Ask) -> object:
    """PUT /api/v2/filters/keywords/{id}"""
    return _keyword(await filters.change_word(ask.context, ask.account, ask.id(), _word(ask.given)))


async def remove_keyword(ask: Ask) -> None:
    """DELETE /api/v2/filters/keywords/{id}"""
    await filters.remove_word(ask.context, ask.account, ask.id())


def _kept(found: FilteredPost) -> Json:
    return {"id": str(found.id), "status_id": str(found.post_id)}


async def kept_posts(ask: Ask) -> object:
    """GET /api/v2/filters/{id}/statuses"""
    return [_kept(each) for each in (await _filter(ask)).posts]


async def add_kept_post(ask: Ask) -> object:
    """POST /api/v2/filters/{id}/statuses"""
    return _kept(await filters.add_post(ask.context, ask.account, ask.id(), ask.given.number("status_id")))


async def show_kept_post(ask: Ask) -> object:
    """GET /api/v2/filters/statuses/{id}"""
    return _kept((await ask.context.database.read(filters.get_by_kept, ask.viewer_id, ask.id()))[1])


async def remove_kept_post(ask: Ask) -> object:
    """DELETE /api/v2/filters/statuses/{id}"""
    return _kept(await filters.remove_post(ask.context, ask.account, ask.id()))


async def old_all(ask: Ask) -> object:
    """GET /api/v1/filters"""
    found = await ask.context.database.read(filters.list_filters, ask.viewer_id)
    return [entities_things.filter_v1(whole, word) for whole in found for word in whole.keywords]


async def old_show(ask: Ask) -> object:
    """GET /api/v1/filters/{id}"""
    return entities_things.filter_v1(*await ask.context.database.read(filters.get_by_keyword, ask.viewer_id, ask.id()))


async def old_add(ask: Ask) -> object:
    """POST /api/v1/filters"""
    whole = await filters.add(ask.context, ask.account, _old_wish(ask.given, [_old_word(ask.given)]))
    return entities_things.filter_v1(whole, whole.keywords[0])


async def old_change(ask: Ask) -> object:
    """PUT /api/v1/filters/{id}"""
    whole, word = await ask.context.database.read(filters.get_by_keyword, ask.viewer_id, ask.id())
    if len(whole.keywords) > 1:
        raise BadInput("This filter has several words: change it with a newer program.")
    changed = _old_word(ask.given)
    await filters.change(ask.context, ask.account, whole.filter.id, _old_wish(ask.given, [Word(changed.text, changed.whole_word, word.id)]))
    return await old_show(ask)


def _old_wish(given: Parameters, words: list[Word]) -> Wish:
    return Wish(
        title=given.text("phrase"),
        contexts=given.texts("context"),
        action="hide" if given.flag("irreversible") else "warn",
        expires_in_s=given.number("expires_in") if "expires_in" in given else None,
        words=words,
    )


def _old_word(given: Parameters) -> Word:
    return Word(given.text("phrase"), given.flag("whole_word"))


async def old_remove(ask: Ask) -> None:
    """DELETE /api/v1/filters/{id}"""
    await filters.remove_word(ask.context, ask.account, ask.id(), with_empty=True)
