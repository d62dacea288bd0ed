"""Entries of timelines as HTML: what is in memory is joined, what is not is loaded in one hop and rendered first."""

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from node.social import timelines
from node.web.pages import fragments, wording
from node.web.pages.fragments import Shown
from node.web.pages.visiting import Visitor
from storage.ids import ms_from_id
from storage.timelines import Entry


async def pieces(visitor: Visitor, entries: Sequence[Entry]) -> list[bytes]:
    """The bytes of some entries for one visitor, to be joined; a post that is gone meanwhile is left out."""
    kept, now_ms = visitor.context.caches.fragments, visitor.context.site.now_ms()
    joined = fragments.join(kept, entries, visitor, now_ms)
    if joined.missing:
        await _render(visitor, joined.missing)
        joined = fragments.join(kept, entries, visitor, now_ms)
    return joined.pieces


async def _render(visitor: Visitor, entries: Sequence[Entry]) -> None:
    """Puts posts into memory that are not there yet, or not as they are now."""
    kept, speech, site = visitor.context.caches.fragments, visitor.language, visitor.context.site
    for card in await timelines.cards(visitor.context, entries, visitor.id):
        shown = Shown(card.post, card.author, card.answered, card.poll)
        kept.put(fragments.key_of(card.entry, speech), fragments.make(shown, speech, site))
        if card.booster is not None:
            kept.put(fragments.ribbon_key(card.entry, speech), fragments.make_ribbon(card.booster, speech, site))


async def markup(visitor: Visitor, entries: Sequence[Entry]) -> Markup:
    """The same as markup for a template."""
    return as_markup(await pieces(visitor, entries)) if entries else Markup("")


async def pinned_markup(visitor: Visitor, entries: Sequence[Entry], *, is_own: bool) -> Markup:
    """Pinned posts; their author can take the pins out."""
    await pieces(visitor, entries)
    kept, speech, now_ms = visitor.context.caches.fragments, visitor.language, visitor.context.site.now_ms()
    button = Markup('<p class="ribbon pin"><button form="act" formaction="/posts/{}/unpin">{}</button></p>')
    out: list[bytes] = []
    for entry in entries:
        ribbon = button.format(entry.post_id, speech.say("Unpin")).encode() if is_own else b""
        fragment = kept.get(fragments.key_of(entry, speech))
        age = wording.age(speech, now_ms, ms_from_id(entry.post_id))
        out += fragments.fill(fragment, entry, visitor.id, age, ribbon) if fragment else ()
    return as_markup(out)


def once(entries: Sequence[Entry]) -> list[Entry]:
    """A list in which nothing stands twice: what several people boosted, or one boosted soon after it was written."""
    newest: dict[int, Entry] = {}
    for entry in entries:
        newest.setdefault(entry.post_id, entry)
    return list(newest.values())


def as_markup(rendered: Iterable[bytes]) -> Markup:
    """Rendered pieces for a template."""
    return Markup(b"".join(rendered).decode())  # noqa: S704 - rendered by our own templates


def older(path: str, before: int | None) -> str:
    """The address of a list's next page, or '' where there is none."""
    return f"{path}?before={before}" if before is not None else ""
