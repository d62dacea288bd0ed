"""What people write (Markdown) as HTML: links, @mentions and #hashtags found on the way."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

from federation.html import clean_html
from node.social.naming import tag_url
from storage.records import Account

NAME = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?"
HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?"
HANDLE = re.compile(rf"(?<![\w/@])@({NAME})(?:@({HOST}))?")
HASHTAG = re.compile(r"(?<![\w/#&])#(\w{1,100})")
MARK = re.compile(f"{HANDLE.pattern}|{HASHTAG.pattern}")
SHORTCODE = re.compile(r"(?<![A-Za-z0-9]):([A-Za-z0-9_]{2,64}):(?![A-Za-z0-9])")
NUMBER = re.compile(r"[0-9_]+")

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True}).enable(["linkify", "strikethrough", "table"])


@dataclass(frozen=True, slots=True)
class Written:
    """A text as others will see it, and whom and what it names."""

    content: str  # clean HTML
    mentioned: tuple[Account, ...]
    hashtags: tuple[str, ...]
    emojis: tuple[tuple[str, str], ...] = ()  # (shortcode, address) of those of ours that the text names


def shortcodes_in(text: str) -> list[str]:
    """The custom emojis that a text may name, each once, without colons."""
    return list(dict.fromkeys(SHORTCODE.findall(text)))


def handles_in(text: str) -> list[str]:
    """The handles that a text names, as `name` or `name@host`, each once."""
    found = (f"{name}@{host.lower()}" if host else name for name, host in HANDLE.findall(text))
    return list(dict.fromkeys(found))


def write(text: str, accounts: Mapping[str, Account], origin: str) -> Written:
    """Markdown as HTML. accounts: who is meant by each handle of `handles_in`; an unknown one stays plain text."""
    marks = _Marks(accounts, origin)
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        if token.type == "inline" and token.children:
            token.children = list(_marked(token.children, marks))
    content = clean_html(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}).strip())
    return Written(content, tuple(marks.mentioned.values()), tuple(marks.hashtags.values()))


class _Marks:
    """What was found so far."""

    def __init__(self, accounts: Mapping[str, Account], origin: str) -> None:
        self.accounts = accounts
        self.origin = origin
        self.mentioned: dict[int, Account] = {}
        self.hashtags: dict[str, str] = {}

    def html(self, match: re.Match[str]) -> str:
        """The link that stands for a mention or hashtag; its plain text where nobody is meant."""
        name, host, hashtag = match[1], match[2], match[3]
        if hashtag is not None:
            return self._hashtag(hashtag)
        account = self.accounts.get(f"{name}@{host.lower()}" if host else name)
        if account is None:
            return escape(match[0], quote=False)
        self.mentioned[account.id] = account
        href = escape(account.url or account.uri)
        return f'<span class="h-card"><a href="{href}" class="u-url mention">@<span>{escape(account.name)}</span></a></span>'

    def _hashtag(self, hashtag: str) -> str:
        if NUMBER.fullmatch(hashtag):  # "#1" numbers something; it is no subject
            return f"#{hashtag}"
        self.hashtags.setdefault(hashtag.lower(), hashtag)
        href = escape(tag_url(self.origin, hashtag.lower()))
        return f'<a href="{href}" class="mention hashtag">#<span>{escape(hashtag)}</span></a>'


def _marked(children: list[Token], marks: _Marks) -> Iterator[Token]:
    depth = 0
    for child in children:
        depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        if child.type == "text" and depth == 0 and MARK.search(child.content):
            yield from _split(child, marks)
        else:
            yield child


def _split(child: Token, marks: _Marks) -> Iterator[Token]:
    end = 0
    for match in MARK.finditer(child.content):
        yield _token("text", child.content[end : match.start()], child.level)
        yield _token("html_inline", marks.html(match), child.level)
        end = match.end()
    yield _token("text", child.content[end:], child.level)


def _token(kind: str, content: str, level: int) -> Token:
    return Token(type=kind, tag="", nesting=0, content=content, level=level)
