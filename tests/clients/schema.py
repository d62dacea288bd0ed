"""Mastodon's published schema (mastodon-openapi.json) as a judge: each answer is held against what its operation may answer.

OVERLAY lists where the schema itself is wrong, each with the reason.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from jsonschema import Draft202012Validator, FormatChecker

from node.web.mastodon.routes import DISCOVERY, DOORS
from tests.clients import operations

Json = dict[str, Any]
METHODS = {"get", "post", "put", "patch", "delete"}
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")

FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    """Three digits and a Z: some programs read nothing else."""
    return not isinstance(value, str) or (MOMENT.fullmatch(value) is not None and bool(datetime.fromisoformat(value)))


@FORMATS.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or bool(date.fromisoformat(value))


@FORMATS.checks("uri", raises=ValueError)
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme)


def _no_content_needed(schema: Json) -> None:
    """DELETE /api/v1/statuses/{id} answers the status with `text` in place of `content`; the example on Mastodon's own page has none."""
    schema["components"]["schemas"]["Status"]["required"].remove("content")


def _list_of_filters(schema: Json) -> None:
    """GET /api/v1/filters answers a list; the schema says one filter."""
    answer = schema["paths"]["/api/v1/filters"]["get"]["responses"]["200"]["content"]["application/json"]
    answer["schema"] = {"type": "array", "items": answer["schema"]}


def _empty_addresses(schema: Json) -> None:
    """PreviewCard: `author_url`, `provider_url` and `embed_url` are empty texts where there is nobody (Mastodon's own examples)."""
    for name in ("PreviewCard", "TrendsLink"):
        for field in ("author_url", "provider_url", "embed_url"):
            schema["components"]["schemas"][name]["properties"][field].pop("format", None)


def _details_of_few(schema: Json) -> None:
    """`details` stands only in what POST /api/v1/accounts refuses; every other 422 of Mastodon's is {"error": ...} alone."""
    schema["components"]["schemas"]["ValidationError"]["required"].remove("details")


def _either_quote(schema: Json) -> None:
    """Quote and ShallowQuote differ only in what they may leave out, so each of them fits both: `oneOf` can never hold."""
    for name in ("Status", "StatusEdit"):
        quote = schema["components"]["schemas"][name]["properties"]["quote"]
        quote["anyOf"] = quote.pop("oneOf")


def _plain_refusals(schema: Json) -> None:
    """POST /api/v1/collections puts an object into `error` where a field is wrong; its other refusals say a sentence, as everywhere."""
    schema["components"]["schemas"]["CustomError422"]["properties"]["error"] = {}


OVERLAY: tuple[Callable[[Json], None], ...] = (
    _no_content_needed,
    _list_of_filters,
    _empty_addresses,
    _details_of_few,
    _either_quote,
    _plain_refusals,
)


def shape_of(path: str) -> str:
    """A path with what is open in it nameless."""
    return re.sub(r"\{[^}]*\}", "{}", path)


@lru_cache
def _doors() -> list[tuple[re.Pattern[str], str]]:
    """Our own paths as patterns, those with nothing open in them first: `/notifications/policy` is no `/notifications/{id}`."""
    paths = sorted({DISCOVERY, *(door.path for door in DOORS)}, key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path))), path) for path in paths]


def door_path(path: str) -> str:
    """The path of our table that a request's path is meant for; itself where it is none of ours."""
    bare = path.rstrip("/") or "/"
    return next((known for pattern, known in _doors() if pattern.fullmatch(bare)), bare)


class Schema:
    """The schema with its known defects mended."""

    def __init__(self, file: Path) -> None:
        self.document: Json = orjson.loads(file.read_bytes())
        for mend in OVERLAY:
            mend(self.document)
        self._validators: dict[tuple[str, str, int], Draft202012Validator | None] = {}

    @cached_property
    def operations(self) -> list[str]:
        """All of them, as "GET /path"."""
        return [f"{method.upper()} {path}" for path, found in self.document["paths"].items() for method in found if method in METHODS]

    @cached_property
    def _paths(self) -> dict[str, str]:
        """The schema's paths by their shape, whatever it calls what is open in them."""
        return {shape_of(path): path for path in self.document["paths"]}

    def operation(self, method: str, path: str) -> tuple[str, str] | None:
        """The path as the schema has it and the method; PUT stands for PATCH and back. None where it knows neither."""
        known = self._paths.get(shape_of(door_path(path)))
        for way in {"PUT": ("put", "patch"), "PATCH": ("patch", "put")}.get(method, (method.lower(),)) if known else ():
            if way in self.document["paths"][known]:
                return known, way
        return None

    def check(self, method: str, path: str, status: int, body: object) -> None:
        """Raises AssertionError for an answer that the schema does not allow; it says nothing of some operations and answers."""
        found = self.operation(method, path)
        if found is None:
            return
        if status < 400:
            operations.exercised.add(f"{found[1].upper()} {found[0]}")
        validator = self._validator(found[0], found[1], status)
        wrong = (
            [f"{'/'.join(map(str, each.absolute_path))}: {each.message[:300]}" for each in validator.iter_errors(body)] if validator else []
        )
        if wrong:
            operations.violations.extend(f"{method} {path} {status} {each}" for each in wrong)
            raise AssertionError(f"{method} {path} {status} is not as the schema says: {wrong[:5]}")

    def _validator(self, path: str, way: str, status: int) -> Draft202012Validator | None:
        key = (path, way, status)
        if key not in self._validators:
            responses: Mapping[str, Json] = self.document["paths"][path][way]["responses"]
            answer = responses.get(str(status), {}).get("content", {}).get("application/json", {}).get("schema")
            self._validators[key] = (
                Draft202012Validator({"components": self.document["components"], **answer}, format_checker=FORMATS) if answer else None
            )
        return self._validators[key]

    def faults_of(self, name: str, body: object) -> list[str]:
        """What is wrong with one entity."""
        return [each.message[:300] for each in self.entity(name).iter_errors(body)]

    def entity(self, name: str) -> Draft202012Validator:
        """What holds one entity against the schema."""
        return Draft202012Validator(
            {"components": self.document["components"], "$ref": f"#/components/schemas/{name}"}, format_checker=FORMATS
        )
