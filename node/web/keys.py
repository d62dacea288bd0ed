"""Under which keys the application holds what its doors need."""

from collections import Counter

from aiohttp import web

from node.context import Context

INBOX_ANSWERS: web.AppKey[Counter[int]] = web.AppKey("inbox_answers")  # {HTTP status: how often an inbox answered so}
CONTEXT = web.AppKey("context", Context)
