"""Replays, other people's services, and what a difference in time reveals (item 9)."""

import statistics
import time
import urllib.parse

from stack import Caller

# Share of the longer median: 49 ms and 32 ms once distinguished right codes from wrong ones.
MOST_DIFFERENCE = 0.35
ROUNDS = 25


def a_late_replay_revives_no_share_code(world):
    runner, school, owner = world.runner, world.school, world.owner
    path = f"/v1/students/{school.students[3]['id']}/share-codes"
    old = owner.made(path, Idempotency_Key="first")["code"]
    new = owner.made(path, Idempotency_Key="second")["code"]
    replayed = owner.post(path, Idempotency_Key="first")
    for code, email in ((old, "old@family.example"), (new, "new@family.example")):
        Caller(runner.base).post("/v1/access-requests", {"code": code, "email": email})
    is_new_good = runner.token("new@family.example") is not None
    revived = len(runner.mails("old@family.example"))
    note = f"replay {replayed.status}; the code in force works: {is_new_good}, the superseded one: {bool(revived)}"
    return is_new_good and not revived, note


def a_right_code_takes_as_long_as_a_wrong_one(world):
    school = world.school
    right = school.code(2)
    letters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
    times = {"right": [], "wrong": []}
    for number in range(ROUNDS):
        last = letters[(letters.index(right[-1]) + 1 + number % 29) % len(letters)]
        wrong = right[:-2] + letters[number % 29] + last
        for kind, code in (("right", right), ("wrong", wrong)):
            body = {"code": code, "email": f"timed{number}@family.example"}
            began = time.time()
            Caller(world.base).post("/v1/access-requests", body)
            times[kind].append(time.time() - began)
        # Keeps the worker that sends the mail out of the measurement.
        time.sleep(0.05)
    medians = {kind: statistics.median(all_times) for kind, all_times in times.items()}
    difference = abs(medians["right"] - medians["wrong"]) / max(medians.values())
    note = ", ".join(f"{kind} {median * 1000:.1f} ms" for kind, median in medians.items())
    return difference < MOST_DIFFERENCE, f"medians of {ROUNDS}: {note}"


def _provider(*domains):
    tenant = "11111111-2222-3333-4444-555555555555"
    known = {"client_id": "client", "client_secret": "secret"}
    return {"kind": "entra", "tenant": tenant, "domains": domains, **known}


def an_identity_provider_for_an_unproven_domain_opens_no_door(world):
    owner, district = world.attacker, world.attacker.made("/v1/districts", {"name": "Evil"})["id"]
    path = f"/v1/districts/{district}/identity-provider"
    answers = {"no record": owner.call("PUT", path, _provider("victim.example"))}
    # Another studio's district has proven the domain. That does not prove it for this district.
    record = world.owner.read(f"/v1/districts/{world.school.district}/identity-provider")["domain_record"]
    world.runner.elsewhere.records[f"{record['name']}.victim.example"] = [record["value"]]
    answers["another's record"] = owner.call("PUT", path, _provider("victim.example"))
    left = Caller(world.base).get(f"/v1/sign-in/oidc/{district}").status
    note = f"{ {name: str(answer) for name, answer in answers.items()} }, its door {left}"
    return all(answer.code == "domain_unproven" for answer in answers.values()) and left == 404, note


def an_unreachable_identity_provider_is_no_fault_of_ours(world):
    owner, path = world.owner, f"/v1/districts/{world.school.district}/identity-provider"
    record = owner.read(path)["domain_record"]
    world.runner.elsewhere.records[f"{record['name']}.proven.example"] = [record["value"]]
    answers = {"set": owner.call("PUT", path, _provider("proven.example"))}
    browser = Caller(world.base)
    left = answers["left"] = browser.get(f"/v1/sign-in/oidc/{world.school.district}")
    state = urllib.parse.parse_qs(urllib.parse.urlsplit(left.header("location")).query)["state"][0]
    back = answers["back"] = browser.post("/v1/sign-in/oidc", {"code": "code", "state": state})
    silent = owner.call("PUT", path, _provider("silent.example"))
    answers["silent DNS"] = silent
    note = f"{ {name: str(answer) for name, answer in answers.items()} }"
    return str(back) == "502 identity_provider_unreachable" and str(silent) == "502 dns_unreachable", note


ATTACKS = [
    a_late_replay_revives_no_share_code,
    a_right_code_takes_as_long_as_a_wrong_one,
    an_identity_provider_for_an_unproven_domain_opens_no_door,
    an_unreachable_identity_provider_is_no_fault_of_ours,
]
