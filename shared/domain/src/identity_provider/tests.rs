use proptest::prelude::*;

use super::*;

const OURS: &str = "11111111-2222-3333-4444-555555555555";
const NOW: i64 = 1_800_000_000;

fn entra() -> (Tenant, Said) {
    let tenant = Tenant::Entra(DirectoryId::parse(OURS).unwrap());
    let said = Said {
        iss: format!("https://login.microsoftonline.com/{OURS}/v2.0"),
        sub: "pairwise".to_owned(),
        tid: Some(OURS.to_owned()),
        oid: Some("the-object".to_owned()),
        preferred_username: Some("Ann@District.example".to_owned()),
        ..Said::default()
    };
    (tenant, said)
}

fn domains() -> Vec<Domain> {
    vec![Domain::parse("district.example").unwrap()]
}

#[test]
fn a15_entra_is_locked_to_one_directory_and_to_its_own_id_of_a_person() {
    let (tenant, said) = entra();
    let known = tenant.recognise(&said, &domains(), NOW).unwrap();
    assert_eq!(known.subject, "the-object");
    let other = "99999999-2222-3333-4444-555555555555";
    let with = |change: fn(&mut Said)| {
        let mut changed = said.clone();
        change(&mut changed);
        tenant.recognise(&changed, &domains(), NOW)
    };
    assert_eq!(with(|it| it.tid = None), Err(Foreign::Tenant));
    assert_eq!(with(|it| it.oid = None), Err(Foreign::Subject));
    assert_eq!(with(|it| it.acct = Some(1)), Err(Foreign::Guest));
    assert_eq!(with(|it| it.auth_time = Some(NOW - MOST_AGE - 1)), Err(Foreign::Stale));
    assert_eq!(
        with(|it| it.preferred_username = Some("ann@other.example".to_owned())),
        Err(Foreign::Address)
    );
    let mut foreign = said.clone();
    foreign.tid = Some(other.to_owned());
    assert_eq!(tenant.recognise(&foreign, &domains(), NOW), Err(Foreign::Tenant));
    for iss in [
        format!("https://login.microsoftonline.com/{other}/v2.0"),
        format!("https://login.microsoftonline.com/{OURS}/v2.0/"),
        format!("https://sts.windows.net/{OURS}/"),
        "https://login.microsoftonline.com/common/v2.0".to_owned(),
    ] {
        let foreign = Said { iss, ..said.clone() };
        assert_eq!(tenant.recognise(&foreign, &domains(), NOW), Err(Foreign::Issuer));
    }
}

#[test]
fn a14_how_somebody_proved_themselves_is_written_down_in_plain_names() {
    let (tenant, said) = entra();
    let how = |amr: &[&str], acr: Option<&str>| {
        let amr = amr.iter().map(|&how| how.to_owned()).collect();
        let said = Said { amr, acr: acr.map(str::to_owned), ..said.clone() };
        let known = tenant.recognise(&said, &domains(), NOW).unwrap();
        (known.second_factor, known.how)
    };
    assert_eq!(how(&["pwd", "mfa"], Some("1")), (true, "amr pwd mfa acr 1".to_owned()));
    assert_eq!(how(&["pwd"], None), (false, "amr pwd".to_owned()));
    assert_eq!(how(&[], None), (false, "amr".to_owned()));
    let odd = ["a b", "", "x\ny", "<b>", &"x".repeat(65)];
    assert_eq!(how(&odd, Some("{\"a\":1}")), (false, "amr".to_owned()));
    assert_eq!(how(&["otp"; 20], None).1.split(' ').count(), 1 + MOST_METHODS);
}

#[test]
fn a15_google_is_locked_to_one_organisation() {
    let tenant = Tenant::Google(Domain::parse("district.example").unwrap());
    let said = Said {
        iss: "https://accounts.google.com".to_owned(),
        sub: "1234".to_owned(),
        hd: Some("district.example".to_owned()),
        email: Some("ann@district.example".to_owned()),
        ..Said::default()
    };
    assert_eq!(tenant.recognise(&said, &domains(), NOW).unwrap().subject, "1234");
    for hd in [None, Some("other.example".to_owned()), Some(String::new())] {
        let foreign = Said { hd, ..said.clone() };
        assert_eq!(tenant.recognise(&foreign, &domains(), NOW), Err(Foreign::Tenant));
    }
}

#[test]
fn a_tenant_of_everybody_is_no_tenant() {
    for bad in ["common", "organizations", "consumers", "", "9188040d-6c67-4c5b-b112-36a304b66dad"]
    {
        assert!(DirectoryId::parse(bad).is_err(), "{bad}");
    }
    for bad in ["gmail.com", "GMAIL.com", "localhost", "a b.c", "x/.y", ".a", "a..b", "-a.b"] {
        assert!(Domain::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn a15_each_tenant_has_its_own_places() {
    let google = Tenant::Google(Domain::parse("district.example").unwrap());
    let places =
        |tenant: &Tenant| [tenant.authorization_endpoint(), tenant.token_endpoint(), tenant.keys()];
    // Source: the discovery documents of both providers.
    let ours = |rest: &str| format!("https://login.microsoftonline.com/{OURS}/{rest}");
    assert_eq!(
        places(&entra().0),
        ["oauth2/v2.0/authorize", "oauth2/v2.0/token", "discovery/v2.0/keys"].map(ours)
    );
    assert_eq!(
        places(&google),
        [
            "https://accounts.google.com/o/oauth2/v2/auth",
            "https://oauth2.googleapis.com/token",
            "https://www.googleapis.com/oauth2/v3/certs",
        ]
    );
    assert_eq!(google.hint(), Some("district.example"));
    assert_eq!(entra().0.hint(), None);
}

#[test]
fn a15_somebody_is_known_for_twelve_hours_with_the_factors_they_showed() {
    let (tenant, said) = entra();
    let shown = |seconds: i64, amr: &[&str]| {
        let amr = amr.iter().map(|how| (*how).to_owned()).collect();
        let said = Said { auth_time: Some(NOW - seconds), amr, ..said.clone() };
        tenant.recognise(&said, &domains(), NOW).map(|known| known.second_factor)
    };
    assert_eq!(shown(43_200, &["pwd"]), Ok(false));
    assert_eq!(shown(43_200, &["pwd", "mfa"]), Ok(true));
    assert_eq!(shown(43_201, &["pwd", "mfa"]), Err(Foreign::Stale));
}

#[test]
fn a_directory_names_people_as_their_tokens_will() {
    let (entra, _) = entra();
    let guid = "0a1b2c3d-1111-4222-8333-444455556666";
    assert_eq!(entra.subject_of(&guid.to_ascii_uppercase()).as_deref(), Some(guid));
    for bad in ["", "ann", "ann@district.example", &format!("{guid}0")] {
        assert_eq!(entra.subject_of(bad), None, "{bad}");
    }
    let google = Tenant::Google(Domain::parse("district.example").unwrap());
    let longest = "7".repeat(255);
    for good in ["1", "108204268033311374519", "Ann", longest.as_str()] {
        assert_eq!(google.subject_of(good).as_deref(), Some(good));
    }
    for bad in ["", "two words", "a\n", "ñ", &"7".repeat(256)] {
        assert_eq!(google.subject_of(bad), None, "{bad}");
    }
}

proptest! {
    #[test]
    fn nobody_is_recognised_whose_tenant_is_not_ours(
        tid in "[0-9a-f-]{0,40}", iss in "[ -~]{0,80}", oid in "[ -~]{0,40}", email in "[ -~]{0,40}",
    ) {
        let (tenant, ours) = entra();
        let said = Said { iss, tid: Some(tid), oid: Some(oid), email: Some(email), ..Said::default() };
        prop_assert!(said.tid == ours.tid || tenant.recognise(&said, &domains(), NOW).is_err());
    }

    #[test]
    fn an_endpoint_is_the_tenants_whatever_its_name(text in "[ -~]{0,60}") {
        if let Ok(id) = DirectoryId::parse(&text) {
            let endpoint = Tenant::Entra(id).authorization_endpoint();
            prop_assert!(endpoint.starts_with("https://login.microsoftonline.com/"));
            prop_assert!(!endpoint.contains("common") && !endpoint.contains(".."));
        }
    }
}
