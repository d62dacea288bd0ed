import pytest

from federation.collections import collection_page, items_from_document, ordered_collection, total_from_document
from federation.errors import Malformed

URI = "https://a.example/users/ada/outbox"
ONE, TWO = "https://a.example/1", {"id": "https://a.example/2", "type": "Note"}


def test_a_collection_leads_to_its_pages():
    collection = ordered_collection(URI, 2, first=f"{URI}?page=1", last=f"{URI}?page=9")
    assert items_from_document(collection) == ([], f"{URI}?page=1")
    assert total_from_document(collection) == 2


def test_a_page_leads_to_the_next_and_the_last_page_to_none():
    page = collection_page(f"{URI}?page=1", URI, [ONE, TWO], next_uri=f"{URI}?page=2", prev_uri=f"{URI}?page=0")
    assert items_from_document(page) == ([ONE, TWO], f"{URI}?page=2")
    assert items_from_document(collection_page(f"{URI}?page=2", URI, [ONE])) == ([ONE], None)


def test_a_short_collection_holds_its_items():
    collection = ordered_collection(URI, 1, items=[ONE], attributed_to="https://a.example/users/ada")
    assert items_from_document(collection) == ([ONE], None)
    assert collection["attributedTo"] == "https://a.example/users/ada"


def test_a_hidden_count_is_not_stated():
    assert "totalItems" not in ordered_collection(URI, None)
    assert total_from_document(ordered_collection(URI, None)) is None


def test_an_embedded_first_page_is_read_at_once():
    replies = {"type": "Collection", "id": URI, "first": {"type": "CollectionPage", "items": [ONE], "next": f"{URI}?page=2"}}
    assert items_from_document(replies) == ([ONE], f"{URI}?page=2")


def test_items_under_the_other_name_one_alone_and_unusable_ones():
    assert items_from_document({"type": "OrderedCollection", "items": ONE}) == ([ONE], None)
    assert items_from_document({"type": "Collection", "orderedItems": [TWO, None, 7, "x", [ONE]]}) == ([TWO, ONE], None)


def test_a_page_that_is_its_own_next_ends():
    assert items_from_document({"type": "CollectionPage", "id": URI, "items": [], "next": URI}) == ([], None)


@pytest.mark.parametrize("document", [{}, {"type": "Note"}, {"type": 7}, {"type": "Collection", "items": [ONE] * 1001}])
def test_what_is_no_collection_or_too_long_is_refused(document):
    with pytest.raises(Malformed):
        items_from_document(document)
