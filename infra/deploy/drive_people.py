"""Tests sign-in and access through the deployed API: staff, second factors, districts, programs, administrators.

It calls each route that `drive.py` does not call once, to find permissions missing in template.yaml.
"""

import base64
import hmac
import http.server
import json
import re
import struct
import threading
import time

import boto3
from visitor import DNS_PORT, PASSWORD, SERVICES, SITE, Client, mailed_code, mailed_token, no_right_was_missing, send, sign_up, step, until

OWNER, ADMINISTRATOR, TEACHER = "olive.owner@example.org", "ada.head@example.org", "tess.teacher@example.org"
COLLEAGUE, PARENT = "cleo.colleague@example.org", "pat.parent@example.org"
OPERATOR, SECOND_OPERATOR = "otis.operator@example.org", "ora.operator@example.org"
USER, PATCH = "urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def totp(secret):
    """Returns the current code of an authenticator app. Source: RFC 6238, with SHA-1, six digits, 30 seconds."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), "sha1").digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def sign_in(portal, email):
    client = Client()
    answer = client.post("/v1/sign-in/password", {"portal": portal, "email": email, "password": PASSWORD})
    assert answer["status"] == "signed_in", answer
    return client


def invite(inviter, path, email, more):
    """Invites a person and accepts with the token of the mailed link."""
    inviter.post(path, {"email": email, **more})
    Client().post("/v1/invitations/acceptance", {"token": mailed_token(email), "password": PASSWORD})


def set_up_app(client):
    """Sets up an authenticator app for the signed-in user; the session then has two factors."""
    secret = client.post("/v1/person/second-factors/totp")["secret"]
    client.post("/v1/person/second-factors/totp/confirmation", {"code": totp(secret)})
    client.get("/v1/session")


def stop_acting(client, own_session):
    """Ends an impersonation. Its cookie wins over all others; without it the client's own session counts again.

    The GETs fetch the CSRF token of the current session.
    """
    client.get("/v1/session")
    client.call("DELETE", "/v1/session", want=[204])
    del client.cookies["__Host-pd_acting"]
    client.get(own_session)


owner = sign_up("People Studio", OWNER)
district = owner.post("/v1/districts", {"name": "Lake County"})["id"]
school = owner.post("/v1/schools", {"district_id": district, "name": "Oak Street School"})["id"]
roster = b"Student ID,First Name,Last Name,Class\n0042,Ann,Lee,3A\n0043,Bob,Gray,4B\n"
read = owner.post(f"/v1/schools/{school}/roster-imports", roster, "text/csv")
owner.post(f"/v1/roster-imports/{read['id']}/apply")
until("the roster", lambda: owner.get(f"/v1/roster-imports/{read['id']}")["state"] == "applied")
students = owner.get(f"/v1/schools/{school}/students")["items"]
ann = next(student for student in students if student["school_issued_id"] == "0042")

invitations = f"/v1/schools/{school}/staff-invitations"
invite(owner, invitations, ADMINISTRATOR, {"role": "administrator"})
administrator = sign_in("school", ADMINISTRATOR)
invite(administrator, invitations, TEACHER, {"role": "teacher", "classes": ["3A"]})
teacher = sign_in("school", TEACHER)
for who in (administrator, teacher, owner):
    for path in ("", "/students", "/picture-days", "/access-requests"):
        who.get(f"/v1/schools/{school}{path}")
assert len(teacher.get(f"/v1/schools/{school}/students")["items"]) == 1
for who in (administrator, owner):
    who.get(f"/v1/schools/{school}/staff")
    who.get(invitations)
    who.call("PUT", f"/v1/schools/{school}/parent-access", {"parent_access": "approval"}, want=[200])
administrator.post(f"/v1/schools/{school}/roster-imports", roster, "text/csv")
step("a school's administrator and a teacher, invited, and what each sees")

code = teacher.post(f"/v1/students/{ann['id']}/share-codes")
Client().post("/v1/access-requests", {"code": code["code"], "email": PARENT})
parent = Client()
parent.post("/v1/sign-in/link", {"token": mailed_token(PARENT)})
(request,) = teacher.get(f"/v1/schools/{school}/access-requests")["items"]
teacher.post(f"/v1/access-requests/{request['id']}/approval")
teacher.call("DELETE", f"/v1/share-codes/{code['id']}", want=[204])
step("a parent comes with the teacher's code, and the teacher agrees")

set_up_app(administrator)
member = next(one for one in administrator.get(f"/v1/schools/{school}/staff")["items"] if one["email"] == TEACHER)
member = f"/v1/schools/{school}/staff/{member['person_id']}"
reason = {"reason": "support_case", "case": "CASE-7"}
administrator.post(f"{member}/impersonation", reason)
assert administrator.get("/v1/session")["acting"]["may_write"] is False
assert len(administrator.get(f"/v1/schools/{school}/students")["items"]) == 1, "what the teacher sees"
administrator.post("/v1/session/acting/writes")
stop_acting(administrator, "/v1/session")
administrator.call("PUT", member, {"role": "teacher", "classes": ["4B"]}, want=[204])
administrator.call("DELETE", member, want=[204])
assert teacher.get("/v1/schools")["items"] == [], "off at the very next request"
owner.post(invitations, {"email": "never.came@example.org", "role": "administrator"})
(open_one,) = owner.get(invitations)["items"]
owner.call("DELETE", f"{invitations}/{open_one['id']}", want=[204])
step("the administrator sees what the teacher sees, moves them, and takes them off")

invite(owner, "/v1/studio/staff-invitations", COLLEAGUE, {})
sign_in("photographer", COLLEAGUE).get("/v1/schools")
set_up_app(owner)
owner.post("/v1/person/second-factors/recovery-codes")
colleague = next(one for one in owner.get("/v1/studio/staff")["items"] if one["email"] == COLLEAGUE)
owner.call("DELETE", f"/v1/studio/staff/{colleague['person_id']}", want=[204])
Client().post("/v1/sign-in/code-requests", {"portal": "school", "email": ADMINISTRATOR})
# A sign-in with a mailed code also requires the second factor of a user who has an app.
by_code = Client()
by_code.post("/v1/sign-in/code-requests", {"portal": "photographer", "email": OWNER})
answer = by_code.post("/v1/sign-in/code", {"portal": "photographer", "code": mailed_code(OWNER)})
assert answer["status"] == "second_factor", answer
Client().post("/v1/password-resets", {"email": ADMINISTRATOR})
step("a colleague comes and goes; an app and recovery codes; a code and a reset by mail")

provider = {"kind": "google", "tenant": "lake.example", "client_id": "c", "client_secret": "s", "domains": ["lake.example"]}
record = owner.get(f"/v1/districts/{district}/identity-provider")["domain_record"]


class Resolver(http.server.BaseHTTPRequestHandler):
    """Answers DNS over HTTP like Google's public resolver, for one domain: the record that proves the district."""

    def do_GET(self):
        text = {"name": f"{record['name']}.lake.example.", "type": 16, "TTL": 60, "data": record["value"]}
        is_asked = f"name={record['name']}.lake.example&type=TXT" in self.path
        body = json.dumps({"Status": 0, "Answer": [text]} if is_asked else {"Status": 3}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


resolver = http.server.HTTPServer(("127.0.0.1", DNS_PORT), Resolver)
threading.Thread(target=resolver.serve_forever, daemon=True).start()
owner.call("PUT", f"/v1/districts/{district}/identity-provider", provider, want=[200])
owner.get(f"/v1/districts/{district}/identity-provider")
back = Client()
assert back.call("POST", "/v1/sign-in/oidc", {"code": "c", "state": "s"})[0] == 401
token = owner.post(f"/v1/districts/{district}/scim-tokens")["token"]
owner.get(f"/v1/districts/{district}/scim-tokens")


def scim(method, path, body=None):
    headers = {"authorization": f"Bearer {token}", "content-type": "application/scim+json"}
    data = None if body is None else json.dumps(body).encode()
    status, _, answer = send(method, f"{SITE}/scim/v2/{district}{path}", headers, data)
    assert status < 400, (method, path, status, answer[:300])
    return json.loads(answer) if answer else None


eve = {"schemas": [USER], "userName": "eve@lake.example", "externalId": "112233", "active": True}
eve_id = scim("POST", "/Users", eve)["id"]
assert scim("GET", "/Users?filter=userName%20eq%20%22eve@lake.example%22")["totalResults"] == 1
off = {"schemas": [PATCH], "Operations": [{"op": "Replace", "path": "active", "value": "False"}]}
scim("PATCH", f"/Users/{eve_id}", off)
assert scim("GET", f"/Users/{eve_id}")["active"] is False
scim("PUT", f"/Users/{eve_id}", eve)
scim("DELETE", f"/Users/{eve_id}")
scim("GET", "/ServiceProviderConfig")
step("a district's identity provider and its directory")

key = owner.post("/v1/api-keys", {"name": "Uploader", "scopes": ["read"]})
tokens = Client().post("/v1/tokens", {"grant_type": "api_key", "api_key": key["key"]})
status, _, _ = send("GET", f"{SITE}/v1/schools", {"authorization": f"Bearer {tokens['access_token']}"})
assert status == 200, status
robot = {"issuer": "https://securetoken.google.com/lake-robots", "audience": "lake-robots", "subject": "robot-7"}
trusted = owner.post("/v1/trusted-issuers", {"name": "Robot", **robot, "scopes": ["read"]})
owner.get("/v1/trusted-issuers")
report = owner.get("/v1/studio/access-review")
owner.post("/v1/studio/access-reviews", {"digest": report["digest"]})
owner.call("DELETE", f"/v1/trusted-issuers/{trusted['id']}", want=[204])
owner.call("DELETE", f"/v1/api-keys/{key['id']}", want=[204])
step("programs with a key and with another issuer's token; who can see what, signed off")

functions = boto3.client(
    "lambda", endpoint_url=SERVICES, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
)
pages = functions.get_paginator("list_functions").paginate()
deployed = [function["FunctionName"] for page in pages for function in page["Functions"]]
invites = next(name for name in deployed if "OperatorInvitationsFunction" in name)
answer = functions.invoke(FunctionName=invites, Payload=json.dumps({"email": OPERATOR}))["Payload"].read().decode()
token = re.search(r"token=([A-Za-z0-9_-]{20,})", answer).group(1)
operator = Client()
secret = operator.post("/v1/admin/enrolments/secret", {"token": token})["secret"]
operator.post("/v1/admin/enrolments", {"token": token, "password": PASSWORD, "code": totp(secret)})
operator.get("/v1/admin/session")
studio, person = (owner.get("/v1/session")[what]["id"] for what in ("studio", "person"))
assert operator.get("/v1/admin/studios")["items"]
operator.get(f"/v1/admin/studios/{studio}")
operator.post("/v1/admin/people/searches", {"email": OWNER})
operator.get(f"/v1/admin/people/{person}")
operator.post("/v1/admin/invitations", {"email": SECOND_OPERATOR})
operator.post("/v1/admin/passkeys")
assert operator.get("/v1/admin/passkeys")["items"] == []
Client().post("/v1/admin/sign-in/passkey/options")
operator.post(f"/v1/admin/people/{person}/impersonation", {"portal": "photographer", "reason": "support_case"})
operator.get("/v1/schools")
stop_acting(operator, "/v1/admin/session")
operator.post(f"/v1/admin/people/{person}/disabling", {"reason": "support_case"})
assert owner.call("GET", "/v1/schools")[0] == 401, "out at the very next request"
wrong = {"email": OPERATOR, "password": "Wrong-Password-1", "second_factor": {"method": "totp", "code": "123456"}}
assert Client().call("POST", "/v1/admin/sign-in", wrong)[0] == 401
step("a site administrator looks, impersonates and disables an account")
no_right_was_missing()
