"""Replays, other people's services, and what a difference in time tells (item 9)."""

import statistics
import time

from stack import Caller

# Of the longer median: 49 ms and 32 ms told right codes from wrong ones.
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
        # The worker that sends the mail is not to be measured.
        time.sleep(0.05)
    medians = {kind: statistics.median(all_times) for kind, all_times in times.items()}
    difference = abs(medians["right"] - medians["wrong"]) / max(medians.values())
    note = ", ".join(f"{kind} {median * 1000:.1f} ms" for kind, median in medians.items())
    return difference < MOST_DIFFERENCE, f"medians of {ROUNDS}: {note}"


def an_unreachable_identity_provider_is_no_fault_of_ours(world):
    answers = {}
    owner, district = world.owner, world.school.district
    settings = {
        "kind": "entra",
        "tenant": "11111111-2222-3333-4444-555555555555",
        "client_id": "client",
        "client_secret": "secret",
        "domains": ["unproven.example"],
    }
    answers["set"] = owner.call("PUT", f"/v1/districts/{district}/identity-provider", settings).status
    browser = Caller(world.base)
    left = browser.get(f"/v1/sign-in/oidc/{district}")
    answers["left"] = left.status
    if left.status == 303:
        state = left.header("location").partition("state=")[2].partition("&")[0]
        back = browser.post("/v1/sign-in/oidc", {"code": "code", "state": state})
        answers["back"] = str(back)
    is_ours = any(str(answer).startswith("500") for answer in answers.values())
    is_told = left.status != 303 or answers["back"] == "502 identity_provider_unreachable"
    return is_told and not is_ours, f"{answers}"


ATTACKS = [
    a_late_replay_revives_no_share_code,
    a_right_code_takes_as_long_as_a_wrong_one,
    an_unreachable_identity_provider_is_no_fault_of_ours,
]
