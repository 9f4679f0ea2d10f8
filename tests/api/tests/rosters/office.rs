//! Tests rosters from a school office: a part of the school, a workbook, columns to map, a child with one
//! name.

use super::*;

fn listed(numbers: std::ops::Range<u32>) -> String {
    let rows = numbers.map(|number| format!("Given{number},Family{number},{number:04},1A\n"));
    std::iter::once(HEADER.to_owned()).chain(rows).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn students_who_are_not_in_a_part_stay() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("part").await?;
    let oak = school(&client, "Oak").await?;
    applied(&client, &oak, &listed(0..60), "all").await?;
    let preview = upload(&client, &oak, listed(0..10), "part").await?;
    assert_eq!(preview.text("/scope"), "partial");
    assert_eq!(preview.body["preview"]["left"], 0);
    assert_eq!(preview.body["preview"]["unchanged"], 10);
    act(&client, &preview.text("/id"), "apply").await?;
    assert_eq!(students(&client, &oak).await?.len(), 60);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_roster_above_five_percent_repeats_the_number() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("whole").await?;
    let oak = school(&client, "Oak").await?;
    applied(&client, &oak, &listed(0..60), "all").await?;

    let preview = upload_whole(&client, &oak, listed(0..10), "whole").await?;
    let import = preview.text("/id");
    assert_eq!(
        (&preview.body["preview"]["left"], &preview.body["preview"]["students"]),
        (&json!(50), &json!(60))
    );
    assert_eq!(preview.body["preview"]["must_confirm_left"], true);
    for refused in [act(&client, &import, "apply").await?, apply_whole(&client, &import, 49).await?]
    {
        assert_eq!((refused.status, refused.text("/code")), (422, "left_unconfirmed".to_owned()));
        assert_eq!(refused.text("/field"), "confirm_left");
        assert!(refused.text("/detail").contains("5 %"), "{}", refused.body);
    }
    assert_eq!(students(&client, &oak).await?.len(), 60);

    // Three of sixty are 5 %: no number is required, but a wrong one is still refused.
    let few = upload_whole(&client, &oak, listed(0..57), "few").await?;
    assert_eq!(few.body["preview"]["must_confirm_left"], false);
    assert_eq!(apply_whole(&client, &few.text("/id"), 4).await?.status, 422);
    assert_eq!(act(&client, &few.text("/id"), "apply").await?.text("/state"), "applied");
    assert_eq!(students(&client, &oak).await?.len(), 57);

    let whole = upload_whole(&client, &oak, listed(0..10), "again").await?.text("/id");
    let odd =
        client.post(&format!("/v1/roster-imports/{whole}/apply"), &json!({ "left": 47 })).await?;
    assert_eq!(odd.status, 400, "unknown fields are refused");
    assert_eq!(apply_whole(&client, &whole, 47).await?.text("/state"), "applied");
    assert_eq!(students(&client, &oak).await?.len(), 10);
    let scope = format!("/v1/schools/{oak}/roster-imports?scope=all");
    let scope = client.post_file(&scope, "text/csv", b"x".to_vec(), "scope").await?;
    assert_eq!((scope.status, scope.text("/code")), (422, "bad_scope".to_owned()));
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_are_listed_with_their_undo_and_its_end() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("list").await?;
    let oak = school(&client, "Oak").await?;
    let elm = school(&client, "Elm").await?;
    let path = format!("/v1/schools/{oak}/roster-imports");
    assert!(client.read(&path).await?.items().is_empty());
    let first = applied(&client, &oak, &listed(0..5), "first").await?;
    applied(&client, &elm, &listed(0..5), "elsewhere").await?;
    stack.advance_seconds(60);
    let second = upload(&client, &oak, listed(0..7), "second").await?.text("/id");
    // A repeated request returns the same import, which is listed once.
    upload(&client, &oak, listed(0..7), "second").await?;

    let list = client.read(&path).await?;
    let list = list.items();
    assert_eq!(list.len(), 2);
    assert_eq!((text(&list[0], "id"), text(&list[0], "state")), (second, "previewed".into()));
    assert_eq!((text(&list[1], "id"), text(&list[1], "state")), (first.clone(), "applied".into()));
    assert_eq!(list[0]["preview"]["added"], 2);
    assert!(list[0]["undo_until"].is_null());
    assert!(text(&list[1], "created_by").starts_with("per_"), "{}", list[1]);
    let ends = |name: &str| text(&list[1], name).parse::<jiff::Timestamp>();
    assert_eq!(ends("undo_until")?.duration_since(ends("applied_at")?).as_secs(), 24 * 3600);
    assert!(!list[1].to_string().contains("Given"), "a list names no student");

    let page = client.read(&format!("{path}?limit=1")).await?;
    let cursor = page.text("/next_cursor");
    let next = client.read(&format!("{path}?limit=1&cursor={cursor}")).await?;
    assert_eq!(text(&next.items()[0], "id"), first);
    act(&client, &first, "undo").await?;
    let list = client.read(&path).await?;
    assert_eq!(text(&list.items()[1], "state"), "undone");
    assert!(list.items()[1]["undo_until"].is_null());
    let stranger = stack.photographer("stranger").await?;
    assert_eq!(stranger.get(&path).await?.status, 404);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn chosen_columns_are_proposed_at_the_next_import() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("columns").await?;
    let oak = school(&client, "Oak").await?;
    let path = format!("/v1/schools/{oak}/roster-imports");
    let file = |names: &str| format!("Rufname,Sippe,Zimmer\n{names}\n").into_bytes();
    let unclear = client.post_file(&path, "text/csv", file("Ann,Lee,1A"), "unclear").await?;
    assert_eq!((unclear.status, unclear.text("/state")), (201, "unclear".to_owned()));
    assert_eq!(unclear.text("/reason"), "roster_no_header");
    assert!(!unclear.text("/reason_text").is_empty());
    let sample = client.read(&format!("/v1/roster-imports/{}/sample", unclear.text("/id"))).await?;
    assert_eq!(sample.body["rows"][1]["cells"], json!(["Ann", "Lee", "1A"]), "{}", sample.body);
    let apply = act(&client, &unclear.text("/id"), "apply").await?;
    assert_eq!((apply.status, apply.text("/code")), (409, "wrong_state".to_owned()));

    // {"Rufname":"given_name","Sippe":"family_name","Zimmer":"class"}
    let mapping = "%7B%22Rufname%22%3A%22given_name%22%2C%22Sippe%22%3A%22family_name%22%2C%22Zimmer%22%3A%22class%22%7D";
    let mapped = format!("{path}?mapping={mapping}");
    let chosen = client.post_file(&mapped, "text/csv", file("Ann,Lee,1A"), "chosen").await?;
    assert_eq!(chosen.body["is_mapping_remembered"], false, "{}", chosen.body);
    act(&client, &chosen.text("/id"), "apply").await?;

    let next = client.post_file(&path, "text/csv", file("Bob,Lee,1B"), "next").await?;
    assert_eq!(next.text("/state"), "previewed", "{}", next.body);
    assert_eq!(next.body["is_mapping_remembered"], true);
    assert_eq!(next.body["mapping"]["Zimmer"], "class");
    // Another school has no mapping, and a file with known column names is read by those names.
    let elm = school(&client, "Elm").await?;
    let elsewhere = format!("/v1/schools/{elm}/roster-imports");
    let elsewhere = client.post_file(&elsewhere, "text/csv", file("Cy,Lee,1A"), "elm").await?;
    assert_eq!(elsewhere.text("/state"), "unclear");
    let usual = upload(&client, &oak, format!("{HEADER}Dee,Lee,9,1A\n"), "usual").await?;
    assert_eq!(usual.body["is_mapping_remembered"], false);
    assert_eq!(usual.body["preview"]["added"], 1);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_with_one_name_is_a_student() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("mononym").await?;
    let oak = school(&client, "Oak").await?;
    let import =
        applied(&client, &oak, &format!("{HEADER}Suharto,,1,1A\n,Sukarno,2,1A\n"), "one").await?;
    let added = rows(&client, &import, "added").await?;
    assert_eq!(
        (text(&added[0], "given_name"), text(&added[0], "class")),
        ("Suharto".into(), "1A".into())
    );
    assert!(added[0]["family_name"].is_null());
    let found = students(&client, &oak).await?;
    assert_eq!(found.len(), 2);
    assert_eq!(
        (text(&found[1], "given_name"), text(&found[1], "family_name")),
        ("Suharto".into(), String::new())
    );
    let unchanged = upload(&client, &oak, format!("{HEADER}Suharto,,1,1A\n"), "again").await?;
    assert_eq!(unchanged.body["preview"]["unchanged"], 1);
    let code = format!("/v1/students/{}/share-codes", text(&found[1], "id"));
    client.create(&code, &json!({}), "code").await?;
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_is_imported() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("workbook").await?;
    let oak = school(&client, "Oak").await?;
    let path = format!("/v1/schools/{oak}/roster-imports");
    let content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let preview = client.post_file(&path, content_type, workbook::xlsx(), "xlsx").await?;
    assert_eq!(
        (preview.status, preview.text("/state")),
        (201, "previewed".to_owned()),
        "{}",
        preview.body
    );
    act(&client, &preview.text("/id"), "apply").await?;
    let found = students(&client, &oak).await?;
    assert_eq!(names(&found), ["Ann", "José"]);
    assert_eq!(text(&found[0], "school_issued_id"), "0042");
    let sample = client.read(&format!("/v1/roster-imports/{}/sample", preview.text("/id"))).await?;
    assert_eq!(
        (sample.text("/format"), sample.text("/sheet")),
        ("xlsx".to_owned(), "Students".to_owned())
    );
    stack.stop().await;
    Ok(())
}

/// A spreadsheet removed leading zeros while two students were away: their cards still carry the full ids.
#[tokio::test(flavor = "multi_thread")]
async fn who_returns_keeps_an_id_whose_zeros_a_spreadsheet_took() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("zeros").await?;
    let oak = school(&client, "Oak").await?;
    let ids = ["00041", "00042", "00043", "00044"];
    let all = "Ann,Lee,00041,1A\nBob,Day,00042,1A\nCy,Fox,00043,1A\nDi,Gray,00044,1A\n";
    applied(&client, &oak, &format!("{HEADER}{all}"), "all").await?;
    let half = format!("{HEADER}Ann,Lee,00041,1A\nBob,Day,00042,1A\n");
    let whole = upload_whole(&client, &oak, half, "half").await?.text("/id");
    assert_eq!(apply_whole(&client, &whole, 2).await?.text("/state"), "applied");
    assert_eq!(students(&client, &oak).await?.len(), 2);

    applied(&client, &oak, &format!("{HEADER}{}", all.replace("000", "")), "shortened").await?;
    let found = students(&client, &oak).await?;
    let kept: Vec<_> = found.iter().map(|one| text(one, "school_issued_id")).collect();
    assert_eq!(kept, ids);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_whose_encoding_is_in_doubt_waits_for_a_person() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("encoding").await?;
    let oak = school(&client, "Oak").await?;
    // A capital letter in the middle of a word in every encoding that has a letter at this byte.
    let file = b"First;Last;Student ID\nB\xc1z;Lee;0042\n".to_vec();
    let preview = upload(&client, &oak, file, "doubt").await?;
    assert_eq!(preview.body["is_encoding_certain"], false, "{:#}", preview.body);
    let refused = act(&client, &preview.text("/id"), "apply").await?;
    assert_eq!((refused.status, refused.text("/code")), (409, "encoding_unsure".to_owned()));
    assert!(students(&client, &oak).await?.is_empty());

    // The sample shows the names under each possible encoding; the chosen one removes the doubt.
    let path = format!("/v1/roster-imports/{}/sample", preview.text("/id"));
    let sample = client.read(&path).await?;
    let candidates = sample.body["encodings"].as_array().cloned().unwrap_or_default();
    assert!(candidates.len() >= 2, "{:#}", sample.body);
    stack.stop().await;
    Ok(())
}
