//! For any key set or claims of an identity provider: no panic, and no person of another tenant is
//! recognised.
//!
//! There is no discovery document: a tenant's URLs follow from its kind and its name.

#![no_main]

use domain::email::EmailAddress;
use domain::identity_provider::{DirectoryId, Domain, Said, Tenant};
use libfuzzer_sys::fuzz_target;

// Included by path: the crate they belong to would bring the whole AWS SDK.
#[path = "../../../shared/platform/src/base/identity/id_token/mod.rs"]
#[allow(dead_code, missing_docs)]
mod id_token;
#[path = "../../../shared/platform/src/base/identity/jwks.rs"]
#[allow(dead_code, missing_docs)]
mod jwks;

const TENANT: &str = "11111111-2222-3333-4444-555555555555";
const NOW: i64 = 1_800_000_000;

fuzz_target!(|bytes: &[u8]| {
    // A published key set: the parsed keys have names, and there are at most a hundred.
    if let Ok(keys) = jwks::parse(bytes) {
        assert!(keys.len() <= 100);
        let expected =
            id_token::Expected { issuer: "https://i.example", audience: "us", is_client: false, now: NOW };
        for (kid, key) in &keys {
            let header = serde_json::json!({ "alg": "RS256", "kid": kid }).to_string();
            let part = |bytes: &[u8]| data_encoding::BASE64URL_NOPAD.encode(bytes);
            let token = format!("{}.{}.{}", part(header.as_bytes()), part(b"{}"), part(&[1; 256]));
            assert!(id_token::prove::<Said>(&token, key, &expected).is_err());
        }
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _kid = id_token::kid(text);
    // A token that parses before verification names the one accepted algorithm.
    assert!(id_token::unproven(text).is_err() || id_token::kid(text).is_ok());
    let (Ok(id), Ok(domain)) = (DirectoryId::parse(TENANT), Domain::parse("district.example"))
    else {
        panic!("the test's ids are valid");
    };
    let tenants = [Tenant::Entra(id), Tenant::Google(domain.clone())];
    // Claims of a verified token: the input itself, and the input with valid issuer claims.
    for tenant in &tenants {
        let issuer = tenant.issuer();
        let with_issuer =
            format!(r#"{{"iss":"{issuer}","sub":"s","tid":"{TENANT}","hd":"district.example",{text}}}"#);
        for json in [text, &with_issuer] {
            let Ok(said) = serde_json::from_str::<Said>(json) else { continue };
            let Ok(known) = tenant.recognise(&said, std::slice::from_ref(&domain), NOW) else {
                continue;
            };
            assert_eq!(said.iss, issuer);
            assert!(domain.has(&known.email) && !known.subject.is_empty());
            assert!(EmailAddress::parse(known.email.as_str()).is_ok());
        }
        if let Some(subject) = tenant.subject_of(text) {
            assert_eq!(tenant.subject_of(&subject), Some(subject.clone()), "a subject has one spelling");
        }
    }
    if let Ok(domain) = Domain::parse(text) {
        assert_eq!(Domain::parse(domain.as_str()), Ok(domain.clone()));
    }
});
