"""From hedgerow.toml and the environment to a Config, or to one sentence that names the key at fault."""

import difflib
import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, get_origin

from node.config.checks import check
from node.config.records import SECTIONS, Config
from node.errors import Misconfigured

FILE_NAME = "hedgerow.toml"
PREFIX = "HEDGEROW_"

Key = tuple[str, str]  # (section, key)
TYPES: dict[Key, Any] = {
    (name, field.name): get_origin(field.type) or field.type  # tuple for tuple[str, ...]
    for name, section in SECTIONS.items()
    for field in fields(section)
}
TYPE_NAMES = {str: "text in quotes", int: "a whole number", bool: "true or false", tuple: 'a list such as ["a", "b"]'}
FROM_TEXT: dict[type, Callable[[str], object]] = {str: str, int: int, bool: json.loads, tuple: json.loads}


def load_config(data_dir: Path, environ: Mapping[str, str]) -> Config:
    """The Config of a data folder; the environment wins over the file. Raises Misconfigured.

    A file is not needed where the environment names the node's URL.
    """
    file = data_dir / FILE_NAME
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        if f"{PREFIX}NODE_URL" not in environ:
            raise Misconfigured(f"{data_dir} is no data folder yet; make it one with: hedgerow --data {data_dir} init --url URL") from None
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{file} cannot be read: {error}") from error
    return config_from_toml(text, data_dir, environ)


def config_from_toml(text: str, data_dir: Path, environ: Mapping[str, str]) -> Config:
    """The Config that the text of a hedgerow.toml states, with the environment laid over it. Raises Misconfigured."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(f"{FILE_NAME} is not TOML: {error}") from error
    values = _values_from_tables(tables) | _values_from_environment(environ)
    if ("node", "url") not in values:
        raise Misconfigured(f'{FILE_NAME} must say where the node is: [node] url = "https://..."')
    sections: dict[str, Any] = {
        name: section(**{field.name: values[name, field.name] for field in fields(section) if (name, field.name) in values})
        for name, section in SECTIONS.items()
    }
    config = Config(data_dir=data_dir, **sections)
    check(config)
    return config


def _values_from_tables(tables: Mapping[str, Any]) -> dict[Key, object]:
    values: dict[Key, object] = {}
    for section, table in tables.items():
        if section not in SECTIONS or not isinstance(table, dict):
            nearest = _nearest(section, list(SECTIONS))
            raise Misconfigured(f"{FILE_NAME} has no section for {section!r}; the nearest is [{nearest}]")
        for key, value in table.items():
            values[section, key] = _typed((section, key), value, f"{FILE_NAME}: [{section}] {key}")
    return values


def _values_from_environment(environ: Mapping[str, str]) -> dict[Key, object]:
    """What HEDGEROW_SECTION_KEY variables say; HEDGEROW_WORD alone (as HEDGEROW_DATA) is no key."""
    values: dict[Key, object] = {}
    for name, text in environ.items():
        section, _, key = name.removeprefix(PREFIX).lower().partition("_")
        if not name.startswith(PREFIX) or not key:
            continue
        try:
            value = FROM_TEXT[TYPES.get((section, key), str)](text)
        except ValueError:
            value = None
        values[section, key] = _typed((section, key), value, name)
    return values


def _typed(key: Key, value: object, stated_as: str) -> object:
    """The value in its key's type. Raises Misconfigured for another type, and for a key that is none."""
    if key not in TYPES:
        nearest = _nearest(".".join(key), [".".join(known) for known in TYPES]).replace(".", "] ")
        raise Misconfigured(f"{stated_as} is no key; the nearest is [{nearest}")
    expected = TYPES[key]
    if expected is tuple and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if type(value) is not expected:  # not isinstance: true is no whole number
        raise Misconfigured(f"{stated_as} must be {TYPE_NAMES[expected]}")
    return value


def _nearest(name: str, known: Sequence[str]) -> str:
    return difflib.get_close_matches(name, known, n=1, cutoff=0.0)[0]
