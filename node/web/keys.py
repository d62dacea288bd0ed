"""Under which keys the application holds what its doors need."""

from aiohttp import web

from node.context import Context

CONTEXT = web.AppKey("context", Context)
