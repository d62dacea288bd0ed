"""The endpoints of OAuth 2.0 that programs call: metadata (RFC 8414), token (RFC 6749), revocation (RFC 7009), userinfo."""

import base64
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from node.social import authorizing, programs
from node.social.programs import Given, Refusal
from node.social.proxying import shown_url
from node.web.keys import CONTEXT
from node.web.mastodon.doors import Answer, Ask
from node.web.mastodon.parameters import Parameters
from node.web.negotiating import json_response
from node.web.requests import client_address
from storage.programs import App

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}  # RFC 6749, section 5.1
STATUSES = {"invalid_client": 401, "unauthorized_client": 403}  # others are 400 (section 5.2)


async def metadata(request: web.Request) -> web.Response:
    """GET /.well-known/oauth-authorization-server (RFC 8414)"""
    config = request.app[CONTEXT].config
    origin = config.origin
    grants = ["authorization_code", "client_credentials", *(["password"] if config.registrations.password_grant else [])]
    return json_response(
        {
            "issuer": f"{origin}/",
            "service_documentation": "https://docs.joinmastodon.org/",
            "authorization_endpoint": f"{origin}/oauth/authorize",
            "token_endpoint": f"{origin}/oauth/token",
            "app_registration_endpoint": f"{origin}/api/v1/apps",
            "revocation_endpoint": f"{origin}/oauth/revoke",
            "userinfo_endpoint": f"{origin}/oauth/userinfo",
            "scopes_supported": sorted(authorizing.ALL_SCOPES),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": grants,
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }
    )


async def token(ask: Ask) -> object:
    """POST /oauth/token"""
    grant = GRANTS.get(ask.given.text("grant_type"))
    try:
        if grant is None:
            raise Refusal("unsupported_grant_type", "The authorization grant type is not supported by the authorization server.")
        given = await grant(ask)
    except Refusal as refused:
        return _refused(refused)
    body = {"access_token": given.secret, "token_type": "Bearer", "scope": given.scopes, "created_at": given.created_ms // 1000}
    return Answer(body, headers=NO_STORE)


async def _client(ask: Ask, *, is_public: bool = False) -> App:
    """The program, by the header or the body (RFC 6749, section 2.3.1)."""
    client_id, secret = client_credentials(ask.request.headers, ask.given)
    return await programs.authenticate(ask.context, client_id, secret, is_public=is_public)


def client_credentials(headers: Mapping[str, str], given: Parameters) -> tuple[str, str]:
    """Id and secret of a program, '' for what it does not say."""
    kind, _, encoded = headers.get("Authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(encoded).decode().partition(":")
        except ValueError:
            return "", ""
        return client_id, secret
    return given.secret("client_id"), given.secret("client_secret")


async def _by_code(ask: Ask) -> Given:
    given = ask.given
    app = await _client(ask, is_public=bool(given.secret("code_verifier")))
    return await programs.exchange(ask.context, app, given.secret("code"), given.secret("redirect_uri"), given.secret("code_verifier"))


async def _by_itself(ask: Ask) -> Given:
    return await programs.give_app_token(ask.context, await _client(ask), ask.given.text("scope"))


async def _by_password(ask: Ask) -> Given:
    context, given = ask.context, ask.given
    if not context.config.registrations.password_grant:
        raise Refusal("unsupported_grant_type", "The authorization grant type is not supported by the authorization server.")
    login, password, address = given.text("username"), given.secret("password"), client_address(ask.request)
    return await programs.give_token_for_password(context, await _client(ask), login, password, given.text("scope"), address)


GRANTS: Mapping[str, Callable[[Ask], Awaitable[Given]]] = {
    "authorization_code": _by_code,
    "client_credentials": _by_itself,
    "password": _by_password,
}


async def revoke(ask: Ask) -> object:
    """POST /oauth/revoke"""
    try:
        await programs.revoke(ask.context, await _client(ask), ask.given.secret("token"))
    except Refusal as refused:
        return _refused(refused)
    return {}


def _refused(refused: Refusal) -> Answer:
    status = STATUSES.get(refused.code, 400)
    headers = {**NO_STORE, **({"WWW-Authenticate": 'Basic realm="OAuth"'} if status == 401 else {})}
    return Answer({"error": refused.code, "error_description": str(refused)}, status, headers)


async def userinfo(ask: Ask) -> object:
    """GET and POST /oauth/userinfo"""
    account, site = ask.account, ask.context.site
    picture = shown_url(site, account.icon_url) if account.icon_url else None
    return {
        "iss": f"{site.origin}/",
        "sub": account.uri,
        "name": account.display_name,
        "preferred_username": account.name,
        "profile": account.url,
        "picture": picture,
    }
