"""Finding posts by their words, as far as the viewer may see them and their authors agreed to be found (SQLite's FTS5; tsvector)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from storage.database import AFRESH, Connection, Engine, one_value, with_list
from storage.indexing import plain, words_of
from storage.posts import ACTIVE, visible
from storage.snippets import snippet
from storage.timelines import BEFORE_ALL

REACH = 1000  # of more matches than this the newest are ranked; the count stops here too
COMMON = 5000  # a word of more posts than this is not weighed
_AGE = 0.6 / (365 * 24 * 3600 * 1000)  # what a year counts against the rank of a word that few posts have (about 1 to 8)
_NOTHING = '""'  # an FTS5 expression that no row matches
_NO_WORD = "'-'"  # a word that no text has


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for. Phrases are plain words, never an expression; ids are bounds in time (ids sort by it)."""

    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    author: int = 0
    community: int = 0  # an account that boosted it
    tag: str = ""
    facet: str = ""  # a type of learning facet
    type: str = ""
    plain: bool = False  # no facet at all
    answered: bool = False
    pictured: bool = False
    after_id: int = 0
    before_id: int = BEFORE_ALL


@dataclass(frozen=True, slots=True)
class Hit:
    """A post that was found; rank and id are the key of the next page."""

    id: int
    rank: float
    total: int  # how many were found from here on, at most REACH


FIRST = Hit(BEFORE_ALL, float("-inf"), 0)  # stands before every page

_CONSENT = "coalesce(p.searchable_by, a.searchable_by, CASE WHEN a.indexable AND p.visibility = 0 THEN 0 ELSE 3 END)"
# CROSS JOIN: from the post on, not from all whom the viewer follows
AGREED = f"""
    (p.account_id = :viewer
     OR EXISTS (SELECT 1 FROM mentions n WHERE n.post_id = p.id AND n.account_id = :viewer)
     OR (a.mode <> 'supervised' AND ({_CONSENT} = 0
     OR ({_CONSENT} = 2 AND EXISTS (SELECT 1 FROM follows n
         WHERE n.follower_id = :viewer AND n.followee_id = p.account_id AND n.state = 'accepted'))
     OR EXISTS (SELECT 1 FROM posts g CROSS JOIN accounts c CROSS JOIN follows n CROSS JOIN follows o
         WHERE g.boost_of_id = p.id AND c.id = g.account_id AND c.type = 'Group' AND c.domain = ''
           AND n.followee_id = c.id AND n.follower_id = :viewer AND n.state = 'accepted'
           AND o.followee_id = c.id AND o.follower_id = p.account_id AND o.state = 'accepted'))))"""
_WELCOME = """
    NOT EXISTS (SELECT 1 FROM blocks x WHERE x.account_id = :viewer AND x.target_id = p.account_id)
    AND NOT EXISTS (SELECT 1 FROM mutes x WHERE x.account_id = :viewer AND x.target_id = p.account_id)"""
_ASKED = """
    p.boost_of_id IS NULL AND p.id >= :after_id AND p.id < :before_id
    AND (:author = 0 OR p.account_id = :author)
    AND (:type = '' OR p.type = :type)
    AND (:facet = '' OR p.facets LIKE '%"' || :facet || '"%')
    AND (NOT :plain OR p.facets IS NULL)
    AND (NOT :answered OR p.replies_count > 0)
    AND (NOT :pictured OR p.attachments LIKE '%"image/%' OR p.attachments LIKE '%"Image"%')
    AND (:community = 0 OR EXISTS (SELECT 1 FROM posts g WHERE g.boost_of_id = p.id AND g.account_id = :community))
    AND (:tag = '' OR EXISTS (SELECT 1 FROM tags t JOIN post_tags pt ON pt.tag_id = t.id WHERE t.name = :tag AND pt.post_id = p.id))"""
_SHOWN = f"{ACTIVE} AND {visible('p')} AND {AGREED} AND {_WELCOME}"
_RANKED = f"""
    SELECT f.id, f.rank, count(*) OVER () FROM (
        SELECT p.id AS id, {{rank}} - :age * (p.id >> 16) AS rank
        FROM {{index}} CROSS JOIN posts p CROSS JOIN accounts a
        WHERE {{matches}} AND a.id = p.account_id AND {_ASKED} AND {_SHOWN}
        ORDER BY {{newest}} DESC LIMIT :reach) f
    WHERE f.rank > :rank OR (f.rank = :rank AND f.id < :last)
    ORDER BY f.rank, f.id DESC LIMIT :limit"""
_BY_WORDS = _RANKED.format(  # by rank, the best first: the smallest number
    rank="bm25(post_texts, 6.0, 3.0, 1.0, 3.0)",
    index="post_texts",
    matches="post_texts MATCH :match AND p.id = post_texts.rowid",
    newest="post_texts.rowid",
)
_BY_RARE_WORDS = _RANKED.format(  # which have the other words as well: `+`, so that the rare ones are read first
    rank="bm25(post_texts, 6.0, 3.0, 1.0, 3.0)",
    index="post_texts",
    matches="""post_texts MATCH :rare AND +post_texts.rowid IN (SELECT w.rowid FROM post_texts w WHERE w.post_texts MATCH :match)
          AND p.id = post_texts.rowid""",
    newest="post_texts.rowid",
)
_BY_AGE = _RANKED.format(
    rank="0.0", index="post_texts", matches="post_texts MATCH :match AND p.id = post_texts.rowid", newest="post_texts.rowid"
)
_BY_TSVECTOR = _RANKED.format(  # ts_rank says 0 to 1, bm25 about 1 to 8
    rank=AFRESH + " -8 * ts_rank('{0.17, 0.5, 0.5, 1}', t.words, to_tsquery('simple', :match))",
    index="post_texts t",
    matches="t.words @@ to_tsquery('simple', :match) AND p.id = t.id",  # in place, so that it is known how rare the words are
    newest="t.id",
)
_IS_COMMON = "SELECT count(*) > :most FROM (SELECT 1 FROM post_texts WHERE post_texts MATCH :phrase LIMIT :most + 1) n"
_EXCLUDED: Mapping[Engine, str] = {
    "sqlite": "SELECT rowid FROM post_texts WHERE post_texts MATCH :without",
    "postgresql": "SELECT t.id FROM post_texts t WHERE t.words @@ to_tsquery('simple', :without)",
}
_LEFT = f"{_ASKED} AND {_SHOWN} AND p.id < :last AND p.id NOT IN ({{excluded}})"
_NEWEST = f"SELECT p.id FROM posts p JOIN accounts a ON a.id = p.account_id WHERE {_LEFT} ORDER BY p.id DESC LIMIT :limit"
_OF_AUTHOR = f"""
    SELECT p.id FROM posts p JOIN accounts a ON a.id = p.account_id
    WHERE p.account_id = :author AND {_LEFT} ORDER BY p.id DESC LIMIT :limit"""
_OF_TAG = f"""
    SELECT p.id FROM post_tags wt CROSS JOIN posts p CROSS JOIN accounts a
    WHERE wt.tag_id = (SELECT w.id FROM tags w WHERE w.name = :tag) AND p.id = wt.post_id AND a.id = p.account_id AND {_LEFT}
    ORDER BY wt.post_id DESC LIMIT :limit"""
_LISTS: Mapping[Engine, tuple[str, str, str]] = {
    engine: (_NEWEST.format(excluded=text), _OF_AUTHOR.format(excluded=text), _OF_TAG.format(excluded=text))
    for engine, text in _EXCLUDED.items()
}
_TEXTS = "SELECT id, content, title, summary FROM posts WHERE id IN (:ids)"


def list_hits(
    db: Connection, question: Question, viewer_id: int, limit: int, after: Hit = FIRST, *, newest_first: bool = False
) -> list[Hit]:
    """Posts that a viewer may find: the best first where there are words to rank by (newer ones a little better), else the newest."""
    asked = {name: value for name, value in asdict(question).items() if name not in {"phrases", "without"}}
    asked |= {"viewer": viewer_id, "limit": limit, "last": after.id}
    if question.phrases:
        asked |= {"match": _EXPRESSIONS[db.engine](question), "rank": after.rank, "age": 1.0 if newest_first else _AGE, "reach": REACH}
        sql, rare = _by_words(db, question.phrases) if db.engine == "sqlite" else (_BY_TSVECTOR, {})
        return [Hit(*row) for row in db.execute(sql, {**asked, **rare}).fetchall()]
    asked["without"] = _WITHOUTS[db.engine](question)
    newest, of_author, of_tag = _LISTS[db.engine]
    sql = of_author if question.author else of_tag if question.tag else newest
    return [Hit(row[0], 0.0, 0) for row in db.execute(sql, asked).fetchall()]


def _by_words(db: Connection, phrases: Sequence[str]) -> tuple[str, Mapping[str, object]]:
    """The statement that ranks by some phrases on SQLite, and its further parameters.

    To weigh a word, FTS5 reads every place where it stands: in an archive of a million posts 30 ms for one that is in most of them. Such
    a word tells no post from another, so it has to stand there and counts nothing.
    """
    asked = ((phrase, {"phrase": _quoted(phrase), "most": COMMON}) for phrase in phrases)
    rare = [phrase for phrase, given in asked if not one_value(db.execute(_IS_COMMON, given))]
    if len(rare) == len(phrases):
        return _BY_WORDS, {}
    return (_BY_RARE_WORDS, {"rare": " AND ".join(map(_quoted, rare))}) if rare else (_BY_AGE, {})


def list_snippets(db: Connection, question: Question, ids: Sequence[int]) -> dict[int, str]:
    """The place of each post where the words stand: plain text with snippets.MARK and MARK_END around them."""
    if not question.phrases:
        return {}
    rows = db.execute(*with_list(_TEXTS, "ids", ids)).fetchall()
    return {row[0]: snippet([plain(text) for text in row[1:]], question.phrases) for row in rows}


def _expression(question: Question) -> str:
    """What FTS5 is asked. Every phrase is quoted, so that nothing in it is syntax."""
    wanted = " AND ".join(map(_quoted, question.phrases))
    return f"({wanted}) NOT ({_any_of(question.without)})" if question.without else wanted


def _any_of(phrases: Sequence[str]) -> str:
    return " OR ".join(map(_quoted, phrases)) or _NOTHING


def _quoted(phrase: str) -> str:
    return '"' + phrase.replace('"', '""') + '"'


def _query(question: Question) -> str:
    """What tsvector is asked. Phrases are taken apart into words, so that nothing in them is syntax; one without words finds nothing."""
    wanted = " & ".join(map(_adjacent, question.phrases))
    return f"({wanted}) & !({_any_adjacent(question)})" if question.without else wanted


def _any_adjacent(question: Question) -> str:
    return " | ".join(map(_adjacent, question.without)) or _NO_WORD


def _adjacent(phrase: str) -> str:
    """The words of a phrase, one right after the other."""
    return "(" + " <-> ".join(f"'{word}'" for word in words_of(phrase).split()) + ")" if words_of(phrase) else _NO_WORD


_EXPRESSIONS: Mapping[Engine, Callable[[Question], str]] = {"sqlite": _expression, "postgresql": _query}
_WITHOUTS: Mapping[Engine, Callable[[Question], str]] = {
    "sqlite": lambda question: _any_of(question.without),
    "postgresql": _any_adjacent,
}
