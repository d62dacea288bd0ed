"""What a file is by its first bytes, whatever it calls itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of film or sound. demuxer: ffmpeg's name of it, so that ffmpeg need not guess, which a crafted file could turn to its use."""

    media_type: str
    extension: str
    demuxer: str

    @property
    def is_film(self) -> bool:
        """Whether there is something to see."""
        return self.media_type.startswith("video/")


FILM, WEBM = Kind("video/mp4", "mp4", "mov"), Kind("video/webm", "webm", "matroska")
OGG, MP3, WAV, FLAC = (
    Kind("audio/ogg", "ogg", "ogg"),
    Kind("audio/mpeg", "mp3", "mp3"),
    Kind("audio/wav", "wav", "wav"),
    Kind("audio/flac", "flac", "flac"),
)
SIGNS = (  # where in a file what stands
    (4, b"ftyp", FILM),
    (0, b"\x1a\x45\xdf\xa3", WEBM),
    (0, b"OggS", OGG),
    (0, b"ID3", MP3),
    (0, b"\xff\xfb", MP3),
    (0, b"\xff\xf3", MP3),
    (0, b"fLaC", FLAC),
    (8, b"WAVE", WAV),
)
KINDS = (FILM, WEBM, OGG, MP3, WAV, FLAC)


def sniff(body: bytes) -> Kind | None:
    """The kind of film or sound that a file is, or None."""
    return next((kind for start, sign, kind in SIGNS if body[start : start + len(sign)] == sign), None)
