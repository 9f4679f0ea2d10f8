//! Staff of schools and studios for tests: invited, accepted, signed in.

use local::client::Client;
use serde_json::{Value, json};

use crate::{PASSWORD, SetupError, TestStack};

impl TestStack {
    /// Creates a school administrator, invited by `inviter` and signed in at the school portal.
    ///
    /// # Errors
    ///
    /// Fails if a step is refused.
    pub async fn administrator(
        &self,
        inviter: &Client,
        school: &str,
        name: &str,
    ) -> Result<Client, SetupError> {
        self.of_school(inviter, school, name, json!({ "role": "administrator" })).await
    }

    /// Creates a teacher of a school's classes, invited by `inviter` and signed in at the school portal.
    ///
    /// # Errors
    ///
    /// Fails if a step is refused.
    pub async fn teacher(
        &self,
        inviter: &Client,
        school: &str,
        name: &str,
        classes: &[&str],
    ) -> Result<Client, SetupError> {
        let invitation = json!({ "role": "teacher", "classes": classes });
        self.of_school(inviter, school, name, invitation).await
    }

    async fn of_school(
        &self,
        inviter: &Client,
        school: &str,
        name: &str,
        mut invitation: Value,
    ) -> Result<Client, SetupError> {
        let email = format!("{name}@school.example");
        invitation["email"] = json!(email);
        let path = format!("/v1/schools/{school}/staff-invitations");
        self.accepted(inviter, &path, &email, &invitation).await?;
        let mut client = self.stranger();
        let door = json!({ "portal": "school", "email": email, "password": PASSWORD });
        client.sign_in("/v1/sign-in/password", &door).await?;
        Ok(client)
    }

    /// Creates a colleague in `owner`'s studio, signed in at the photographers' portal.
    ///
    /// # Errors
    ///
    /// Fails if a step is refused.
    pub async fn colleague(&self, owner: &Client, name: &str) -> Result<Client, SetupError> {
        let email = format!("{name}@studio.example");
        let path = "/v1/studio/staff-invitations";
        self.accepted(owner, path, &email, &json!({ "email": email })).await?;
        let mut client = self.stranger();
        let door = json!({ "portal": "photographer", "email": email, "password": PASSWORD });
        client.sign_in("/v1/sign-in/password", &door).await?;
        Ok(client)
    }

    /// Invites an e-mail address without an account, and accepts.
    async fn accepted(
        &self,
        inviter: &Client,
        path: &str,
        email: &str,
        invitation: &Value,
    ) -> Result<(), SetupError> {
        inviter.create(path, invitation, email).await?;
        let stranger = self.stranger();
        let token = stranger.mailed_token(email).await?;
        let acceptance = json!({ "token": token, "password": PASSWORD });
        stranger.create("/v1/invitations/acceptance", &acceptance, "accept").await?;
        Ok(())
    }
}
