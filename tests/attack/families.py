"""Strangers write into a parent's partition (item 4), and an access that cannot be ended (item 6)."""

import time
import urllib.parse

import pictures
from stack import Caller, School, consent, parent, put

# Presigned URLs for a family or a guest work for one minute, for the studio five.
FAMILY_SECONDS, STUDIO_SECONDS = 60, 300
CODES = 60


def gallery(world):
    """Publishes a gallery of the school's first student; returns its id."""
    if hasattr(world, "gallery"):
        return world.gallery
    school, owner = world.school, world.owner
    picture = pictures.png(seed=7)
    [target] = school.register(("portrait.png", picture))
    assert put(target, picture).status == 200
    photo = school.checked(target["photo_id"])
    student = {"student_id": school.students[0]["id"]}
    owner.call("PUT", f"/v1/photos/{photo['id']}/student", student)
    owner.made(f"/v1/picture-days/{school.day}/galleries", {"target": "hosted"})
    until = time.time() + 60
    while time.time() < until:
        found = owner.read(f"/v1/galleries?picture_day={school.day}")["items"]
        published = [it for it in found if it["state"] == "published"]
        if published:
            world.gallery = published[0]["id"]
            return world.gallery
        time.sleep(0.25)
    raise AssertionError(f"no gallery was published: {photo}")


def lives(address):
    """Returns for how many seconds a presigned URL works."""
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(address).query)
    return int(query["X-Amz-Expires"][0])


def a_stranger_cannot_fill_a_parents_partition(world):
    runner, email = world.runner, "filled@family.example"
    # The victim is a parent with their own code; their link is already in their mailbox.
    victim = Caller(runner.base)
    victim.made("/v1/access-requests", {"code": world.school.code(1), "email": email})
    token = runner.token(email)
    evil = School(world.attacker, CODES)
    statuses = set()
    for number in range(CODES):
        asked = Caller(runner.base).post("/v1/access-requests", {"code": evil.code(number), "email": email})
        statuses.add(asked.status)
    opened = victim.sign_in("/v1/sign-in/link", {"token": token})
    began = time.time()
    consented = consent(victim)
    took = time.time() - began
    seen = victim.get("/v1/galleries")
    note = f"{CODES} codes ({statuses}), link {opened.status}, consent {consented} in {took * 1000:.0f} ms"
    return opened.status == 200 and consented.status < 300 and seen.status == 200, note


def a_parents_access_can_be_ended(world):
    shown, owner, school = gallery(world), world.owner, world.school
    family = parent(world.runner, school, "ended@family.example")
    before = family.get(f"/v1/galleries/{shown}").status
    guest = family.made(f"/v1/galleries/{shown}/guest-tokens")["token"]
    seen = Caller(world.base).get(f"/v1/galleries/{shown}", Origin=None, X_Guest_Token=guest)
    requests = owner.read(f"/v1/schools/{school.id}/access-requests?limit=200")["items"]
    [access] = [it for it in requests if it["email"] == "ended@family.example"]
    ended = owner.call("DELETE", f"/v1/access-requests/{access['id']}")
    after = family.get(f"/v1/galleries/{shown}").status
    guest_after = Caller(world.base).get(f"/v1/galleries/{shown}", Origin=None, X_Guest_Token=guest).status
    note = f"ended {ended}; the parent {before} then {after}, a guest {seen.status} then {guest_after}"
    was_shown = before == 200 and seen.status == 200
    return was_shown and ended.status < 300 and after >= 400 and guest_after >= 400, note


def a_parent_can_give_up_their_own_access(world):
    shown = gallery(world)
    family = parent(world.runner, world.school, "leaving@family.example")
    own = family.get("/v1/access-requests")
    assert own.status == 200, f"cannot list their own accesses: {own}"
    given_up = family.call("DELETE", f"/v1/access-requests/{own.body['items'][0]['id']}")
    after = family.get(f"/v1/galleries/{shown}").status
    return given_up.status < 300 and after >= 400, f"given up {given_up}, the gallery {after}"


def pictures_of_families_work_for_a_minute(world):
    shown = gallery(world)
    family = parent(world.runner, world.school, "minute@family.example")
    guest = family.made(f"/v1/galleries/{shown}/guest-tokens")["token"]
    views = {
        "parent": family.read(f"/v1/galleries/{shown}"),
        "guest": Caller(world.base).get(f"/v1/galleries/{shown}", Origin=None, X_Guest_Token=guest).body,
        "studio": world.owner.read(f"/v1/galleries/{shown}"),
    }
    seconds = {
        who: max(lives(photo[size]) for photo in view["photos"] for size in ("thumbnail_url", "proof_url"))
        for who, view in views.items()
    }
    are_short = max(seconds["parent"], seconds["guest"]) <= FAMILY_SECONDS
    return are_short and seconds["studio"] <= STUDIO_SECONDS, f"seconds: {seconds}"


ATTACKS = [
    a_stranger_cannot_fill_a_parents_partition,
    a_parents_access_can_be_ended,
    a_parent_can_give_up_their_own_access,
    pictures_of_families_work_for_a_minute,
]
