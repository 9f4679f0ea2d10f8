//! Tests of the public security information: the list, the page made from it, and the contact for reports.

use platform::base::config::Config;
use platform::base::crypto::digest::sha256_hex;
use platform::jiff::civil::Date;

use crate::portals::answer_tests::{app_with, ask, head, text};
use crate::portals::security::PATH;
use crate::portals::security::controls::{LIST, Status, controls};

fn operated() -> Config {
    Config {
        public_url: "https://photos.example".to_owned(),
        security_contact: Some("mailto:security@photos.example".to_owned()),
        security_expires: Some("2099-01-01T00:00:00Z".to_owned()),
        ..Config::default()
    }
}

/// Returns the part of the page between two ids.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("id=\"{from}\"")).unwrap();
    rest.split_once(&format!("id=\"{to}\"")).unwrap().0
}

#[test]
fn g21_the_list_cannot_change_without_its_date() {
    let (head, body) = LIST.split_once("\n# ---- the list ----\n").unwrap();
    let updated = &controls().unwrap().updated;
    let _is_a_day: Date = updated.parse().unwrap();
    let fingerprint: String = sha256_hex(body.as_bytes()).chars().take(16).collect();
    assert!(
        head.contains(&format!("\nfingerprint = \"{fingerprint}\"")),
        "the list has changed: set updated = \"<today>\" and fingerprint = \"{fingerprint}\""
    );
}

#[tokio::test]
async fn g21_the_page_says_when_it_last_changed() {
    let page = text(&ask(app_with(Config::default()).await, "GET", "/security", &[]).await);
    let updated = &controls().unwrap().updated;
    assert!(page.contains(&format!("<time datetime=\"{updated}\">{updated}</time>")));
}

#[tokio::test]
async fn g22_the_page_keeps_what_is_shipped_apart_from_what_is_not() {
    let page = text(&ask(app_with(Config::default()).await, "GET", "/security", &[]).await);
    let shipped = between(&page, "shipped", "roadmap");
    let roadmap = between(&page, "roadmap", "not-here");
    let not_here = between(&page, "not-here", "report");
    let list = &controls().unwrap().control;
    for control in list {
        let mark = format!("<li id=\"{}\">", control.id);
        let places = [shipped, roadmap, not_here].map(|part| part.contains(&mark));
        let expected =
            [Status::Shipped, Status::Roadmap, Status::NotHere].map(|it| it == control.status);
        assert_eq!(places, expected, "{}", control.id);
        for words in [&control.promise.en, &control.promise.es] {
            assert!(page.contains(words.as_str()), "{}: {words}", control.id);
        }
        assert_eq!(control.reason.is_some(), control.status != Status::Shipped, "{}", control.id);
        let (_, line) = page.split_once(&mark).unwrap();
        let (line, _) = line.split_once("</li>").unwrap();
        for reason in control.reason.iter().flat_map(|reason| [&reason.en, &reason.es]) {
            // As the page's markup writes it: the quote is the only character of these texts that is escaped.
            let shown = reason.replace('"', "&quot;");
            assert!(
                line.contains(&shown),
                "{}: its line must give the reason: {reason}",
                control.id
            );
        }
    }
    assert!(!page.contains("<!-- "), "a placeholder of the page was not filled");
    let shown = page.matches("<li id=\"").count();
    assert_eq!(shown, list.len(), "every promise must have an area and appear once");
}

#[tokio::test]
async fn g20_security_txt_is_there_as_long_as_the_operator_vouches_for_it() {
    let app = app_with(operated()).await;
    let file = ask(app, "GET", PATH, &[]).await;
    assert_eq!(file.status(), 200);
    assert_eq!(head(&file, "content-type"), "text/plain; charset=utf-8");
    let lines = text(&file);
    for line in [
        "Contact: mailto:security@photos.example",
        "Expires: 2099-01-01T00:00:00Z",
        "Canonical: https://photos.example/.well-known/security.txt",
        "Policy: https://photos.example/security",
    ] {
        assert!(lines.lines().any(|it| it == line), "{line} in {lines}");
    }
    let page = text(&ask(app, "GET", "/security", &[]).await);
    assert!(
        page.contains("<a href=\"mailto:security@photos.example\">security@photos.example</a>")
    );

    // 80 years later the file is expired: readers must not rely on it.
    app.clock().advance_seconds(80 * 366 * 24 * 3600);
    assert_eq!(ask(app, "GET", PATH, &[]).await.status(), 404);
    assert!(text(&ask(app, "GET", "/security", &[]).await).contains("security.no_contact"));
}

#[tokio::test]
async fn g20_without_the_operators_settings_there_is_no_address_and_the_page_says_so() {
    let none = |change: fn(&mut Config)| {
        let mut config = operated();
        change(&mut config);
        config
    };
    for config in [
        none(|config| config.security_contact = None),
        none(|config| config.security_expires = None),
        none(|config| config.security_contact = Some("security@photos.example".to_owned())),
        none(|config| config.security_contact = Some("mailto:".to_owned())),
        none(|config| config.security_contact = Some("mailto:a@b.example\nContact: x".to_owned())),
        none(|config| config.security_expires = Some("next year".to_owned())),
    ] {
        let app = app_with(config).await;
        assert_eq!(ask(app, "GET", PATH, &[]).await.status(), 404);
        let page = text(&ask(app, "GET", "/security", &[]).await);
        assert!(page.contains("data-t=\"security.no_contact\""));
        assert!(!page.contains("security.contact_line"));
    }
}

#[tokio::test]
async fn a22_the_page_of_tips_is_there_and_the_first_page_leads_to_it() {
    let app = app_with(Config::default()).await;
    let tips = ask(app, "GET", "/security/tips", &[]).await;
    assert_eq!(tips.status(), 200);
    let tips = text(&tips);
    for said in
        ["tips.password_strong", "tips.mail_protect", "tips.report_strange", "tips.share_never"]
    {
        assert!(tips.contains(&format!("data-t=\"{said}\"")), "{said}");
    }
    let first = text(&ask(app, "GET", "/", &[]).await);
    assert!(first.contains("href=\"/security/tips\"") && first.contains("href=\"/security\""));
}
