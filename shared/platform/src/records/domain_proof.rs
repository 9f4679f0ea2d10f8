//! Proof that a domain belongs to a district: a TXT record in its DNS, required before an identity provider is
//! accepted.
//!
//! The record's value is derived from the district's id with a key of ours. So it needs no row, and a value proves
//! nothing for another district. A domain that was proven for a district stays proven while the district's provider
//! is set.

use data_encoding::BASE64URL_NOPAD;
use domain::identity_provider::{Domain, Tenant};
use domain::ids::DistrictId;
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};

use crate::access::stores::StudioStore;
use crate::base::app::App;
use crate::base::identity::{Fetch, ProviderError};
use crate::http::error::ApiError;
use crate::store::untrusted::Untrusted;

/// Name of the record, before the domain: `_picture-day.district.example`.
const NAME: &str = "_picture-day";
/// DNS-over-HTTPS resolver, unless the operator configures another one.
///
/// HTTPS, so that a function needs no resolver of its own and no answer is forged on the way.
///
/// Source: Google Public DNS, "JSON API for DNS over HTTPS".
const RESOLVER: &str = "https://dns.google/resolve";
/// Response codes: RFC 1035, section 4.1.1. A name that does not exist has no record.
const NO_ERROR: u16 = 0;
const NO_SUCH_NAME: u16 = 3;
/// The type of a TXT record: RFC 1035, section 3.2.2.
const TXT: u16 = 16;

/// The TXT record that each of a district's domains needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainRecord {
    /// Name of the record, before each domain.
    pub name: &'static str,
    /// Text of the record.
    pub value: String,
}

/// Settings that identify a district's people at their identity provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The only accepted tenant.
    pub tenant: Tenant,
    /// Our client id in the tenant.
    pub client_id: String,
    /// Domains of the district's e-mail addresses.
    pub domains: Vec<Domain>,
}

/// Identity provider settings with every domain proven to belong to the district.
pub struct ProvenSettings(Settings);

impl ProvenSettings {
    /// Returns the settings.
    pub fn settings(&self) -> &Settings {
        &self.0
    }
}

/// Returns the record that proves the domains of a district.
///
/// # Errors
///
/// Internal failures.
pub async fn domain_record(app: &App, district: &DistrictId) -> Result<DomainRecord, ApiError> {
    let digest = app.ring().await?.digest("district-domains", &[district.as_str().as_bytes()]);
    let value = format!("picture-day-district={}", BASE64URL_NOPAD.encode(&digest));
    Ok(DomainRecord { name: NAME, value })
}

impl StudioStore {
    /// Proves the domains of settings for one of this studio's districts; `None` for any other district.
    ///
    /// # Errors
    ///
    /// 422 `domain_unproven` when a domain lacks the record; 502 `dns_unreachable`; internal failures.
    pub async fn prove_domains(
        &self,
        district: &Untrusted<DistrictId>,
        settings: Settings,
    ) -> Result<Option<ProvenSettings>, ApiError> {
        let Some(found) = self.identity_provider(district).await? else {
            return Ok(None);
        };
        let proven = found.settings.map(|settings| settings.domains).unwrap_or_default();
        let record = domain_record(self.app, &found.district).await?;
        let resolver = self.app.config().dns_resolver_url.as_deref().unwrap_or(RESOLVER);
        let fetch = Fetch::of_resolver(self.app, resolver).map_err(unreachable)?;
        let new = settings.domains.iter().filter(|domain| !proven.contains(domain));
        let asked = new.map(|domain| texts_of(&fetch, resolver, domain));
        let answers = try_join_all(asked).await.map_err(unreachable)?;
        if answers.iter().all(|texts| texts.contains(&record.value)) {
            Ok(Some(ProvenSettings(settings)))
        } else {
            Err(ApiError::Invalid { code: "domain_unproven", field: "domains" })
        }
    }
}

fn unreachable(error: ProviderError) -> ApiError {
    ApiError::Upstream { code: "dns_unreachable", cause: error.into() }
}

/// The resolver's JSON response.
#[derive(Deserialize)]
struct Resolved {
    #[serde(rename = "Status")]
    status: u16,
    #[serde(default, rename = "Answer")]
    records: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    r#type: u16,
    data: String,
}

/// Fetches the texts of our record at a domain.
async fn texts_of(
    fetch: &Fetch<'_>,
    resolver: &str,
    domain: &Domain,
) -> Result<Vec<String>, ProviderError> {
    // A domain has only letters, digits, hyphens and dots: it needs no URL encoding.
    let address = format!("{resolver}?name={NAME}.{}&type=TXT", domain.as_str());
    read_texts(&fetch.get(&address).await?)
}

fn read_texts(answer: &[u8]) -> Result<Vec<String>, ProviderError> {
    let resolved: Resolved = serde_json::from_slice(answer)
        .map_err(|_| ProviderError::Unreachable("cannot parse the DNS answer"))?;
    if !matches!(resolved.status, NO_ERROR | NO_SUCH_NAME) {
        return Err(ProviderError::Unreachable("DNS resolver reported an error"));
    }
    let texts = resolved.records.into_iter().filter(|record| record.r#type == TXT);
    // Some resolvers return a text in quotes, and a long one in several pieces.
    Ok(texts.map(|record| record.data.replace("\" \"", "").replace('"', "")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source of the form: Google Public DNS, "JSON API for DNS over HTTPS", its example of an answer.
    #[test]
    fn txt_records_are_read_and_a_failure_proves_nothing() {
        let read = |json: &str| read_texts(json.as_bytes());
        let two = r#"{"Status":0,"TC":false,"RD":true,"RA":true,"AD":false,"CD":false,
            "Question":[{"name":"_picture-day.district.example.","type":16}],
            "Answer":[{"name":"_picture-day.district.example.","type":5,"TTL":300,"data":"other.example."},
                {"name":"other.example.","type":16,"TTL":300,"data":"plain"},
                {"name":"other.example.","type":16,"TTL":300,"data":"\"in\" \"pieces\""}]}"#;
        assert_eq!(read(two).unwrap(), ["plain", "inpieces"]);
        assert_eq!(read(r#"{"Status":3}"#).unwrap(), Vec::<String>::new());
        for failed in [r#"{"Status":2}"#, r#"{"Status":5,"Answer":[]}"#, "{}", "<html>"] {
            assert!(read(failed).is_err(), "{failed}");
        }
    }
}
