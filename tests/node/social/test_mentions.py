"""A mention names the account that a reader sees named, or nobody: its host is never cut off and its name never cut short."""

import pytest

from node.social.mentions import find_mention
from node.social.writing import handles_in

ELSEWHERE = {
    "@jos@ünicode.example": "jos@xn--nicode-2ya.example",
    "@jos@ÜNICODE.example": "jos@xn--nicode-2ya.example",
    "@jos@u\u0308nicode.example": "jos@xn--nicode-2ya.example",
    "@jos@bücher。example": "jos@xn--bcher-kva.example",
    "@jos@i❤.ws": "jos@xn--i-7iq.ws",
    "@jos@i❤️.ws": "jos@xn--i-7iq.ws",
    "@jos@🍕.example:8443": "jos@xn--vi8h.example:8443",
    "@jos@пример.рф": "jos@xn--e1afmkfd.xn--p1ai",
    "@jos@例え.テスト": "jos@xn--r8jz45g.xn--zckzah",
    "@jos＠far.example": "jos@far.example",
    "@josé@far.example": "josé@far.example",
    "@jos@far.example，你好": "jos@far.example",
    "(@jos@far.example)": "jos@far.example",
    "@jos@ünicode.de.": "jos@xn--nicode-2ya.de",
    "@jos@far.example/@eve": "jos@far.example",
}

NOBODY = [
    "@josé",
    "@jose\u0301",
    "@jos你好",
    "@joсs",
    "@jos@",
    "@jos@ far.example",
    "@jos@.example",
    "@jos@-.example",
    "@jos@ex\u200bample..ü",
    "@jos\u200b@ünicode.example",
    "@jos\u00ad@far.example",
    "@jos*@far.example*",
    "@jos**@ünicode.example**",
    "@jos\\@far.example",
    "@jos[@far.example](https://far.example/)",
    "@jos@[::1]",
    "@jos@far.example@more.example",
    "@jos@" + "ü" * 70 + ".example",
    "@" + "j" * 300,
    "é@jos",
    "e\u0301@jos",
    "write to ünï@jos",
    "https://far.example/~@jos",
]


@pytest.mark.parametrize(("text", "handle"), ELSEWHERE.items())
def test_a_host_of_any_script_is_read_whole_and_in_punycode(text, handle):
    assert handles_in(text) == [handle]


@pytest.mark.parametrize("text", NOBODY)
def test_what_cannot_be_read_to_its_end_mentions_nobody(text):
    assert [handle for handle in handles_in(text) if "@" not in handle] == []


@pytest.mark.parametrize("after", ["", ",", ".", "!", " é", "'s", "’s", "。", "，", "…", "\n@bob", ")", "*", "/", ":"])
def test_a_name_ends_where_no_letter_follows(after):
    assert handles_in("@jos" + after)[0] == "jos"


@pytest.mark.parametrize("mark", ["é", "你", "\u0301", "ß", "α", "٣", "@", "＠", "\u200bé", "\u200d@"])
@pytest.mark.parametrize("name", ["jos", "jos_", "j.os", "JOS"])
def test_no_name_is_cut_short_before_a_letter_or_a_host(name, mark):
    assert find_mention("@" + name + mark, 0) is None


def test_many_signs_are_read_in_a_time_that_grows_with_their_number(monkeypatch):
    counted = {"characters": 0}
    import node.social.mentions as mentions

    is_letter = mentions._is_letter

    def counting(character):
        counted["characters"] += 1
        return is_letter(character)

    monkeypatch.setattr(mentions, "_is_letter", counting)
    for pattern in ("@", "@a", "@a@b", "@a*", "@a\u200b", "(@a@ü", "@a ", "@é.", "a@", "@a@b.c:1"):
        work = []
        for size in (400, 800):
            counted["characters"] = 0
            text = pattern * size
            for index, character in enumerate(text):
                if character == "@":
                    find_mention(text, index)
            work.append(counted["characters"])
        assert work[1] <= 2.2 * work[0] + 200, pattern
