//! Attempt: issue a sign-in link for another person.

use domain::ids::PersonId;
use platform::App;
use platform::people::tokens;
use platform::people::tokens::Purpose;

async fn attack(app: &App, person: &PersonId) {
    let _token = tokens::issue(app, Purpose::SignInAgain, person).await;
}

fn main() {}
