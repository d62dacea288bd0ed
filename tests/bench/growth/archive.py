"""What the people of the growth bench have said: drawn as a whole, so that each post knows its answers, then told row by row."""

import random
from array import array
from collections.abc import Iterator, Mapping, MutableSequence, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import accumulate

import orjson

from federation import outgoing
from node.social import naming
from storage.records import Account
from tests.bench.growth.crowd import Crowd, weights

Rows = dict[str, list[tuple[object, ...]]]

DAY_MS = 24 * 3600 * 1000
STEP_MS = DAY_MS // 1000  # a thousand posts a day, in an archive of any size
BOOSTS, REPLIES = 0.08, 0.35  # of all posts
SENTENCES, WORDS, TAGS = 20_000, 20_000, 2_000
RARE, SELDOM, COMMON = "xylem", "lichen", "moss"
RARELY = 40  # posts that have the rare word, however many there are
RECEIVED_DAYS, DELIVERED_DAYS = 30, 14  # as the configuration keeps them
NONE = -1
COLUMNS: Mapping[str, str] = {
    "follows": "follower_id, followee_id, state, uri, created_ms",
    "tags": "id, name",
    "posts": "id, account_id, boost_of_id, visibility, in_reply_to_id, thread_id, replies_count, likes_count, boosts_count, published_ms,"
    " type, language, uri, in_reply_to_uri, url, context_uri, content, source, attachments, facets",
    "post_texts": "id, body, tags",
    "home": "account_id, post_id",
    "post_tags": "tag_id, post_id",
    "mentions": "post_id, account_id",
    "likes": "post_id, account_id, uri, created_ms",
    "notifications": "id, account_id, kind, actor_id, post_id",
    "activities": "id, uri, account_id, type, post_id, is_public, body",
    "deliveries": "activity_id, inbox, host, order_key, state, attempts, next_ms, updated_ms",
    "seen": "hash, seen_ms",
    "resources": "post_id, url, license, minutes",
    "post_competencies": "post_id, url, name, label",
    "reflections": "post_id, resource_uri",
}


@dataclass(slots=True)
class Archive:
    """So many posts, by number: who wrote each, what it answers or boosts, and how much was done to it."""

    crowd: Crowd
    count: int
    end_ms: int
    authors: Sequence[int]
    parents: MutableSequence[int]
    roots: MutableSequence[int]
    boosts: MutableSequence[int]
    replies: MutableSequence[int]
    boosted: MutableSequence[int]
    likes: MutableSequence[int]
    sentences: Sequence[str] = field(default_factory=list)

    def post_id(self, number: int) -> int:
        """They are spread evenly, the last one at the end."""
        return (self.end_ms - (self.count - 1 - number) * STEP_MS) << 16

    def author(self, number: int) -> Account:
        return self.crowd.everybody[self.authors[number]]

    def uri(self, number: int) -> str:
        author, post_id = self.author(number), self.post_id(number)
        return naming.post_uri(self.crowd.origin, author.name, post_id) if author.is_local else f"{author.uri}/statuses/{post_id}"


def visibility(number: int) -> int:
    """85 of a hundred are public, 10 unlisted, 4 for followers, 1 direct."""
    at = number % 20
    return 0 if at < 17 else 1 if at < 19 else 3 if number % 100 == 99 else 2


def draw_archive(crowd: Crowd, count: int, end_ms: int, chance: random.Random) -> Archive:
    """The same for the same seed."""
    talkative = chance.sample(range(len(crowd.everybody)), len(crowd.everybody))  # who writes most is not who is read most
    authors = chance.choices(talkative, cum_weights=weights(len(talkative)), k=count)
    found = Archive(
        crowd, count, end_ms, authors, *(array("i", [NONE]) * count for _ in range(3)), *(array("i", [0]) * count for _ in range(3))
    )
    pairs: set[tuple[int, int]] = set()
    for number in range(count):
        roll = chance.random()
        if number > 20 and roll < BOOSTS + REPLIES:
            hot = number - number % 5000 if chance.random() < 0.05 and number % 5000 else NONE  # what everybody talks about just now
            target = hot if hot != NONE else max(0, number - 1 - int(chance.expovariate(1 / 200)))
            if found.boosts[target] != NONE or visibility(target) > 1:
                continue
            if roll < BOOSTS:
                if (target, authors[number]) not in pairs:
                    pairs.add((target, authors[number]))
                    found.boosts[number] = target
                    found.boosted[target] += 1
            else:
                found.parents[number] = target
                found.roots[number] = found.roots[target] if found.roots[target] != NONE else target
                found.replies[target] += 1
        if found.boosts[number] == NONE and visibility(number) < 2:
            found.likes[number] = min(int(chance.paretovariate(1.5)) - 1, 200, len(crowd.everybody) // 4)
    found.sentences = _sentences(chance)
    return found


def _sentences(chance: random.Random) -> list[str]:
    """Of words of which few are in nearly every sentence and most are rare, as in any language."""
    syllables = ["".join(pair) for pair in zip("bdfgklmnprst" * 5, "aeiou" * 12, strict=True)]
    words = [COMMON, *("".join(chance.choices(syllables, k=2 + number % 3)) for number in range(WORDS))]
    often = list(accumulate(1 / (rank + 3) for rank in range(len(words))))
    return [" ".join(chance.choices(words, cum_weights=often, k=chance.randint(6, 14))) for _ in range(SENTENCES)]


class Teller:
    """Tells an archive as rows of the tables, some thousand posts at a time."""

    def __init__(self, archive: Archive, chance: random.Random) -> None:
        self._archive, self._crowd, self._chance = archive, archive.crowd, chance
        self._much_liking = weights(len(self._crowd.everybody))
        self._tag_weights = weights(TAGS)
        self._readers: dict[int, list[int]] = {}
        self._following: dict[int, set[int]] = {}
        self._inboxes: dict[int, set[str]] = {}
        by_id = {account.id: account for account in self._crowd.everybody}
        for follow in self._crowd.follows:
            follower = by_id[follow.follower_id]
            if follower.is_local:
                self._readers.setdefault(follow.followee_id, []).append(follower.id)
                self._following.setdefault(follower.id, set()).add(follow.followee_id)
            else:
                self._inboxes.setdefault(follow.followee_id, set()).add(follower.shared_inbox or "")

    def tell(self, at_once: int) -> Iterator[tuple[int, Rows]]:
        """(posts told so far, rows by table)."""
        for start in range(0, self._archive.count, at_once):
            rows: Rows = {table: [] for table in COLUMNS}
            end = min(start + at_once, self._archive.count)
            for number in range(start, end):
                self._post(rows, number)
            rows["home"].sort()
            yield end, rows

    def _post(self, rows: Rows, number: int) -> None:
        archive = self._archive
        author, post_id, original = archive.author(number), archive.post_id(number), archive.boosts[number]
        moment_ms = post_id >> 16
        content = "" if original != NONE else self._content(number)
        names = [] if original != NONE or number % 7 else self._tags(number)
        facets = self._facets(rows, number, post_id) if number % 100 == 1 and original == NONE else None
        self._relations(rows, number, author, post_id)
        rows["posts"].append(self._row(number, author, post_id, content, facets))
        if original == NONE:
            rows["post_texts"].append((post_id, content[3:-4], " ".join(names)))
        rows["post_tags"] += [(int(name[3:]), post_id) for name in names]
        self._timelines(rows, number, author, post_id)
        if author.is_local and visibility(number) < 2 and original == NONE:
            self._sent(rows, number, author, content)
        elif not author.is_local and archive.end_ms - moment_ms < RECEIVED_DAYS * DAY_MS:
            rows["seen"].append((blake2b(archive.uri(number).encode(), digest_size=16).digest(), moment_ms))

    def _content(self, number: int) -> str:
        said = " ".join(self._chance.choices(self._archive.sentences, k=4))
        rare = f" {RARE}" if number % max(1, self._archive.count // RARELY) == 0 else ""
        seldom = f" {SELDOM}" if number % 2000 == 7 else ""
        return f"<p>{said} n{number}{rare}{seldom}</p>"

    def _tags(self, number: int) -> list[str]:
        drawn = self._chance.choices(range(TAGS), cum_weights=self._tag_weights, k=1 + number % 3)
        return sorted({f"tag{each + 1}" for each in drawn})

    def _row(self, number: int, author: Account, post_id: int, content: str, facets: str | None) -> tuple[object, ...]:
        archive = self._archive
        parent, root, original = archive.parents[number], archive.roots[number], archive.boosts[number]
        is_reply, is_boost = parent != NONE, original != NONE
        picture = orjson.dumps(
            [{"type": "Image", "url": f"https://pictures.example/{number}.webp", "media_type": "image/webp", "alt": "Moss"}]
        )
        return (
            post_id, author.id, archive.post_id(original) if is_boost else None, visibility(number),
            archive.post_id(parent) if is_reply else None, archive.post_id(root) if is_reply else None,
            archive.replies[number], archive.likes[number], archive.boosted[number], post_id >> 16,
            "Note", "en", archive.uri(number), archive.uri(parent) if is_reply else None,
            f"{author.url}/{post_id}", None if is_boost else f"{author.uri}/contexts/{root if is_reply else number}",
            content, content[3:-4] if author.is_local and not is_boost else None,
            picture.decode() if number % 8 == 0 and not is_boost else None, facets,
        )  # fmt: skip

    def _facets(self, rows: Rows, number: int, post_id: int) -> str:
        url, name = f"https://skills.example/{number % 50}", f"Skill {number % 50}"
        rows["post_competencies"].append((post_id, url, name, f"skill{number % 50}"))
        teaches = [{"targetUrl": url, "targetName": name, "type": "Alignment"}]
        if number % 200 == 1:
            rows["resources"].append((post_id, f"https://read.example/{number}", "CC-BY-4.0", 20))
            return orjson.dumps([{"type": "Resource", "teaches": teaches}]).decode()
        rows["reflections"].append((post_id, f"https://read.example/{number}"))
        return orjson.dumps([{"type": "Reflection", "alignment": teaches}]).decode()

    def _relations(self, rows: Rows, number: int, author: Account, post_id: int) -> None:
        """Who is named, who liked it, and what people are told of that."""
        archive = self._archive
        for kind, target in (("mention", archive.parents[number]), ("boost", archive.boosts[number])):
            if target == NONE:
                continue
            other = archive.author(target)
            if kind == "mention":
                rows["mentions"].append((post_id, other.id))
            if other.is_local and other is not author:
                about = post_id if kind == "mention" else archive.post_id(target)
                rows["notifications"].append((post_id, other.id, kind, author.id, about))
        likers = set(self._chance.choices(self._crowd.everybody, cum_weights=self._much_liking, k=archive.likes[number] * 2)) - {author}
        liked = sorted(likers, key=lambda each: each.id)[: archive.likes[number]]
        archive.likes[number] = len(liked)
        for at, liker in enumerate(liked, 1):
            like_ms = (post_id >> 16) + at * 1000
            rows["likes"].append((post_id, liker.id, f"{liker.uri}#likes/{post_id}", like_ms))
            if author.is_local:
                rows["notifications"].append((like_ms << 16 | at, author.id, "like", liker.id, post_id))

    def _timelines(self, rows: Rows, number: int, author: Account, post_id: int) -> None:
        if visibility(number) == 3:
            return
        parent = self._archive.parents[number]
        answered = self._archive.author(parent).id if parent != NONE else author.id
        for reader in self._readers.get(author.id, ()):
            if answered in (author.id, reader) or answered in self._following[reader]:
                rows["home"].append((reader, post_id))
        if author.is_local:
            rows["home"].append((author.id, post_id))
            if visibility(number) == 0 and self._archive.boosts[number] == NONE:
                rows["home"].append((0, post_id))

    def _sent(self, rows: Rows, number: int, author: Account, content: str) -> None:
        """What ours said to others: the activity for good, its deliveries for two weeks. Two servers have been away for three days."""
        archive, post_id = self._archive, self._archive.post_id(number)
        uri = naming.activity_uri(self._crowd.origin, author.name, post_id)
        note = {"id": archive.uri(number), "type": "Note", "attributedTo": author.uri, "content": content, "to": ["as:Public"]}
        rows["activities"].append((post_id, uri, author.id, "Create", post_id, True, orjson.dumps(outgoing.create(uri, note))))
        age_ms = archive.end_ms - (post_id >> 16)
        if age_ms > DELIVERED_DAYS * DAY_MS:
            return
        for inbox in sorted(self._inboxes.get(author.id, ())):
            host = inbox.split("/")[2]
            is_away = host in {"h1.example", "h2.example"} and age_ms < 3 * DAY_MS
            state = ("waiting", 5, archive.end_ms) if is_away else ("delivered", 1, 0)
            rows["deliveries"].append((post_id, inbox, host, hash((inbox, post_id)) & (1 << 62) - 1, *state, post_id >> 16))
