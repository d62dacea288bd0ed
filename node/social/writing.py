"""What people write (Markdown) as HTML: links, @mentions and #hashtags found on the way."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from federation.html import clean_html, html_from_text
from node.social import markdown
from node.social.mentions import find_mention
from node.social.naming import tag_url
from storage.records import Account

HASHTAG = re.compile(r"(?<![\w/#&])#(\w{1,100})")
SHORTCODE = re.compile(r"(?<![A-Za-z0-9]):([A-Za-z0-9_]{2,64}):(?![A-Za-z0-9])")
NUMBER = re.compile(r"[0-9_]+")

MENTION = "mention"  # the type of the tokens that the rule below makes; meta holds the handle


def _mention_rule(state: StateInline, silent: bool) -> bool:
    """An inline rule of markdown-it: a mention is one token, whatever markup its name or host could be taken for."""
    found = find_mention(state.src, state.pos) if state.src[state.pos] == "@" and not state.linkLevel else None
    if found is None:
        return False
    if not silent:
        token = state.push(MENTION, "", 0)
        token.content, token.meta = state.src[state.pos : found.end], {"handle": found.handle}
    state.pos = found.end
    return True


_MARKDOWN = markdown.parser()
_MARKDOWN.inline.ruler.before("linkify", MENTION, _mention_rule)


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
    """The handles that Markdown names, as `name` or `name@host` (host in lower case and punycode), each once.

    None in a text that is not parsed.
    """
    if not markdown.is_bounded(text):
        return []
    children = (child for token in _MARKDOWN.parse(text) for child in token.children or ())
    return list(dict.fromkeys(child.meta["handle"] for child in children if child.type == MENTION))


def write(text: str, accounts: Mapping[str, Account], origin: str) -> Written:
    """Markdown as HTML. accounts: the account meant by each handle of `handles_in`; an unknown one stays plain text."""
    if not markdown.is_bounded(text):
        return Written(html_from_text(text), (), ())
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

    def mention(self, token: Token) -> str:
        """The link that stands for a mention; its plain text where nobody is meant."""
        account = self.accounts.get(token.meta["handle"])
        if account is None:
            return escape(token.content, quote=False)
        self.mentioned[account.id] = account
        href = escape(account.url or account.uri)
        return f'<span class="h-card"><a href="{href}" class="u-url mention">@<span>{escape(account.name)}</span></a></span>'

    def hashtag(self, match: re.Match[str]) -> str:
        """The link that stands for a hashtag."""
        hashtag = match[1]
        if NUMBER.fullmatch(hashtag):  # "#1" numbers something; it is no subject
            return f"#{hashtag}"
        self.hashtags.setdefault(hashtag.lower(), hashtag)
        href = escape(tag_url(self.origin, hashtag.lower()))
        return f'<a href="{href}" class="mention hashtag">#<span>{escape(hashtag)}</span></a>'


def _marked(children: list[Token], marks: _Marks) -> Iterator[Token]:
    depth = 0
    for child in children:
        depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        if child.type == MENTION:
            yield _token("html_inline", marks.mention(child), child.level)
        elif child.type == "text" and depth == 0 and HASHTAG.search(child.content):
            yield from _split(child, marks)
        else:
            yield child


def _split(child: Token, marks: _Marks) -> Iterator[Token]:
    end = 0
    for match in HASHTAG.finditer(child.content):
        yield _token("text", child.content[end : match.start()], child.level)
        yield _token("html_inline", marks.hashtag(match), child.level)
        end = match.end()
    yield _token("text", child.content[end:], child.level)


def _token(kind: str, content: str, level: int) -> Token:
    return Token(type=kind, tag="", nesting=0, content=content, level=level)
