//! The students a roster is compared with: those of this school year, and former ones.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{SchoolId, StudentId};
use domain::picture_day::SchoolYear;
use domain::roster::Known;
use domain::student::{Enrolment, StudentDetails};

use crate::access::stores::StudioStore;
use crate::records::students::{self, Listed};
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::{keys, student_keys};

/// A student of the school, with the enrolment and the imports that wrote both.
#[derive(Clone)]
pub(super) struct Resident {
    pub(super) id: StudentId,
    pub(super) page: String,
    pub(super) details: StudentDetails,
    pub(super) details_by: Option<String>,
    /// `None`: not enrolled this year, but in an earlier one.
    pub(super) place: Option<Enrolment>,
    pub(super) place_by: Option<String>,
}

/// Placeholder class of students who are not enrolled this year.
///
/// No file contains it: such students match only by their school-issued id, never by name.
const NO_CLASS_OF_THIS_YEAR: &str = "\u{e000}";

/// Returns all students of a school, including former ones.
pub(super) async fn residents(
    store: &StudioStore,
    school: &SchoolId,
    year: SchoolYear,
) -> Result<Vec<Resident>, StoreError> {
    let partition = keys::school_partition(&store.studio, school);
    let enrolments = keys::enrolments(year);
    let table = store.app.records()?;
    let (rows, places) = futures_util::try_join!(
        table.all(&partition, "STUDENT#"),
        table.all(&partition, &enrolments),
    )?;
    let mut owners = Vec::with_capacity(rows.len());
    for row in &rows {
        let page = row.text("page").ok_or(StoreError::Corrupt("student"))?;
        owners.push((students::student_of(row)?, page));
    }
    let mut places_of: BTreeMap<StudentId, &Item> = BTreeMap::new();
    for place in &places {
        places_of.insert(students::student_of(place)?, place);
    }
    let data_keys = student_keys::of_students(store.app, &store.studio, &owners).await?;
    let mut residents = Vec::with_capacity(rows.len());
    for (row, (id, page)) in rows.iter().zip(owners) {
        // No key: the student was erased.
        let Some(key) = data_keys.get(&id) else { continue };
        let place = places_of.get(&id);
        residents.push(Resident {
            page,
            details: students::open(key, &id, "details", row.bytes("details"))?,
            details_by: row.text("import"),
            place: match place {
                Some(place) => Some(Listed::open(key, &id, place)?.1),
                None => None,
            },
            place_by: place.and_then(|place| place.text("import")),
            id,
        });
    }
    Ok(residents)
}

/// Converts the residents for the comparison; the key is the position in the list.
///
/// A former student is included only if no other resident has the same school-issued id: two students with one id
/// could not be told apart.
pub(super) fn known(residents: &[Resident]) -> Vec<Known<usize>> {
    let mut times: BTreeMap<&str, u32> = BTreeMap::new();
    let mut of_this_year = BTreeSet::new();
    for resident in residents {
        let Some(id) = resident.details.school_issued_id.as_deref() else { continue };
        *times.entry(id).or_default() += 1;
        if resident.place.is_some() {
            of_this_year.insert(id);
        }
    }
    let is_known = |resident: &Resident| {
        resident.place.is_some()
            || resident
                .details
                .school_issued_id
                .as_deref()
                .is_some_and(|id| times.get(id) == Some(&1) && !of_this_year.contains(id))
    };
    residents
        .iter()
        .enumerate()
        .filter(|(_, resident)| is_known(resident))
        .map(|(key, resident)| {
            let details = resident.details.clone();
            let place = resident.place.clone().unwrap_or_else(|| Enrolment {
                class: Some(NO_CLASS_OF_THIS_YEAR.to_owned()),
                ..Enrolment::default()
            });
            Known {
                key,
                given_name: details.given_name,
                family_name: details.family_name,
                school_issued_id: details.school_issued_id,
                class: place.class,
                grade: place.grade,
                teacher: place.teacher,
            }
        })
        .collect()
}
