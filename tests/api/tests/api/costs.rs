//! What a request costs of the tables, counted by the store itself.

use api_tests::who_may_call_what::ROWS;
use platform::inspect::units::Units;
use testkit::{SetupError, TestStack};

use crate::by_hand::{path, welcome};
use crate::world::world_in;

/// Students of the school: a list of them is what the design gives a figure for.
const STUDENTS: usize = 50;
/// Read and write units for knowing who calls. Two of the writes count the request.
const KNOWING_WHO_CALLS: (f64, f64) = (2.0, 2.0);
/// Write units of an audit event: who has read a class list, or opened a gallery, is written down.
const OF_AN_EVENT: f64 = 2.0;
/// Read units for the school, the studio or the picture day that an id in the address turns out to be.
const WHOSE_IT_IS: f64 = 1.0;
/// Read units beyond that, for a list of fifty students: sealed, they are 15 KB, read as they were written last.
const OF_A_LIST: f64 = 4.0;

/// What takes more, and how many read units at the most: no lists of students alone. The views of a picture day go
/// through its photos or its galleries as well, and who works at a school or
/// asks for access is a person, read with their key.
const OVER: [(&str, f64); 10] = [
    // Everybody who can see anything, each with their sessions: an owner asks for it once a month.
    ("/v1/studio/access-review", 36.0),
    ("/v1/schools/{school}/staff", 9.0),
    ("/v1/schools/{school}/access-requests", 9.0),
    ("/v1/picture-days/{day}", 24.0),
    ("/v1/picture-days/{day}/camera-cards", 12.0),
    ("/v1/picture-days/{day}/photos", 9.0),
    ("/v1/picture-days/{day}/reconciliation", 21.0),
    ("/v1/picture-days/{day}/runs", 21.0),
    // What a gallery shows, and what waits, depends on what the photos of the day are now.
    ("/v1/galleries", 22.0),
    ("/v1/galleries/{gallery}", 16.0),
];

/// In a process that has its keys already; the rows that show nothing to anybody signed in are not ordinary.
#[tokio::test(flavor = "multi_thread")]
async fn an_ordinary_request_costs_what_the_design_allows() -> Result<(), SetupError> {
    // Another emulator leaves out what a query of an index took.
    if std::env::var_os("AWS_ENDPOINT_URL").is_some() {
        return Ok(());
    }
    let units = Units::default();
    let world = world_in(TestStack::start_counting(&units).await?, STUDENTS).await?;
    // A parent's session shows nothing that is not on the rows that say who they are.
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
        assert!(most.is_none() || taken.reads > allowed, "{path} is no exception any more");
        measured.push(row.route);
    }
    assert!(OVER.iter().all(|(route, _)| measured.contains(route)), "{measured:?}");
    assert!(measured.len() >= 20, "{measured:?}");
    world.stack.stop().await;
    Ok(())
}
