import json
import zlib

import pytest
from openbadgeslib import verify_badge

from federation.baking import MAX_BYTES, PNG, bake_png, bake_svg, credential_in
from federation.errors import Malformed
from node.learning.badge_pictures import png_of, svg_of
from tests.federation.badges import achievement, signed

TEXT = json.dumps(signed(achievement(valid_until=None)))
BAKED = {"png": bake_png(png_of("Moss & more"), TEXT), "svg": bake_svg(svg_of("Moss & <more>"), TEXT)}


@pytest.mark.parametrize("kind", BAKED)
def test_what_is_baked_comes_out_as_it_went_in(kind):
    assert credential_in(BAKED[kind]).decode() == TEXT


@pytest.mark.parametrize("kind", BAKED)
def test_openbadgeslib_verifies_a_baked_picture_of_ours_and_not_a_changed_one(kind):
    assert verify_badge(BAKED[kind], "3", resolve_did=True).valid
    changed = {"png": bake_png(png_of("x"), TEXT.replace("ten", "all")), "svg": bake_svg(svg_of("x"), TEXT.replace("ten", "all"))}
    assert not verify_badge(changed[kind], "3", resolve_did=True).valid


@pytest.mark.parametrize("name", ["simple-json.png", "simple-json.svg"])
def test_1edtechs_baked_pictures_are_read(vectors, name):
    document = json.loads(credential_in((vectors / "1edtech-ob30-valid" / name).read_bytes()))
    assert document["name"] == "Teamwork Badge"


def test_what_is_no_picture_is_taken_as_it_is():
    assert credential_in(TEXT.encode()) == TEXT.encode()


def test_an_svg_is_baked_without_anything_that_acts():
    active = b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"><script>x()</script><a href="javascript:x()"/></svg>'
    baked = bake_svg(active, "{}")
    assert b"script" not in baked
    assert b"onload" not in baked


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>'
ITXT = b"openbadgecredential\0\1\0\0\0" + zlib.compress(b"x" * 50_000_000)
CHUNK = len(ITXT).to_bytes(4, "big") + b"iTXt" + ITXT + zlib.crc32(b"iTXt" + ITXT).to_bytes(4, "big")
PLAIN = png_of("x")


@pytest.mark.parametrize(
    "body",
    [PLAIN, svg_of("x"), PNG, PNG + b"x" * 100, PLAIN[:-30], b"<svg", BOMB, PLAIN[:33] + CHUNK + PLAIN[33:], b"x" * (MAX_BYTES + 1)],
    ids=["png without", "svg without", "empty", "broken", "cut", "xml", "entities", "bomb", "large"],
)
def test_what_holds_no_credential_is_refused(body):
    with pytest.raises(Malformed):
        credential_in(body)
