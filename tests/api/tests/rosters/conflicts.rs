//! Tests two names under one school-issued id: a person decides, and an undecided row is left out.

use reqwest::Method;

use super::*;

async fn decide(
    client: &Client,
    import: &str,
    row: u32,
    decision: &str,
) -> Result<Answer, SetupError> {
    let path = format!("/v1/roster-imports/{import}/rows/{row}/decision");
    let body = json!({ "decision": decision });
    Ok(client.call(Method::PUT, &path, Some(&body), &[]).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_children_with_one_id_wait_for_a_person() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("twins").await?;
    let oak = school(&client, "Oak").await?;
    let file = format!("{HEADER}Ann,Lee,1,1A\nBob,Gray,7,1A\nCyd,Moss,7,1B\nDee,Fern,9,1A\n");
    let preview = upload(&client, &oak, file.as_str(), "twins").await?;
    let import = preview.text("/id");
    assert_eq!(preview.body["preview"]["conflicts"], 2, "{}", preview.body);
    assert_eq!(preview.body["preview"]["conflicts_undecided"], 2);
    let found = rows(&client, &import, "conflict").await?;
    assert_eq!(names(&found), ["Bob", "Cyd"]);
    assert_eq!(found[0]["conflict"]["other_rows"], json!([4]));
    assert_eq!(text(&found[0], "reason"), "same_id_other_name");

    assert_eq!(decide(&client, &import, 3, "use").await?.status, 200);
    assert_eq!(
        decide(&client, &import, 3, "use").await?.status,
        200,
        "a repeated decision changes nothing"
    );
    let both = decide(&client, &import, 4, "use").await?;
    assert_eq!((both.status, both.text("/code")), (409, "id_claimed".to_owned()));
    let second = decide(&client, &import, 4, "use_without_id").await?;
    assert_eq!(second.body["conflict"]["decision"], "use_without_id", "{}", second.body);
    assert_eq!(decide(&client, &import, 2, "use").await?.status, 404, "no conflict");
    assert_eq!(decide(&client, &import, 3, "guess").await?.status, 400);
    let now = client.read(&format!("/v1/roster-imports/{import}")).await?;
    assert_eq!(now.body["preview"]["conflicts_undecided"], 0);

    let apply = act(&client, &import, "apply").await?;
    assert_eq!((&apply.body["added"], &apply.body["left_out"]), (&json!(4), &json!(0)));
    let late = decide(&client, &import, 3, "leave_out").await?;
    assert_eq!((late.status, late.text("/code")), (409, "wrong_state".to_owned()));
    let found = students(&client, &oak).await?;
    let ids: Vec<_> = found.iter().map(|one| text(one, "school_issued_id")).collect();
    assert_eq!(
        (names(&found), ids),
        (
            ["Ann", "Bob", "Cyd", "Dee"].map(str::to_owned).to_vec(),
            ["1", "7", "", "9"].map(str::to_owned).to_vec(),
        )
    );
    let undo = act(&client, &import, "undo").await?;
    assert_eq!(undo.text("/state"), "undone", "{}", undo.body);
    assert!(students(&client, &oak).await?.is_empty());
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undecided_conflict_is_left_out_and_said() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("undecided").await?;
    let oak = school(&client, "Oak").await?;
    let file = format!("{HEADER}Ann,Lee,1,1A\nBob,Gray,7,1A\nCyd,Moss,7,1B\n");
    let import = upload(&client, &oak, file.as_str(), "undecided").await?.text("/id");
    let apply = act(&client, &import, "apply").await?;
    assert_eq!((&apply.body["added"], &apply.body["left_out"]), (&json!(1), &json!(2)));
    assert_eq!(names(&students(&client, &oak).await?), ["Ann"]);
    let undo = act(&client, &import, "undo").await?;
    assert_eq!(undo.text("/state"), "undone");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_id_with_another_name_never_renames_a_child_in_silence() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let client = stack.photographer("renamed").await?;
    let oak = school(&client, "Oak").await?;
    applied(&client, &oak, &format!("{HEADER}Ann,Lee,1,1A\nBob,Gray,2,1A\n"), "first").await?;
    let before = students(&client, &oak).await?;
    let file = format!("{HEADER}Zoe,Hill,1,1A\nYul,Reed,2,1A\n");
    let preview = upload(&client, &oak, file.as_str(), "other").await?;
    let import = preview.text("/id");
    assert_eq!(preview.body["preview"]["conflicts"], 2, "{}", preview.body);
    let found = rows(&client, &import, "conflict").await?;
    assert_eq!(text(&found[0]["conflict"]["known"], "given_name"), "Ann");
    // Row 2 is the same child under a new name; row 3 is another child with a reused id.
    decide(&client, &import, 2, "leave_out").await?;
    decide(&client, &import, 2, "use").await?;
    decide(&client, &import, 3, "use_without_id").await?;
    act(&client, &import, "apply").await?;
    let after = students(&client, &oak).await?;
    assert_eq!(names(&after), ["Bob", "Yul", "Zoe"]);
    assert_eq!(after[2]["id"], before[0]["id"]);
    assert_eq!(after[0]["id"], before[1]["id"]);
    assert!(after[1]["school_issued_id"].is_null(), "{}", after[1]);
    act(&client, &import, "undo").await?;
    assert_eq!(students(&client, &oak).await?, before);
    stack.stop().await;
    Ok(())
}
