//! Tests of wrong issuer tokens of every kind, and of arbitrary bytes.

use aws_lc_rs::rsa::{KeyPair, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use data_encoding::BASE64URL_NOPAD;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const NOW: i64 = 1_800_000_000;
const EXPECTED: Expected<'_> = Expected {
    issuer: "https://issuer.example",
    audience: "our-client",
    is_client: true,
    now: NOW,
};

fn pair() -> KeyPair {
    KeyPair::generate(KeySize::Rsa2048).unwrap()
}

fn public(pair: &KeyPair) -> DecodingKey {
    let parts = PublicKeyComponents::<Vec<u8>>::from(pair.public_key());
    DecodingKey::from_rsa_raw_components(&parts.n, &parts.e)
}

fn message(header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    format!("{}.{}", encode(header), encode(claims))
}

fn signed(pair: &KeyPair, header: &Value, claims: &Value) -> String {
    let message = message(header, claims);
    let mut signature = vec![0; pair.public_modulus_len()];
    let random = aws_lc_rs::rand::SystemRandom::new();
    pair.sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature).unwrap();
    format!("{message}.{}", BASE64URL_NOPAD.encode(&signature))
}

fn header() -> Value {
    json!({ "alg": "RS256", "kid": "k1", "typ": "JWT" })
}

fn claims() -> Value {
    json!({ "iss": EXPECTED.issuer, "aud": EXPECTED.audience, "sub": "ann", "iat": NOW, "exp": NOW + 3600 })
}

fn proven(token: &str, key: &DecodingKey) -> Result<Value, Refused> {
    prove(token, key, &EXPECTED)
}

#[test]
fn a18_a_programs_token_may_name_the_client_that_asked_for_it_and_a_persons_may_not() {
    let ours = pair();
    let mut asked = claims();
    asked["azp"] = json!("client-of-a-program");
    let token = signed(&ours, &header(), &asked);
    let for_programs = Expected { is_client: false, ..EXPECTED };
    assert!(prove::<Value>(&token, &public(&ours), &for_programs).is_ok());
    assert_eq!(proven(&token, &public(&ours)), Err(Refused::Signature));
    let said = unproven(&token).unwrap();
    assert_eq!((said.issuer.as_str(), said.subject.as_str()), (EXPECTED.issuer, "ann"));
    assert_eq!(said.audience, EXPECTED.audience);
}

#[test]
fn a18_only_rs256_by_the_issuers_key_is_taken() {
    let (ours, other) = (pair(), pair());
    let key = public(&ours);
    assert!(proven(&signed(&ours, &header(), &claims()), &key).is_ok());
    assert_eq!(proven(&signed(&other, &header(), &claims()), &key), Err(Refused::Signature));
    for alg in ["none", "None", "HS256", "RS384", "RS512", "PS256", "ES256", "EdDSA", ""] {
        let header = json!({ "alg": alg, "kid": "k1" });
        assert!(proven(&signed(&ours, &header, &claims()), &key).is_err(), "{alg}");
        assert!(proven(&format!("{}.", message(&header, &claims())), &key).is_err(), "{alg}");
    }
    // HS256 with what is public about the key: its modulus, and the whole published key.
    let parts = PublicKeyComponents::<Vec<u8>>::from(ours.public_key());
    for secret in [parts.n.clone(), ours.public_key().as_ref().to_vec()] {
        let message = message(&json!({ "alg": "HS256", "kid": "k1" }), &claims());
        let hmac = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &secret);
        let tag = aws_lc_rs::hmac::sign(&hmac, message.as_bytes());
        let token = format!("{message}.{}", BASE64URL_NOPAD.encode(tag.as_ref()));
        assert_eq!(proven(&token, &key), Err(Refused::Algorithm));
    }
    assert_eq!(kid(&signed(&ours, &json!({ "alg": "RS256" }), &claims())), Err(Refused::Key));
}

#[test]
fn a18_a_claim_that_is_missing_foreign_or_of_another_type_is_refused() {
    let ours = pair();
    let key = public(&ours);
    for name in ["iss", "aud", "sub", "iat", "exp"] {
        let mut missing = claims();
        missing.as_object_mut().unwrap().remove(name);
        assert!(proven(&signed(&ours, &header(), &missing), &key).is_err(), "{name}");
    }
    for (name, odd) in [
        ("iss", json!("https://issuer.example/")),
        ("iss", json!(["https://issuer.example"])),
        ("aud", json!("other-client")),
        ("aud", json!(["our-client", "other-client"])),
        ("aud", json!([])),
        ("azp", json!("other-client")),
        ("sub", json!("")),
        ("sub", json!(7)),
        ("exp", json!((NOW + 3600).to_string())),
        ("exp", json!(NOW - 60)),
        ("iat", json!(NOW + 61)),
        ("nbf", json!(NOW + 61)),
    ] {
        let mut changed = claims();
        changed[name] = odd.clone();
        assert!(proven(&signed(&ours, &header(), &changed), &key).is_err(), "{name} {odd}");
    }
    for (name, fine) in
        [("aud", json!(["our-client"])), ("exp", json!(NOW - 59)), ("groups", json!(["a"]))]
    {
        let mut changed = claims();
        changed[name] = fine.clone();
        assert!(proven(&signed(&ours, &header(), &changed), &key).is_ok(), "{name} {fine}");
    }
}

proptest! {
    #[test]
    fn whatever_the_text_it_proves_nothing(text in "[ -~]{0,200}|[A-Za-z0-9_-]{0,60}\\.[A-Za-z0-9_-]{0,60}\\.[A-Za-z0-9_-]{0,60}") {
        let key = DecodingKey::from_rsa_raw_components(&[0xc1; 256], &[1, 0, 1]);
        prop_assert!(proven(&text, &key).is_err());
    }
}
