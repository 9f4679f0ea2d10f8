#!/usr/bin/env python3
"""Compares the running API with its own OpenAPI description: no 5xx, no undescribed answer.

    target/ci/schemathesis/bin/python tests/api/described.py target/debug/picture-day

The runner plays its demonstration first, so that every id a route can name has a thing behind it. Then
schemathesis calls every operation with generated input, as four callers: a stranger, the photographer with
unknown ids, the photographer with the studio's own ids, and a parent with the child's ids.
"""

import json
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
)
# Random cases per operation, in addition to one case for every boundary that the description names.
RANDOM_CASES = 25
# Fixed seed: the cases are the same in every run, so a failure can be reproduced.
SEED = 20260914
# The demonstration draws, uploads and matches its photos: 45 s on two busy cores (2026-11-22).
READY_WITHIN_SECONDS = 240
PARENT_EMAIL = "described@family.example"


class NoNames(BaseHTTPRequestHandler):
    """Stands in for the DNS and all identity providers: no name has a record, and no provider has keys."""

    def do_GET(self):
        body = b'{"Status":3}' if self.path.startswith("/dns.google/resolve?") else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Caller:
    """An HTTP client that sends a browser's headers."""

    def __init__(self, base):
        self.base = base
        self.headers = {"Origin": base}

    def call(self, method, path, body=None, kind="application/json", **headers):
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        headers = {**self.headers, "Content-Type": kind, **headers}
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
            return answer.headers, json.loads(text) if text else None

    def read(self, path):
        return self.call("GET", path)[1]

    def sign_in(self, path, body):
        headers, answer = self.call("POST", path, body)
        # The session cookie is valid for HTTPS or localhost only; here the script carries it by hand.
        self.headers["Cookie"] = headers["Set-Cookie"].split(";")[0]
        self.headers["X-CSRF-Token"] = answer["csrf_token"]


def ready(runner):
    """Returns the runner's base URL and its output up to the line `ready`."""
    said = []
    # A killed runner closes its output, so the loop below ends.
    too_late = threading.Timer(READY_WITHIN_SECONDS, runner.kill)
    too_late.start()
    try:
        for line in runner.stdout:
            said.append(line)
            if line.startswith("ready "):
                return line.split()[1], "".join(said)
    finally:
        too_late.cancel()
    sys.exit("the runner did not get ready:\n" + "".join(said))


def photographer(base, said):
    account = re.search(r"(\S+@\S+) +password (\S+)", said)
    caller = Caller(base)
    door = {"portal": "photographer", "email": account[1], "password": account[2]}
    caller.sign_in("/v1/sign-in/password", door)
    return caller


def parent(base, said):
    caller = Caller(base)
    code = re.search(r"code (\S+) +e-mail", said)[1]
    caller.call("POST", "/v1/access-requests", {"code": code, "email": PARENT_EMAIL})
    for _ in range(100):
        mails = [mail for mail in caller.read("/_local/mail") if mail["to"] == PARENT_EMAIL]
        if mails:
            token = re.search(r"token=([\w-]+)", mails[-1]["text"])[1]
            caller.sign_in("/v1/sign-in/link", {"token": token})
            version = caller.read("/v1/consents/current")["version"]
            caller.call("POST", "/v1/consents", {"document": "parent_access", "version": version})
            return caller
        time.sleep(0.1)
    sys.exit("the parent's mail did not come")


def ids(owner, said):
    """Returns one of the owner's ids for every id that a path can hold."""
    day = re.search(r"picture-day\?id=(\w+)", said)[1]
    school = owner.read(f"/v1/picture-days/{day}")["school_id"]
    first = lambda path: owner.read(path)["items"][0]["id"]
    student = first(f"/v1/schools/{school}/students")
    roster = b"Student ID,First Name,Last Name\n1,Given1,Family1\n"
    _, imported = owner.call("POST", f"/v1/schools/{school}/roster-imports", roster, "text/csv")
    _, code = owner.call("POST", f"/v1/students/{student}/share-codes", {})
    return {
        "school": school,
        "day": day,
        "student": student,
        "import": imported["id"],
        "photo": first(f"/v1/picture-days/{day}/photos"),
        "gallery": first("/v1/galleries?picture_day=" + day),
        "code": code["id"],
        "request": first(f"/v1/schools/{school}/access-requests"),
    }


def schemathesis(name, caller, folder, known_ids=None, leave_out=()):
    print(f"-- {name}", flush=True)
    settings = folder / "schemathesis.toml"
    lines = [f'"path.{key}" = "{value}"' for key, value in (known_ids or {}).items()]
    settings.write_text("\n".join(["[parameters]", *lines, ""]))
    command = [str(Path(sys.executable).with_name("schemathesis"))]
    command += ["--config-file", str(settings), "run", f"{caller.base}/v1/openapi.json"]
    command += ["--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--seed", str(SEED)]
    command += ["--max-examples", str(RANDOM_CASES), "--continue-on-failure", "--workers", "2"]
    command += ["--generation-database", "none", "--warnings", "off"]
    for header, value in caller.headers.items():
        command += ["--header", f"{header}: {value}"]
    for operation in leave_out:
        command += ["--exclude-operation-id", operation]
    return subprocess.run(command, cwd=folder, check=False).returncode == 0


def main(program, folder):
    others = ThreadingHTTPServer(("127.0.0.1", 0), NoNames)
    threading.Thread(target=others.serve_forever, daemon=True).start()
    command = [str(Path(program).resolve()), "--port", "0", "--data", str(folder / "data")]
    command += ["--identity-providers", f"http://127.0.0.1:{others.server_port}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as runner:
        try:
            base, said = ready(runner)
            description = folder / "openapi.json"
            description.write_text(json.dumps(Caller(base).read("/v1/openapi.json")))
            validate = [sys.executable, "-m", "openapi_spec_validator", "--schema", "3.1", description]
            subprocess.run(validate, check=True)
            owner, family = photographer(base, said), parent(base, said)
            known = ids(owner, said)
            # This operation would sign out the other requests of the run; the stranger's run includes it.
            no_end = ["session_end"]
            passed = [
                schemathesis("a stranger", Caller(base), folder),
                schemathesis("the photographer, unknown ids", owner, folder, None, no_end),
                schemathesis("the photographer, own ids", owner, folder, known, no_end),
                schemathesis("a parent, the child's ids", family, folder, known, no_end),
            ]
        finally:
            runner.terminate()
    sys.exit(0 if all(passed) else 1)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(sys.argv[1], Path(temporary))
