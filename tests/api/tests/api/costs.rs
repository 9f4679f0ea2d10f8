//! Compares a request's table costs, counted by the store itself, with the design's budget.

use api_tests::who_may_call_what::ROWS;
use platform::inspect::units::Units;
use testkit::{SetupError, TestStack};

use crate::by_hand::{path, welcome};
use crate::world::world_in;

/// Students of the school: the design gives its figure for a list of this length.
const STUDENTS: usize = 50;
/// Read and write units to identify the caller. Two of the writes count the request.
const KNOWING_WHO_CALLS: (f64, f64) = (2.0, 2.0);
/// Write units of one audit event, for example when a class list was read or a gallery opened.
const OF_AN_EVENT: f64 = 2.0;
/// Read units to look up the school, studio or picture day of an id in the path.
const WHOSE_IT_IS: f64 = 1.0;
/// Additional read units for a list of fifty students: 15 KB encrypted, read strongly consistently.
const OF_A_LIST: f64 = 4.0;

/// Routes that cost more, with their maximum read units: they read more than a list of students.
///
/// The views of a picture day also read its photos or its galleries. The lists of staff and of access
/// requests read each person with their key.
const OVER: [(&str, f64); 10] = [
    // Every person with access, each with their sessions: an owner requests it once a month.
    ("/v1/studio/access-review", 36.0),
    ("/v1/schools/{school}/staff", 9.0),
    ("/v1/schools/{school}/access-requests", 9.0),
    ("/v1/picture-days/{day}", 24.0),
    ("/v1/picture-days/{day}/camera-cards", 12.0),
    ("/v1/picture-days/{day}/photos", 9.0),
    ("/v1/picture-days/{day}/reconciliation", 21.0),
    ("/v1/picture-days/{day}/runs", 21.0),
    // The shown and waiting photos of a gallery depend on the current photos of the day.
    ("/v1/galleries", 22.0),
    ("/v1/galleries/{gallery}", 16.0),
];

/// Measures in a process with cached keys; rows without a 200 answer are left out.
#[tokio::test(flavor = "multi_thread")]
async fn an_ordinary_request_costs_what_the_design_allows() -> Result<(), SetupError> {
    // Another emulator does not report the units of an index query.
    if std::env::var_os("AWS_ENDPOINT_URL").is_some() {
        return Ok(());
    }
    let units = Units::default();
    let world = world_in(TestStack::start_counting(&units).await?, STUDENTS).await?;
    // A parent's session answer reads only the rows that identify the caller.
    world.parent.read("/v1/session").await?;
    units.take();
    world.parent.read("/v1/session").await?;
    let knowing = units.take();
    assert_eq!(knowing.uncounted, 0);
    assert!(knowing.reads <= KNOWING_WHO_CALLS.0, "{knowing:?}");
    assert!(knowing.writes <= KNOWING_WHO_CALLS.1, "{knowing:?}");
    let mut measured = Vec::new();
    for row in ROWS.iter().filter(|row| row.method == "GET" && row.route.starts_with("/v1/")) {
        let caller = welcome(&world, row);
        let path = match row.route {
            "/v1/galleries" => format!("/v1/galleries?picture_day={}", world.ids["day"]),
            _ => path(&world, row),
        };
        if caller.get(&path).await?.status != 200 {
            continue;
        }
        units.take();
        let answer = caller.read(&path).await?;
        let taken = units.take();
        assert_eq!(taken.uncounted, 0, "{path}");
        assert!(taken.writes <= KNOWING_WHO_CALLS.1 + OF_AN_EVENT, "{path}: {taken:?}");
        if row.route.ends_with("/students") {
            assert_eq!(answer.items().len(), STUDENTS, "{}", answer.body);
        }
        let most = OVER.iter().find(|(route, _)| *route == row.route).map(|(_, most)| *most);
        let allowed = KNOWING_WHO_CALLS.0 + WHOSE_IT_IS + OF_A_LIST;
        println!("{} {taken:?}", row.route);
        assert!(taken.reads <= most.unwrap_or(allowed), "{path}: {taken:?}");
        assert!(most.is_none() || taken.reads > allowed, "{path} no longer needs its exception");
        measured.push(row.route);
    }
    assert!(OVER.iter().all(|(route, _)| measured.contains(route)), "{measured:?}");
    assert!(measured.len() >= 20, "{measured:?}");
    world.stack.stop().await;
    Ok(())
}
