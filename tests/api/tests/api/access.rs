//! Tests authorization over HTTP: every caller calls every row of the who-may-call-what table.

use std::collections::BTreeSet;

use api_tests::assurance::{Assurance, WITH_A_SECOND_FACTOR};
use api_tests::who_may_call_what::{ROWS, Row};
use local::client::{Answer, Client, ClientError};
use serde_json::{Value, json};
use testkit::SetupError;

use crate::by_hand::{Sent, body, method, path_with};
use crate::second_factors::FACTORS;
use crate::world::{Ids, World, world};

pub(crate) async fn call(world: &World, row: &Row, caller: &Client) -> Result<Answer, ClientError> {
    call_with(world, &world.ids, row, caller).await
}

async fn call_with(
    world: &World,
    ids: &Ids,
    row: &Row,
    caller: &Client,
) -> Result<Answer, ClientError> {
    let mut path = path_with(ids, row);
    let is_parent = caller.cookie().is_some_and(|cookie| cookie.contains("parent"));
    if row.route == "/v1/galleries" && !is_parent {
        path = format!("{path}?picture_day={}", world.ids["day"]);
    }
    // A started impersonation sets a cookie that takes precedence over the caller's own, so it uses a copy of
    // the client.
    let apart = row.route.ends_with("/impersonation").then(|| caller.copied());
    let caller = apart.as_ref().unwrap_or(caller);
    match body(world, row) {
        Sent::Nothing => caller.call(method(row), &path, None, &[]).await,
        Sent::File(file) => caller.post_file(&path, "text/csv", file.into(), "table").await,
        Sent::Json(body) => caller.call(method(row), &path, Some(&body), &[]).await,
    }
}

/// Returns all callers of the table, each with their column.
///
/// Callers who may change data come last, so that the others find what the table expects. The owner, the
/// administrator and the teacher each have their own code, person and invitation to end, so one caller's end
/// does not break the next one's.
fn callers<'w>(world: &'w World, stranger: &'w Client) -> [(usize, &'w Client, &'w Ids); 8] {
    [
        (0, stranger, &world.ids),
        (2, &world.other, &world.ids),
        (7, &world.other_school, &world.ids),
        (4, &world.other_parent, &world.ids),
        (3, &world.parent, &world.ids),
        (6, &world.teacher, &world.of_teacher),
        (5, &world.administrator, &world.of_administrator),
        (1, &world.owner, &world.ids),
    ]
}

/// Describes an answer whose status is not the expected one; `None` when it is.
fn wrong(row: &Row, column: usize, expected: u16, answer: &Answer) -> Option<String> {
    let (method, route, status) = (row.method, row.route, answer.status);
    let is_wrong = status != expected;
    is_wrong.then(|| {
        format!("{method} {route} caller {column}: {status} not {expected}: {}", answer.body)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn c02_c03_c04_c06_c07_c08_c15_every_route_answers_every_caller_as_the_table_says()
-> Result<(), SetupError> {
    let world = world().await?;
    let stranger = world.stack.stranger();
    let callers = callers(&world, &stranger);
    let mut all_wrong = Vec::new();
    for row in ROWS {
        for (column, caller, ids) in callers {
            let answer = call_with(&world, ids, row, caller).await?;
            all_wrong.extend(wrong(row, column, row.answers[column], &answer));
        }
    }
    assert!(all_wrong.is_empty(), "{}", all_wrong.join("\n"));
    println!("{} routes, {} callers: every answer as the table says", ROWS.len(), callers.len());
    world.stack.stop().await;
    Ok(())
}

/// Gives the five callers who work an authenticator app, then tries the whole table again.
///
/// Returns how many answers differ from those with one factor.
async fn with_a_second_factor(assurance: Assurance) -> Result<usize, SetupError> {
    const LAST: [&str; 3] =
        ["DELETE /v1/person/second-factors/totp", "DELETE /v1/sessions", "DELETE /v1/session"];
    let mut world = world().await?;
    let stack = &world.stack;
    for client in [
        &mut world.owner,
        &mut world.other,
        &mut world.administrator,
        &mut world.teacher,
        &mut world.other_school,
    ] {
        let secret = client.post(&format!("{FACTORS}/totp"), &json!({})).await?.text("/secret");
        let first = json!({ "code": stack.app_shows(&secret) });
        client.create(&format!("{FACTORS}/totp/confirmation"), &first, "first").await?;
        client.reload().await?;
    }
    if assurance == Assurance::Old {
        stack.advance_seconds(601);
    }
    let stranger = stack.stranger();
    let callers = callers(&world, &stranger);
    let name = |row: &Row| format!("{} {}", row.method, row.route);
    let place = |row: &Row| LAST.iter().position(|last| *last == name(row)).map_or(0, |at| at + 1);
    let mut rows: Vec<_> = ROWS.iter().collect();
    rows.sort_by_key(|row| place(row));
    let mut all_wrong = Vec::new();
    let mut different = 0;
    for row in rows {
        let changed = WITH_A_SECOND_FACTOR.iter().find(|(route, ..)| *route == name(row));
        let answers = changed.map(|(_, fresh, old)| match assurance {
            Assurance::Fresh => fresh,
            Assurance::Old => old,
        });
        for (column, caller, ids) in callers {
            let of_staff = [1, 2, 5, 6, 7].iter().position(|staff| *staff == column);
            let expected = match answers.zip(of_staff) {
                Some((answers, place)) => answers[place],
                None => row.answers[column],
            };
            different += usize::from(expected != row.answers[column]);
            let mut caller = caller.clone();
            if place(row) > 0 && column > 0 {
                // Removing the app changed the session's CSRF token.
                caller.reload().await?;
            }
            let answer = call_with(&world, ids, row, &caller).await?;
            all_wrong.extend(wrong(row, column, expected, &answer));
        }
    }
    assert!(all_wrong.is_empty(), "{}", all_wrong.join("\n"));
    assert!(different > 0);
    world.stack.stop().await;
    Ok(different)
}

#[tokio::test(flavor = "multi_thread")]
async fn a13_c15_a_fresh_second_factor_changes_what_the_table_says_and_nothing_else()
-> Result<(), SetupError> {
    let different = with_a_second_factor(Assurance::Fresh).await?;
    println!("{} routes, 8 callers: {different} answers differ, as said", ROWS.len());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a13_c15_an_old_second_factor_opens_nothing() -> Result<(), SetupError> {
    let different = with_a_second_factor(Assurance::Old).await?;
    println!("{} routes, 8 callers: {different} answers differ, as said", ROWS.len());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c04_c06_c08_a_foreign_thing_and_a_missing_thing_look_the_same() -> Result<(), SetupError> {
    let world = world().await?;
    for (route, name) in [
        ("/v1/schools/", "school"),
        ("/v1/picture-days/", "day"),
        ("/v1/galleries/", "gallery"),
        ("/v1/roster-imports/", "import"),
    ] {
        let foreign = &world.ids[name];
        let missing = foreign.chars().take(4).chain("a".repeat(26).chars()).collect::<String>();
        let malformed = "nonsense".to_owned();
        let mut bodies = BTreeSet::new();
        for id in [foreign, &missing, &malformed] {
            let mut answer = world.other.get(&format!("{route}{id}")).await?;
            assert_eq!(answer.status, 404, "{route}{id}");
            answer.body["request_id"] = Value::Null;
            bodies.insert(answer.body.to_string());
        }
        assert_eq!(bodies.len(), 1, "{bodies:?}");
    }
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn c15_every_route_of_the_template_has_its_row_and_every_row_its_route()
-> Result<(), SetupError> {
    let stack = testkit::TestStack::start().await?;
    let functions = &stack.stack().template().functions;
    let routes: BTreeSet<_> = functions
        .iter()
        .flat_map(|function| &function.routes)
        .map(|route| (route.method.clone(), route.path.clone()))
        .collect();
    let rows: BTreeSet<_> =
        ROWS.iter().map(|row| (row.method.to_owned(), row.route.to_owned())).collect();
    assert_eq!(routes, rows);
    stack.stop().await;
    Ok(())
}
