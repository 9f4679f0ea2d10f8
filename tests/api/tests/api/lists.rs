//! Tests that lists are paged and that every item is on exactly one page.

use local::client::Client;
use serde_json::{Value, json};
use testkit::camera::Subject;
use testkit::{SetupError, Shooting, TestStack, picture_day, publish, settle, text};

/// The lists of what a picture day lacks.
const LACKS: [&str; 7] = [
    "students_without_photo",
    "unmatched",
    "cards_without_photos",
    "unreadable_cards",
    "foreign_cards",
    "refused",
    "not_arrived",
];

/// Returns a text that identifies an item of any list.
fn name(item: &Value) -> String {
    [text(item, "id"), text(item, "code")].concat()
}

/// Returns the names of all items, page by page, after checking that no page exceeds `limit`.
async fn by_pages(client: &Client, path: &str, limit: usize) -> Result<Vec<String>, SetupError> {
    let mut names = Vec::new();
    let mut cursor = String::new();
    for _ in 0..100 {
        let mark = if path.contains('?') { '&' } else { '?' };
        let page = client.read(&format!("{path}{mark}limit={limit}{cursor}")).await?;
        assert!(page.items().len() <= limit, "{path}: {}", page.items().len());
        names.extend(page.items().iter().map(name));
        match page.text("/next_cursor") {
            next if next.is_empty() => return Ok(names),
            next => cursor = format!("&cursor={next}"),
        }
    }
    Err("the list has more than 100 pages".into())
}

#[tokio::test(flavor = "multi_thread")]
async fn galleries_cards_and_what_is_missing_come_in_pages() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let photographer = stack.photographer("meadow").await?;
    let made = picture_day(&photographer, 6).await?;
    let day = format!("/v1/picture-days/{}", made.day);
    let mut camera = Shooting::small(1);
    // Three photos before any camera card belong to no student.
    for seed in 1..=3 {
        camera.frame(Subject::Portrait { seed })?;
    }
    for pupil in made.pupils.iter().take(3) {
        camera.pupil(pupil, 1)?;
    }
    photographer.upload(&made.day, "A", camera.files).await?;
    settle(&photographer, &made.day).await?;
    publish(&photographer, &made.day).await?;

    let galleries = format!("/v1/galleries?picture_day={}", made.day);
    for (path, at_least) in [(format!("{day}/camera-cards"), 6), (galleries, 3)] {
        let whole: Vec<_> = photographer.all(&path).await?.iter().map(name).collect();
        assert!(whole.len() >= at_least, "{path}: {}", whole.len());
        for limit in [1, 2, whole.len(), 200] {
            assert_eq!(by_pages(&photographer, &path, limit).await?, whole, "{path}, {limit}");
        }
    }

    let lacks = format!("{day}/reconciliation");
    let whole = photographer.read(&lacks).await?.body;
    assert_eq!(whole["counts"]["students_without_photo"], 3, "{whole}");
    assert_eq!(whole["counts"]["unmatched"], 3, "{whole}");
    let first = photographer.read(&format!("{lacks}?limit=1")).await?.body;
    assert_eq!(first["counts"], whole["counts"]);
    for list in LACKS {
        let items = whole[list].as_array().ok_or(list)?;
        assert_eq!(whole["counts"][list], items.len(), "{list}");
        assert!(first[list].as_array().is_some_and(|items| items.len() <= 1), "{list}");
        let names: Vec<_> = items.iter().map(name).collect();
        for limit in [1, 2, 200] {
            let path = format!("{lacks}?list={list}");
            assert_eq!(by_pages(&photographer, &path, limit).await?, names, "{list}, {limit}");
        }
    }

    let unknown = photographer.get(&format!("{lacks}?list=everything")).await?;
    assert_eq!((unknown.status, unknown.text("/code")), (422, "unknown_list".to_owned()));
    let page = photographer.read(&format!("{lacks}?list=unmatched&limit=1")).await?;
    let cursor = page.text("/next_cursor");
    for path in [format!("{lacks}?list=refused"), format!("{day}/camera-cards?limit=50")] {
        let foreign = photographer.get(&format!("{path}&cursor={cursor}")).await?;
        assert_eq!(
            (foreign.status, foreign.text("/code")),
            (422, "bad_cursor".to_owned()),
            "{path}"
        );
    }
    assert_eq!(page.items().len(), 1, "{}", json!(page.body));
    stack.stop().await;
    Ok(())
}
