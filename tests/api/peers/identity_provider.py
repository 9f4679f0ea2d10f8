"""An identity provider made with Authlib: OpenID Connect code flow with PKCE, RS256 and nonces, as the library does it.

    python identity_provider.py CLIENT_ID CLIENT_SECRET

It stands in for Entra and Google at once: the first part of the path is the provider's host. Its users are in
PEOPLE; its sign-in page has one field, the user's name. It prints its own URL, reads one line with its client's
redirect URI, and serves.
"""

import logging
import os
import secrets
import sys
import time

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, OAuth2Error
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin, UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, jsonify, request
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

TENANT = "11111111-2222-3333-4444-555555555555"
OTHER_TENANT = "99999999-2222-3333-4444-555555555555"
ENTRA = f"https://login.microsoftonline.com/{TENANT}/v2.0"
GOOGLE = "https://accounts.google.com"

# Claims of both providers' tokens, in addition to the protocol's own claims.
PEOPLE = {
    "ann": {"tid": TENANT, "oid": "0a0a0a0a-0000-4000-8000-00000000000a", "preferred_username": "ann@district.example"},
    "guest": {"tid": TENANT, "oid": "0b0b0b0b-0000-4000-8000-00000000000b", "acct": 1, "preferred_username": "guest@district.example"},
    "stranger": {"tid": OTHER_TENANT, "oid": "0c0c0c0c-0000-4000-8000-00000000000c", "preferred_username": "x@district.example"},
    "gail": {"hd": "district.example", "email": "gail@district.example"},
    "private": {"email": "private@district.example"},
}
# Users who have used a second factor at the provider.
AMR = {"ann": ["pwd", "mfa"]}


class Client(ClientMixin):
    def __init__(self, client_id, client_secret):
        self.client_id, self.client_secret, self.redirect_uri = client_id, client_secret, None

    def get_client_id(self):
        return self.client_id

    def get_default_redirect_uri(self):
        return self.redirect_uri

    def get_allowed_scope(self, scope):
        return " ".join(word for word in scope.split() if word in ("openid", "email", "profile"))

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret):
        return secrets.compare_digest(client_secret, self.client_secret)

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "client_secret_post"

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


class Code(AuthorizationCodeMixin):
    def __init__(self, code, asked, user):
        data = asked.payload.data
        self.code, self.user, self.made_at = code, user, int(time.time())
        self.client_id, self.redirect_uri = asked.client.client_id, asked.payload.redirect_uri
        self.scope, self.nonce = asked.payload.scope, data.get("nonce")
        self.code_challenge, self.code_challenge_method = data.get("code_challenge"), data.get("code_challenge_method")

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return self.made_at

    def get_acr(self):
        return None

    def get_amr(self):
        return AMR.get(self.user)


# TXT records of the DNS; the client queries them at the same address.
RECORDS = {}
CODES = {}
NONCES = set()
KEYS = KeySet([RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)])


class CodeGrant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_post"]

    def save_authorization_code(self, code, request):
        CODES[code] = Code(code, request, request.user)
        NONCES.add(CODES[code].nonce)

    def query_authorization_code(self, code, client):
        return CODES.get(code)

    def delete_authorization_code(self, authorization_code):
        del CODES[authorization_code.code]

    def authenticate_user(self, authorization_code):
        return authorization_code.user


class IdToken(OpenIDCode):
    def exists_nonce(self, nonce, request):
        return nonce in NONCES

    def resolve_client_private_key(self, client):
        return KEYS.keys[0]

    def get_encode_header(self, client):
        return {"alg": "RS256", "kid": KEYS.keys[0].kid, "typ": "JWT"}

    def get_client_claims(self, client):
        issuer = ENTRA if request.path.startswith("/login.microsoftonline.com/") else GOOGLE
        return {"iss": issuer, "aud": client.get_client_id()}

    def generate_user_info(self, user, scope):
        return UserInfo(sub=f"subject-of-{user}", **PEOPLE[user])


def application(client):
    app = Flask(__name__)
    server = AuthorizationServer(app, lambda name: client if name == client.client_id else None, lambda *_: None)
    server.register_grant(CodeGrant, [CodeChallenge(required=True), IdToken(require_nonce=True)])

    def page():
        user = request.form.get("user")
        try:
            grant = server.get_consent_grant(end_user=user)
        except OAuth2Error as error:
            return jsonify(dict(error.get_body())), error.status_code
        if request.method == "GET":
            return "<form method=post>Who are you? <input name=user><button>Go</button></form>"
        return server.create_authorization_response(grant_user=user, grant=grant)

    def token():
        return server.create_token_response()

    def keys():
        return jsonify(KEYS.as_dict(private=False))

    def publish(name):
        RECORDS.setdefault(name, []).append(request.get_data(as_text=True))
        return "", 204

    def resolve():
        texts = RECORDS.get(request.args["name"], []) if request.args["type"] == "TXT" else []
        answer = [{"name": request.args["name"], "type": 16, "TTL": 60, "data": text} for text in texts]
        return jsonify({"Status": 0, "Answer": answer} if answer else {"Status": 3})

    app.add_url_rule("/records/<name>", "publish", publish, methods=["PUT"])
    app.add_url_rule("/dns.google/resolve", "resolve", resolve)
    entra = f"/login.microsoftonline.com/{TENANT}"
    for path in (f"{entra}/oauth2/v2.0/authorize", "/accounts.google.com/o/oauth2/v2/auth"):
        app.add_url_rule(path, f"page {path}", page, methods=["GET", "POST"])
    for path in (f"{entra}/oauth2/v2.0/token", "/oauth2.googleapis.com/token"):
        app.add_url_rule(path, f"token {path}", token, methods=["POST"])
    for path in (f"{entra}/discovery/v2.0/keys", "/www.googleapis.com/oauth2/v3/certs"):
        app.add_url_rule(path, f"keys {path}", keys)
    return app


if __name__ == "__main__":
    # Authlib requires https; here client and provider run on one machine.
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    client = Client(*sys.argv[1:3])
    http = make_server("127.0.0.1", 0, application(client), threaded=True)
    print(f"http://127.0.0.1:{http.server_port}", flush=True)
    client.redirect_uri = sys.stdin.readline().strip()
    http.serve_forever()
