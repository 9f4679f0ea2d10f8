//! A randomly generated town: studios, schools, children, and people with several roles at several portals.

use std::collections::BTreeMap;
use std::time::Duration;

use local::client::{Client, ClientError};
use serde_json::{Value, json};
use testkit::{PASSWORD, Pupil, SetupError, Shooting, TestStack, import, publish, settle, text};

use super::rules::{Child, Door, Hat, School};
use crate::second_factors::FACTORS;

pub(super) const STUDIOS: usize = 2;
pub(super) const SCHOOLS: usize = 2;
const CLASSES: [&str; 2] = ["3A", "4B"];
/// People in addition to the owners.
const PEOPLE: usize = 6;

/// Random numbers, the same for the same seed (`SplitMix64`).
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % u64::try_from(limit.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    fn school(&mut self) -> School {
        School { studio: self.below(STUDIOS), number: self.below(SCHOOLS) }
    }

    fn child(&mut self) -> Child {
        Child { school: self.school(), class: self.below(CLASSES.len()) }
    }

    /// Returns a person's roles besides owner; a role that sets a password comes first.
    fn hats(&mut self) -> Vec<Hat> {
        let mut hats = Vec::new();
        if self.below(4) == 0 {
            hats.push(Hat::Colleague(self.below(STUDIOS)));
        }
        let at = self.school();
        match self.below(3) {
            0 => hats.push(Hat::Administrator(at)),
            1 => hats.push(Hat::Teacher(Child { school: at, class: self.below(CLASSES.len()) })),
            _ => {}
        }
        if hats.is_empty() || self.below(2) == 0 {
            hats.push(Hat::Parent(self.child()));
        }
        hats
    }
}

/// Everything that a request can name, keyed as in the rules.
pub(super) struct Town {
    pub(super) stack: TestStack,
    pub(super) schools: BTreeMap<School, String>,
    pub(super) days: BTreeMap<School, String>,
    /// A teacher of the school who has no other role.
    pub(super) teachers: BTreeMap<School, String>,
    pub(super) children: BTreeMap<Child, String>,
    pub(super) galleries: BTreeMap<Child, String>,
    pub(super) visits: Vec<Visiting>,
}

/// A person who signed in at a portal.
pub(super) struct Visiting {
    pub(super) client: Client,
    pub(super) door: Door,
    pub(super) hats: Vec<Hat>,
    pub(super) is_sure: bool,
}

/// A person and the number of mails with links they have received.
struct Person {
    email: String,
    hats: Vec<Hat>,
    links: usize,
}

impl Town {
    pub(super) async fn build(chance: &mut Chance) -> Result<Self, SetupError> {
        let stack = TestStack::start().await?;
        let mut town = Self {
            stack,
            schools: BTreeMap::new(),
            days: BTreeMap::new(),
            teachers: BTreeMap::new(),
            children: BTreeMap::new(),
            galleries: BTreeMap::new(),
            visits: Vec::new(),
        };
        let mut owners = Vec::new();
        for studio in 0..STUDIOS {
            let owner = town.stack.photographer(&format!("owner{studio}")).await?;
            for number in 0..SCHOOLS {
                town.open_school(&owner, School { studio, number }).await?;
            }
            owners.push(owner);
        }
        for studio in 0..STUDIOS {
            let email = format!("owner{studio}@studio.example");
            let mut hats = vec![Hat::Owner(studio)];
            hats.extend(chance.hats().into_iter().filter(|hat| !matches!(hat, Hat::Colleague(_))));
            // One link confirmed the e-mail address.
            town.arrive(&owners, Person { email, hats, links: 1 }, chance).await?;
        }
        for number in 0..PEOPLE {
            let email = format!("person{number}@town.example");
            let person = Person { email, hats: chance.hats(), links: 0 };
            town.arrive(&owners, person, chance).await?;
        }
        let client = town.stack.stranger();
        town.visits.push(Visiting {
            client,
            door: Door::Nowhere,
            hats: Vec::new(),
            is_sure: false,
        });
        Ok(town)
    }

    /// Creates a school with a child in each class, a picture day and galleries.
    async fn open_school(&mut self, owner: &Client, at: School) -> Result<(), SetupError> {
        let name = format!("School-{}", at.number);
        let district = owner.create("/v1/districts", &json!({ "name": name }), &name).await?;
        let body = json!({ "district_id": district.text("/id"), "name": name });
        let school = owner.create("/v1/schools", &body, &name).await?.text("/id");
        let mut roster = String::from("Student ID,First Name,Last Name,Class\n");
        for (class, label) in CLASSES.iter().enumerate() {
            let row = format!("90{}{}{class},Given,Family{class},{label}\n", at.studio, at.number);
            roster.push_str(&row);
        }
        import(owner, &school, roster.into_bytes()).await?;
        let date = owner
            .read("/v1/session")
            .await?
            .text("/expires_at")
            .chars()
            .take(10)
            .collect::<String>();
        let path = format!("/v1/schools/{school}/picture-days");
        let day =
            owner.create(&path, &json!({ "date": date, "kind": "fall" }), &name).await?.text("/id");
        let cards = owner.all(&format!("/v1/picture-days/{day}/camera-cards")).await?;
        let mut camera = Shooting::small(1);
        for card in cards.iter().filter(|card| card["student"]["id"].is_string()) {
            let pupil = Pupil {
                id: text(&card["student"], "id"),
                number: text(&card["student"], "school_issued_id"),
                qr_text: format!("PD-{}", text(card, "code")),
            };
            camera.pupil(&pupil, 1)?;
        }
        owner.upload(&day, "A", camera.files).await?;
        settle(owner, &day).await?;
        let galleries = publish(owner, &day).await?;
        for student in owner.all(&format!("/v1/schools/{school}/students")).await? {
            let class = CLASSES.iter().position(|label| student["class"] == *label);
            let child = Child { school: at, class: class.ok_or("no class")? };
            let theirs = galleries.iter().find(|gallery| gallery["student_id"] == student["id"]);
            self.galleries.insert(child, text(theirs.ok_or("no gallery")?, "id"));
            self.children.insert(child, text(&student, "id"));
        }
        let name = format!("teacher-{}-{}", at.studio, at.number);
        let teacher = self.stack.teacher(owner, &school, &name, &CLASSES[..1]).await?;
        self.teachers.insert(at, teacher.read("/v1/session").await?.text("/person/id"));
        self.schools.insert(at, school);
        self.days.insert(at, day);
        Ok(())
    }

    /// Gives a person their roles and signs them in at every portal of theirs.
    ///
    /// A person with a second factor signs in at one portal only, because setting it up ends all other
    /// sessions.
    async fn arrive(
        &mut self,
        owners: &[Client],
        mut person: Person,
        chance: &mut Chance,
    ) -> Result<(), SetupError> {
        let mut doors = Vec::new();
        let mut link = None;
        for hat in person.hats.clone() {
            let door = match hat {
                Hat::Owner(_) => Door::Photographers,
                Hat::Colleague(studio) => {
                    let path = "/v1/studio/staff-invitations".to_owned();
                    let invitation = json!({ "email": person.email });
                    self.invite(&owners[studio], &path, &invitation, &mut person).await?;
                    Door::Photographers
                }
                Hat::Administrator(school) => {
                    let invitation = json!({ "email": person.email, "role": "administrator" });
                    self.invite_to(owners, school, &invitation, &mut person).await?;
                    Door::Schools
                }
                Hat::Teacher(Child { school, class }) => {
                    let invitation = json!({ "email": person.email, "role": "teacher", "classes": [CLASSES[class]] });
                    self.invite_to(owners, school, &invitation, &mut person).await?;
                    Door::Schools
                }
                Hat::Parent(child) => {
                    let path = format!("/v1/students/{}/share-codes", self.children[&child]);
                    let owner = &owners[child.school.studio];
                    let code = owner.create(&path, &json!({}), &person.email).await?.text("/code");
                    let request = json!({ "code": code, "email": person.email });
                    self.stack.stranger().create("/v1/access-requests", &request, "ask").await?;
                    link = Some(self.link(&mut person).await?);
                    Door::Parents
                }
            };
            doors.push(door);
        }
        // Owners get no second factor: the session that invites everyone else would end.
        let may =
            matches!(person.hats[0], Hat::Colleague(_) | Hat::Administrator(_) | Hat::Teacher(_));
        let with_factor = may && chance.below(3) == 0;
        doors.truncate(if with_factor { 1 } else { doors.len() });
        for door in doors {
            let client = self.come_in(door, &person, link.as_deref()).await?;
            let client = if with_factor { self.sure(client).await? } else { client };
            let visiting =
                Visiting { client, door, hats: person.hats.clone(), is_sure: with_factor };
            self.visits.push(visiting);
        }
        Ok(())
    }

    async fn invite_to(
        &self,
        owners: &[Client],
        school: School,
        invitation: &Value,
        person: &mut Person,
    ) -> Result<(), SetupError> {
        let path = format!("/v1/schools/{}/staff-invitations", self.schools[&school]);
        self.invite(&owners[school.studio], &path, invitation, person).await
    }

    /// Invites a person and accepts for them; a new person chooses a password.
    async fn invite(
        &self,
        inviter: &Client,
        path: &str,
        invitation: &Value,
        person: &mut Person,
    ) -> Result<(), SetupError> {
        let is_new = person.links == 0;
        inviter.create(path, invitation, &person.email).await?;
        let mut acceptance = json!({ "token": self.link(person).await? });
        if is_new {
            acceptance["password"] = json!(PASSWORD);
        }
        self.stack.stranger().create("/v1/invitations/acceptance", &acceptance, "accept").await?;
        Ok(())
    }

    /// Returns the token of the person's next mail with a link, once it has arrived.
    async fn link(&self, person: &mut Person) -> Result<String, SetupError> {
        for _ in 0..400 {
            let mails = self.stack.stranger().read("/_local/mail").await?.body;
            let mails = mails.as_array().cloned().unwrap_or_default();
            let theirs = mails.iter().filter(|mail| mail["to"] == person.email);
            let mut links = theirs.filter_map(|mail| mail["text"].as_str()?.split_once("token="));
            if let Some((_, rest)) = links.nth(person.links) {
                person.links += 1;
                return Ok(rest.split_whitespace().next().unwrap_or_default().to_owned());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(ClientError::TooLate("a mail").into())
    }

    async fn come_in(
        &self,
        door: Door,
        person: &Person,
        link: Option<&str>,
    ) -> Result<Client, SetupError> {
        let mut client = self.stack.stranger();
        let portal = match door {
            Door::Nowhere => return Ok(client),
            Door::Parents => {
                client.sign_in("/v1/sign-in/link", &json!({ "token": link })).await?;
                client.consent().await?;
                return Ok(client);
            }
            Door::Photographers => "photographer",
            Door::Schools => "school",
        };
        let credentials = json!({ "portal": portal, "email": person.email, "password": PASSWORD });
        client.sign_in("/v1/sign-in/password", &credentials).await?;
        Ok(client)
    }

    /// Sets up an authenticator app, which is a fresh second factor.
    async fn sure(&self, mut client: Client) -> Result<Client, SetupError> {
        let secret = client.post(&format!("{FACTORS}/totp"), &json!({})).await?.text("/secret");
        let code = json!({ "code": self.stack.app_shows(&secret) });
        client.create(&format!("{FACTORS}/totp/confirmation"), &code, "first").await?;
        client.reload().await?;
        Ok(client)
    }
}
