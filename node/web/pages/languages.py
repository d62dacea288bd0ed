"""The languages that pages speak; mails speak them too, so they live in node.languages."""

from node.languages import FOLDER, SOURCE, Language, available, chosen, direction, language, names, noted, tag_or_none

__all__ = ["FOLDER", "SOURCE", "Language", "available", "chosen", "direction", "language", "names", "noted", "tag_or_none"]
