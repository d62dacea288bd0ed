"""What a credential must have, as a table of our own (the official JSON schemas are the oracle in the tests)."""

from collections.abc import Callable, Mapping
from datetime import datetime

from federation.credentials import ACHIEVEMENT, ENDORSEMENT, STATUS_LIST, TRANSCRIPT, contexts_of, kind_of
from federation.linked_data import VC
from federation.reading import as_list, as_mapping, types_from
from federation.records import Document

Check = Callable[[object], bool]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_address(value: object) -> bool:
    return isinstance(value, str) and ":" in value and not any(letter.isspace() for letter in value)


def _is_named(value: object) -> bool:
    """An address, or an object that has one."""
    return _is_address(value) or _is_address(as_mapping(value).get("id"))


def _is_date(value: object) -> bool:
    """With a zone, as the standard wants it (XMLSchema dateTimeStamp)."""
    try:
        return isinstance(value, str) and "T" in value and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _typed(kind: str) -> Check:
    return lambda value: isinstance(value, dict) and kind in types_from(value)


def _all(check: Check) -> Check:
    return lambda value: bool(as_list(value)) and all(check(each) for each in as_list(value))


def _is_alignment(value: object) -> bool:
    stated = as_mapping(value)
    return _typed("Alignment")(value) and _is_address(stated.get("targetUrl")) and _is_text(stated.get("targetName"))


REQUIRED: Mapping[str, Mapping[str, Check]] = {  # by kind: a path of names, and what must stand there
    "": {"id": _is_address, "issuer": _is_named, "validFrom": _is_date, "credentialSubject": _all(_is_object)},
    ACHIEVEMENT: {
        "credentialSubject": _all(_typed("AchievementSubject")),
        "credentialSubject.achievement": _typed("Achievement"),
        "credentialSubject.achievement.id": _is_address,
        "credentialSubject.achievement.name": _is_text,
        "credentialSubject.achievement.description": _is_text,
        "credentialSubject.achievement.criteria": _is_object,
    },
    ENDORSEMENT: {
        "name": _is_text,
        "credentialSubject": _all(_typed("EndorsementSubject")),
        "credentialSubject.id": _is_address,
    },
    TRANSCRIPT: {"credentialSubject": _all(_typed("ClrSubject")), "credentialSubject.verifiableCredential": _all(_is_object)},
    STATUS_LIST: {
        "credentialSubject": _all(_typed("BitstringStatusList")),
        "credentialSubject.statusPurpose": _all(_is_text),
        "credentialSubject.encodedList": _is_text,
    },
}
OPTIONAL: Mapping[str, Check] = {  # where it stands, it must be right
    "validUntil": _is_date,
    "awardedDate": _is_date,
    "credentialStatus": _all(lambda value: isinstance(value, dict) and bool(types_from(value))),
    "credentialSubject.achievement.alignment": _all(_is_alignment),
    "credentialSubject.result": _all(_typed("Result")),
    "credentialSubject.achievement.resultDescription": _all(
        lambda value: _typed("ResultDescription")(value) and all(as_mapping(value).get(name) for name in ("id", "name", "resultType"))
    ),
    "evidence": _all(_typed("Evidence")),
}


def faults_of(document: Document) -> list[str]:
    """The fields that are missing or wrong, by their path; empty for a credential that is whole."""
    kind = kind_of(document)
    if kind is None:
        return ["type"]
    first = next(iter(contexts_of(document)), "")
    found = [] if first == VC else ["@context"]
    found += [path for group in ("", kind) for path, check in REQUIRED[group].items() if not check(_at(document, path))]
    found += [path for path, check in OPTIONAL.items() if (value := _at(document, path)) is not None and not check(value)]
    return list(dict.fromkeys(found))


def _at(document: Document, path: str) -> object:
    """What stands at a path of names, in the first object where there are several."""
    value: object = document
    for name in path.split("."):
        value = as_mapping(value).get(name)
    return value
