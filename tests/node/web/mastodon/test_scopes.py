"""Every door of the table keeps to who may come, and with which scopes."""

import re

import pytest

from node.social import programs
from node.web.mastodon.routes import DOORS

FOR_PEOPLE = [door for door in DOORS if door.who == "member"]
SCOPED = [door for door in DOORS if door.scope]


@pytest.fixture
def settings() -> str:
    return "[limits]\nrates = false"


def named(door) -> str:
    return f"{door.method} {door.path}"


def address(door) -> str:
    return re.sub(r"\{[^}]*\}", "1", door.path)


@pytest.fixture(scope="module")
def others() -> dict[str, str]:
    """For each door a scope that it does not ask for."""
    return {named(door): "push" if "read:search" in door.scope else "read:search" for door in SCOPED}


async def test_a_door_for_people_is_closed_to_strangers_and_to_programs_alone(run, world):
    made = await programs.register(world.context, "Reader", ["x://y"], "read write follow push profile")
    token = await programs.give_app_token(world.context, made.app, "read write follow push profile")
    stranger, program = await run(), await run()
    program.token = token.secret
    for door in FOR_PEOPLE:
        assert (await stranger.ask(door.method, address(door))).status == 401, named(door)
        assert (await program.ask(door.method, address(door))).status == 422, named(door)


async def test_a_token_with_another_scope_opens_no_door(run, ada, others):
    for scope in ("push", "read:search"):
        program = await run(ada, scope)
        for door in SCOPED:
            if others[named(door)] == scope:
                answered = await program.ask(door.method, address(door))
                assert answered.status == 403, named(door)
                assert answered.body == {"error": "This action is outside the authorized scopes"}


async def test_the_scope_of_the_table_opens_it(run, ada):
    """The control: with each of its scopes a door is not refused for its scope, whatever it then finds."""
    by_scope: dict[str, list[tuple[str, str]]] = {}
    for door in (each for each in SCOPED if each.who != "program"):
        for scope in door.scope.split():
            by_scope.setdefault(scope, []).append((door.method, address(door)))
    for scope, asked in by_scope.items():
        program = await run(ada, scope)
        for method, path in asked:
            answered = await program.ask(method, path)
            assert answered.body != {"error": "This action is outside the authorized scopes"}, f"{scope}: {method} {path}"
            assert answered.status != 401, f"{scope}: {method} {path}"


def test_no_door_that_changes_something_is_open_to_strangers():
    open_doors = {named(door) for door in DOORS if door.who == "anyone" and door.method != "GET"}
    assert open_doors == {"POST /oauth/token", "POST /oauth/revoke", "POST /api/v1/apps"}
