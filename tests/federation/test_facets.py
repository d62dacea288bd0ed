from datetime import UTC, datetime

import pytest

from federation.facets import (
    MAX_ALIGNMENTS,
    MAX_NAME,
    MAX_STEPS,
    Achievement,
    Alignment,
    Ask,
    Endorsement,
    Path,
    Reflection,
    Resource,
    Step,
    Turn,
    Workshop,
    alignments_of,
    document_from_facet,
    facets_from,
)

BOTANY = Alignment("https://a.example/tags/botany", "Botany", "Life", "B1")
MOSS = Alignment("https://a.example/tags/moss", "Moss")
NOON = datetime(2027, 5, 1, 12, tzinfo=UTC)
ALL = (
    Reflection("https://b.example/6", "https://b.example/7", "What now?"),
    Turn("evidence"),
    Ask((BOTANY, MOSS), "https://b.example/2"),
    Resource((BOTANY,), NOON, "https://b.example/3", "https://creativecommons.org/licenses/by/4.0/", 25),
    Path((Step("Look", "https://b.example/4", 10, "a picture", True, False), Step("Draw", is_stretch=True)), (MOSS,)),
    Workshop("https://b.example/c/garden", "spring", (BOTANY,)),
    Achievement(
        {"id": "https://b.example/8", "credentialSubject": {"achievement": {"alignment": [{"targetUrl": MOSS.url, "targetName": "Moss"}]}}},
        "https://b.example/8",
        "Badge",
    ),
    Endorsement({"id": "https://b.example/9"}, "https://b.example/9"),
)


@pytest.mark.parametrize("facet", ALL, ids=lambda facet: type(facet).__name__)
def test_what_is_written_is_read_back(facet):
    assert facets_from([document_from_facet(facet)]) == (facet,)


def test_several_facets_stand_side_by_side_and_the_first_of_a_kind_counts():
    documents = [document_from_facet(facet) for facet in (*ALL, Turn("claim"))]
    assert facets_from(documents) == ALL


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"type": "Goal"},
        {"type": 7},
        {"type": "Turn"},
        {"type": "Turn", "role": "shout"},
        {"type": "Turn", "role": ["claim"]},
        {"type": "Path"},
        {"type": "Path", "steps": [{}, 7, None, {"minutes": 3}]},
        {"type": "Path", "steps": {"title": ""}},
        {"type": "Workshop", "community": "nowhere"},
        {"type": "Achievement"},
        {"type": "Achievement", "credential": "x"},
        {"type": "Endorsement", "credential": []},
    ],
)
def test_what_cannot_be_used_is_dropped(document):
    assert facets_from([document]) == ()


def test_parts_that_cannot_be_used_are_left_out():
    asked = {"type": ["Ask"], "alignment": [7, {"targetUrl": "javascript:x"}, "https://a.example/moss"], "acceptedAnswer": {"id": 7}}
    assert facets_from([asked]) == (Ask((Alignment("https://a.example/moss", "https://a.example/moss"),)),)
    shared = {"type": "Resource", "teaches": "x", "reviewBy": "soon", "supersededBy": [], "license": {}, "minutes": -3}
    assert facets_from([shared]) == (Resource(),)
    path = {"type": "Path", "steps": [{"resource": "https://b.example/1", "minutes": True, "optional": "yes", "evidence": 3}]}
    assert facets_from([path]) == (Path((Step("https://b.example/1", "https://b.example/1"),)),)


def test_what_is_too_much_is_cut():
    many = [{"targetUrl": f"https://a.example/{number}", "targetName": "x" * 1000} for number in range(1000)]
    (asked,) = facets_from([{"type": "Ask", "alignment": many}])
    assert (len(alignments_of(asked)), len(alignments_of(asked)[0].name)) == (MAX_ALIGNMENTS, MAX_NAME)
    (path,) = facets_from([{"type": "Path", "steps": [{"title": "x"}] * 1000}])
    assert len(path.steps) == MAX_STEPS


def test_a_competency_stands_once():
    assert facets_from([{"type": "Ask", "alignment": [{"targetUrl": MOSS.url, "targetName": "Moss"}, MOSS.url]}]) == (Ask((MOSS,)),)


def test_every_kind_names_its_competencies():
    assert [alignments_of(facet) for facet in ALL] == [(), (), (BOTANY, MOSS), (BOTANY,), (MOSS,), (BOTANY,), (MOSS,), ()]
