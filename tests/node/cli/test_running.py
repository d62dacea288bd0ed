"""Exit codes and what stands on stderr."""

import click
import pytest

from federation.errors import Malformed
from node.cli.commands import Command, hedgerow
from node.cli.verbs import VERBS
from node.errors import NotFound


def failing_with(error: BaseException) -> click.Command:
    def fail() -> None:
        raise error

    return Command("fail", callback=fail)


@pytest.fixture
def call_failing(call, monkeypatch):
    """The outcome of a verb that raises."""

    def call_with(error: BaseException):
        monkeypatch.setattr(hedgerow, "get_command", lambda _context, _name: failing_with(error))
        return call("fail")

    return call_with


@pytest.mark.parametrize("error", [NotFound("There is no ada here."), Malformed("There is no ada here."), OSError("There is no ada here.")])
def test_what_is_refused_is_one_sentence_and_code_1(call_failing, error):
    outcome = call_failing(error)
    assert (outcome.code, outcome.out, outcome.err) == (1, "", "There is no ada here.\n")


def test_a_file_at_fault_is_named(call_failing):
    assert call_failing(PermissionError(13, "Permission denied", "data/x")).err == "data/x: Permission denied\n"


def test_a_fault_of_ours_is_not_hidden(call_failing):
    with pytest.raises(ZeroDivisionError):
        call_failing(ZeroDivisionError())


def test_an_interrupt_is_quiet(call_failing):
    outcome = call_failing(KeyboardInterrupt())
    assert (outcome.code, outcome.out, outcome.err.strip()) == (130, "", "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["inti"], "No such command 'inti'."),
        (["--nope"], "No such option '--nope'."),
        (["init"], "Missing option '--url'. See: hedgerow init --help"),
        (["init", "--url"], "Option '--url' requires an argument."),
    ],
)
def test_wrong_usage_is_one_sentence_and_code_2(call, arguments, sentence):
    outcome = call(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(sentence)
    assert outcome.err.count("\n") == 1


def test_help_and_version_are_no_errors(call):
    assert call("--help").code == 0
    assert call("init", "--help").code == 0
    assert call("--version").out.startswith("hedgerow ")


def test_without_a_verb_the_help_is_shown(call):
    outcome = call()
    assert outcome.code == 2
    assert "init" in outcome.err


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_loads_and_the_table_says_of_it_what_it_says_itself(name):
    command = hedgerow.get_command(click.Context(hedgerow), name)
    assert isinstance(command, Command | click.Group)
    assert command.help is not None
    assert command.help.splitlines()[0] == VERBS[name].help
