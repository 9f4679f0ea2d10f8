//! A person's school memberships, as stored in the person's partition.

use domain::ids::{SchoolId, StudioId};
use domain::school_staff::SchoolMembership;

use crate::store::error::StoreError;
use crate::store::item::Item;

/// Parses a membership row; the names of the classes stay encrypted.
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
