"""Open Badges 3.0 as frozen records: achievements, endorsements and transcripts, written to be signed and read leniently.

They are W3C Verifiable Credentials 2.0 (1EdTech Open Badges 3.0, appendix B; CLR 2.0). What a record says was only claimed:
federation.rdf_proofs tells whether it was signed, federation.credential_schema whether it is whole.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from federation.errors import Malformed
from federation.facets import MAX_ALIGNMENTS, Alignment, alignment_documents, alignments_from
from federation.linked_data import CLR, OB, VC
from federation.multibase import multibase_from_bytes
from federation.reading import as_list, as_mapping, date_from, mappings, text_from, types_from, uri_from, wire_date
from federation.records import Document

ACHIEVEMENT, ENDORSEMENT, TRANSCRIPT, STATUS_LIST = (
    "OpenBadgeCredential",
    "EndorsementCredential",
    "ClrCredential",
    "BitstringStatusListCredential",
)
KINDS = {"AchievementCredential": ACHIEVEMENT, **{kind: kind for kind in (ACHIEVEMENT, ENDORSEMENT, TRANSCRIPT, STATUS_LIST)}}
ACHIEVEMENT_TYPES = (
    "Achievement", "ApprenticeshipCertificate", "Assessment", "Assignment", "AssociateDegree", "Award", "Badge", "BachelorDegree",
    "Certificate", "CertificateOfCompletion", "Certification", "CommunityService", "Competency", "Course", "CoCurricular", "Degree",
    "Diploma", "DoctoralDegree", "Fieldwork", "GeneralEducationDevelopment", "JourneymanCertificate", "LearningProgram", "License",
    "Membership", "ProfessionalDoctorate", "QualityAssuranceCredential", "MasterCertificate", "MasterDegree", "MicroCredential",
    "ResearchDoctorate", "SecondarySchoolDiploma", "ext:Workshop", "ext:Seminar",
)  # fmt: skip
RESULT_TYPES = (
    "GradePointAverage", "LetterGrade", "Percent", "PerformanceLevel", "PredictedScore", "RawScore", "Result", "RubricCriterion",
    "RubricCriterionLevel", "RubricScore", "ScaledScore", "Status",
)  # fmt: skip
SHA256_MULTIHASH = b"\x12\x20"
MAX_TEXT, MAX_NAME, MAX_EVIDENCE = 5_000, 200, 20


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs. did: of the key; url: the actor that the key belongs to."""

    did: str
    name: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One result of a test or one line of a rubric. kind: one of RESULT_TYPES; most: the best value there is; required: what passes."""

    name: str
    value: str
    kind: str = "Result"
    most: str = ""
    alignment: tuple[Alignment, ...] = ()
    required: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an achievement rests on. digest: of the exact bytes of the snapshot that was taken of it, see digest_of."""

    url: str
    name: str = ""
    narrative: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Badge:
    """What can be achieved (Open Badges 3.0, "Achievement")."""

    uri: str
    name: str
    description: str
    criteria: str = ""
    kind: str = "Badge"
    image_url: str | None = None
    alignment: tuple[Alignment, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """Where one looks whether a credential was revoked. index: in a bitstring list; None for a 1EdTechRevocationList."""

    list_url: str
    index: int | None = None
    purpose: str = "revocation"


@dataclass(frozen=True, slots=True)
class Credential:
    """One credential. badge, evidence, outcomes: of an achievement; comment, digest: of an endorsement; members: of a transcript."""

    uri: str
    kind: str
    issuer: Issuer
    subject_id: str
    name: str
    valid_from: datetime | None
    valid_until: datetime | None = None
    status: tuple[StatusEntry, ...] = ()
    badge: Badge | None = None
    narrative: str = ""
    evidence: tuple[Evidence, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    comment: str = ""
    digest: str = ""
    members: tuple[Document, ...] = ()


def digest_of(body: bytes) -> str:
    """`digestMultibase`: the SHA-256 of exact bytes as a multihash in base58btc (Verifiable Credentials 2.0, section 5.3)."""
    return multibase_from_bytes(SHA256_MULTIHASH + sha256(body).digest())


def document_from_credential(credential: Credential) -> dict[str, Any]:
    """The credential, ready to be signed."""
    document = {
        "@context": [VC, OB, CLR] if credential.kind == TRANSCRIPT else [VC, OB],
        "id": credential.uri,
        "type": ["VerifiableCredential", credential.kind],
        "name": credential.name,
        "issuer": _profile(credential.issuer),
        "validFrom": _date(credential.valid_from) if credential.valid_from else None,
        "validUntil": _date(credential.valid_until) if credential.valid_until else None,
        "credentialSubject": _SUBJECTS[credential.kind](credential),
        "evidence": _evidence_documents(credential.evidence),
        "credentialStatus": _status(credential.status),
    }
    return _stated(document)


def _date(moment: datetime) -> str:
    return wire_date(moment.replace(microsecond=0))


def _stated(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value not in (None, "", [], ())}


def _profile(issuer: Issuer) -> dict[str, Any]:
    return _stated({"id": issuer.did, "type": ["Profile"], "name": issuer.name, "url": issuer.url})


def _status(entries: Sequence[StatusEntry]) -> object:
    """One object, not a list, as the official schema wants it."""
    entry = next(iter(entries), None)
    if entry is None or entry.index is None:
        return None
    return {
        "id": f"{entry.list_url}#{entry.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": entry.purpose,
        "statusListIndex": str(entry.index),
        "statusListCredential": entry.list_url,
    }


def _achievement_subject(credential: Credential) -> dict[str, Any]:
    badge = credential.badge or Badge(credential.uri, credential.name, credential.name)
    described = [
        _stated(
            {
                "id": f"{credential.uri}#result-{number}",
                "type": ["ResultDescription"],
                "name": outcome.name,
                "resultType": outcome.kind,
                "valueMax": outcome.most,
                "alignment": alignment_documents(outcome.alignment),
            }
        )
        for number, outcome in enumerate(credential.outcomes, 1)
    ]
    results = [
        {"type": ["Result"], "resultDescription": f"{credential.uri}#result-{number}", "value": outcome.value}
        for number, outcome in enumerate(credential.outcomes, 1)
    ]
    subject = {
        "id": credential.subject_id,
        "type": ["AchievementSubject"],
        "achievement": document_from_badge(badge, described),
        "narrative": credential.narrative,
        "result": results,
    }
    return _stated(subject)


def document_from_badge(badge: Badge, described: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """What can be achieved. described: the results that there are."""
    return _stated(
        {
            "id": badge.uri,
            "type": ["Achievement"],
            "name": badge.name,
            "description": badge.description or badge.name,
            "criteria": {"id": f"{badge.uri}#criteria", "narrative": badge.criteria or badge.description or badge.name},
            "achievementType": badge.kind,
            "image": {"id": badge.image_url, "type": "Image"} if badge.image_url else None,
            "alignment": alignment_documents(badge.alignment),
            "resultDescription": list(described),
        }
    )


def _endorsement_subject(credential: Credential) -> dict[str, Any]:
    return _stated(
        {
            "id": credential.subject_id,
            "type": ["EndorsementSubject"],
            "endorsementComment": credential.comment,
            "digestMultibase": credential.digest,
        }
    )


def _transcript_subject(credential: Credential) -> dict[str, Any]:
    identifier = {"type": "IdentityObject", "identityHash": credential.subject_id, "identityType": "ext:did", "hashed": False}
    return {
        "id": credential.subject_id,
        "type": ["ClrSubject"],
        "identifier": [identifier],
        "verifiableCredential": list(credential.members),
    }


_SUBJECTS = {ACHIEVEMENT: _achievement_subject, ENDORSEMENT: _endorsement_subject, TRANSCRIPT: _transcript_subject}


def _evidence_documents(evidence: Iterable[Evidence]) -> list[dict[str, Any]]:
    return [
        _stated({"id": each.url, "type": ["Evidence"], "name": each.name, "narrative": each.narrative, "digestMultibase": each.digest})
        for each in evidence
    ]


def kind_of(document: Document) -> str | None:
    """What kind of credential a document is, or None."""
    stated = types_from(document)
    return next((KINDS[name] for name in stated if name in KINDS), None) if "VerifiableCredential" in stated else None


def credential_from_document(document: Document) -> Credential:
    """What a credential says. Raises Malformed where it is none of ours to read."""
    kind = kind_of(document)
    if kind is None:
        raise Malformed(f"no Open Badges 3.0 credential: {', '.join(types_from(document))[:100] or 'no type'}")
    subject = as_mapping(document.get("credentialSubject"))
    achievement = as_mapping(subject.get("achievement"))
    return Credential(
        uri=text_from(document.get("id"), 2048),
        kind=kind,
        issuer=_issuer(document.get("issuer")),
        subject_id=text_from(subject.get("id"), 2048),
        name=text_from(document.get("name"), MAX_NAME) or text_from(achievement.get("name"), MAX_NAME),
        valid_from=date_from(document.get("validFrom")),
        valid_until=date_from(document.get("validUntil")),
        status=tuple(_entry(each) for each in mappings(document.get("credentialStatus"))[:MAX_EVIDENCE]),
        badge=_badge(achievement) if kind == ACHIEVEMENT else None,
        narrative=text_from(subject.get("narrative"), MAX_TEXT),
        evidence=tuple(_evidence(each) for each in mappings(document.get("evidence"))[:MAX_EVIDENCE]),
        outcomes=_outcomes(subject, achievement),
        comment=text_from(subject.get("endorsementComment"), MAX_TEXT),
        digest=text_from(subject.get("digestMultibase"), MAX_NAME),
        members=tuple(mappings(subject.get("verifiableCredential"))),
    )


def _issuer(value: object) -> Issuer:
    if isinstance(value, str):
        return Issuer(value[:2048])
    stated = as_mapping(value)
    return Issuer(text_from(stated.get("id"), 2048), text_from(stated.get("name"), MAX_NAME), uri_from(stated.get("url")))


def _entry(stated: Document) -> StatusEntry:
    purpose = text_from(stated.get("statusPurpose"), MAX_NAME) or "revocation"
    if "BitstringStatusListEntry" in types_from(stated):
        index = str(stated.get("statusListIndex"))
        number = int(index) if index.isascii() and index.isdigit() and len(index) < 12 else -1
        return StatusEntry(text_from(stated.get("statusListCredential"), 2048), number, purpose)
    return StatusEntry(text_from(stated.get("id"), 2048), None, purpose)


def _badge(stated: Document) -> Badge:
    image = stated.get("image")
    return Badge(
        uri=text_from(stated.get("id"), 2048),
        name=text_from(stated.get("name"), MAX_NAME),
        description=text_from(stated.get("description"), MAX_TEXT),
        criteria=text_from(as_mapping(stated.get("criteria")).get("narrative"), MAX_TEXT),
        kind=text_from(stated.get("achievementType"), MAX_NAME) or "Achievement",
        image_url=uri_from(image),
        alignment=alignments_from(stated.get("alignment")),
    )


def _evidence(stated: Document) -> Evidence:
    name, narrative = text_from(stated.get("name"), MAX_NAME), text_from(stated.get("narrative"), MAX_TEXT)
    return Evidence(text_from(stated.get("id"), 2048), name, narrative, text_from(stated.get("digestMultibase"), MAX_NAME))


def _outcomes(subject: Document, achievement: Document) -> tuple[Outcome, ...]:
    described = {text_from(each.get("id"), 2048): each for each in mappings(achievement.get("resultDescription"))}
    found = []
    for each in mappings(subject.get("result"))[:MAX_ALIGNMENTS]:
        about = described.get(text_from(each.get("resultDescription"), 2048), {})
        value = next((text for name in ("value", "achievedLevel", "status") if (text := text_from(each.get(name), MAX_NAME))), "")
        kind = text_from(about.get("resultType"), MAX_NAME) or "Result"
        most, alignment = text_from(about.get("valueMax"), MAX_NAME), alignments_from(about.get("alignment"))
        required = text_from(about.get("requiredValue"), MAX_NAME)
        found.append(Outcome(text_from(about.get("name"), MAX_NAME), value, kind, most, alignment, required))
    return tuple(found)


def contexts_of(document: Document) -> tuple[str, ...]:
    """The addresses of the contexts that a credential names."""
    return tuple(each for each in as_list(document.get("@context")) if isinstance(each, str))
