"""A portfolio, drafted from the record: what somebody can do, by the strength of what speaks for it, and then each thing that does.

Nothing is entered by hand. What a reader sees is what they may see anyway; what was private so far (which paths somebody has walked) is
shown once the learner says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import orjson

from node.context import Context
from node.errors import BadInput, NotFound
from node.learning import attribution, claims
from node.learning.claims import ENDORSED_WEIGHT, Claim
from node.learning.paths import path_of, walk_from_post
from node.site import Site
from node.social.guardianship import is_ward
from storage import accounts
from storage.database import Connection
from storage.learning import awards, endorsements, facets
from storage.learning import portfolios as kept
from storage.learning.awards import ACCEPTED, PUBLIC, Award
from storage.learning.facets import Competency, label_of
from storage.learning.portfolios import Arrangement, Dated
from storage.records import Account, Post

Kind = Literal["award", "answer", "path", "workshop", "reflection"]
WEIGHTS: Mapping[Kind, float] = {"answer": 3.0, "path": 2.0, "workshop": 1.0, "reflection": 1.0}  # of achievements: claims.Claim.weight
FULL_WEIGHT = 5.0  # what a full bar stands for at least, so that what one recorded oneself never fills it
QUIET: frozenset[Kind] = frozenset({"path"})  # shown once the learner says so: which paths one walks is one's own
LISTED = 200
INTRO_CHARACTERS, NOTE_CHARACTERS = 1_000, 500


@dataclass(frozen=True, slots=True)
class Item:
    """Something that speaks for somebody. key: by which it is arranged; claim: of an achievement."""

    key: str
    kind: Kind
    title: str
    moment_ms: int
    competencies: Sequence[Competency]
    post: Post | None = None
    author: Account | None = None  # of the post, where it is somebody else's: a path, an event
    claim: Claim | None = None
    note: str = ""
    is_hidden: bool = False

    @property
    def weight(self) -> float:
        """How much it says, against others."""
        return self.claim.weight if self.claim is not None else WEIGHTS[self.kind]

    @property
    def award(self) -> Award | None:
        """The achievement, where it is one."""
        return self.claim.award if self.claim is not None else None

    @property
    def is_shown(self) -> bool:
        """Whether others may see it: nothing that is forged, revoked or given to somebody else."""
        return self.claim is None or self.claim.is_shown


@dataclass(frozen=True, slots=True)
class Skill:
    """A competency with all that speaks for it, the strongest first.

    strength: 0 to 1 of the strongest in this portfolio, of FULL_WEIGHT at least; claims: the
    achievements among it."""

    name: str
    url: str
    weight: float
    strength: float
    items: Sequence[Item]
    claims: Sequence[Claim]
    endorsers: Sequence[Account]
    newest_ms: int

    @property
    def is_confirmed(self) -> bool:
        """Whether anybody but the owner speaks for it."""
        return bool(self.endorsers) or any(item.claim is None or item.claim.kind != "self" for item in self.items)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """A portfolio as one reader sees it."""

    owner: Account
    arrangement: Arrangement
    skills: Sequence[Skill]
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Wish:
    """How a learner wants an item. place: 1 for the first, 0 for where it falls."""

    key: str
    place: int = 0
    is_hidden: bool = False
    note: str = ""


def get_portfolio(db: Connection, site: Site, owner: Account, viewer_id: int) -> Portfolio:
    """Somebody's portfolio. Raises NotFound where it is not for the viewer: a ward's, and one that its owner hides."""
    arrangement = kept.find_arrangement(db, owner.id)
    is_own = viewer_id == owner.id
    if not owner.is_local or owner.type == "Group" or (not is_own and (arrangement.is_hidden or is_ward(owner))):
        raise NotFound("This portfolio is not shown here.")
    drafted = [item for item in draft(db, site, owner, viewer_id) if is_own or item.is_shown]
    items = [item for item in arranged(drafted, arrangement) if not item.is_hidden]
    return Portfolio(owner, arrangement, skills_of(db, owner, items), items)


def draft(db: Connection, site: Site, owner: Account, viewer_id: int) -> list[Item]:
    """All that speaks for somebody and that the viewer may see, newest first."""
    posts = [
        *(("reflection", each) for each in kept.list_reflections(db, owner.id, viewer_id, LISTED)),
        *(("answer", each) for each in kept.list_answers(db, owner.id, viewer_id, LISTED)),
        *(("workshop", each) for each in kept.list_workshops(db, owner.id, viewer_id, site.now_ms(), LISTED)),
        *(("path", each) for each in kept.list_walked(db, owner.id, viewer_id, LISTED) if _is_walked(db, each.post, owner)),
    ]
    found = [*_awarded(db, site, owner, viewer_id), *_items(db, owner, posts)]
    return sorted(found, key=lambda item: (-item.moment_ms, item.key))


def _is_walked(db: Connection, post: Post, owner: Account) -> bool:
    path = path_of(post)
    walk = walk_from_post(db, post, path, owner.id) if path else None
    return walk is not None and walk.needed_done == len(walk.needed)


def _items(db: Connection, owner: Account, found: Sequence[tuple[str, Dated]]) -> list[Item]:
    questions = kept.list_questions_of(db, [each.post.id for kind, each in found if kind == "answer"])
    about = facets.list_competencies(db, [*(each.post.id for _, each in found), *questions.values()])
    authors = accounts.list_accounts(db, [each.post.account_id for _, each in found])
    return [
        Item(
            key=f"{kind}:{each.post.id}",
            kind=kind,  # type: ignore[arg-type]  # the four of `draft`
            title=title_of(each.post),
            moment_ms=each.moment_ms,
            competencies=about.get(questions.get(each.post.id, each.post.id) if kind == "answer" else each.post.id, []),
            post=each.post,
            author=authors.get(each.post.account_id) if each.post.account_id != owner.id else None,
        )
        for kind, each in found
    ]


def title_of(post: Post) -> str:
    """What a post is called; of one without a title its beginning."""
    text = post.title or " ".join((post.source or "").split())
    return text if len(text) <= 100 else f"{text[:99].rstrip()}…"


def _awarded(db: Connection, site: Site, owner: Account, viewer_id: int) -> list[Item]:
    """Achievements: to others those that the learner shows; to the learner also those that they accepted."""
    states = (ACCEPTED, PUBLIC) if viewer_id == owner.id else (PUBLIC,)
    found = awards.list_received(db, owner.id, states, LISTED)
    about = awards.list_competencies(db, [each.id for each in found])
    return [
        Item(
            key=f"award:{each.award.id}",
            kind="award",
            title=each.award.name,
            moment_ms=each.award.issued_ms,
            competencies=about.get(each.award.id, []),
            claim=each,
        )
        for each in claims.list_claims(db, site, owner, found)
    ]


def choices_of(arrangement: Arrangement) -> dict[str, Any]:
    """order, hidden, shown, notes; what is not there is empty."""
    stated: dict[str, Any] = orjson.loads(arrangement.chosen)
    return {"order": [], "hidden": [], "shown": [], "notes": {}} | stated


def arranged(items: Iterable[Item], arrangement: Arrangement) -> list[Item]:
    """Items in the learner's order, with their notes, and what is not to be shown marked so."""
    chosen = choices_of(arrangement)
    places = {key: place for place, key in enumerate(chosen["order"])}
    made = [
        replace(
            item,
            note=chosen["notes"].get(item.key, ""),
            is_hidden=item.key in chosen["hidden"] or (item.kind in QUIET and item.key not in chosen["shown"]),
        )
        for item in items
    ]
    return sorted(
        made, key=lambda item: (places.get(item.key, len(places)), -item.weight if item.claim is not None else -WEIGHTS[item.kind])
    )


def skills_of(db: Connection, owner: Account, items: Sequence[Item]) -> list[Skill]:
    """The competencies that items speak for, the strongest first; people who vouch for one by itself count too."""
    spoken: dict[str, list[Item]] = {}
    named: dict[str, Competency] = {}
    for item in (each for each in items if each.weight > 0):
        for each in item.competencies:
            if item not in spoken.setdefault(each.label, []):
                spoken[each.label].append(item)
            named.setdefault(each.label, each)
    words = [word for word in endorsements.list_for_person(db, owner.id) if word.competency and word.counts]
    people = accounts.list_accounts(db, [word.endorser_id for word in words if word.endorser_id is not None])
    own = attribution.list_own_communities(db, people.values(), owner)
    vouching = {
        label: claims.endorsers_of([word for word in words if word.competency == named[label].url], people, owner, own) for label in spoken
    }
    made = [_skill(named[label], theirs, vouching[label]) for label, theirs in spoken.items()]
    most = max([FULL_WEIGHT, *(skill.weight for skill in made)])
    ranked = [replace(skill, strength=skill.weight / most) for skill in made]
    return sorted(ranked, key=lambda skill: (-skill.weight, label_of(skill.name)))


def _skill(competency: Competency, items: Sequence[Item], vouching: Sequence[Account]) -> Skill:
    strongest = sorted(items, key=lambda item: (-item.weight, -item.moment_ms))
    awarded = [item.claim for item in strongest if item.claim is not None]
    endorsers = {account.id: account for account in [*vouching, *(each for claim in awarded for each in claim.endorsers)]}
    weight = sum(item.weight for item in items) + ENDORSED_WEIGHT * len(vouching)
    newest = max(item.moment_ms for item in items)
    return Skill(competency.name, competency.url, weight, 0.0, strongest, awarded, list(endorsers.values()), newest)


async def arrange(context: Context, owner: Account, intro: str, wishes: Sequence[Wish], *, is_hidden: bool) -> None:
    """Keeps how the learner wants it. Raises BadInput."""
    if len(intro) > INTRO_CHARACTERS or any(len(wish.note) > NOTE_CHARACTERS for wish in wishes):
        raise BadInput("An introduction has at most 1,000 characters, a note 500.")
    ordered = sorted((wish for wish in wishes if wish.place > 0), key=lambda wish: wish.place)
    chosen = {
        "order": [wish.key for wish in ordered],
        "hidden": [wish.key for wish in wishes if wish.is_hidden],
        "shown": [wish.key for wish in wishes if not wish.is_hidden and wish.key.partition(":")[0] in QUIET],
        "notes": {wish.key: wish.note.strip() for wish in wishes if wish.note.strip()},
    }
    arrangement = Arrangement(owner.id, is_hidden, intro.strip(), orjson.dumps(chosen).decode())
    await context.database.write(kept.save_arrangement, arrangement)
