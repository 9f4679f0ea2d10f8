"""A client of the deployed API, with its cookies, CSRF token and mails.

Uses only the standard library. `drive.py` and `drive_people.py` are built on it.
"""

import json
import os
import pathlib
import re
import sys
import time
import urllib.error
import urllib.request

state = pathlib.Path(sys.argv[1])
names = dict(line.split("=", 1) for line in (state / "environment").read_text().splitlines())
SITE, SERVICES = names["Site"], names["Services"]
# The port where up.sh makes the stack send its DNS queries.
DNS_PORT = int(os.environ.get("DNS_PORT") or int(SERVICES.rsplit(":", 1)[1]) + 2)
PASSWORD = "Seven-purple-lanterns-7"
began = time.monotonic()


class Client:
    """The browser of one person: keeps the cookies and the CSRF token."""

    def __init__(self):
        self.cookies, self.csrf = {}, None

    def call(self, method, path, body=None, kind="application/json", want=None):
        headers = {"accept": "application/json", "origin": SITE}
        if body is not None:
            headers["content-type"] = kind
            body = json.dumps(body).encode() if kind == "application/json" else body
        if self.cookies:
            headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.csrf and method != "GET":
            headers["x-csrf-token"] = self.csrf
        status, answer_headers, answer = send(method, SITE + path, headers, body)
        if want and status not in want:
            raise SystemExit(f"{method} {path} returned status {status}, expected {want}: {answer.decode()[:500]}")
        for cookie in answer_headers.get_all("set-cookie", []):
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        is_json = bool(answer) and "json" in answer_headers.get("content-type", "")
        answer = json.loads(answer) if is_json else answer
        if is_json and isinstance(answer, dict) and answer.get("csrf_token"):
            self.csrf = answer["csrf_token"]
        return answer if want else (status, answer)

    def get(self, path):
        return self.call("GET", path, want=[200])

    def post(self, path, body=None, kind="application/json"):
        return self.call("POST", path, {} if body is None else body, kind, want=[200, 201, 202, 204])


def send(method, url, headers, body=None):
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers, refused.read()


def until(what, look, seconds=90):
    """Polls until `look` returns something."""
    ends = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > ends:
            raise SystemExit(f"timed out after {seconds} s: {what}")
        time.sleep(0.5)
    return found


def mailed(address, pattern):
    """Returns the text that the pattern's one group matches in the newest matching mail to an address."""

    def look():
        _, _, answer = send("GET", SERVICES + "/_ministack/ses/messages", {})
        mails = json.loads(answer)["messages"]
        mails = [mail for of_account in mails.values() for mail in of_account]
        texts = [json.dumps(mail) for mail in mails if address in json.dumps(mail)]
        found = [it for text in texts for it in re.findall(pattern, text)]
        return found and found[-1]

    return until(f"a mail to {address}", look)


def mailed_token(address):
    """Returns the token in the newest mail to an address."""
    return mailed(address, r"token=([A-Za-z0-9_-]{20,})")


def mailed_code(address):
    """Returns the six digits in the newest mail with a code to an address."""
    return mailed(address, r"asked for it:(?:\\+n|\s|<[^>]*>)*(\d{6})\b")


def sign_up(studio, address):
    client = Client()
    client.post("/v1/studios", {"email": address})
    client.post("/v1/email-verifications", {"token": mailed_token(address), "studio_name": studio, "password": PASSWORD})
    client.post("/v1/sign-in/password", {"portal": "photographer", "email": address, "password": PASSWORD})
    assert client.get("/v1/session")["portal"] == "photographer"
    return client


def step(text):
    print(f"{time.monotonic() - began:6.1f} s  {text}", flush=True)


def no_right_was_missing():
    """Fails if the emulator logged a call that a function had no permission for."""
    denied = {line for line in (state / "ministack.log").read_text().splitlines() if line.startswith("DENIED ")}
    assert not denied, "missing permissions:\n" + "\n".join(sorted(denied))
