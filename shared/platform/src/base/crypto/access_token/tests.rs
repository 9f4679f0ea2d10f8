//! Tests of wrong tokens of every kind, and of arbitrary bytes.

use data_encoding::BASE64URL_NOPAD;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const KEY: [u8; 32] = [7; 32];
const NOW: i64 = 1_800_000_000;
const US: (&str, &str) = ("https://photos.example.org", "https://photos.example.org/v1");

fn claims() -> Claims {
    Claims {
        iss: US.0.to_owned(),
        aud: US.1.to_owned(),
        sub: PersonId::from_random([1; 16]),
        jti: AccessTokenId::from_random([2; 16]),
        family: TokenFamilyId::from_random([3; 16]),
        scope: "read".to_owned(),
        iat: NOW,
        exp: NOW + 3600,
    }
}

/// Builds a token of any header and claims, with a correct HMAC-SHA256 signature.
fn signed(header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let message = format!("{}.{}", encode(header), encode(claims));
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &KEY);
    let tag = aws_lc_rs::hmac::sign(&key, message.as_bytes());
    format!("{message}.{}", BASE64URL_NOPAD.encode(tag.as_ref()))
}

fn header_json() -> Value {
    json!({ "typ": "at+jwt", "alg": "HS256", "kid": "k1" })
}

fn proven_at(token: &str, now: i64) -> Result<Claims, Refused> {
    prove(token, ("k1", &KEY), US, now)
}

#[test]
fn b01_a_token_of_ours_is_proven_and_says_what_was_signed() {
    let token = sign(&claims(), "k1", &KEY).unwrap();
    assert_eq!(proven_at(&token, NOW), Ok(claims()));
    // An independent HMAC-SHA256 implementation gives the same bytes.
    let by_hand = signed(&header_json(), &serde_json::to_value(claims()).unwrap());
    assert_eq!(proven_at(&by_hand, NOW), Ok(claims()));
}

#[test]
fn b01_another_algorithm_key_or_header_is_refused() {
    let claims = serde_json::to_value(claims()).unwrap();
    for alg in ["none", "None", "NONE", "", "RS256", "ES256", "HS384", "HS512", "EdDSA", "hs256"] {
        let token = signed(&json!({ "typ": "at+jwt", "alg": alg, "kid": "k1" }), &claims);
        assert!(proven_at(&token, NOW).is_err(), "{alg}");
        // The same without a signature.
        let (unsigned, _) = token.rsplit_once('.').unwrap();
        assert!(proven_at(&format!("{unsigned}."), NOW).is_err(), "{alg}");
        assert!(proven_at(unsigned, NOW).is_err(), "{alg}");
    }
    for header in [
        json!({ "alg": "HS256", "kid": "k1" }),
        json!({ "typ": "JWT", "alg": "HS256", "kid": "k1" }),
        json!({ "typ": "at+jwt", "alg": "HS256" }),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": "k2" }),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": "" }),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": 1 }),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": "k1", "jku": "https://evil.example" }),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": "k1", "crit": ["b64"] }),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": "k1", "b64": false }),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": "k1", "zip": "DEF" }),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": "k1", "jwk": { "kty": "oct", "k": "AAAA" } }),
    ] {
        assert!(proven_at(&signed(&header, &claims), NOW).is_err(), "{header}");
    }
    let token = sign(&self::claims(), "k1", &KEY).unwrap();
    assert_eq!(prove(&token, ("k1", &[8; 32]), US, NOW), Err(Refused::Signature));
    assert_eq!(prove(&token, ("k2", &KEY), US, NOW), Err(Refused::Header));
}

#[test]
fn b01_a_claim_that_is_missing_or_of_another_type_or_not_ours_is_refused() {
    let good = serde_json::to_value(claims()).unwrap();
    for name in ["iss", "aud", "sub", "jti", "family", "scope", "iat", "exp"] {
        let mut missing = good.clone();
        missing.as_object_mut().unwrap().remove(name);
        assert!(proven_at(&signed(&header_json(), &missing), NOW).is_err(), "{name}");
        for odd in [json!(null), json!([good[name]]), json!({}), json!(true), json!(1.5)] {
            let mut changed = good.clone();
            changed[name] = odd.clone();
            assert!(proven_at(&signed(&header_json(), &changed), NOW).is_err(), "{name} {odd}");
        }
    }
    let (exp, later) = (NOW + 3600, NOW + 86_400 + 1);
    for (name, odd) in [
        ("exp", json!(exp.to_string())),
        ("exp", json!(later)),
        ("exp", json!(u64::MAX)),
        ("exp", json!(-1)),
        ("iat", json!(NOW.to_string())),
        ("iat", json!(NOW + 31)),
        ("iat", json!(0)),
        ("iss", json!("https://photos.example.org/")),
        ("aud", json!("https://photos.example.org")),
        ("sub", json!("per_x")),
        ("jti", good["family"].clone()),
        ("nbf", json!(NOW)),
        ("admin", json!(true)),
    ] {
        let mut changed = good.clone();
        changed[name] = odd.clone();
        assert!(proven_at(&signed(&header_json(), &changed), NOW).is_err(), "{name} {odd}");
    }
}

#[test]
fn b02_an_hour_and_a_second_later_it_is_over() {
    let token = sign(&claims(), "k1", &KEY).unwrap();
    assert!(proven_at(&token, NOW + 3599).is_ok());
    assert_eq!(proven_at(&token, NOW + 3600), Err(Refused::Time));
    assert_eq!(proven_at(&token, NOW + 3601), Err(Refused::Time));
    assert!(proven_at(&token, NOW - 30).is_ok());
    assert_eq!(proven_at(&token, NOW - 31), Err(Refused::Time));
}

#[test]
fn b02_a_life_of_more_than_a_day_is_no_setting() {
    assert_eq!(Life::parse(None).unwrap().seconds(), 3600);
    assert_eq!(Life::parse(Some("86400")).unwrap().seconds(), 86_400);
    for bad in ["86401", "90000", "0", "-1", "59", "", "1h", "3600.0", "99999999999999999999"] {
        assert_eq!(Life::parse(Some(bad)), Err(BadLife), "{bad}");
    }
}

#[test]
fn every_flipped_bit_of_a_token_is_noticed() {
    let token = sign(&claims(), "k1", &KEY).unwrap().into_bytes();
    for bit in 0..token.len() * 8 {
        let mut changed = token.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let Ok(text) = String::from_utf8(changed) else { continue };
        assert!(proven_at(&text, NOW).is_err(), "bit {bit}");
    }
}

proptest! {
    #[test]
    fn whatever_the_text_it_is_refused(text in ".{0,300}") {
        prop_assert!(proven_at(&text, NOW).is_err());
    }

    #[test]
    fn whatever_the_header_says_only_ours_is_taken(
        alg in prop_oneof![Just("HS256".to_owned()), "[A-Za-z0-9]{0,6}"],
        typ in prop_oneof![Just("at+jwt".to_owned()), "[a-z+]{0,8}"],
        kid in prop_oneof![Just("k1".to_owned()), "[a-z0-9]{0,4}"],
    ) {
        let header = json!({ "typ": typ, "alg": alg, "kid": kid });
        let token = signed(&header, &serde_json::to_value(claims()).unwrap());
        let is_ours = header == header_json();
        prop_assert_eq!(proven_at(&token, NOW).is_ok(), is_ours);
    }

    #[test]
    fn whatever_the_times_a_token_works_from_its_making_to_its_end(
        iat in NOW - 90_000..NOW + 90_000,
        life in -10_i64..90_000,
        now in NOW - 90_000..NOW + 180_000,
    ) {
        let token = sign(&Claims { iat, exp: iat + life, ..claims() }, "k1", &KEY).unwrap();
        let is_good = (1..=86_400).contains(&life) && iat - 30 <= now && now < iat + life;
        prop_assert_eq!(proven_at(&token, now).is_ok(), is_good);
    }
}
