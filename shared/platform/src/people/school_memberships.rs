//! A person's memberships in schools, as the person's rows hold them.

use domain::ids::{SchoolId, StudioId};
use domain::school_staff::SchoolMembership;

use crate::store::error::StoreError;
use crate::store::item::Item;

/// A membership from the person's row, with the classes still sealed.
pub(crate) fn read(school: &str, row: &Item) -> Result<(SchoolMembership, Vec<u8>), StoreError> {
    let corrupt = || StoreError::Corrupt("school membership");
    let studio = row.text("studio").ok_or_else(corrupt)?;
    let membership = SchoolMembership {
        studio: StudioId::parse(&studio).map_err(|_| corrupt())?,
        school: SchoolId::parse(school).map_err(|_| corrupt())?,
        role: row.json("role").ok_or_else(corrupt)?,
    };
    Ok((membership, row.bytes("classes").ok_or_else(corrupt)?.to_vec()))
}
