//! A software authenticator: makes and signs passkeys, byte by byte, as a browser's device does.
//!
//! Source: Web Authentication Level 3, sections 6.1 (authenticator data), 6.5 (attestation objects) and 5.8.1 (client
//! data); RFC 9053, section 7.1.1 (keys).

use data_encoding::BASE64URL_NOPAD;
use platform::base::crypto::digest::sha256;
use platform::provision::sdk::crypto::rand::{self, SystemRandom};
use platform::provision::sdk::crypto::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair,
};
use serde_json::{Value, json};
use testkit::SetupError;

/// Flags of the authenticator data: user present, user verified, attested key included.
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const HAS_KEY: u8 = 0x40;

/// A device with its passkeys; its answers are valid as long as no field is changed.
pub(crate) struct Device {
    /// The origin it writes into the client data.
    pub(crate) origin: String,
    /// Does it verify its user?
    pub(crate) verifies: bool,
    /// Signature counter; a cloned device would repeat its values.
    pub(crate) counter: u32,
    held: Vec<Held>,
}

struct Held {
    id: Vec<u8>,
    key: EcdsaKeyPair,
    site: String,
    user: String,
}

impl Device {
    pub(crate) fn at(origin: &str) -> Self {
        Self { origin: origin.to_owned(), verifies: true, counter: 0, held: Vec::new() }
    }

    /// Creates a passkey for these options and stores it.
    pub(crate) fn make(&mut self, options: &Value) -> Result<Value, SetupError> {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)?;
        let mut id = vec![0; 32];
        rand::fill(&mut id)?;
        let site = options["rp"]["id"].as_str().unwrap_or_default().to_owned();
        let user = options["user"]["id"].as_str().unwrap_or_default().to_owned();
        self.held.push(Held { id, key, site, user });
        self.show_again(options, self.held.len() - 1)
    }

    /// Registers an existing passkey again, as if it were new.
    pub(crate) fn show_again(&self, options: &Value, which: usize) -> Result<Value, SetupError> {
        let held = self.held.get(which).ok_or("no such passkey")?;
        let point = held.key.public_key().as_ref().get(1..65).ok_or("a point")?;
        let (x, y) = point.split_at(32);
        let mut data = self.data_about(&held.site, HAS_KEY);
        data.extend([0; 16]);
        data.extend(u16::try_from(held.id.len())?.to_be_bytes());
        data.extend(&held.id);
        // {1: 2 (two coordinates), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(x);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(y);
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len())?);
        object.extend(data);
        let client = self.client_data("webauthn.create", options);
        let response = json!({
            "clientDataJSON": BASE64URL_NOPAD.encode(&client),
            "attestationObject": BASE64URL_NOPAD.encode(&object),
        });
        Ok(credential(&held.id, &response))
    }

    /// Signs in with the passkey at this position.
    pub(crate) fn sign(&mut self, options: &Value, which: usize) -> Result<Value, SetupError> {
        self.counter += 1;
        let held = self.held.get(which).ok_or("no such passkey")?;
        let data = self.data_about(&held.site, 0);
        let client = self.client_data("webauthn.get", options);
        let signed = [data.as_slice(), &sha256(&client)].concat();
        let signature = held.key.sign(&SystemRandom::new(), &signed)?;
        let response = json!({
            "clientDataJSON": BASE64URL_NOPAD.encode(&client),
            "authenticatorData": BASE64URL_NOPAD.encode(&data),
            "signature": BASE64URL_NOPAD.encode(signature.as_ref()),
            "userHandle": held.user,
        });
        Ok(credential(&held.id, &response))
    }

    /// Returns a passkey's id, encoded as in the options.
    pub(crate) fn id(&self, which: usize) -> String {
        self.held.get(which).map(|held| BASE64URL_NOPAD.encode(&held.id)).unwrap_or_default()
    }

    fn data_about(&self, site: &str, more: u8) -> Vec<u8> {
        let verified = if self.verifies { VERIFIED } else { 0 };
        let mut data = sha256(site.as_bytes()).to_vec();
        data.push(PRESENT | verified | more);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let said = json!({
            "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false,
        });
        said.to_string().into_bytes()
    }
}

/// Builds a credential as `PublicKeyCredential.toJSON()` writes it.
fn credential(id: &[u8], response: &Value) -> Value {
    let id = BASE64URL_NOPAD.encode(id);
    json!({
        "id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {},
    })
}
