"""What the ports accept from an unknown caller, and what each of their answers carries (items 8 and 9)."""

import select
import socket
import time

import pictures
from stack import Caller, put, raw, request

# The runner closes a connection whose headers are incomplete after 20 s.
HEADERS_WITHIN_SECONDS = 30
BODIES, BODY_BYTES = 300, 4_000_000
# 64 MB of bodies, their processing, and the buffers of the sockets.
MOST_MB = 400
LONGEST_LINE = 6_000


def half_headers(runner):
    """Opens a connection to every port at the start and sends half a header."""
    waiting = []
    for port in runner.ports():
        connection = socket.create_connection(("127.0.0.1", port), 5)
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Half: ")
        waiting.append((port, connection))
    return time.time(), waiting


def half_a_header_does_not_stay_open(world):
    began, waiting = world.waiting
    still_open = []
    for port, connection in waiting:
        left = max(0.1, began + HEADERS_WITHIN_SECONDS - time.time())
        readable, _, _ = select.select([connection], [], [], left)
        try:
            is_open = not readable or connection.recv(1) != b""
        except OSError:
            is_open = False
        if is_open:
            still_open.append(port)
        connection.close()
    return not still_open, f"{len(waiting)} ports, open after {time.time() - began:.0f} s: {still_open}"


def unfinished_bodies_hold_little(world):
    runner = world.runner
    runner.forget_peak()
    before = runner.memory("VmRSS")
    piece = b" " * (BODY_BYTES - 1)
    head = b"POST /v1/studios HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    head += b"Content-Length: %d\r\n\r\n" % BODY_BYTES
    connections, sent = [], 0
    began = time.time()
    for _ in range(BODIES):
        try:
            connection = socket.create_connection(("127.0.0.1", runner.port), 2)
            connections.append(connection)
            connection.sendall(head)
            connection.settimeout(0.2)
            sent += len(piece)
            connection.sendall(piece)
        except OSError:
            pass  # Refused, or no longer read.
    more = runner.memory("VmHWM") - before
    answer = request(world.base, "GET", "/v1/health", within=20)
    for connection in connections:
        connection.close()
    note = f"{BODIES} bodies, {sent >> 20} MB offered in {time.time() - began:.0f} s: +{more:.0f} MB; health {answer}"
    return more < MOST_MB and answer.status == 200, note


def a_slow_body_ends(world):
    head = b"POST /v1/studios HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
    began = time.time()
    answer = raw(world.runner.port, head, 40)
    took = time.time() - began
    return answer.startswith("HTTP/1.1 408"), f"{answer[:12] or 'nothing'} after {took:.0f} s"


def a_nonsense_host_breaks_nothing(world):
    answers = {}
    for name, line in (
        ("spaces", b"Host: <a b>"),
        ("none", b"X: y"),
        ("two", b"Host: localhost\r\nHost: localhost"),
        ("letters", b"Host: \xff\xfe"),
        ("port", b"Host: localhost:999999999999"),
        ("empty", b"Host: "),
    ):
        for port in world.runner.ports():
            data = b"GET /v1/session HTTP/1.1\r\n" + line + b"\r\nConnection: close\r\n\r\n"
            answers.setdefault(name, []).append(raw(port, data)[9:12])
    bad = {name: all_of for name, all_of in answers.items() if any(not it.startswith("4") for it in all_of)}
    alive = Caller(world.base).get("/v1/health").status
    return not bad and alive == 200, f"{sum(map(len, answers.values()))} requests, not refused: {bad}, alive: {alive}"


def no_answer_leaves_its_type_to_be_guessed(world):
    long = b"y" * 60_000
    asked = {
        "400": b"GET\r\n\r\n",
        "400 header": b"GET / HTTP/1.1\r\nno header\r\n\r\n",
        "431": b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: " + long + b"\r\n\r\n",
        "431 many": b"GET / HTTP/1.1\r\nConnection: close\r\n" + b"X: y\r\n" * 500 + b"\r\n",
        "404": b"GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "other host": b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        "options": b"OPTIONS / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "mails": b"GET /_local/mail HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    }
    without, seen = [], 0
    for port in world.runner.ports():
        for name, data in asked.items():
            head = raw(port, data).partition("\r\n\r\n")[0].lower()
            seen += 1
            if "x-content-type-options: nosniff" not in head:
                without.append(f"{port} {name}: {head[:12] or 'nothing'}")
    picture = pictures.png(width=300, height=200, seed=21)
    [target] = world.school.register(("nosniff.png", picture))
    stored = put(target, picture)
    if stored.header("x-content-type-options") != "nosniff":
        without.append(f"storage {stored.status}")
    return not without, f"{seen + 1} answers, without: {without[:4]}"


def no_line_of_the_log_is_long(world):
    long = "z" * 30_000
    for path in (f"/{long}", f"/v1/{long}", f"/v1/schools/{long}", f"/v1/galleries?cursor={long}"):
        Caller(world.base).get(path)
        Caller(world.base).get("/v1/session", X_Request_Id=long[:20_000], Cookie=f"__Host-pd_parent={long[:20_000]}")
    lines = world.runner.log.read_bytes().splitlines()
    longest = max(map(len, lines), default=0)
    panics = sum(b"panicked" in line for line in lines)
    return longest < LONGEST_LINE and not panics, f"{len(lines)} lines, the longest {longest} bytes, {panics} panics"


ATTACKS = [
    half_a_header_does_not_stay_open,
    a_slow_body_ends,
    a_nonsense_host_breaks_nothing,
    no_answer_leaves_its_type_to_be_guessed,
    unfinished_bodies_hold_little,
    no_line_of_the_log_is_long,
]
