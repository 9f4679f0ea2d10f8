"""What a web page, another user's program and a rebound DNS name can reach on the machine (item 1)."""

import json
import os
import stat

from stack import request

EVIL = "https://evil.example"
MADE_UP = (
    "AWS4-HMAC-SHA256 Credential=AKIDLOCAL/20261130/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64
)
JSON = "application/x-amz-json-1.0"
MAIL = {
    "FromEmailAddress": "no-reply@picture-day.example",
    "Destination": {"ToAddresses": ["victim@evil.example"]},
    "Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
}
ROW = {"TableName": "records", "Item": {"PK": {"S": "EVIL"}, "SK": {"S": "X"}}}
# A valid request for each local stand-in. Every one is sent to every port, as an attacker would try them all.
WISHES = [
    ("POST", "/", JSON, "DynamoDB_20120810.PutItem", json.dumps(ROW)),
    ("POST", "/", JSON, "DynamoDB_20120810.ListTables", "{}"),
    ("POST", "/", JSON, "AmazonSQS.ListQueues", "{}"),
    ("POST", "/", JSON, "secretsmanager.ListSecrets", "{}"),
    ("POST", "/v2/email/outbound-emails", "text/plain", None, json.dumps(MAIL)),
    ("GET", "/", "text/plain", None, ""),
    ("PUT", "/intake/evil", "image/jpeg", None, "x"),
    ("OPTIONS", "/", "text/plain", None, ""),
]


def _tried(world, ports, more):
    """Tries every request with some headers; returns the number of attempts and those that succeeded."""
    tried, granted = 0, []
    for port in ports:
        for method, path, kind, target, body in WISHES:
            headers = {"Host": f"localhost:{port}", "Content-Type": kind, **more}
            if target:
                headers["X-Amz-Target"] = target
            if method == "OPTIONS":
                headers["Access-Control-Request-Method"] = "POST"
            answer = request(f"http://localhost:{port}", method, path, body.encode(), headers)
            tried += 1
            # The gateway's own page and its answer to OPTIONS are open to every caller.
            is_granted = answer.status < 400 and port != world.runner.port
            if is_granted or answer.header("access-control-allow-origin"):
                granted.append(f"{port} {method} {path} {target or ''}: {answer.status}")
    return tried, granted


def a_web_page_reaches_no_stand_in(world):
    tried, granted = 0, []
    signed = {"Authorization": MADE_UP, "X-Amz-Date": "20261130T000000Z"}
    for origin in (EVIL, "null"):
        for more in ({}, signed):
            count, more_granted = _tried(world, world.runner.ports(), {"Origin": origin, **more})
            tried, granted = tried + count, granted + more_granted
    return not granted, f"{tried} requests at {len(world.runner.ports())} ports, granted: {granted[:3]}"


def another_program_without_the_key_reaches_no_stand_in(world):
    signed = {"Authorization": MADE_UP, "X-Amz-Date": "20261130T000000Z"}
    others = world.runner.ports()[1:]
    tried, granted = _tried(world, others, {})
    more_tried, more_granted = _tried(world, others, signed)
    granted += more_granted
    return not granted, f"{tried + more_tried} requests at {len(others)} ports, granted: {granted[:3]}"


def a_rebound_name_reaches_nothing(world):
    answers = []
    for port in world.runner.ports():
        for path in ("/", "/_local/mail", "/v1/session", "/v1/health"):
            for host in ("evil.example", f"evil.example:{port}", "localhost.evil.example", ""):
                answer = request(f"http://localhost:{port}", "GET", path, None, {"Host": host})
                answers.append((port, path, host, answer.status))
    granted = [it for it in answers if it[3] < 400]
    return not granted, f"{len(answers)} requests, granted: {granted[:3]}"


def a_web_page_sends_no_mail_and_reads_none(world):
    read = request(world.base, "GET", "/_local/mail", None, {"Origin": EVIL})
    sent = [mail for mail in world.runner.mails("victim@evil.example")]
    readable = read.header("access-control-allow-origin")
    return not sent and not readable, f"{len(sent)} mails sent, readable by a page: {bool(readable)}"


def other_users_open_no_file_of_the_data(world):
    open_to_others, seen = [], 0
    for folder, folders, files in os.walk(world.runner.data):
        for name in (".", *folders, *files):
            path = os.path.join(folder, name)
            try:
                mode = stat.S_IMODE(os.stat(path).st_mode)
            except FileNotFoundError:
                continue  # A temporary file of a running upload.
            seen += 1
            if mode & 0o077:
                open_to_others.append(f"{oct(mode)} {name}")
    return not open_to_others, f"{seen} files and folders, open: {open_to_others[:3]}"


def another_machine_reaches_no_port(world):
    # 127.0.0.1, and ::1 as the kernel writes it.
    loopback = ("0100007F", "00000000000000000000000001000000")
    beyond = [it for it in world.runner.listening() if it[0] not in loopback]
    return not beyond, f"{len(world.runner.listening())} listeners, beyond loopback: {beyond}"


ATTACKS = [
    a_web_page_reaches_no_stand_in,
    another_program_without_the_key_reaches_no_stand_in,
    a_rebound_name_reaches_nothing,
    a_web_page_sends_no_mail_and_reads_none,
    other_users_open_no_file_of_the_data,
    another_machine_reaches_no_port,
]
