"""What a program sends: query, form, multipart or JSON, with names such as `a[]`, `a[0]` and `a[b][c]`, as one nested value."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from aiohttp import web

from federation.reading import printable
from node.errors import BadInput
from node.web.content_codings import read_fields
from node.web.forms import MAX_FIELD, number_from
from node.web.keys import CONTEXT

FORM_BYTES = 1 << 20
MOST_FIELDS, MOST_NESTING = 1000, 5
NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
PART = re.compile(r"\[([^\[\]]*)\]")
TRUE = {"true", "1", "on", "yes", "t"}


@dataclass(frozen=True, slots=True)
class Parameters:
    """What was sent, by name. Whatever has another type than is asked for reads as not there; texts are clean and bounded."""

    values: Mapping[str, Any] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str, default: str = "") -> str:
        """A text, line ends as \\n, without characters that nobody sees; a number or truth as it is written."""
        value = self.values.get(name)
        return default if value is None else _text(value)

    def secret(self, name: str) -> str:
        """A text exactly as it was sent."""
        value = self.values.get(name)
        return value if isinstance(value, str) and len(value) <= MAX_FIELD else ""

    def texts(self, name: str) -> list[str]:
        """All texts of a list; a single one is a list as well."""
        return [_text(each) for each in _listed(self.values.get(name)) if not isinstance(each, Mapping | list)]

    def flag(self, name: str) -> bool:
        """Whether something is said to be so."""
        return _truth(self.values.get(name))

    def number(self, name: str, default: int = 0) -> int:
        """A whole number that is not negative, or the default."""
        value = self.values.get(name)
        return number_from(str(value), default) if isinstance(value, str | int) and not isinstance(value, bool) else default

    def ids(self, name: str) -> list[int]:
        """The ids of a list, each once, in their order."""
        found = (number_from(text, 0) for text in self.texts(name))
        return list(dict.fromkeys(number for number in found if number))

    def inner(self, name: str) -> "Parameters":
        """A nested value; empty where there is none."""
        value = self.values.get(name)
        return Parameters(value if isinstance(value, Mapping) else {})

    def records(self, name: str) -> list["Parameters"]:
        """A list of nested values."""
        return [Parameters(each) for each in _listed(self.values.get(name)) if isinstance(each, Mapping)]

    def file(self, name: str) -> web.FileField | None:
        """A file that came with the form, or None."""
        value = self.values.get(name)
        return value if isinstance(value, web.FileField) else None

    def moment(self, name: str) -> datetime | None:
        """A date and time, UTC where it says no zone; None where there is none. Raises BadInput for one that cannot be read."""
        text = self.text(name)
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text)
        except ValueError as error:
            raise BadInput(f"Validation failed: {name} is not a date") from error
        return found if found.tzinfo else found.replace(tzinfo=UTC)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if not isinstance(value, str):
        return ""
    if len(value) > MAX_FIELD:
        raise BadInput("Validation failed: that is too long")
    return printable(value.replace("\r\n", "\n"))


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).lower() if isinstance(value, str | int) else None
    return word in TRUE


def _listed(value: object) -> list[Any]:
    """A list; of `a[0]`, `a[1]` the values in the order of their numbers; a single value as a list of one."""
    if value is None:
        return []
    if isinstance(value, list):
        return value
    if isinstance(value, Mapping):
        keys = [key for key in value if key.isdigit()]
        return [value[key] for key in sorted(keys, key=int)] if keys else [value]
    return [value]


async def read_parameters(request: web.Request) -> Parameters:
    """What a request says in its address and body, the body first. Raises BadInput for a body that cannot be read."""
    given: dict[str, Any] = nested(request.query.items())
    if request.can_read_body:
        given |= await _body(request)
    return Parameters(given)


async def _body(request: web.Request) -> Mapping[str, Any]:
    if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return nested(await _form(request))
    body = await request.read()
    if not body.strip():
        return {}
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadInput("Validation failed: the body is neither a form nor JSON") from error
    if not isinstance(given, dict):
        raise BadInput("Validation failed: the body must be a JSON object")
    return given


async def _form(request: web.Request) -> Iterable[tuple[str, Any]]:
    most = FORM_BYTES + request.app[CONTEXT].config.media.max_upload_bytes
    try:
        return (await read_fields(request, most)).items()
    except (ValueError, LookupError, AssertionError, RuntimeError) as error:  # what aiohttp raises for a body that is no form
        raise BadInput("Validation failed: this form cannot be read") from error


def nested(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Names with brackets as nested values: `a[]` is a list, `a[b]` a mapping. Raises BadInput for too much of it."""
    found: dict[str, Any] = {}
    for position, (name, value) in enumerate(pairs):
        if position >= MOST_FIELDS:
            raise BadInput("Validation failed: too many fields")
        match = NAME.fullmatch(name)
        path = [match[1], *PART.findall(match[2])] if match else [name]
        if len(path) > MOST_NESTING:
            raise BadInput("Validation failed: nested too deeply")
        _put(found, path, value)
    return found


def _put(into: dict[str, Any], path: list[str], value: object) -> None:
    """Lists of mappings (`a[][b]`) begin a new mapping when a name comes again, as Rack does."""
    name, *rest = path
    if not rest:
        into[name] = value
    elif rest[0] == "":
        listed = into.setdefault(name, [])
        if isinstance(listed, list):
            _append(listed, rest[1:], value)
    else:
        inner = into.setdefault(name, {})
        if isinstance(inner, dict):
            _put(inner, rest, value)


def _append(listed: list[Any], rest: list[str], value: object) -> None:
    if not rest:
        listed.append(value)
        return
    if not listed or not isinstance(listed[-1], dict) or (len(rest) == 1 and rest[0] in listed[-1]):
        listed.append({})
    _put(listed[-1], rest, value)
