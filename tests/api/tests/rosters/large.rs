//! Tests a roster of the largest size.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_district_of_twenty_thousand_is_imported_in_the_background() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("large").await?;
    let oak = school(&client, "Oak").await?;
    let mut file = HEADER.to_owned();
    for number in 1..=20_000 {
        let row = format!("Given{number},Family{number},{number:06},{}\n", number % 700);
        file.push_str(&row);
    }
    let began = std::time::Instant::now();
    let preview = upload(&client, &oak, file.as_str(), "large").await?;
    let import = preview.text("/id");
    assert_eq!((preview.status, preview.text("/state")), (202, "reading".to_owned()));
    // The worker reads the file, so the number of rows is not known before.
    assert_eq!(preview.body["progress"]["total"], 0);
    let previewed = wait_for_import(&client, &import, "previewed").await?;
    assert_eq!(previewed["preview"]["added"], 20_000);
    println!("previewed after {:?}", began.elapsed());

    let began = std::time::Instant::now();
    let apply = act(&client, &import, "apply").await?;
    assert_eq!((apply.status, apply.text("/state")), (202, "applying".to_owned()));
    let mut seen = Vec::new();
    loop {
        let now = client.read(&format!("/v1/roster-imports/{import}")).await?;
        match now.body["progress"]["done"].as_u64() {
            Some(done) => seen.push(done),
            None => break assert_eq!(now.text("/state"), "applied"),
        }
        // A repeated request does no harm.
        assert_eq!(act(&client, &import, "apply").await?.status / 100, 2);
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        assert!(began.elapsed().as_secs() < 300, "{seen:?}");
    }
    println!("applied after {:?}", began.elapsed());
    assert!(seen.is_sorted() && seen.iter().any(|done| (1..20_000).contains(done)), "{seen:?}");
    assert_eq!(client.all(&format!("/v1/schools/{oak}/students")).await?.len(), 20_000);

    let began = std::time::Instant::now();
    let again = upload(&client, &oak, file.as_str(), "again").await?.text("/id");
    let again = wait_for_import(&client, &again, "previewed").await?;
    assert_eq!(again["preview"]["unchanged"], 20_000, "{again}");
    println!("compared with itself after {:?}", began.elapsed());

    let began = std::time::Instant::now();
    act(&client, &import, "undo").await?;
    let undone = wait_for_import(&client, &import, "undone").await?;
    println!("undone after {:?}", began.elapsed());
    assert_eq!((&undone["added"], &undone["kept"]), (&json!(20_000), &json!(0)));
    assert!(students(&client, &oak).await?.is_empty());
    stack.stop().await;
    Ok(())
}
