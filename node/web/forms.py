"""What a browser posts, read with limits, and whether one of our own pages made it do so."""

from dataclasses import dataclass
from hmac import compare_digest

from aiohttp import web
from multidict import MultiMapping

from federation.reading import printable
from node.errors import BadInput, NotAllowed
from node.web.content_codings import read_fields
from node.web.keys import CONTEXT

MAX_FIELD = 100_000  # characters; use cases have narrower limits
FORM_BYTES = 1 << 20  # of a form without its files
LARGEST_ID = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a posted form; what is not there reads as empty."""

    fields: MultiMapping[str | bytes | bytearray | web.FileField]

    def text(self, name: str) -> str:
        """A field's text, line ends as \\n, without characters that nobody sees."""
        return _clean(self.fields.get(name, ""))

    def line(self, name: str) -> str:
        """A field's text in one line."""
        return " ".join(self.text(name).split())

    def texts(self, name: str) -> list[str]:
        """All fields of a name, in the order of the page."""
        return [_clean(value) for value in self.fields.getall(name, [])]

    def secret(self, name: str) -> str:
        """A field exactly as it was typed."""
        value = self.fields.get(name, "")
        return value if isinstance(value, str) and len(value) <= MAX_FIELD else ""

    def flag(self, name: str) -> bool:
        """Whether a box was ticked."""
        return bool(self.text(name))

    def number(self, name: str, default: int = 0) -> int:
        """A whole number, or the default."""
        return number_from(self.text(name), default)

    def numbers(self, name: str) -> list[int]:
        """The whole numbers among the fields of a name."""
        return [number for number in (number_from(text, -1) for text in self.texts(name)) if number >= 0]

    def files(self, name: str) -> list[bytes]:
        """The bytes of the files of a name; b'' where none was chosen."""
        found = self.fields.getall(name, [])
        return [value.file.read() if isinstance(value, web.FileField) else b"" for value in found]


def number_from(text: str, default: int) -> int:
    """A number that fits a column, from what a stranger typed."""
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        return default
    return int(text) if int(text) <= LARGEST_ID else default


def _clean(value: object) -> str:
    if not isinstance(value, str):
        return ""
    if len(value) > MAX_FIELD:
        raise BadInput("That is too long.")
    return printable(value.replace("\r\n", "\n"))


async def read_form(request: web.Request, csrf: str | None) -> Form:
    """What was posted. csrf: what the session's forms carry, None for a stranger's form.

    Raises NotAllowed where another site had the browser post it, BadInput where it cannot be read.
    """
    require_own_site(request)
    most = FORM_BYTES + 4 * request.app[CONTEXT].config.media.max_upload_bytes
    try:
        form = Form(await read_fields(request, most))
    except (ValueError, LookupError, AssertionError, RuntimeError) as error:  # what aiohttp raises for a body that is no form
        raise BadInput("This form could not be read.") from error
    if csrf is not None and not compare_digest(form.secret("csrf").encode("utf-8", "replace"), csrf.encode()):
        raise NotAllowed("This page was open for too long. Please go back, load it again and try once more.")
    return form


def require_own_site(request: web.Request) -> None:
    """Nothing where one of our pages, or no browser, posts. Raises NotAllowed (Fetch Metadata; Origin for older browsers)."""
    site = request.headers.get("Sec-Fetch-Site")
    own = (None, request.app[CONTEXT].config.origin)
    if site not in {"same-origin", "none"} if site else request.headers.get("Origin") not in own:
        raise NotAllowed("This form was sent from another site.")
