//! A district's identity provider: its tenant, and our client registration there.

use domain::audit::Action;
use domain::ids::{DistrictId, StudioId};

use crate::access::stores::StudioStore;
use crate::base::app::App;
use crate::records::domain_proof::ProvenSettings;
pub use crate::records::domain_proof::Settings;
use crate::store::change::{Change, Committed, commit};
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::untrusted::Untrusted;
use crate::store::{audit, keys, student_keys};

/// A district's provider, with our client secret.
pub(crate) struct IdentityProvider {
    pub(crate) district: DistrictId,
    pub(crate) studio: StudioId,
    pub(crate) settings: Settings,
    pub(crate) client_secret: String,
}

/// The sign-in settings of one of a studio's districts.
pub struct DistrictSignIn {
    /// The district.
    pub district: DistrictId,
    /// The provider's settings, if one is set and its domains are proven.
    pub settings: Option<Settings>,
}

/// When the settings' domains were proven, in seconds since 1970; without it, no sign-in is accepted.
const PROVEN: &str = "proven_at";

fn is_proven(row: &Item) -> bool {
    row.number::<i64>(PROVEN).is_some()
}

fn secret_place(district: &DistrictId) -> [&str; 4] {
    ["records", district.as_str(), "identity-provider", "secret"]
}

/// Returns the provider of a district, without a proof from the caller: sign-in begins here.
pub(crate) async fn find(
    app: &App,
    district: &DistrictId,
) -> Result<Option<IdentityProvider>, StoreError> {
    let row = app.records()?.get(&keys::identity_provider(district)).await?;
    let Some(row) = row.filter(is_proven) else {
        return Ok(None);
    };
    let corrupt = || StoreError::Corrupt("identity provider");
    let studio = row.text("studio").and_then(|id| StudioId::parse(&id).ok());
    let studio = studio.ok_or_else(corrupt)?;
    let sealed = row.bytes("secret").ok_or_else(corrupt)?;
    let key = student_keys::of_studio(app, &studio).await?;
    let secret = key.open(&secret_place(district), sealed)?;
    Ok(Some(IdentityProvider {
        district: district.clone(),
        studio,
        settings: row.json("settings").ok_or_else(corrupt)?,
        client_secret: String::from_utf8(secret).map_err(|_| corrupt())?,
    }))
}

impl StudioStore {
    /// Returns the sign-in settings of one of this studio's districts; `None` for any other district.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn identity_provider(
        &self,
        district: &Untrusted<DistrictId>,
    ) -> Result<Option<DistrictSignIn>, StoreError> {
        let Some(district) = self.district(district).await? else {
            return Ok(None);
        };
        let row = self.app.records()?.get(&keys::identity_provider(&district.id)).await?;
        let settings = match row.filter(is_proven) {
            Some(row) => {
                Some(row.json("settings").ok_or(StoreError::Corrupt("identity provider"))?)
            }
            None => None,
        };
        Ok(Some(DistrictSignIn { district: district.id, settings }))
    }

    /// Sets the identity provider of one of this studio's districts; returns `false` for any other district.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn set_identity_provider(
        &self,
        district: &Untrusted<DistrictId>,
        proven: &ProvenSettings,
        client_secret: &str,
    ) -> Result<bool, StoreError> {
        if self.district(district).await?.is_none() {
            return Ok(false);
        }
        let district = district.inner();
        let key = student_keys::of_studio(self.app, &self.studio).await?;
        let secret = key.seal(&secret_place(district), client_secret.as_bytes());
        let item = Item::at(&keys::identity_provider(district))
            .with_text("studio", self.studio.as_str())
            .with_json("settings", proven.settings())
            .with_number(PROVEN, self.app.now().as_second())
            .with_bytes("secret", secret);
        let event = self.event(Action::IdentityProviderSet, district.as_str());
        let changes =
            vec![Change::put(self.app.records()?, item)?, audit::add(self.app, &event).await?];
        Ok(commit(self.app, changes).await? == Committed::Yes)
    }

    /// Removes the identity provider of one of this studio's districts: no sign-in through it works any more.
    ///
    /// Returns `false` if there is none.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn remove_identity_provider(
        &self,
        district: &Untrusted<DistrictId>,
    ) -> Result<bool, StoreError> {
        if self.district(district).await?.is_none() {
            return Ok(false);
        }
        let district = district.inner();
        let event = self.event(Action::IdentityProviderRemoved, district.as_str());
        let changes = vec![
            Change::delete(self.app.records()?, &keys::identity_provider(district))?,
            audit::add(self.app, &event).await?,
        ];
        Ok(commit(self.app, changes).await? == Committed::Yes)
    }
}
