"""hedgerow goal and reflect."""

import json

from tests.node.learning.test_frameworks import FILE


def test_goals_are_set_listed_and_reached(call):
    call("init", "--url", "https://x.example")
    call("account", "add", "ada")
    made = json.loads(call("goal", "add", "ada", "Know mosses", "--about", "Moss", "--due", "2027-03-01", "--json").out)
    assert call("goal", "set", "ada", made["id"], "reached").code == 0
    [shown] = json.loads(call("goal", "list", "ada", "--json").out)
    assert shown == {
        "id": made["id"],
        "statement": "Know mosses",
        "status": "reached",
        "progress": 0,
        "due": "2027-03-01",
        "competencies": [{"url": "https://x.example/tags/moss", "name": "Moss"}],
    }
    assert call("goal", "add", "ada", "x", "--due", "soon").code == 1


def test_a_reflection_is_written_for_oneself_and_shared(call):
    call("init", "--url", "https://x.example")
    call("account", "add", "ada")
    goal = json.loads(call("goal", "add", "ada", "Know mosses", "--about", "Moss", "--json").out)
    made = json.loads(call("reflect", "ada", "They drink", "--title", "Moss", "--goal", goal["id"], "--json").out)
    assert call("reflect", "ada", "", "--share", made["id"], "--visibility", "public").code == 0
    assert call("reflect", "ada", "", "--share", made["id"], "--visibility", "private").code == 1
    assert call("reflect", "ada", "words", "--share", made["id"]).code == 1
    assert call("reflect", "ada", "").code == 1
    assert " 50 %  Know mosses" in call("goal", "list", "ada").out


def test_a_portfolio_is_shown_and_a_link_made_to_a_part_of_it(call):
    call("init", "--url", "https://x.example")
    call("account", "add", "ada")
    made = json.loads(call("reflect", "ada", "They drink", "--title", "Moss", "--json").out)
    shown = json.loads(call("portfolio", "show", "ada", "--json").out)
    assert shown["items"] == [{"key": f"reflection:{made['id']}", "kind": "reflection", "title": "Moss", "state": None, "note": ""}]
    link = json.loads(call("portfolio", "link", "ada", f"reflection:{made['id']}", "--title", "The academy", "--json").out)
    assert link["url"].startswith("https://x.example/portfolio/")
    assert call("portfolio", "link", "ada", "award:1", "--title", "x").code == 1


def test_a_framework_is_taken_over_and_listed(call, tmp_path):
    call("init", "--url", "https://x.example")
    call("account", "add", "ada")
    (tmp_path / "case.json").write_bytes(FILE)
    made = json.loads(call("framework", "import", "ada", "case.json", "--json").out)
    assert (made["title"], made["competencies"]) == ("Bryology", 2)
    assert call("framework", "import", "ada", "case.json").code == 0
    assert len(json.loads(call("framework", "list", "--json").out)) == 1
    (tmp_path / "no.json").write_text("nonsense")
    assert call("framework", "import", "ada", "no.json").code == 1
