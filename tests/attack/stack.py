"""The system under attack: the built runner in a fresh folder, its callers, its mails and its resource usage."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

# The password of the photographers, parents and site administrators here.
PASSWORD = "Violet-Lantern-77"
READY_WITHIN_SECONDS = 60
# Time for a worker to take a mail from its queue and send it. On two busy cores: 2026-12.
MAIL_WITHIN_SECONDS = 20
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
OPERATOR = "operator@attacked.example"


class Answer:
    """An HTTP answer. `body` is its JSON, or None."""

    def __init__(self, status, headers, text):
        self.status, self.headers, self.text = status, headers, text
        try:
            self.body = json.loads(text) if text else None
        except ValueError:
            self.body = None

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name), None)

    @property
    def code(self):
        return self.body.get("code") if isinstance(self.body, dict) else None

    def __str__(self):
        return f"{self.status} {self.code or ''}".strip()


class Caller:
    """A browser: cookies, an origin, the session's CSRF token."""

    def __init__(self, base):
        self.base, self.cookies, self.csrf = base, {}, None
        self.email, self.secret, self.step = None, None, None

    def call(self, method, path, body=None, kind="application/json", keep=True, **headers):
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Origin": self.base, "Content-Type": kind}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.csrf:
            sent["X-CSRF-Token"] = self.csrf
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        answer = request(self.base, method, path, data, {k: v for k, v in sent.items() if v is not None})
        if keep:
            for name, value in answer.headers:
                if name.lower() == "set-cookie":
                    self._keep(value)
        return answer

    def _keep(self, cookie):
        name, value = cookie.split(";")[0].split("=", 1)
        if value and "max-age=0" not in cookie.lower():
            self.cookies[name] = value
        else:
            self.cookies.pop(name, None)

    def get(self, path, **headers):
        return self.call("GET", path, **headers)

    def post(self, path, body=None, **headers):
        return self.call("POST", path, {} if body is None else body, **headers)

    def made(self, path, body=None, **headers):
        """Posts a request of the setup, which must succeed; returns the answer's body."""
        answer = self.post(path, body, **headers)
        assert answer.status < 300, f"POST {path}: {answer} {answer.text[:300]}"
        return answer.body

    def read(self, path):
        answer = self.get(path)
        assert answer.status == 200, f"GET {path}: {answer} {answer.text[:300]}"
        return answer.body

    def sign_in(self, path, body):
        """Signs in, also with the app if required; returns the last answer."""
        answer = self.post(path, body)
        if answer.status == 200 and answer.body.get("status") == "second_factor":
            self.csrf = answer.body.get("csrf_token", self.csrf)
            answer = self.post("/v1/sign-in/second-factor", {"method": "totp", "code": self.app_code()})
        if answer.status < 300 and isinstance(answer.body, dict) and "csrf_token" in answer.body:
            self.csrf = answer.body["csrf_token"]
        return answer

    def password(self, password=PASSWORD, portal="photographer", email=None):
        door = {"portal": portal, "email": email or self.email, "password": password}
        return self.sign_in("/v1/sign-in/password", door)

    def app_code(self):
        """Returns the app's next code. Each works once, within one step before and after its time."""
        now = int(time.time()) // 30
        self.step = now - 1 if self.step is None or self.step < now - 1 else self.step + 1
        while self.step > int(time.time()) // 30 + 1:
            time.sleep(0.5)
        return totp(self.secret, self.step)

    def forgets(self):
        """Signs out on the same device: keeps every cookie but the session's."""
        self.cookies = {name: value for name, value in self.cookies.items() if not is_session(name, value)}
        self.csrf = None
        return self


def is_session(name, value):
    return name in ("__Host-pd_photographer", "__Host-pd_school", "__Host-pd_parent", "__Host-pd_admin")


def totp(secret, step):
    """Computes a code of RFC 6238 with SHA-1 and six digits."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def request(base, method, path, data=None, headers=None, within=90):
    """Sends one request on its own connection. Status 0: the connection closed without an answer."""
    place = urllib.parse.urlsplit(base)
    connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=within)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        headers = {"Host": place.netloc, **(headers or {})}
        if data is not None and "Content-Length" not in headers:
            headers["Content-Length"] = str(len(data))
        elif data is None and method not in ("GET", "HEAD", "OPTIONS"):
            headers["Content-Length"] = "0"
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        if data:
            try:
                connection.send(data)
            except OSError:
                pass  # The answer came before everything was sent.
        answer = connection.getresponse()
        return Answer(answer.status, answer.getheaders(), answer.read().decode("utf-8", "replace"))
    except (OSError, http.client.HTTPException):
        return Answer(0, [], "")
    finally:
        connection.close()


def raw(port, data, within=30):
    """Returns the whole answer to some bytes, until the connection closes."""
    said = b""
    try:
        with socket.create_connection(("127.0.0.1", port), within) as connection:
            try:
                connection.sendall(data)
            except OSError:
                pass  # The answer came before everything was sent.
            while piece := connection.recv(65536):
                said += piece
    except OSError:
        pass  # The connection may be reset after the answer.
    return said.decode("latin-1")


class Elsewhere:
    """Stands in for the DNS over HTTPS; closes the connection for every identity provider."""

    def __init__(self):
        records = self.records = {}

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self):
                place = urllib.parse.urlsplit(self.path)
                name = urllib.parse.parse_qs(place.query).get("name", [""])[0]
                if place.path != "/dns.google/resolve" or "silent" in name:
                    return
                found = [{"name": name, "type": 16, "data": text} for text in records.get(name, [])]
                body = json.dumps({"Status": 0, "Answer": found} if found else {"Status": 3}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                pass

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}"


class Runner:
    """A running `picture-day` without data."""

    def __init__(self, program):
        self.folder = Path(tempfile.mkdtemp(prefix="picture-day-attack-"))
        self.data, self.log = self.folder / "data", self.folder / "log"
        self.elsewhere = Elsewhere()
        words = ["--empty", "--port", "0", "--data", self.data, "--identity-providers", self.elsewhere.url]
        words += ["--invite-operator", OPERATOR]
        environment = {**os.environ, "RUST_LOG": "info"}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [Path(program).resolve(), *words], stdout=subprocess.PIPE, stderr=log, text=True, env=environment
            )
        self.pid, self.said = self.process.pid, ""
        too_late = threading.Timer(READY_WITHIN_SECONDS, self.process.kill)
        too_late.start()
        for line in self.process.stdout:
            self.said += line
            if line.startswith("ready "):
                self.base = line.split()[1]
                break
        too_late.cancel()
        assert hasattr(self, "base"), f"the runner did not get ready: {self.said}{self.log.read_text()}"
        self.port = urllib.parse.urlsplit(self.base).port
        self.invitation = re.search(r"token=([\w-]+)", self.said)[1]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        # KEEP=1 keeps the folder and its log.
        if "KEEP" not in os.environ:
            shutil.rmtree(self.folder, ignore_errors=True)

    def listening(self):
        """Returns every address on which the process listens, with its port."""
        fds = Path(f"/proc/{self.pid}/fd")
        mine = {os.readlink(fd) for fd in fds.iterdir() if fd.exists() or fd.is_symlink()}
        found = []
        for family in ("tcp", "tcp6"):
            for line in Path(f"/proc/{self.pid}/net/{family}").read_text().splitlines()[1:]:
                words = line.split()
                if words[3] == "0A" and f"socket:[{words[9]}]" in mine:
                    address, port = words[1].split(":")
                    found.append((address, int(port, 16)))
        return found

    def ports(self):
        """Returns each port once; the gateway's is the first."""
        others = {port for _, port in self.listening()} - {self.port}
        return [self.port, *sorted(others)]

    def cpu_seconds(self):
        words = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / TICKS_A_SECOND

    def memory(self, line):
        """Returns the MB of a line of `status`: VmRSS, or VmHWM for the peak."""
        text = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(line + r":\s+(\d+) kB", text)[1]) / 1024

    def forget_peak(self):
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def mails(self, to=None):
        everything = Caller(self.base).read("/_local/mail")
        return [mail for mail in everything if to in (None, mail["to"])]

    def token(self, to, number=1, page=""):
        """Returns the token of the `number`-th mail with a link to an e-mail address, or None."""
        until = time.time() + MAIL_WITHIN_SECONDS
        pattern = page + r"\?token=([\w-]+)"
        while time.time() < until:
            links = [re.search(pattern, mail["text"]) for mail in self.mails(to)]
            links = [link[1] for link in links if link]
            if len(links) >= number:
                return links[number - 1]
            time.sleep(0.1)
        return None

    def settled(self, to):
        """Counts an address's mails after the queue is empty: a mail sent later has arrived."""
        marker = f"marker-{time.time_ns()}@attacked.example"
        sign_up(self, marker, confirmed=False)
        assert self.token(marker), "no mail arrived"
        time.sleep(0.5)
        return len(self.mails(to))


def sign_up(runner, email, studio="A Studio", confirmed=True):
    """Signs a photographer up; also signs them in if `confirmed`."""
    caller = Caller(runner.base)
    caller.email = email
    caller.made("/v1/studios", {"email": email})
    if confirmed:
        token = runner.token(email, page="verify")
        caller.made("/v1/email-verifications", {"token": token, "studio_name": studio, "password": PASSWORD})
        assert caller.password().status == 200
    return caller


def add_app(caller):
    """Gives a photographer an authenticator app."""
    caller.secret = caller.made("/v1/person/second-factors/totp")["secret"].replace(" ", "")
    added = caller.made("/v1/person/second-factors/totp/confirmation", {"code": caller.app_code()})
    caller.csrf = added.get("csrf_token", caller.csrf)
    return added


class School:
    """A photographer's school with some students, and a picture day."""

    def __init__(self, owner, students):
        self.owner = owner
        self.district = owner.made("/v1/districts", {"name": "A District"})["id"]
        self.id = owner.made("/v1/schools", {"district_id": self.district, "name": "A School"})["id"]
        rows = "".join(f"{1000 + n},Given{n},Family{n},3A\n" for n in range(students))
        roster = ("Student ID,First Name,Last Name,Class\n" + rows).encode()
        path = f"/v1/schools/{self.id}/roster-imports"
        self.roster = owner.call("POST", path, roster, "text/csv").body["id"]
        owner.made(f"/v1/roster-imports/{self.roster}/apply")
        until = time.time() + 30
        while time.time() < until:
            self.students = owner.read(f"/v1/schools/{self.id}/students?limit=200")["items"]
            if len(self.students) == students:
                break
            time.sleep(0.2)
        day = {"date": time.strftime("%Y-%m-%d"), "kind": "fall"}
        self.day = owner.made(f"/v1/schools/{self.id}/picture-days", day)["id"]

    def code(self, number=0):
        return self.owner.made(f"/v1/students/{self.students[number]['id']}/share-codes")["code"]

    def register(self, *files, camera="Camera A"):
        """Registers files of (name, bytes); instead of bytes a promise of (length, SHA-256) is possible."""
        asked = []
        for name, content in files:
            length, digest = content if isinstance(content, tuple) else promise(content)
            kind = "image/png" if name.endswith("png") else "image/jpeg"
            asked.append({"name": name, "bytes": length, "sha256": digest, "content_type": kind})
        body = {"camera": camera, "files": asked}
        return self.owner.made(f"/v1/picture-days/{self.day}/uploads", body)["uploads"]

    def photo(self, photo_id):
        photos = self.owner.read(f"/v1/picture-days/{self.day}/photos?limit=200")["items"]
        return next((photo for photo in photos if photo["id"] == photo_id), None)

    def checked(self, photo_id, within=60):
        """Returns a photo once intake has checked it."""
        until = time.time() + within
        while time.time() < until:
            photo = self.photo(photo_id)
            if photo and photo["state"] not in ("registered", "arrived"):
                return photo
            time.sleep(0.25)
        return photo


def promise(content):
    return len(content), base64.b64encode(hashlib.sha256(content).digest()).decode()


def put(target, content, **more):
    """Uploads as the registration requires, with additional headers."""
    place = urllib.parse.urlsplit(target["url"])
    headers = {**target["headers"], **{name.replace("_", "-"): value for name, value in more.items()}}
    return request(f"http://{place.netloc}", "PUT", f"{place.path}?{place.query}", content, headers)


def parent(runner, school, email, number=0):
    """Signs in a parent of one of the school's students, with an active access."""
    caller = Caller(runner.base)
    caller.email = email
    caller.made("/v1/access-requests", {"code": school.code(number), "email": email})
    opened = caller.sign_in("/v1/sign-in/link", {"token": runner.token(email)})
    assert opened.status == 200, opened
    assert consent(caller).status < 300
    return caller


def consent(caller):
    version = caller.read("/v1/consents/current")["version"]
    return caller.post("/v1/consents", {"document": "parent_access", "version": version})
