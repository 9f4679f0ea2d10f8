//! Tests cross-site requests: every write of the table is refused, and reads change nothing.

use api_tests::programs::{DIRECTORIES_ALONE, PROGRAMS_ALONE};
use api_tests::who_may_call_what::ROWS;
use platform::inspect;
use testkit::SetupError;

use crate::by_hand::{body, is_open, method, path, send, session_of, welcome};
use crate::world::{World, world};

/// Returns all rows of the records table.
async fn records(world: &World) -> Result<Vec<String>, SetupError> {
    let app = world.stack.stack().app();
    let table = app.config().records_table.clone().unwrap_or_default();
    let mut rows = inspect::scan(app, &table).await?;
    for row in &mut rows {
        // The attributes of a row come in no fixed order.
        let mut attributes: Vec<&str> = row.split(' ').collect();
        attributes.sort_unstable();
        *row = attributes.join(" ");
    }
    rows.sort_unstable();
    Ok(rows)
}

#[tokio::test(flavor = "multi_thread")]
async fn d01_no_write_is_done_for_another_site() -> Result<(), SetupError> {
    let world = world().await?;
    let base = world.owner.base();
    let before = records(&world).await?;
    let mut wrong = Vec::new();
    let mut tried = 0;
    for row in ROWS.iter().filter(|row| !["GET", "HEAD", "ANY"].contains(&row.method)) {
        let caller = welcome(&world, row);
        let own = caller.read(session_of(row)).await?.text("/csrf_token");
        let foreign = world.other.read("/v1/session").await?.text("/csrf_token");
        let cut_off: String = own.chars().skip(1).collect();
        let evil = "https://evil.example";
        let lookalike = format!("{base}.evil.example");
        // Headers that another site's page can make a browser send. Open routes have no session and so no
        // CSRF token.
        let mut cases = vec![
            vec![("origin", evil), ("x-csrf-token", &own)],
            vec![("origin", "null"), ("x-csrf-token", &own)],
            vec![("origin", &lookalike), ("x-csrf-token", &own)],
            vec![("origin", base), ("sec-fetch-site", "cross-site"), ("x-csrf-token", &own)],
            vec![("origin", base), ("sec-fetch-site", "same-site"), ("x-csrf-token", &own)],
            vec![("sec-fetch-site", "cross-site"), ("x-csrf-token", &own)],
        ];
        if !is_open(row) {
            cases.extend([
                vec![("origin", base)],
                vec![("origin", base), ("x-csrf-token", "")],
                vec![("origin", base), ("x-csrf-token", &foreign)],
                vec![("origin", base), ("x-csrf-token", &cut_off)],
                vec![("x-csrf-token", &own)],
            ]);
        }
        for headers in cases {
            let path = path(&world, row);
            let sent = body(&world, row);
            let answer =
                send(base, (method(row), &path), sent, caller.cookie().as_deref(), &headers)
                    .await?;
            // Routes that accept only a program's token ignore the cookie, so a browser gets 401.
            let is_for_programs = format!("{} {}", row.method, row.route) == PROGRAMS_ALONE
                || row.route.starts_with(DIRECTORIES_ALONE);
            let is_refused = if is_for_programs {
                answer.status == 401
            } else {
                answer.status == 403
                    && ["csrf", "cross_site"].contains(&answer.text("/code").as_str())
            };
            if !is_refused {
                wrong.push(format!("{} {path} {headers:?}: {}", row.method, answer.status));
            }
            tried += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 100, "only {tried} requests were tried");
    assert_eq!(before, records(&world).await?, "a row was written");
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn d01_reading_writes_nothing_to_the_records() -> Result<(), SetupError> {
    let world = world().await?;
    let before = records(&world).await?;
    let stranger = world.stack.stranger();
    for row in ROWS.iter().filter(|row| row.method == "GET") {
        for caller in [&stranger, &world.owner, &world.other, &world.parent, &world.other_parent] {
            caller.get(&path(&world, row)).await?;
        }
        if row.route == "/v1/galleries" {
            let listed = format!("/v1/galleries?picture_day={}", world.ids["day"]);
            assert_eq!(world.owner.get(&listed).await?.status, 200);
        }
    }
    assert_eq!(before, records(&world).await?);
    world.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn d06_no_other_site_is_permitted_when_none_is_named() -> Result<(), SetupError> {
    let stack = testkit::TestStack::start().await?;
    let base = stack.stack().url();
    for origin in ["https://evil.example", "null", "*", base] {
        for (method, path) in [("GET", "/v1/health"), ("OPTIONS", "/v1/session"), ("GET", "/")] {
            let method = method.parse().unwrap_or_default();
            let headers = [("origin", origin), ("access-control-request-method", "POST")];
            let nothing = crate::by_hand::Sent::Nothing;
            let answer = send(base, (method, path), nothing, None, &headers).await?;
            let permits =
                answer.headers.keys().any(|name| name.as_str().starts_with("access-control-"));
            assert!(!permits, "{origin} {path}: {:?}", answer.headers);
            let vary = answer.headers.get("vary").and_then(|vary| vary.to_str().ok());
            let names_it = vary.is_some_and(|vary| vary.split(", ").any(|name| name == "origin"));
            assert!(names_it, "{path}: {vary:?}");
        }
    }
    stack.stop().await;
    Ok(())
}
