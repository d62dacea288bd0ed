"""How much work a stranger's HTML may make: parsers take quadratic time for some of it, so it is counted before it is parsed."""

from federation.errors import Malformed

MAX_LENGTH = 512 * 1024
MAX_TAGS = 10_000
MAX_DEPTH = 2_000  # 40,000 open <blockquote> cost 3 s, 10,000 open <div> 0.5 s, this many 0.02 s
MAX_ENTITIES = 20_000  # 500,000 bare & cost 5 s
MAX_ATTRIBUTE_WORK = 100_000_000  # comparisons, for each attribute is compared with those before it: 70,000 of one tag cost 2 s
UNNESTED = ("p", "li", "dt", "dd", "td", "th", "tr", "br", "hr", "img", "wbr", "input", "option", "!", "?")  # what need not be closed
SEPARATORS = " \t\n\r\f/\"'"

MAX_PAGE_LENGTH = 256 * 1024
MAX_PAGE_TAGS = 20_000


def check_markup(markup: str) -> None:
    """Raises Malformed over 512 Ki characters, 10,000 tags, 2,000 levels, 20,000 entities, or too many attributes in one tag."""
    if len(markup) > MAX_LENGTH:
        raise Malformed(f"a text of more than {MAX_LENGTH} characters")
    if markup.count("&") > MAX_ENTITIES:
        raise Malformed(f"a text of more than {MAX_ENTITIES} entities")
    tags = markup.split("<")[1:]
    if len(tags) > MAX_TAGS:
        raise Malformed(f"a text of more than {MAX_TAGS} tags")
    if _depth(tags) > MAX_DEPTH:
        raise Malformed(f"a text nested more than {MAX_DEPTH} deep")
    if sum(_attributes(tag) ** 2 for tag in tags) > MAX_ATTRIBUTE_WORK:
        raise Malformed("a text with too many attributes")


def _depth(tags: list[str]) -> int:
    """The deepest level, as far as it can be counted without parsing: never less than it is for what nests."""
    depth = deepest = 0
    for tag in tags:
        if tag.startswith("/"):
            depth = max(depth - 1, 0)
        elif not _is_unnested(tag):
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def _is_unnested(tag: str) -> bool:
    name = tag[:8].lower()
    return any(name.startswith(each) and not name[len(each) : len(each) + 1].isalnum() for each in UNNESTED)


def _attributes(tag: str) -> int:
    """How many attributes a tag may have at most; its text, where it stands after the tag, does not count."""
    inside = tag.partition(">")[0] if '"' not in tag and "'" not in tag else tag
    return sum(map(inside.count, SEPARATORS))


def page_text(body: bytes) -> str:
    """The beginning of a page, cut where reading on would take too long: what is looked for stands at the top."""
    text = body[: 4 * MAX_PAGE_LENGTH].decode("utf-8", "replace")[:MAX_PAGE_LENGTH]
    return "<".join(text.split("<", MAX_PAGE_TAGS)[:MAX_PAGE_TAGS])
