"""Canonical quads are metered: a crafted graph is refused soon, and real credentials are not."""

import time

import pytest

from federation import linked_data
from federation.errors import Malformed
from federation.linked_data import OB, PINNED, VC, canonical_quads, pinned_context
from tests.federation.badges import achievement, signed

SOON_S = 5.0  # far above what refusing takes, and far below what not refusing would


def credential(**said):
    return {"@context": [VC, OB], "id": "urn:x:1", "type": ["VerifiableCredential"], "issuer": "urn:x:2", **said}


def ring(size):
    """Nodes that look alike, each pointing to the next."""
    return credential(issuer=[profile(number, [(number + 1) % size]) for number in range(size)])


def clique(size):
    """Nodes that look alike, each pointing to all others."""
    return credential(issuer=[profile(number, [other for other in range(size) if other != number]) for number in range(size)])


def profile(number, parents):
    return {"id": f"_:b{number}", "type": ["Profile"], "parentOrg": [{"id": f"_:b{parent}", "type": ["Profile"]} for parent in parents]}


@pytest.mark.parametrize("document", [clique(8), clique(20), clique(40), ring(300), ring(1000)], ids=["8", "20", "40", "ring", "long ring"])
def test_a_graph_that_would_take_for_ever_is_refused_soon(document):
    began = time.thread_time()
    with pytest.raises(Malformed):
        canonical_quads(document)
    assert time.thread_time() - began < SOON_S


def test_a_small_one_of_the_same_shape_is_not():
    assert canonical_quads(ring(3)).count("parentOrg") == 3
    assert canonical_quads(clique(3)).count("parentOrg") == 6


def test_more_values_than_can_be_compared_are_refused_soon():
    began = time.thread_time()
    with pytest.raises(Malformed, match="too many values"):
        canonical_quads(credential(credentialSubject={"id": "urn:x:3", "type": [f"https://x.example/{n}" for n in range(4000)]}))
    spread = [{"id": "urn:x:3", "name": str(number)} for number in range(3000)]
    with pytest.raises(Malformed):
        canonical_quads(credential(credentialSubject=spread))
    assert time.thread_time() - began < SOON_S


def test_what_is_too_large_is_refused():
    with pytest.raises(Malformed, match="KiB"):
        canonical_quads(credential(name="x" * linked_data.MAX_BYTES))


@pytest.mark.parametrize(
    "said",
    [
        {"@context": [VC, {"name": "https://x.example/other"}]},
        {"@context": [VC, "https://x.example/context"]},
        {"@context": {"@vocab": "https://x.example/"}},
        {"@graph": []},
        {"credentialSubject": {"@reverse": {}}},
        {"credentialSubject": {"id": "urn:x:3", "@type": "x"}},
        {"unheardOf": "x"},
        {"credentialSubject": {"id": "urn:x:3", "unheardOf": "x"}},
        {"type": ["VerifiableCredential", "UnheardOf"]},
        {"id": "no address"},
    ],
)
def test_a_document_that_says_more_than_its_proof_would_cover_is_refused(said):
    canonical_quads(credential())
    with pytest.raises(Malformed):
        canonical_quads({**credential(), **said})


def test_order_and_names_of_blank_nodes_make_no_difference():
    document = signed(achievement())
    turned = dict(reversed(document.items()))
    assert canonical_quads(document) == canonical_quads(turned)


def test_every_context_is_there_and_is_what_was_pinned(monkeypatch):
    for url in PINNED:
        assert "@context" in pinned_context(url)
    pinned_context.cache_clear()
    monkeypatch.setattr(linked_data, "PINNED", {VC: (PINNED[VC][0], "0" * 64)})
    with pytest.raises(Malformed, match="not the one that was pinned"):
        pinned_context(VC)
    pinned_context.cache_clear()
