"""How many activities are let in, and what happens when there are too many."""

import asyncio
from contextlib import ExitStack

import pytest

from node.errors import Overloaded
from node.gate import AT_ONCE, COME_AGAIN_S, LATEST_S, PER_BYTE, READ_S, RELIEF_S, Gate, give_back, resident_bytes

MB = 1024 * 1024


class Machine:
    """A machine whose memory, clock and database a test sets."""

    def __init__(self) -> None:
        self.resident = 100 * MB
        self.now_s = 0.0
        self.delay_s = 0.0
        self.forgotten = 0
        self.saved = 0  # bytes that forgetting brings

    def relieve(self) -> None:
        self.forgotten += 1
        self.resident -= self.saved

    def gate(self, budget_mb: int = 200, most_waiting: int = 100) -> Gate:
        return Gate(budget_mb * MB, most_waiting, lambda: self.delay_s, self.relieve, lambda: self.resident, lambda: self.now_s)


@pytest.fixture
def machine():
    return Machine()


def lets_in(gate, size_bytes=1000):
    """Whether one more is let in just now."""
    try:
        with gate.entered(size_bytes):
            return True
    except Overloaded:
        return False


def test_above_the_budget_nothing_is_let_in_and_below_it_again(machine):
    gate = machine.gate()
    assert lets_in(gate)
    machine.resident = 201 * MB
    machine.now_s += READ_S
    assert not lets_in(gate)
    machine.resident = 199 * MB
    machine.now_s += READ_S
    assert lets_in(gate)
    assert gate.pressure().refused == {"memory": 1}


def test_memory_is_looked_at_ten_times_a_second_and_not_for_each(machine):
    gate, looks = machine.gate(), []
    gate.resident = lambda: looks.append(1) or machine.resident
    for _ in range(100):
        assert lets_in(gate)
        machine.now_s += READ_S / 8
    assert 12 <= len(looks) <= 14


def test_without_a_budget_memory_is_not_looked_at(machine):
    gate = machine.gate(budget_mb=0)
    machine.resident = 10_000 * MB
    assert lets_in(gate)


def test_what_is_on_its_way_in_counts_before_it_is_read(machine):
    gate = machine.gate()
    size = 100 * MB // PER_BYTE // 2
    with gate.entered(size), gate.entered(size):
        assert not lets_in(gate)
        assert gate.pressure().promised_bytes == 2 * size * PER_BYTE
    assert lets_in(gate, size)
    assert gate.pressure().promised_bytes == 0


def test_before_anybody_is_refused_what_can_be_forgotten_is(machine):
    gate = machine.gate()
    machine.resident, machine.saved = 201 * MB, 50 * MB
    assert lets_in(gate)
    assert machine.forgotten == 1


def test_it_is_forgotten_now_and_then_and_not_for_each(machine):
    gate = machine.gate()
    machine.resident = 300 * MB
    assert [lets_in(gate) for _ in range(10)] == [False] * 10
    assert machine.forgotten == 1
    machine.now_s += RELIEF_S
    assert not lets_in(gate)
    assert machine.forgotten == 2


def test_no_more_than_so_many_wait(machine):
    gate = machine.gate(most_waiting=3)
    with ExitStack() as inside:
        for _ in range(3):
            inside.enter_context(gate.entered(1))
        assert not lets_in(gate)
        assert gate.pressure().waiting == 3
    assert lets_in(gate)
    assert gate.pressure().refused == {"waiting": 1}


def test_nothing_is_let_in_while_the_database_is_behind(machine):
    gate = machine.gate()
    machine.delay_s = LATEST_S + 0.1
    assert not lets_in(gate)
    machine.delay_s = LATEST_S
    assert lets_in(gate)
    assert gate.pressure().refused == {"delay": 1}


async def test_nothing_is_let_in_while_the_first_in_line_waits_too_long(machine):
    gate, ends = machine.gate(), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE + 1):
            tasks.create_task(take(gate, ends))
        await asyncio.sleep(0)
        machine.now_s += LATEST_S + 0.1
        assert not lets_in(gate)
        ends.set()
    assert lets_in(gate)


async def take(gate, ends):
    async with gate.turn(1):
        await ends.wait()


async def test_few_are_taken_in_at_once_in_the_order_in_which_they_came(machine):
    gate, order, inside, most = machine.gate(), [], 0, 0

    async def one(number):
        nonlocal inside, most
        async with gate.turn(1):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            order.append(number)
            inside -= 1

    async with asyncio.TaskGroup() as tasks:
        for number in range(4 * AT_ONCE):
            tasks.create_task(one(number))
    assert most == AT_ONCE
    assert order == sorted(order)


async def test_who_waits_for_a_stranger_lets_the_next_one_go_first(machine):
    gate, answered = machine.gate(), asyncio.Event()

    async def hang():
        async with gate.turn(1), gate.aside():
            await answered.wait()

    gate.most_waiting = 20 * AT_ONCE
    hanging = [asyncio.create_task(hang()) for _ in range(10 * AT_ONCE)]
    async with asyncio.timeout(5):
        async with gate.turn(1), gate.aside():
            pass
    answered.set()
    await asyncio.gather(*hanging)


async def test_a_turn_ends_whatever_happens_in_it(machine):
    gate = machine.gate()
    for _ in range(2 * AT_ONCE):
        with pytest.raises(ZeroDivisionError):
            async with gate.turn(1), gate.aside():
                1 / 0  # noqa: B018 - it is to raise
        with pytest.raises(ZeroDivisionError):
            async with gate.turn(1):
                1 / 0  # noqa: B018 - it is to raise
    async with asyncio.timeout(5):
        async with gate.turn(1):
            pass


async def test_who_has_no_turn_waits_for_strangers_all_the_same(machine):
    gate = machine.gate()
    async with gate.aside():
        pass
    async with asyncio.timeout(5):
        async with gate.turn(1):
            pass


async def hang(gate, size_bytes, answered):
    """An activity whose key is fetched from a server that does not answer; whether it is let wait for that."""
    try:
        with gate.entered(size_bytes):
            async with gate.turn(size_bytes), gate.aside():
                await answered.wait()
    except Overloaded:
        return False
    return True


@pytest.mark.parametrize(("size_bytes", "room", "short"), [(1, 50, "waiting"), (MB, 200 // 4 // PER_BYTE, "memory")])
async def test_those_who_wait_for_strangers_leave_room_for_those_whom_we_know(machine, size_bytes, room, short):
    gate, answered = machine.gate(budget_mb=200, most_waiting=100), asyncio.Event()
    machine.resident = 0
    hanging = [asyncio.create_task(hang(gate, size_bytes, answered)) for _ in range(3 * room)]
    await asyncio.wait(hanging[room:])
    assert lets_in(gate, size_bytes)
    answered.set()
    assert await asyncio.gather(*hanging) == [True] * room + [False] * 2 * room
    assert gate.pressure().refused[short] == 2 * room
    assert gate.pressure().promised_bytes == gate.pressure().waiting == 0


def test_who_is_refused_hears_when_to_come_again_and_not_all_at_once(machine):
    gate, waits = machine.gate(most_waiting=0), set()
    for _ in range(100):
        with pytest.raises(Overloaded) as refused, gate.entered(1):
            pass
        waits.add(refused.value.retry_after_s)
    assert len(waits) > 10
    assert min(waits) >= COME_AGAIN_S[0]
    assert max(waits) <= COME_AGAIN_S[1]


def test_this_process_knows_how_much_memory_it_has():
    before = resident_bytes()
    held = bytearray(64 * MB)
    held[::4096] = b"x" * len(held[::4096])
    assert resident_bytes() > before + 60 * MB
    del held
    give_back()
    assert resident_bytes() < before + 4 * MB
