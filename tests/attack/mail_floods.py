"""No route sends an unlimited number of mails to a stranger's victim (item 8)."""

from stack import Caller, School, sign_up

# Per hour, for all strangers together: five notices, and five links of each kind (the fifth when the previous
# one has expired). The kinds: a sign-in, a share code, a sign-up. Twelve for all customers who enter the
# e-mail address.
MOST_MAILS = 32
MOST_OF_A_DOOR = 5
TIMES = 15


def _through(world, email, door):
    """Requests a mail to an e-mail address on one route, as a new stranger."""
    stranger = Caller(world.base)
    if door == "share code":
        return stranger.post("/v1/access-requests", {"code": world.flood_code, "email": email})
    if door == "sign-up":
        studio = {"email": email}
        return stranger.post("/v1/studios", studio)
    if door == "link":
        return stranger.post("/v1/sign-in/link-requests", {"email": email})
    if door == "code":
        return stranger.post("/v1/sign-in/code-requests", {"portal": "photographer", "email": email})
    if door == "reset":
        return stranger.post("/v1/password-resets", {"email": email})
    if door == "invitation":
        return world.attacker.post("/v1/studio/staff-invitations", {"email": email})
    if door == "school":
        path = f"/v1/schools/{world.flood_school.id}/staff-invitations"
        return world.attacker.post(path, {"email": email, "role": "administrator"})
    change = {"email": email, "password": "Violet-Lantern-77"}
    return world.attacker.post("/v1/person/email-changes", change)


DOORS = ("share code", "sign-up", "link", "code", "reset", "invitation", "school", "change of address")


def _prepared(world):
    if not hasattr(world, "flood_code"):
        world.flood_school = School(world.attacker, 1)
        world.flood_code = world.flood_school.code()


def no_door_floods_a_strangers_mailbox(world):
    _prepared(world)
    counts = {}
    for door in DOORS:
        email = f"flood-{door.replace(' ', '-')}@victim.example"
        for _ in range(TIMES):
            _through(world, email, door)
        counts[door] = email
    world.runner.settled("marker@victim.example")
    counts = {door: len(world.runner.mails(email)) for door, email in counts.items()}
    return max(counts.values()) <= MOST_OF_A_DOOR, f"{TIMES} times each: {counts}"


def all_doors_together_flood_no_mailbox(world):
    _prepared(world)
    unknown, known = "everything@victim.example", "known@victim.example"
    sign_up(world.runner, known, "Known")
    confirmed = len(world.runner.mails(known))
    for _ in range(6):
        for door in DOORS:
            for email in (unknown, known):
                _through(world, email, door)
    more = world.runner.settled(known) - confirmed
    counts = {"unknown": len(world.runner.mails(unknown)), "known": more}
    return max(counts.values()) <= MOST_MAILS, f"6 times {len(DOORS)} doors: {counts}"


ATTACKS = [no_door_floods_a_strangers_mailbox, all_doors_together_flood_no_mailbox]
