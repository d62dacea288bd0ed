import pytest

from federation.attachments import attachments_from, document_from_attachment
from federation.errors import Malformed
from federation.records import Attachment

URL = "https://a.example/cow.jpg"


def attached(*items):
    return attachments_from({"attachment": list(items)}, "Note")


@pytest.mark.parametrize(
    "whole",
    [
        Attachment("Image", URL, "image/jpeg", "a cow", 100, 162, "UKO2:N", (-0.5, 1.0)),
        Attachment("Document", URL),
        Attachment("Link", "https://a.example/page"),
        Attachment("Video", URL, "video/mp4", width=1920, height=1080),
        Attachment("Audio", URL, "audio/mpeg", "moo"),
    ],
)
def test_an_attachment_survives_the_wire(whole):
    assert attached(document_from_attachment(whole)) == (whole,)


def test_one_object_or_none_is_no_list():
    assert attachments_from({"attachment": {"type": "Image", "url": URL}}, "Note") == (Attachment("Image", URL),)
    assert attachments_from({"attachment": {}}, "Note") == ()
    assert attachments_from({"attachment": None}, "Note") == ()
    assert attachments_from({}, "Note") == ()


def test_addresses_come_in_many_shapes():
    assert attached({"url": URL})[0] == Attachment("Document", URL)
    assert attached({"type": "Document", "href": URL})[0].url == URL
    link = {"type": "Link", "href": URL, "mediaType": "image/png"}
    assert attached({"type": "Image", "url": link}) == (Attachment("Image", URL, "image/png"),)
    assert attached({"type": "Image", "url": [link, {"href": "https://a.example/other"}]})[0].url == URL
    assert attached(URL) == (Attachment("Link", URL),)


def test_what_is_no_file_is_left_out():
    assert (
        attached({"type": "PropertyValue", "value": URL}, {"type": "Note", "url": URL}, {"@type": "Recipe"}, 7, None, {"type": "Image"})
        == ()
    )
    assert attached({"type": "Link", "href": "payto://iban/DE75"}) == ()


def test_the_same_address_stands_once():
    lemmy = {"attachment": [{"type": "Link", "href": URL}], "image": {"type": "Image", "url": URL}}
    assert attachments_from(lemmy, "Page") == (Attachment("Link", URL),)


def test_a_video_brings_its_file_along():
    url = [
        {"href": "https://v.example/w/1", "mediaType": "text/html"},
        {"href": "https://v.example/1.mp4", "mediaType": "video/mp4", "height": 720},
    ]
    assert attachments_from({"url": url}, "Video") == (Attachment("Video", "https://v.example/1.mp4", "video/mp4", height=720),)
    assert attachments_from({"url": url}, "Note") == ()


def test_too_many_are_refused():
    assert len(attached(*[{"url": f"{URL}?{number}"} for number in range(32)])) == 32
    with pytest.raises(Malformed):
        attached(*[{"url": URL}] * 33)


@pytest.mark.parametrize("focus", [None, [0.1], [0.1, 2], ["a", "b"], "0,0", {}, [None, None], [10**400, 0]])
def test_a_focus_that_is_none_is_left_out(focus):
    assert attached({"url": URL, "focalPoint": focus})[0].focus is None


def test_sizes_that_cannot_be_are_left_out():
    assert attached({"url": URL, "width": -1, "height": 10**9}) == (Attachment("Document", URL),)
