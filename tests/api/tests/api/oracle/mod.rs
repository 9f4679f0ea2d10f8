//! Compares the system with a second implementation of its rules on randomly generated towns.

mod rules;
mod town;

use std::collections::BTreeSet;

use local::client::{Answer, ClientError};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{SetupError, text};

use rules::{Ask, Verdict, Visit};
use town::{Chance, Town, Visiting};

/// Returns every request that can be made in a town.
fn asks(town: &Town) -> Vec<Ask> {
    let mut all = vec![Ask::Myself, Ask::MySchools, Ask::Consent];
    all.extend(["districts", "picture-days", "api-keys"].map(Ask::MyStudio));
    all.extend(["studio/staff", "studio/access-review", "trusted-issuers"].map(Ask::OfOwner));
    for school in town.schools.keys() {
        let read = ["", "/students", "/picture-days", "/access-requests"];
        all.extend(read.map(|what| Ask::OfSchool(*school, what)));
        let run = ["/staff", "/staff-invitations", "/parent-access"];
        all.extend(run.map(|what| Ask::RunSchool(*school, what)));
        all.push(Ask::SeeAsTeacher(*school));
        let day = ["", "/photos", "/reconciliation", "/runs", "/camera-cards"];
        all.extend(day.map(|what| Ask::OfDay(*school, what)));
    }
    all.extend(town.children.keys().map(|child| Ask::Code(*child)));
    all.extend(town.galleries.keys().map(|child| Ask::Gallery(*child)));
    // Last, because it changes what can be shown.
    all.push(Ask::Final);
    all
}

async fn ask(town: &Town, by: &Visiting, ask: Ask) -> Result<Answer, ClientError> {
    let client = &by.client;
    match ask {
        Ask::Myself => client.get("/v1/session").await,
        Ask::MyStudio(what) | Ask::OfOwner(what) => client.get(&format!("/v1/{what}")).await,
        Ask::MySchools => client.get("/v1/schools").await,
        Ask::RunSchool(school, what @ "/parent-access") => {
            let path = format!("/v1/schools/{}{what}", town.schools[&school]);
            client.call(Method::PUT, &path, Some(&json!({ "parent_access": "code" })), &[]).await
        }
        Ask::OfSchool(school, what) | Ask::RunSchool(school, what) => {
            client.get(&format!("/v1/schools/{}{what}", town.schools[&school])).await
        }
        Ask::SeeAsTeacher(school) => {
            let (school, teacher) = (&town.schools[&school], &town.teachers[&school]);
            let path = format!("/v1/schools/{school}/staff/{teacher}/impersonation");
            // Uses a separate browser, because the new cookie takes precedence over the visitor's.
            client.copied().post(&path, &json!({ "reason": "support_case" })).await
        }
        Ask::OfDay(school, what) => {
            client.get(&format!("/v1/picture-days/{}{what}", town.days[&school])).await
        }
        Ask::Code(child) => {
            let path = format!("/v1/students/{}/share-codes", town.children[&child]);
            client.post(&path, &json!({})).await
        }
        Ask::Gallery(child) => {
            client.get(&format!("/v1/galleries/{}", town.galleries[&child])).await
        }
        Ask::Consent => client.get("/v1/consents/current").await,
        Ask::Final => {
            let path = "/v1/person/second-factors/recovery-codes";
            client.post(path, &json!({})).await
        }
    }
}

fn verdict(answer: &Answer) -> Result<Verdict, SetupError> {
    match answer.status {
        200..=299 => Ok(Verdict::Done),
        401 => Ok(Verdict::SignedOut),
        403 => Ok(Verdict::Refused),
        404 => Ok(Verdict::Unknown),
        other => Err(format!("{other}: {}", answer.body).into()),
    }
}

fn ids(items: &[Value], name: &str) -> BTreeSet<String> {
    items.iter().map(|item| text(item, name)).collect()
}

/// Returns the lists that a visitor sees: name, shown ids, expected ids.
async fn lists(
    town: &Town,
    by: &Visiting,
    visit: &Visit<'_>,
) -> Result<Vec<(String, BTreeSet<String>, BTreeSet<String>)>, SetupError> {
    let mut all = Vec::new();
    if visit.verdict(Ask::MySchools) == Verdict::Done {
        let shown = ids(&by.client.all("/v1/schools").await?, "id");
        let due = town.schools.iter().filter(|(school, _)| visit.sees_school(**school));
        all.push(("schools".to_owned(), shown, due.map(|(_, id)| id.clone()).collect()));
    }
    for (school, id) in &town.schools {
        if visit.verdict(Ask::OfSchool(*school, "/students")) != Verdict::Done {
            continue;
        }
        let shown = ids(&by.client.all(&format!("/v1/schools/{id}/students")).await?, "id");
        let due = town
            .children
            .iter()
            .filter(|(child, _)| child.school == *school && visit.sees_child(**child));
        all.push((format!("{school:?}"), shown, due.map(|(_, id)| id.clone()).collect()));
    }
    if visit.verdict(Ask::Consent) == Verdict::Done {
        let shown = ids(by.client.read("/v1/galleries").await?.items(), "id");
        let due = town.galleries.iter().filter(|(child, _)| visit.sees_gallery(**child));
        all.push(("galleries".to_owned(), shown, due.map(|(_, id)| id.clone()).collect()));
    }
    Ok(all)
}

/// Sends every request as every visitor of one town; returns the number of requests and all disagreements.
async fn differences(seed: u64) -> Result<(usize, Vec<String>), SetupError> {
    let town = Box::pin(Town::build(&mut Chance(seed))).await?;
    let (mut asked, mut differ) = (0, Vec::new());
    for by in &town.visits {
        let visit = Visit { door: by.door, hats: &by.hats, is_sure: by.is_sure };
        for (what, shown, due) in lists(&town, by, &visit).await? {
            asked += 1;
            if shown != due {
                differ.push(format!(
                    "{:?} {:?} list of {what}: {shown:?}, not {due:?}",
                    by.door, by.hats
                ));
            }
        }
        for what in asks(&town) {
            asked += 1;
            let (says, expected) = (verdict(&ask(&town, by, what).await?)?, visit.verdict(what));
            if says != expected {
                differ.push(format!(
                    "{:?} {:?} {what:?}: {says:?}, not {expected:?}",
                    by.door, by.hats
                ));
            }
        }
    }
    town.stack.stop().await;
    Ok((asked, differ))
}

#[tokio::test(flavor = "multi_thread")]
async fn c15_the_system_and_an_oracle_agree_about_towns_made_by_chance() -> Result<(), SetupError> {
    for seed in [1, 2, 3] {
        let (asked, differ) = differences(seed).await?;
        assert!(differ.is_empty(), "seed {seed}:\n{}", differ.join("\n"));
        println!("seed {seed}: {asked} questions, no disagreement");
    }
    Ok(())
}
