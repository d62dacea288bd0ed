"""Small facts by name."""

from storage.settings import find_setting, save_setting


def test_a_setting_is_what_was_saved_last(db):
    assert find_setting(db, "name") is None
    save_setting(db, "name", "one")
    save_setting(db, "name", "two")
    save_setting(db, "other", "")
    assert (find_setting(db, "name"), find_setting(db, "other")) == ("two", "")
