//! Tests that impersonating a teacher ends when the right to it ends.

use local::client::Client;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{SetupError, TestStack, text};

use crate::acting_school::{SESSION, id_of, see_as, sure};
use crate::schools::school;

/// Events that end an impersonation.
#[derive(Debug, Clone, Copy)]
enum End {
    NoAdministratorAnyMore,
    AdministratorTakenOff,
    AdministratorShutOut,
    AdministratorSignedOut,
    AdministratorsSessionEnded,
    AdministratorsPasswordReset,
    TeacherTakenOff,
    TeacherMadeAdministrator,
    TeacherShutOut,
}

const ENDS: [End; 9] = [
    End::NoAdministratorAnyMore,
    End::AdministratorTakenOff,
    End::AdministratorShutOut,
    End::AdministratorSignedOut,
    End::AdministratorsSessionEnded,
    End::AdministratorsPasswordReset,
    End::TeacherTakenOff,
    End::TeacherMadeAdministrator,
    End::TeacherShutOut,
];

/// The people and clients of one case.
struct Scene<'s> {
    stack: &'s TestStack,
    owner: &'s Client,
    operator: &'s Client,
    school: &'s str,
    administrator: &'s Client,
    email: &'s str,
    teacher: &'s str,
}

impl Scene<'_> {
    async fn staff(
        &self,
        method: Method,
        person: &str,
        body: Option<&Value>,
    ) -> Result<u16, SetupError> {
        let path = format!("/v1/schools/{}/staff/{person}", self.school);
        Ok(self.owner.call(method, &path, body, &[]).await?.status)
    }

    async fn shut_out(&self, person: &str) -> Result<u16, SetupError> {
        let path = format!("/v1/admin/people/{person}/disabling");
        Ok(self.operator.post(&path, &json!({ "reason": "left" })).await?.status)
    }

    async fn bring_about(&self, end: End) -> Result<(), SetupError> {
        let administrator = id_of(self.administrator).await?;
        let as_teacher = json!({ "role": "teacher", "classes": ["3A"] });
        let as_administrator = json!({ "role": "administrator" });
        let status = match end {
            End::NoAdministratorAnyMore => {
                self.staff(Method::PUT, &administrator, Some(&as_teacher)).await?
            }
            End::AdministratorTakenOff => self.staff(Method::DELETE, &administrator, None).await?,
            End::AdministratorShutOut => self.shut_out(&administrator).await?,
            End::AdministratorSignedOut => {
                self.administrator.call(Method::DELETE, SESSION, None, &[]).await?.status
            }
            End::AdministratorsSessionEnded => {
                let sessions = self.administrator.read("/v1/sessions").await?;
                let path = format!("/v1/sessions/{}", text(&sessions.items()[0], "id"));
                self.administrator.call(Method::DELETE, &path, None, &[]).await?.status
            }
            End::AdministratorsPasswordReset => {
                let stranger = self.stack.stranger();
                let asked = json!({ "email": self.email });
                stranger.create("/v1/password-resets", &asked, self.email).await?;
                self.stack.mails_to(self.email, "Choose a new password").await?;
                let token = stranger.mailed_token(self.email).await?;
                let new = json!({ "token": token, "password": "Another-Meadow-43" });
                stranger.post("/v1/password-resets/confirmation", &new).await?.status
            }
            End::TeacherTakenOff => self.staff(Method::DELETE, self.teacher, None).await?,
            End::TeacherMadeAdministrator => {
                self.staff(Method::PUT, self.teacher, Some(&as_administrator)).await?
            }
            End::TeacherShutOut => self.shut_out(self.teacher).await?,
        };
        assert_eq!(status, 204, "{end:?}");
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_seeing_as_a_teacher_ends_at_the_next_request_with_the_right_to_it()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    let oak = school(&owner, "Oak").await?;
    let operator = stack.operator("operator").await?.client;
    for (number, end) in ENDS.into_iter().enumerate() {
        let name = format!("adam{number}");
        let administrator = stack.administrator(&owner, &oak, &name).await?;
        let administrator = sure(&stack, &administrator).await?;
        let teacher = stack.teacher(&owner, &oak, &format!("tess{number}"), &["3A"]).await?;
        let teacher = id_of(&teacher).await?;
        let acting = see_as(&administrator, &oak, &teacher).await?;
        assert_eq!(acting.get("/v1/schools").await?.status, 200, "{end:?}");
        let email = format!("{name}@school.example");
        let scene = Scene {
            stack: &stack,
            owner: &owner,
            operator: &operator,
            school: &oak,
            administrator: &administrator,
            email: &email,
            teacher: &teacher,
        };
        scene.bring_about(end).await?;
        let over = acting.get("/v1/schools").await?;
        assert_eq!(over.status, 401, "{end:?}");
        let cleared = over.headers["set-cookie"].to_str()?;
        assert!(cleared.starts_with("__Host-pd_acting=;"), "{end:?}: {cleared}");
    }
    stack.stop().await;
    Ok(())
}
