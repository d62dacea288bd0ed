from storage.learning import frameworks
from storage.learning.frameworks import Framework, Item
from tests.storage.rows import START_MS, add_person


def item(item_id, url, name="Moss", place=0):
    return Item(item_id, 1, url, name, name.lower(), "", "", "", "", place)


def test_a_framework_and_its_competencies_are_kept_changed_and_found(db):
    ada = add_person(db, "ada")
    first = Framework(1, ada.id, "https://case.example/1", "Bryology", "", "", "", "en", START_MS)
    frameworks.save_framework(db, first)
    frameworks.save_framework(db, Framework(1, ada.id, "https://case.example/1", "Mosses", "", "", "", "en", START_MS + 1))
    assert frameworks.find_framework(db, 1).title == "Mosses"
    assert frameworks.find_framework_by_uri(db, ada.id, "https://case.example/1").id == 1
    assert [each.id for each in frameworks.list_frameworks(db, 10)] == [1]
    assert [each.id for each in frameworks.list_frameworks_of(db, ada.id)] == [1]
    frameworks.save_items(db, [item(5, "https://case.example/a", place=1), item(6, "https://case.example/b")])
    frameworks.save_items(db, [item(9, "https://case.example/a", "Ferns", 2)])
    assert [(each.id, each.name) for each in frameworks.list_items(db, 1)] == [(6, "Moss"), (5, "Ferns")]
    assert frameworks.find_item(db, 5) == frameworks.find_item_by_url(db, "https://case.example/a")
    assert (frameworks.list_urls_of(db, ada.id, 1), frameworks.count_items_of(db, ada.id)) == ([(5, "https://case.example/a")], 2)
    frameworks.remove_items(db, 1, [5])
    assert frameworks.find_item(db, 5) is None
    assert frameworks.new_item_id(db, START_MS) >> 16 == START_MS
