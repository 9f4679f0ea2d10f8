"""An account prepared for another person (item 3): nothing unproven survives the proof of the mailbox."""

from stack import PASSWORD, Caller, sign_up

OTHER_PASSWORD = "Copper-Harbour-31"


def _signs_in(runner, email, password):
    caller = Caller(runner.base)
    caller.email = email
    answer = caller.password(password)
    return caller if answer.status == 200 and caller.csrf else None


def _prepared(runner, email):
    """An attacker signs up with the victim's e-mail address, and with a password if the route accepts one."""
    attacker = Caller(runner.base)
    chosen = {"studio_name": "Evil", "email": email, "password": OTHER_PASSWORD}
    if attacker.post("/v1/studios", chosen).status >= 300:
        attacker.made("/v1/studios", {"email": email})
    runner.token(email, page="verify")
    return Caller(runner.base)


def a_prepared_account_is_not_the_attackers(world):
    runner, email = world.runner, "prepared@victim.example"
    victim = _prepared(runner, email)
    victim.made("/v1/studios", {"email": email})
    # The victim cannot tell the two mails apart and uses the attacker's.
    runner.token(email, 2, page="verify")
    token = runner.token(email, 1, page="verify")
    confirmed = victim.post("/v1/email-verifications", {"token": token, "studio_name": "Honest", "password": PASSWORD})
    thief = _signs_in(runner, email, OTHER_PASSWORD)
    owner = _signs_in(runner, email, PASSWORD)
    is_theirs = owner is not None and "Evil" not in owner.get("/v1/session").text
    note = f"confirmed {confirmed.status}, attacker in: {bool(thief)}, victim in their own studio: {is_theirs}"
    return thief is None and is_theirs, note


def a_prepared_account_does_not_survive_a_reset(world):
    runner, email = world.runner, "resetting@victim.example"
    victim = _prepared(runner, email)
    victim.made("/v1/password-resets", {"email": email})
    token = runner.token(email, page="new-password")
    if token:
        victim.post("/v1/password-resets/confirmation", {"token": token, "password": PASSWORD})
    thief = _signs_in(runner, email, OTHER_PASSWORD)
    return thief is None, f"reset mailed: {bool(token)}, attacker in: {bool(thief)}"


def an_api_key_does_not_survive_a_reset(world):
    runner, email = world.runner, "keys@victim.example"
    owner = sign_up(runner, email, "Keys")
    key = owner.made("/v1/api-keys", {"name": "Program", "scopes": ["read"]})["key"]
    shown = {"grant_type": "api_key", "api_key": key}
    tokens = Caller(runner.base).made("/v1/tokens", shown, Origin=None)
    Caller(runner.base).made("/v1/password-resets", {"email": email})
    token = runner.token(email, page="new-password")
    reset = Caller(runner.base).post("/v1/password-resets/confirmation", {"token": token, "password": OTHER_PASSWORD})
    again = Caller(runner.base).post("/v1/tokens", shown, Origin=None)
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    used = Caller(runner.base).get("/v1/schools", Origin=None, **bearer)
    note = f"reset {reset.status}, the key afterwards {again.status}, its token {used.status}"
    return reset.status < 300 and again.status == 401 and used.status == 401, note


def a_session_does_not_survive_a_reset(world):
    runner, email = world.runner, "sessions@victim.example"
    thief = sign_up(runner, email, "Sessions")
    Caller(runner.base).made("/v1/password-resets", {"email": email})
    token = runner.token(email, page="new-password")
    reset = Caller(runner.base).post("/v1/password-resets/confirmation", {"token": token, "password": OTHER_PASSWORD})
    after = thief.get("/v1/session")
    return reset.status < 300 and after.status == 401, f"reset {reset.status}, the session afterwards {after.status}"


def a_cookie_of_another_spelling_is_no_session(world):
    runner = world.runner
    caller = sign_up(runner, "spelling@victim.example", "Spelling")
    name, value = next(it for it in caller.cookies.items() if it[0] == "__Host-pd_photographer")
    version, person, session, generation, secret = value.split(".")
    good = caller.get("/v1/session", keep=False).status
    tried = {}
    for other in (f"0{generation}", f"00{generation}", f"+{generation}"):
        stranger = Caller(runner.base)
        stranger.cookies = {name: ".".join((version, person, session, other, secret))}
        tried[other] = stranger.get("/v1/session", keep=False).status
    return good == 200 and all(status == 401 for status in tried.values()), f"generation {generation}: {good}, {tried}"


ATTACKS = [
    a_prepared_account_is_not_the_attackers,
    a_prepared_account_does_not_survive_a_reset,
    an_api_key_does_not_survive_a_reset,
    a_session_does_not_survive_a_reset,
    a_cookie_of_another_spelling_is_no_session,
]
