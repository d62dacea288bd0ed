"""hedgerow goal and reflect."""

import json


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
