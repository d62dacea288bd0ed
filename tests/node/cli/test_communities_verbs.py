"""hedgerow community: made and listed from the shell."""

import json


def test_a_community_is_made_and_listed(call, memory_url):
    call("init", "--url", "https://x.example")
    assert call("account", "add", "ada").code == 0
    made = call("community", "add", "mosses", "--title", "Mosses", "--moderator", "ada", "--json")
    assert json.loads(made.out)["handle"] == "@mosses@x.example"
    assert "Mosses" in call("community", "list").out
    assert call("community", "add", "ferns", "--title", "Ferns", "--moderator", "nobody").code != 0
    assert call("community", "add", "mosses", "--title", "Again", "--moderator", "ada").code != 0
