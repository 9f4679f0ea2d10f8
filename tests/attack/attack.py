#!/usr/bin/env python3
"""Attacks a running stack from outside, as a stranger, a web page, another program on the machine or a customer.

    python3 tests/attack/attack.py target/debug/picture-day [name of an attack ...]

Python's standard library only. It starts the built runner in a fresh folder, tries every attack, and prints a line for
each. Then it prints what the worst accepted input of each route and each kind of file costs. It fails when one attack is
not refused. What needs a day to pass (attempts per day, registrations never uploaded) is tested in tests/api.
"""

import sys
import time

import accounts
import costs
import counters
import families
import http_limits
import mail_floods
import neighbours
import replays
import uploads
from stack import Runner, School, add_app, sign_up

# In this order: attacks that wait for a timeout of a port start first and are checked last.
ATTACKS = [
    *neighbours.ATTACKS,
    *costs.ATTACKS,
    *accounts.ATTACKS,
    *families.ATTACKS,
    *counters.ATTACKS,
    *uploads.ATTACKS,
    *mail_floods.ATTACKS,
    *replays.ATTACKS,
    *http_limits.ATTACKS,
]


class World:
    """The stack, an owner with a school, and the table that is printed at the end."""

    def __init__(self, runner):
        self.runner, self.base = runner, runner.base
        self.waiting = http_limits.half_headers(runner)
        self.owner = sign_up(runner, "owner@attacked.example")
        self.school = School(self.owner, 4)
        add_app(self.owner)
        self.attacker = sign_up(runner, "attacker@evil.example", "Evil")
        # Rows of the table: name, bytes, status, CPU seconds, peak memory in MB.
        self.table = []


def tried(world, attack):
    began, name = time.time(), attack.__name__.replace("_", " ")
    try:
        is_refused, note = attack(world)
    except (AssertionError, KeyError, TypeError, IndexError, ValueError, OSError) as error:
        # An attack that could not be tried counts as not refused.
        is_refused, note = False, f"not tried: {type(error).__name__} {error}"
    verdict = "refused" if is_refused else "NOT REFUSED"
    print(f"{verdict:11}  {time.time() - began:5.1f} s  {name}: {note}", flush=True)
    return is_refused


def main(program, names):
    began = time.time()
    runner = Runner(program)
    try:
        world = World(runner)
        chosen = [attack for attack in ATTACKS if not names or attack.__name__ in names]
        refused = [tried(world, attack) for attack in chosen]
        costs.print_table(world.table)
    finally:
        runner.stop()
    print(f"{sum(refused)} of {len(refused)} attacks refused in {time.time() - began:.0f} s")
    sys.exit(0 if refused and all(refused) else 1)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2:])
