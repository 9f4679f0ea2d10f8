//! The proof that a domain is a district's: a TXT record in its DNS, before an identity provider counts for it.
//!
//! The record's value follows from the district by a key of ours. So it needs no row, and none is good for another
//! district. A domain that was proven for a district stays proven while its provider is set.

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

/// The name of the record, before the domain: `_picture-day.district.example`.
const NAME: &str = "_picture-day";
/// Where DNS is asked over HTTPS unless the operator chooses another resolver, so that a function needs no resolver of
/// its own and no answer is forged on the way.
///
/// Source: Google Public DNS, "JSON API for DNS over HTTPS".
const RESOLVER: &str = "https://dns.google/resolve";
/// Response codes: RFC 1035, section 4.1.1. A name that is not there has no record.
const NO_ERROR: u16 = 0;
const NO_SUCH_NAME: u16 = 3;
/// The type of a TXT record: RFC 1035, section 3.2.2.
const TXT: u16 = 16;

/// The TXT record that a district's domains need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainRecord {
    /// Its name, before each domain.
    pub name: &'static str,
    /// Its text.
    pub value: String,
}

/// What a district's people are recognised by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The one tenant.
    pub tenant: Tenant,
    /// Our name there.
    pub client_id: String,
    /// The domains of the district's addresses.
    pub domains: Vec<Domain>,
}

/// Settings of an identity provider whose every domain is proven to be the district's.
pub struct ProvenSettings(Settings);

impl ProvenSettings {
    /// The settings.
    pub fn settings(&self) -> &Settings {
        &self.0
    }
}

/// The record that proves the domains of a district.
///
/// # Errors
///
/// Our own failures.
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
    /// 422 `domain_unproven` when a domain lacks the record; 502 `dns_unreachable`; our own failures.
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

/// An answer of the resolver.
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

/// The texts of our record at a domain.
async fn texts_of(
    fetch: &Fetch<'_>,
    resolver: &str,
    domain: &Domain,
) -> Result<Vec<String>, ProviderError> {
    // A domain is letters, digits, hyphens and dots: nothing to be encoded.
    let address = format!("{resolver}?name={NAME}.{}&type=TXT", domain.as_str());
    read_texts(&fetch.get(&address).await?)
}

fn read_texts(answer: &[u8]) -> Result<Vec<String>, ProviderError> {
    let resolved: Resolved =
        serde_json::from_slice(answer).map_err(|_| ProviderError::Unreachable("another form"))?;
    if !matches!(resolved.status, NO_ERROR | NO_SUCH_NAME) {
        return Err(ProviderError::Unreachable("a name server failed"));
    }
    let texts = resolved.records.into_iter().filter(|record| record.r#type == TXT);
    // Some resolvers give a text in quotes, and a long one in several pieces.
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
