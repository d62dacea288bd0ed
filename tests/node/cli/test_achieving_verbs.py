"""`hedgerow verify` says what a file is worth with no node and no network; the other verbs act beside one."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest

from federation.baking import bake_png, bake_svg
from node.learning.badge_pictures import png_of, svg_of
from tests.federation.badges import achievement, signed

TEXT = json.dumps(signed(achievement(valid_until=datetime.now(UTC) + timedelta(days=9), valid_from=datetime.now(UTC) - timedelta(days=1))))
FILES = {"json": TEXT.encode(), "png": bake_png(png_of("Moss"), TEXT), "svg": bake_svg(svg_of("Moss"), TEXT)}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_of_any_kind_is_judged_by_parts(call, tmp_path, kind):
    (tmp_path / f"badge.{kind}").write_bytes(FILES[kind])
    outcome = call("verify", f"badge.{kind}", "--json")
    (found,) = json.loads(outcome.out)
    assert (outcome.code, found["name"], found["outcome"]) == (0, "Knows ten mosses", "unknown")
    parts = {part["part"]: part["outcome"] for part in found["parts"]}
    assert parts == {"proof": "pass", "schema": "pass", "dates": "pass", "status": "unknown", "issuer": "unknown", "recipient": "unknown"}


def test_what_does_not_hold_is_said_with_exit_code_1(call, tmp_path):
    (tmp_path / "bad.json").write_text(TEXT.replace("Knows ten mosses", "Knows all mosses"))
    outcome = call("verify", "bad.json")
    assert outcome.code == 1
    assert "FAIL    proof" in outcome.out


@pytest.mark.parametrize("body", [b"", b"{}", b"<svg/>", b"<x", b"\x89PNG\r\n\x1a\n", png_of("x"), svg_of("x"), b"PK\x03\x04"])
def test_what_cannot_be_read_is_said_with_exit_code_2(call, tmp_path, body):
    (tmp_path / "file").write_bytes(body)
    assert call("verify", "file").code == 2


@pytest.mark.parametrize("name", ["simple.json", "simple-json.png", "simple-json.svg", "simple-did-key-method.json", "complete.json"])
def test_1edtechs_own_files_hold(call, vectors, name):
    outcome = call("verify", str(vectors / "1edtech-ob30-valid" / name))
    assert outcome.code == 0
    assert "ok      proof" in outcome.out


def test_a_badge_is_given_vouched_for_and_taken_back_from_the_shell(call):
    call("init", "--url", "http://hedge.test")
    for name in ("ada", "bo", "cleo"):
        call("account", "add", name)
    made = json.loads(call("award", "ada", "@bo", "Knows mosses", "--for", "All of them", "--about", "Moss", "--json").out)
    assert made["state"] == "offered"
    (row,) = json.loads(call("achievements", "bo", "--json").out)
    assert (row["id"], row["state"], row["name"]) == (made["id"], "offered", "Knows mosses")
    assert call("revoke", "bo", made["id"], "mine").code == 1
    assert json.loads(call("revoke", "ada", made["id"], "a fern", "--json").out)["state"] == "revoked"
    assert call("award", "ada", "@nobody", "Knows mosses").code == 1


def test_every_verb_of_learning_has_an_example(call):
    assert "hedgerow verify badge.png" in call("learning", "--help").out
    assert set(json.loads(call("learning", "--json").out)) >= {"award", "endorse", "revoke", "verify", "goal", "reflect"}


def test_an_account_leaves_and_comes_back_from_the_shell(call, monkeypatch):
    call("init", "--url", "http://hedge.test")
    for name in ("ada", "bo", "new"):
        call("account", "add", name)
    call("award", "bo", "@bo", "Walked the ridge")
    monkeypatch.setattr("sys.stdin", io.StringIO("moss and ferns\n"))
    written = json.loads(call("export", "bo", "--to", "bo.zip", "--json").out)
    assert (written["posts"], written["credentials"]) == (1, 1)
    assert call("verify", "bo.zip").code == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("another one\n"))
    assert call("import", "new", "bo.zip").code == 1
    monkeypatch.setattr("sys.stdin", io.StringIO("moss and ferns\n"))
    assert json.loads(call("import", "new", "bo.zip", "--json").out)["posts"] == 1
    monkeypatch.setattr("sys.stdin", io.StringIO("moss and ferns\n"))
    assert call("export", "bo", "--to", "bo.zip").code == 1


def test_without_online_it_is_said_that_nobody_was_asked(call, tmp_path):
    (tmp_path / "badge.json").write_bytes(FILES["json"])
    said = call("verify", "badge.json").out
    assert "Signature holds; who signed is not known" in said
    assert "Not asked whether it was revoked." in said
    assert "not asked: the issuer and its status list" in said
    (found,) = json.loads(call("verify", "badge.json", "--json").out)
    assert (found["headline"], found["asked"]) == ("unknown_signer", [])


def test_online_it_is_said_who_was_asked_and_what_came(call, tmp_path):
    call("init", "--url", "http://hedge.test")
    (tmp_path / "badge.json").write_bytes(FILES["json"])
    (found,) = json.loads(call("verify", "badge.json", "--online", "--json").out)
    assert [each["address"] for each in found["asked"]] == ["https://a.example/users/ada", "https://a.example/users/ada/status"]
    assert all(each["answer"].startswith("No answer:") for each in found["asked"])


def test_a_presentation_is_judged_by_the_credentials_in_it(call, tmp_path):
    wrapped = {"type": "VerifiablePresentation", "verifiableCredential": [json.loads(TEXT), json.loads(TEXT)]}
    (tmp_path / "vp.json").write_text(json.dumps(wrapped))
    found = json.loads(call("verify", "vp.json", "--json").out)
    assert [each["headline"] for each in found] == ["unknown_signer"] * 2
    (tmp_path / "vp.json").write_text(json.dumps({**wrapped, "verifiableCredential": []}))
    assert call("verify", "vp.json").code == 2


def test_achievements_say_by_whom_and_what_they_are_worth(call):
    call("init", "--url", "http://hedge.test")
    call("account", "add", "ada")
    call("award", "ada", "@ada", "Doctor of everything")
    assert "Recorded by ada themselves" in call("achievements", "ada").out
    (row,) = json.loads(call("achievements", "ada", "--json").out)
    assert (row["kind"], row["verdict"], row["issuer"]) == ("self", "own", "http://hedge.test/users/ada")
