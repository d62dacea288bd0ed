"""HTML of strangers, made safe; and plain text made into HTML and back."""

import html
import re

import nh3

from federation.errors import Malformed
from federation.html_limits import MAX_LENGTH as MAX_LENGTH
from federation.html_limits import MAX_TAGS as MAX_TAGS
from federation.html_limits import check_markup
from federation.reading import printable, whole

# What Mastodon keeps plus what articles need. No images: they travel as attachments, with their descriptions.
TAGS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "blockquote", "pre", "hr", "br", "wbr", "figure", "figcaption"),
    *("ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tfoot", "tr", "th", "td"),
    *("a", "span", "b", "strong", "i", "em", "u", "s", "del", "ins", "mark", "small", "sub", "sup", "code", "kbd", "samp", "var"),
    *("abbr", "bdi", "cite", "dfn", "q", "time", "ruby", "rb", "rp", "rt"),
}
CLASSES = {"ellipsis", "h-card", "hashtag", "invisible", "mention", "p-author", "p-name", "quote-inline", "u-url"}
ATTRIBUTES = {
    "*": {"dir", "lang", "translate"},
    "a": {"href", "hreflang"},
    "ol": {"start", "reversed"},
    "li": {"value"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
DROPPED_WITH_CONTENT = {"applet", "iframe", "math", "noscript", "object", "script", "style", "svg", "template", "textarea", "title"}

_CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    allowed_classes=dict.fromkeys(("a", "span", "p"), CLASSES),
    clean_content_tags=DROPPED_WITH_CONTENT,
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="nofollow noopener noreferrer ugc",
)
_STRIPPER = nh3.Cleaner(tags=set(), attributes={}, clean_content_tags=DROPPED_WITH_CONTENT)
_LINE_END = re.compile(r"<br\s*/?>|</(?:li|tr|dt|dd|div)\s*>", re.IGNORECASE)
_PARAGRAPH_END = re.compile(r"</(?:p|h[1-6]|blockquote|pre|ul|ol|table|dl)\s*>|<hr\s*/?>", re.IGNORECASE)
_LINK = re.compile(r"""https?://[^\s<>"']*[^\s<>"'.,;:!?)\]]""")


def clean_html(markup: str) -> str:
    """The markup with only harmless elements, attributes, classes and links left (nh3); cleaning twice changes nothing.

    Raises Malformed over the limits of html_limits.
    """
    if "<" not in markup and "&" not in markup and len(markup) <= MAX_LENGTH:
        cleaned = markup.replace(">", "&gt;").replace("\xa0", "&nbsp;").replace("\r\n", "\n")  # what nh3 answers, without its parser
    else:
        check_markup(markup)
        cleaned = _CLEANER.clean(whole(markup))
    return printable(cleaned)  # afterwards, for an entity may have hidden one


def text_from_html(markup: str) -> str:
    """What a reader would read: paragraphs apart by an empty line, line breaks kept, no markup and no entities.

    Raises Malformed like clean_html.
    """
    check_markup(markup)
    if "<" in markup or "&" in markup:
        broken = _PARAGRAPH_END.sub("\n\n", _LINE_END.sub("\n", whole(markup)))
        markup = html.unescape(_STRIPPER.clean(broken))
    return "\n\n".join(paragraphs_of(printable(markup)))


def paragraphs_of(text: str) -> list[str]:
    """The parts of a text between empty lines, without the white space around them; read once, whatever is in it."""
    found: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.strip():
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [part for part in ("\n".join(lines).strip() for lines in found) if part]


def html_from_text(text: str) -> str:
    """Plain text as HTML: paragraphs, line breaks, and http(s) addresses as links. The result is clean."""
    if len(text) > MAX_LENGTH:
        raise Malformed(f"a text of more than {MAX_LENGTH} characters")
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return clean_html("".join(f"<p>{_linked(part)}</p>" for part in paragraphs_of(lines)))


def html_from_link(url: str, text: str) -> str:
    """A paragraph that is one link; stands in where a post has no text of its own. The result is clean."""
    return clean_html(f'<p><a href="{html.escape(url)}">{html.escape(text or url, quote=False)}</a></p>')


def html_from_quote(url: str) -> str:
    """What stands above a text that quotes another post, for whoever does not show quotes (as Mastodon writes it)."""
    address = html.escape(url)
    return f'<p class="quote-inline">RE: <a href="{address}">{address}</a></p>'


def html_from_heading(text: str) -> str:
    """A line of text that stands above others; '' for none. The result is clean."""
    return clean_html(f"<p><strong>{html.escape(text, quote=False)}</strong></p>") if text else ""


def wire_summary(text: str) -> str:
    """A plain text for `summary`, which is HTML by the standard and text in Mastodon: escaped only where it would be misread."""
    return text if text_from_html(text) == text else html.escape(text, quote=False)


def _linked(text: str) -> str:
    """One paragraph, escaped, its addresses linked and its line ends as <br>."""
    parts, end = [], 0
    for match in _LINK.finditer(text):
        url = html.escape(match.group())
        parts += [html.escape(text[end : match.start()], quote=False), f'<a href="{url}">{url}</a>']
        end = match.end()
    parts.append(html.escape(text[end:], quote=False))
    return "".join(parts).replace("\n", "<br>")
