"""Runs the main use case through the deployed API, as any client would: sign-up, roster, photos, galleries, a parent.

Each function's own IAM permissions are enforced, so most failures here are permissions missing in template.yaml.
Uses only the standard library and boto3. The photos are PNGs drawn here, named after the students' ids.
"""

import base64
import hashlib
import struct
import zlib

import boto3
from visitor import SERVICES, Client, mailed_token, names, no_right_was_missing, send, sign_up, step, until

STUDENTS = [("0042", "Łukasz", "O'Brien"), ("0043", "李", "Chen"), ("0044", "Ana", "Sørensen")]


def png(seed):
    """Returns a picture of 640 × 480 pixels that is unique to the seed."""
    rows = b"".join(
        b"\0" + bytes(value for x in range(640) for value in ((x * seed) & 255, (y * 3 + seed) & 255, (x ^ y) & 255))
        for y in range(480)
    )

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 640, 480, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 6)) + chunk(b"IEND", b"")


nobody = Client()
assert nobody.get("/v1/health") is not None
status, problem = nobody.call("GET", "/v1/nothing-here")
assert (status, problem["status"]) == (404, 404), "an unknown route is our own 404"
for path in ("/", "/photographer", "/parent"):
    assert b"<html" in nobody.get(path).lower(), path
assert nobody.call("GET", "/v1/session")[0] == 401
assert nobody.get("/v1/openapi.json")["openapi"].startswith("3.1")
step("the pages, health, the description and the 404")

photographer = sign_up("Hill & Vale Photography", "mara.quill@example.org")
step("signed up, confirmed and signed in")

district = photographer.post("/v1/districts", {"name": "Lake County"})["id"]
oak = {"name": "Oak Street School", "time_zone": "America/Chicago", "parent_access": "approval"}
school = photographer.post("/v1/schools", {"district_id": district, **oak})["id"]
photographer.get(f"/v1/schools/{school}")
roster = "Student ID,First Name,Last Name,Grade,Teacher\n" + "".join(f"{i},{g},{f},3,Rivera\n" for i, g, f in STUDENTS)
roster_import = photographer.post(f"/v1/schools/{school}/roster-imports", roster.encode(), "text/csv")
assert roster_import["preview"]["added"] == len(STUDENTS), roster_import
photographer.get(f"/v1/roster-imports/{roster_import['id']}/rows?kind=added")
photographer.post(f"/v1/roster-imports/{roster_import['id']}/apply")
until("the roster", lambda: photographer.get(f"/v1/roster-imports/{roster_import['id']}")["state"] == "applied")
students = photographer.get(f"/v1/schools/{school}/students")["items"]
assert {(s["school_issued_id"], s["given_name"], s["family_name"]) for s in students} == set(STUDENTS), students
step("a district, a school and its roster")

# A file of more than 500 rows is processed through the queue.
long_roster = "Student ID,First Name,Last Name\n" + "".join(f"{i},Given{i},Family{i}\n" for i in range(10_000, 10_600))
other_school = photographer.post("/v1/schools", {"district_id": district, "name": "Elm Street School"})["id"]
long_import = photographer.post(f"/v1/schools/{other_school}/roster-imports", long_roster.encode(), "text/csv")["id"]
until("the long preview", lambda: photographer.get(f"/v1/roster-imports/{long_import}")["state"] == "previewed")
photographer.post(f"/v1/roster-imports/{long_import}/apply")
until("the long roster", lambda: photographer.get(f"/v1/roster-imports/{long_import}")["state"] == "applied")
photographer.post(f"/v1/roster-imports/{long_import}/undo")
until("the undo", lambda: photographer.get(f"/v1/roster-imports/{long_import}")["state"] == "undone")
step("600 students applied and undone by roster-importer")

day = photographer.post(f"/v1/schools/{school}/picture-days", {"date": "2026-09-14", "kind": "fall"})["id"]
assert len(photographer.get(f"/v1/picture-days/{day}/camera-cards")["items"]) >= len(STUDENTS)
files = {f"{i}.png": png(int(i)) for i, _, _ in STUDENTS} | {"IMG_9999.png": png(7)}
registered = photographer.post(
    f"/v1/picture-days/{day}/uploads",
    {
        "camera": "A",
        "files": [
            {
                "name": name,
                "bytes": len(data),
                "sha256": base64.b64encode(hashlib.sha256(data).digest()).decode(),
                "content_type": "image/png",
            }
            for name, data in files.items()
        ],
    },
)["uploads"]
for upload, data in zip(registered, files.values(), strict=True):
    assert upload["status"] == "upload", upload
    status, _, answer = send(upload["method"], upload["url"], upload["headers"], data)
    assert status == 200, answer
step("four files registered and uploaded")


def photos(day):
    return photographer.get(f"/v1/picture-days/{day}/photos")["items"]


until("three matched photos", lambda: sum(p["state"] == "matched" for p in photos(day)) >= 3)
until("the fourth", lambda: all(p["state"] not in ("registered", "uploaded") for p in photos(day)))
unmatched = photographer.get(f"/v1/picture-days/{day}/reconciliation")["unmatched"]
assert [photo["name"] for photo in unmatched] == ["IMG_9999.png"], unmatched
student = next(s for s in students if s["school_issued_id"] == "0042")
photographer.call("PUT", f"/v1/photos/{unmatched[0]['id']}/student", {"student_id": student["id"]}, want=[200])
step("checked, matched by name and one by hand")

photographer.post(f"/v1/picture-days/{day}/galleries", {"target": "hosted"})


def galleries(client):
    return client.get(f"/v1/galleries?picture_day={day}")["items"]


until("the galleries", lambda: [g["state"] for g in galleries(photographer)] == ["published"] * len(STUDENTS))
step("three galleries built")

share_code = photographer.post(f"/v1/students/{student['id']}/share-codes")
address, unknown = "robin.hale@example.org", "nobody.knows@example.org"
for email in (address, unknown):
    nobody.post("/v1/access-requests", {"code": share_code["code"], "email": email})
parent = Client()
parent.post("/v1/sign-in/link", {"token": mailed_token(address)})
document = parent.get("/v1/consents/current?document=parent_access")
parent.post("/v1/consents", {"document": "parent_access", "version": document["version"]})
assert galleries(parent) == [], "the school has not agreed yet"
for request in photographer.get(f"/v1/schools/{school}/access-requests")["items"]:
    decision = "approval" if request["email"] == address else "refusal"
    photographer.post(f"/v1/access-requests/{request['id']}/{decision}")
photographer.call("DELETE", f"/v1/share-codes/{share_code['id']}", want=[204])
(own,) = galleries(parent)
assert own["student_id"] == student["id"]
shown = parent.get(f"/v1/galleries/{own['id']}")["photos"]
assert len(shown) == 2, shown
status, _, picture = send("GET", shown[0]["proof_url"], {})
assert (status, picture[:2]) == (200, b"\xff\xd8"), status
others = [gallery for gallery in galleries(photographer) if gallery["id"] != own["id"]]
assert parent.call("GET", f"/v1/galleries/{others[0]['id']}")[0] == 404
photographer.call("DELETE", f"/v1/photos/{unmatched[0]['id']}/student", want=[200, 204])
assert len(parent.get(f"/v1/galleries/{own['id']}")["photos"]) == 1, "a photo without a student must disappear at once"
step("a parent sees the own child's gallery and no other, once the school agrees")

stranger = sign_up("Other Studio", "otto.other@example.org")
for path in (
    f"/v1/schools/{school}",
    f"/v1/schools/{school}/students",
    f"/v1/picture-days/{day}",
    f"/v1/picture-days/{day}/photos",
    f"/v1/galleries/{own['id']}",
):
    assert stranger.call("GET", path)[0] == 404, path
assert stranger.get("/v1/schools")["items"] == []
photographer.call("DELETE", "/v1/session", want=[204])
assert photographer.call("GET", "/v1/schools")[0] == 401
step("another studio finds nothing; signed out is signed out")

sqs = boto3.client(
    "sqs", endpoint_url=SERVICES, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
)
for name, url in names.items():
    if name.endswith("DeadLetters"):
        left = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"]
        assert left["ApproximateNumberOfMessages"] == "0", f"{name} is not empty"
no_right_was_missing()
step("no dead letters, no right was missing")
