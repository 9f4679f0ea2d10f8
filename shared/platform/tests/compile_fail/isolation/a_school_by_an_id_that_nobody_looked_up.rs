//! Attempt: use the school id of a path without looking it up.

use domain::ids::SchoolId;
use platform::ApiError;
use platform::access::stores::SchoolStore;
use platform::sign_in::SchoolStaff;

async fn attack(staff: &SchoolStaff, school: SchoolId) -> Result<SchoolStore, ApiError> {
    staff.school(&school).await
}

fn main() {}
