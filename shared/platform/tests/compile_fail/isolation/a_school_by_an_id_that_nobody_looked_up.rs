//! The id in the path names the school well enough.

use domain::ids::SchoolId;
use platform::ApiError;
use platform::access::stores::SchoolStore;
use platform::sign_in::SchoolStaff;

async fn attack(staff: &SchoolStaff, school: SchoolId) -> Result<SchoolStore, ApiError> {
    staff.school(&school).await
}

fn main() {}
