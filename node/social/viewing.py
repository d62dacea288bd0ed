"""All that showing some posts and people to one viewer takes, in few statements, however many there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from node.errors import NotFound
from node.site import Site
from node.social import filtering, guardianship
from node.social.filtering import Match
from storage import accounts, filters, polls, posts, previews, programs, quotes, reactions, viewing, wards
from storage.database import Connection
from storage.previews import Preview
from storage.quotes import Quote
from storage.records import PRIVATE, Account, Poll, Post
from storage.viewing import Marks, Named, Stats

NO_STATS, NO_MARKS = Stats(), Marks()


@dataclass(frozen=True, slots=True)
class People:
    """Accounts with their figures, by id. moved: where some of them have gone, by the address that they name."""

    site: Site
    accounts: Mapping[int, Account] = field(default_factory=dict)
    stats: Mapping[int, Stats] = field(default_factory=dict)
    moved: Mapping[str, Account] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class View:
    """Posts as one viewer (0 is a stranger) may see them, with what hangs on them, by post id."""

    site: Site
    viewer_id: int
    people: People
    posts: Mapping[int, Post] = field(default_factory=dict)
    named: Mapping[int, Sequence[Named]] = field(default_factory=dict)
    tags: Mapping[int, Sequence[str]] = field(default_factory=dict)
    polls: Mapping[int, Poll] = field(default_factory=dict)
    votes: Mapping[int, Sequence[int]] = field(default_factory=dict)
    marks: Mapping[int, Marks] = field(default_factory=dict)
    answered: Mapping[int, int] = field(default_factory=dict)  # whose post is answered: account ids by the answered post's id
    apps: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    quotes: Mapping[int, Quote] = field(default_factory=dict)
    quoted: Mapping[int, int] = field(default_factory=dict)  # how often
    previews: Mapping[int, Preview] = field(default_factory=dict)
    follows: frozenset[int] = frozenset()  # whom of the authors the viewer follows
    filtered: Mapping[int, Sequence[Match]] = field(default_factory=dict)


def load_view(db: Connection, site: Site, ids: Sequence[int], viewer_id: int, *, also: Iterable[int] = ()) -> View:
    """What showing some posts takes; of a boost also what it boosts, of a quote what it quotes. also: further accounts to show.

    The caller has chosen posts that the viewer may see; quoted ones are looked at here.
    """
    shown = posts.list_posts(db, ids) if ids else {}
    missing = [post.boost_of_id for post in shown.values() if post.boost_of_id and post.boost_of_id not in shown]
    if missing:
        shown |= posts.list_posts(db, missing)
    said = [post.id for post in shown.values() if post.boost_of_id is None]
    quoted = quotes.list_quotes(db, said) if said else {}
    if quoted:
        wanted = [quote.quoted_id for quote in quoted.values() if quote.quoted_id and quote.quoted_id not in shown]
        shown |= viewing.list_visible_posts(db, wanted, viewer_id)
        said = [post.id for post in shown.values() if post.boost_of_id is None]
        quoted = quotes.list_quotes(db, said)
    people = load_people(db, site, [*(post.account_id for post in shown.values()), *also], viewer_id)
    if not said:
        return View(site, viewer_id, people, shown)
    found = polls.list_polls(db, [post.id for post in shown.values() if post.type == "Question"])
    return View(
        site=site,
        viewer_id=viewer_id,
        people=people,
        posts=shown,
        named=viewing.list_named(db, said),
        tags=reactions.list_tags(db, said),
        polls=found,
        votes=viewing.list_own_votes(db, list(found), viewer_id) if found and viewer_id else {},
        marks=viewing.list_marks(db, said, viewer_id),
        answered=_answered(db, shown),
        apps=programs.list_post_apps(db, [post.id for post in shown.values() if post.source is not None]),
        quotes=quoted,
        quoted=quotes.count_quotes(db, said),
        previews=previews.list_previews(db, said),
        follows=_followed(db, shown, viewer_id),
        filtered=_filtered(db, site, shown, found, viewer_id),
    )


def _answered(db: Connection, shown: Mapping[int, Post]) -> dict[int, int]:
    wanted = {post.in_reply_to_id for post in shown.values() if post.in_reply_to_id}
    known = {post_id: shown[post_id].account_id for post_id in wanted if post_id in shown}
    missing = wanted - set(known)
    return known | viewing.list_authors(db, list(missing)) if missing else known


def _followed(db: Connection, shown: Mapping[int, Post], viewer_id: int) -> frozenset[int]:
    """Asked only where a post's policy on quotes depends on it."""
    authors = [post.account_id for post in shown.values() if post.quote_policy == "followers" and post.visibility < PRIVATE]
    return frozenset(viewing.list_followed(db, authors, viewer_id)) if authors and viewer_id else frozenset()


def _filtered(
    db: Connection, site: Site, shown: Mapping[int, Post], found: Mapping[int, Poll], viewer_id: int
) -> dict[int, Sequence[Match]]:
    mine = filtering.active(filters.list_filters(db, viewer_id), site.now_ms()) if viewer_id else []
    if not mine:
        return {}
    met = {post.id: filtering.matches(mine, post, found.get(post.id)) for post in shown.values() if post.account_id != viewer_id}
    return {post_id: matches for post_id, matches in met.items() if matches}


def load_people(db: Connection, site: Site, ids: Iterable[int], viewer_id: int | None = None) -> People:
    """What showing some accounts takes. viewer_id: 0 is a stranger; supervised accounts are stubs outside of their approved circle. None
    where the caller has chosen accounts that the viewer may see."""
    wanted = list(set(ids))
    if not wanted:
        return People(site)
    found = accounts.list_accounts(db, wanted)
    if viewer_id is not None:
        supervised = [account.id for account in found.values() if guardianship.is_ward(account)]
        hidden = wards.list_hidden(db, supervised, viewer_id) if supervised else set()
        found = {account_id: guardianship.stub(each) if account_id in hidden else each for account_id, each in found.items()}
        wanted_stats = [account_id for account_id in found if account_id not in hidden]
    else:
        wanted_stats = list(found)
    moved_uris = {account.moved_to_uri for account in found.values() if account.moved_to_uri}
    gone = {uri: other for uri in moved_uris if (other := accounts.find_account_by_uri(db, uri)) is not None}
    everybody = {**found, **{other.id: other for other in gone.values()}}
    return People(site, everybody, viewing.list_stats(db, [*wanted_stats, *(other.id for other in gone.values())]), gone)


def is_hidden(view: View, post_id: int, where: str) -> bool:
    """Whether a filter of the viewer's takes the post away from a context altogether."""
    post = view.posts.get(post_id)
    met = view.filtered.get(post.boost_of_id or post.id, ()) if post else ()
    return any(match.whole.filter.action == "hide" and where in match.whole.filter.contexts.split() for match in met)


def get_view(db: Connection, site: Site, post_id: int, viewer_id: int) -> View:
    """One post to show. Raises NotFound where the viewer may not see it."""
    post = posts.find_visible_post(db, post_id, viewer_id)
    if post is None or (post.boost_of_id and not posts.is_visible(db, post.boost_of_id, viewer_id)):
        raise NotFound("There is no such post, or it is not for you.")
    return load_view(db, site, [post_id], viewer_id)
