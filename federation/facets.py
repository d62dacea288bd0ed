"""What a post means for learning: the `learning` property's facets as frozen records, read leniently and written back (docs: LEARNING).

A facet that cannot be used is dropped, and so is a part of one that cannot; reading never raises. Texts are cut, lists end at a limit.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from federation.reading import as_list, as_mapping, count_from, date_from, text_from, types_from, uri_from, wire_date
from federation.records import Document

MAX_ALIGNMENTS, MAX_STEPS = 20, 100
MAX_NAME, MAX_CODE, MAX_TEXT = 200, 100, 500
MAX_MINUTES, MAX_PROGRESS = 100_000, 100

Status = Literal["active", "paused", "reached", "dropped"]
STATUSES: tuple[Status, ...] = get_args(Status)
Role = Literal["claim", "support", "counter", "evidence", "question"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Alignment:
    """A competency, known by its URL (Open Badges 3.0, "Alignment")."""

    url: str
    name: str
    framework: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """What a reply does in a debate."""

    role: Role


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to those who know; the answer that its author accepted, once there is one."""

    alignment: tuple[Alignment, ...] = ()
    accepted_answer_uri: str | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """Something to learn from. license: an address or a short name; review_by: when somebody should look whether it still holds."""

    teaches: tuple[Alignment, ...] = ()
    review_by: datetime | None = None
    superseded_by_uri: str | None = None
    license: str = ""
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path. evidence: what the learner is asked to show, '' for nothing."""

    title: str
    resource_uri: str | None = None
    minutes: int | None = None
    evidence: str = ""
    is_optional: bool = False
    is_stretch: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    """Ordered steps towards something."""

    steps: tuple[Step, ...]
    alignment: tuple[Alignment, ...] = ()


@dataclass(frozen=True, slots=True)
class Workshop:
    """An event of a community, maybe for one cohort."""

    community_uri: str
    cohort: str = ""
    alignment: tuple[Alignment, ...] = ()


@dataclass(frozen=True, slots=True)
class Reflection:
    """What somebody learned: from a resource, towards a goal, or as an answer to a prompt."""

    resource_uri: str | None = None
    goal_uri: str | None = None
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Achievement:
    """A credential that somebody was awarded, whole and exact; credential_url: where it is served. kind: Open Badges' achievementType."""

    credential: Document
    credential_url: str | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Endorsement:
    """A credential that endorses another, or a person."""

    credential: Document
    credential_url: str | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """What somebody wants to be able to do. progress: percent."""

    status: Status = "active"
    alignment: tuple[Alignment, ...] = ()
    due: datetime | None = None
    progress: int = 0


Facet = Goal | Reflection | Turn | Ask | Resource | Path | Workshop | Achievement | Endorsement


def facets_from(documents: Iterable[Document]) -> tuple[Facet, ...]:
    """The facets that we know, the first of each kind."""
    found: dict[type, Facet] = {}
    for document in documents:
        kind = next((name for name in types_from(document) if name in _READERS), None)
        facet = _READERS[kind](document) if kind else None
        if facet is not None:
            found.setdefault(type(facet), facet)
    return tuple(found.values())


def alignments_of(facet: Facet) -> tuple[Alignment, ...]:
    """What a facet teaches, asks for or leads to."""
    if isinstance(facet, Turn | Reflection | Endorsement):
        return ()
    if isinstance(facet, Achievement):
        achievement = as_mapping(as_mapping(facet.credential.get("credentialSubject")).get("achievement"))
        return alignments_from(achievement.get("alignment"))
    return facet.teaches if isinstance(facet, Resource) else facet.alignment


def document_from_facet(facet: Facet) -> dict[str, object]:
    """The facet as JSON; facets_from reads it back."""
    return {"type": type(facet).__name__, **_WRITERS[type(facet)](facet)}


def _turn(document: Document) -> Turn | None:
    role = next((role for role in ROLES if role == document.get("role")), None)
    return Turn(role) if role else None


def _ask(document: Document) -> Ask:
    return Ask(alignments_from(document.get("alignment")), uri_from(document.get("acceptedAnswer")))


def _resource(document: Document) -> Resource:
    return Resource(
        alignments_from(document.get("teaches")),
        date_from(document.get("reviewBy")),
        uri_from(document.get("supersededBy")),
        text_from(document.get("license"), MAX_NAME),
        _minutes(document),
    )


def _path(document: Document) -> Path | None:
    steps = [step for item in as_list(document.get("steps"))[:MAX_STEPS] if (step := _step(as_mapping(item)))]
    return Path(tuple(steps), alignments_from(document.get("alignment"))) if steps else None


def _step(document: Document) -> Step | None:
    resource_uri = uri_from(document.get("resource"))
    title = text_from(document.get("title"), MAX_NAME) or (resource_uri or "")[:MAX_NAME]
    if not title:
        return None
    return Step(
        title,
        resource_uri,
        _minutes(document),
        text_from(document.get("evidence"), MAX_TEXT),
        document.get("optional") is True,
        document.get("stretch") is True,
    )


def _workshop(document: Document) -> Workshop | None:
    community_uri = uri_from(document.get("community"))
    if community_uri is None:
        return None
    return Workshop(community_uri, text_from(document.get("cohort"), MAX_NAME), alignments_from(document.get("alignment")))


def _reflection(document: Document) -> Reflection:
    prompt = text_from(document.get("prompt"), MAX_TEXT)
    return Reflection(uri_from(document.get("resource")), uri_from(document.get("goal")), prompt)


def _achievement(document: Document) -> Achievement | None:
    """Also a claim that nobody signed is one; what it is worth is told by its verdict."""
    credential = as_mapping(document.get("credential"))
    url, kind = uri_from(document.get("credentialUrl")), text_from(document.get("achievementType"), MAX_NAME)
    return Achievement(credential, url, kind) if credential else None


def _endorsement(document: Document) -> Endorsement | None:
    credential = as_mapping(document.get("credential"))
    return Endorsement(credential, uri_from(document.get("credentialUrl"))) if credential else None


def _goal(document: Document) -> Goal | None:
    status = next((status for status in STATUSES if status == document.get("status")), None)
    if status is None:
        return None
    progress = count_from(document.get("progress"), MAX_PROGRESS) or 0
    return Goal(status, alignments_from(document.get("alignment")), date_from(document.get("due")), progress)


def _minutes(document: Document) -> int | None:
    return count_from(document.get("minutes"), MAX_MINUTES) or None


def alignments_from(value: object) -> tuple[Alignment, ...]:
    """Each competency once; a bare address is one too."""
    found: dict[str, Alignment] = {}
    for item in as_list(value)[:MAX_ALIGNMENTS]:
        document: Document = {"targetUrl": item} if isinstance(item, str) else as_mapping(item)
        url = uri_from(document.get("targetUrl"))
        if url:
            name = text_from(document.get("targetName"), MAX_NAME) or url[:MAX_NAME]
            framework, code = text_from(document.get("targetFramework"), MAX_NAME), text_from(document.get("targetCode"), MAX_CODE)
            found.setdefault(url, Alignment(url, name, framework, code))
    return tuple(found.values())


def alignment_documents(alignments: Iterable[Alignment]) -> list[dict[str, object]]:
    """Competencies as Open Badges 3.0 writes them; alignments_from reads them back."""
    return [
        _stated(
            {
                "type": ["Alignment"],
                "targetUrl": each.url,
                "targetName": each.name,
                "targetFramework": each.framework,
                "targetCode": each.code,
            }
        )
        for each in alignments
    ]


def _stated(document: Mapping[str, object]) -> dict[str, object]:
    """Without what says nothing."""
    return {name: value for name, value in document.items() if value}


def _turn_document(facet: Turn) -> dict[str, object]:
    return {"role": facet.role}


def _ask_document(facet: Ask) -> dict[str, object]:
    return _stated({"alignment": alignment_documents(facet.alignment), "acceptedAnswer": facet.accepted_answer_uri})


def _resource_document(facet: Resource) -> dict[str, object]:
    return _stated(
        {
            "teaches": alignment_documents(facet.teaches),
            "reviewBy": wire_date(facet.review_by) if facet.review_by else None,
            "supersededBy": facet.superseded_by_uri,
            "license": facet.license,
            "minutes": facet.minutes,
        }
    )


def _path_document(facet: Path) -> dict[str, object]:
    return _stated({"steps": [_step_document(step) for step in facet.steps], "alignment": alignment_documents(facet.alignment)})


def _step_document(step: Step) -> dict[str, object]:
    return _stated(
        {
            "title": step.title,
            "resource": step.resource_uri,
            "minutes": step.minutes,
            "evidence": step.evidence,
            "optional": step.is_optional,
            "stretch": step.is_stretch,
        }
    )


def _workshop_document(facet: Workshop) -> dict[str, object]:
    return _stated({"community": facet.community_uri, "cohort": facet.cohort, "alignment": alignment_documents(facet.alignment)})


def _reflection_document(facet: Reflection) -> dict[str, object]:
    return _stated({"resource": facet.resource_uri, "goal": facet.goal_uri, "prompt": facet.prompt})


def _achievement_document(facet: Achievement) -> dict[str, object]:
    return _stated({"credential": facet.credential, "credentialUrl": facet.credential_url, "achievementType": facet.kind})


def _endorsement_document(facet: Endorsement) -> dict[str, object]:
    return _stated({"credential": facet.credential, "credentialUrl": facet.credential_url})


def _goal_document(facet: Goal) -> dict[str, object]:
    due = wire_date(facet.due) if facet.due else None
    alignment = alignment_documents(facet.alignment)
    return _stated({"status": facet.status, "alignment": alignment, "due": due, "progress": facet.progress})


_READERS: Mapping[str, Callable[[Document], Facet | None]] = {
    "Goal": _goal,
    "Reflection": _reflection,
    "Turn": _turn,
    "Ask": _ask,
    "Resource": _resource,
    "Path": _path,
    "Workshop": _workshop,
    "Achievement": _achievement,
    "Endorsement": _endorsement,
}
_WRITERS: Mapping[type, Callable[..., dict[str, object]]] = {
    Goal: _goal_document,
    Reflection: _reflection_document,
    Turn: _turn_document,
    Ask: _ask_document,
    Resource: _resource_document,
    Path: _path_document,
    Workshop: _workshop_document,
    Achievement: _achievement_document,
    Endorsement: _endorsement_document,
}
