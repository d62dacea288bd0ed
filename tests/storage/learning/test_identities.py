from storage import accounts
from storage.learning import identities
from storage.records import Key
from tests.storage.rows import add_person, add_stranger


def test_exactly_the_proven_keys_are_kept_and_lead_to_their_owner(db):
    ada, bo = add_stranger(db, "ada", "a.example"), add_stranger(db, "bo", "b.example")
    identities.set_identities(db, ada.id, ["did:key:a", "did:key:b"])
    identities.set_identities(db, ada.id, ["did:key:b", "did:key:c"])
    assert identities.list_identities(db, ada.id) == {"did:key:b", "did:key:c"}
    assert (identities.find_owner(db, "did:key:c").id, identities.find_owner(db, "did:key:a")) == (ada.id, None)
    identities.set_identities(db, bo.id, ["did:key:c"])  # who has moved is found where they were met last
    assert identities.find_owner(db, "did:key:c").id == bo.id


def test_a_key_leads_to_one_of_ours_and_to_nobody_who_only_lists_it(db):
    ada, eve = add_person(db, "ada"), add_stranger(db, "eve", "e.example")
    for account in (eve, ada):
        accounts.save_key(db, Key(f"{account.uri}#k", account.id, "ed25519", "z6Mk", None, 1))
    assert accounts.find_account_by_key(db, "z6Mk").id == ada.id
    accounts.save_key(db, Key(f"{eve.uri}#l", eve.id, "ed25519", "z6Mq", None, 1))
    assert accounts.find_account_by_key(db, "z6Mq") is None
