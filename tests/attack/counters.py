"""A stranger uses up every rate limit within reach, and the owner can still sign in (item 5)."""

import time
from concurrent.futures import ThreadPoolExecutor

from stack import OPERATOR, PASSWORD, Caller, add_app, parent, sign_up

# More than any limit of an account allows: ten codes, five links, five attempts.
TRIES = 12
WRONG = "Wrong-Password-00"


def _mailed_code(runner, email):
    """A stranger requests a mailed sign-in code for an e-mail address; returns the stranger."""
    stranger = Caller(runner.base)
    stranger.post("/v1/sign-in/code-requests", {"portal": "photographer", "email": email})
    return stranger


def wrong_mailed_codes_do_not_lock_the_app(world):
    runner, email = world.runner, "coded@victim.example"
    owner = sign_up(runner, email, "Coded")
    recovery = add_app(owner)["recovery_codes"]
    owner.forgets()
    tried = 0
    for _ in range(4):
        stranger = _mailed_code(runner, email)
        for digits in range(5):
            stranger.post("/v1/sign-in/code", {"portal": "photographer", "code": f"00000{digits}"})
            tried += 1
    by_app = owner.password()
    stepped = owner.post("/v1/session/step-up", {"method": "totp", "code": owner.app_code()})
    owner.forgets()
    owner.post("/v1/sign-in/password", {"portal": "photographer", "email": email, "password": PASSWORD})
    by_paper = owner.post("/v1/sign-in/second-factor", {"method": "recovery_code", "code": recovery[0]})
    note = f"after {tried} wrong codes: the app {by_app}, a step-up {stepped}, a recovery code {by_paper}"
    return by_app.status == 200 and stepped.status < 300 and by_paper.status == 200, note


def wrong_passwords_do_not_lock_a_known_device(world):
    runner, email = world.runner, "guessed@victim.example"
    owner = sign_up(runner, email, "Guessed").forgets()
    answers = [Caller(runner.base).password(WRONG, email=email).status for _ in range(TRIES)]
    entered = owner.password()
    return entered.status == 200, f"{TRIES} strangers: {sorted(set(answers))}, the owner {entered}"


def link_requests_do_not_stop_a_parents_own(world):
    runner, email = world.runner, "linked@family.example"
    family = parent(runner, world.school, email).forgets()
    for _ in range(TRIES):
        Caller(runner.base).post("/v1/sign-in/link-requests", {"email": email})
    before = runner.settled(email)
    family.post("/v1/sign-in/link-requests", {"email": email})
    token = runner.token(email, before + 1)
    entered = family.sign_in("/v1/sign-in/link", {"token": token}) if token else None
    return bool(entered) and entered.status == 200, f"{before} mails so far, the parent's own link: {entered or 'none'}"


def requests_for_links_do_not_stop_a_reset(world):
    runner, email = world.runner, "forgot@victim.example"
    owner = sign_up(runner, email, "Forgot").forgets()
    for _ in range(TRIES):
        stranger = Caller(runner.base)
        stranger.post("/v1/password-resets", {"email": email})
        stranger.post("/v1/sign-in/code-requests", {"portal": "photographer", "email": email})
    runner.settled(email)
    before = len([mail for mail in runner.mails(email) if "/new-password?" in mail["text"]])
    owner.post("/v1/password-resets", {"email": email})
    token = runner.token(email, before + 1, page="new-password")
    return token is not None, f"{before} resets mailed for strangers, the owner's own: {bool(token)}"


def wrong_passwords_do_not_shut_an_administrators_door(world):
    runner = world.runner
    operator = Caller(runner.base)
    operator.email = OPERATOR
    operator.secret = operator.made("/v1/admin/enrolments/secret", {"token": runner.invitation})["secret"].replace(" ", "")
    enrolment = {"token": runner.invitation, "password": PASSWORD, "code": operator.app_code()}
    enrolled = operator.sign_in("/v1/admin/enrolments", enrolment)
    assert enrolled.status == 201, enrolled
    operator.forgets()
    answers = []
    for _ in range(TRIES):
        factor = {"method": "totp", "code": "000000"}
        body = {"email": OPERATOR, "password": WRONG, "second_factor": factor}
        answers.append(Caller(runner.base).post("/v1/admin/sign-in", body).status)
    factor = {"method": "totp", "code": operator.app_code()}
    body = {"email": OPERATOR, "password": PASSWORD, "second_factor": factor}
    entered = operator.sign_in("/v1/admin/sign-in", body)
    return entered.status == 200, f"{TRIES} strangers: {sorted(set(answers))}, the administrator {entered}"


def share_codes_of_strangers_do_not_stop_a_family(world):
    runner, email = world.runner, "family@family.example"
    for number in range(TRIES):
        wrong = {"code": f"2345-6789-ABC{number % 10}", "email": email}
        Caller(runner.base).post("/v1/access-requests", wrong)
    asked = Caller(runner.base).post("/v1/access-requests", {"code": world.school.code(2), "email": email})
    token = runner.token(email)
    return asked.status == 202 and token is not None, f"asked {asked}, a link came: {bool(token)}"


def many_right_sign_ins_at_once_are_all_right(world):
    runner, email = world.runner, "together@victim.example"
    sign_up(runner, email, "Together")
    began = time.time()
    with ThreadPoolExecutor(20) as together:
        statuses = list(together.map(lambda _: Caller(runner.base).password(email=email).status, range(20)))
    counted = {status: statuses.count(status) for status in set(statuses)}
    return counted == {200: 20}, f"{counted} in {time.time() - began:.1f} s"


ATTACKS = [
    wrong_mailed_codes_do_not_lock_the_app,
    wrong_passwords_do_not_lock_a_known_device,
    link_requests_do_not_stop_a_parents_own,
    requests_for_links_do_not_stop_a_reset,
    wrong_passwords_do_not_shut_an_administrators_door,
    share_codes_of_strangers_do_not_stop_a_family,
    many_right_sign_ins_at_once_are_all_right,
]
