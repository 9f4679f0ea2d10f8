//! The people of the demonstration: a fictional school, with realistic names.

/// Student number, given name, family name, class, grade, teacher. Numbers keep their leading zeros.
pub(super) const STUDENTS: [(&str, &str, &str, &str, &str, &str); 24] = [
    ("00041", "Maya", "O'Brien", "3A", "3", "Ms. Alvarez"),
    ("00042", "Łukasz", "Wiśniewski", "3A", "3", "Ms. Alvarez"),
    ("00043", "李", "小龙", "3A", "3", "Ms. Alvarez"),
    ("00044", "Amélie", "Dubois-Laurent", "3A", "3", "Ms. Alvarez"),
    ("00045", "Noah", "van der Berg", "3A", "3", "Ms. Alvarez"),
    ("00046", "Zoë", "Ünal", "3A", "3", "Ms. Alvarez"),
    ("00047", "Santiago", "Núñez de la Cruz", "3A", "3", "Ms. Alvarez"),
    ("00048", "Aisha", "Al-Rashid", "3A", "3", "Ms. Alvarez"),
    ("00049", "Ethan", "Smith", "3A", "3", "Ms. Alvarez"),
    ("00050", "Emma", "Smith", "3A", "3", "Ms. Alvarez"),
    ("00051", "Bjørn", "Ødegård", "3A", "3", "Ms. Alvarez"),
    ("00052", "Priya", "Venkataraman", "3A", "3", "Ms. Alvarez"),
    ("00061", "Oliver", "Nguyen", "4B", "4", "Mr. Chen"),
    ("00062", "Sofía", "Hernández", "4B", "4", "Mr. Chen"),
    ("00063", "Liam", "Ó Súilleabháin", "4B", "4", "Mr. Chen"),
    ("00064", "Yuki", "田中", "4B", "4", "Mr. Chen"),
    ("00065", "Chloe", "Kowalski", "4B", "4", "Mr. Chen"),
    ("00066", "Mateo", "García", "4B", "4", "Mr. Chen"),
    ("00067", "Anastasia", "Żółkiewska", "4B", "4", "Mr. Chen"),
    ("00068", "Jamal", "Washington", "4B", "4", "Mr. Chen"),
    ("00069", "Ingrid", "Þórsdóttir", "4B", "4", "Mr. Chen"),
    ("00070", "Dmitri", "Соколов", "4B", "4", "Mr. Chen"),
    ("00071", "Grace", "Te Whāiti", "4B", "4", "Mr. Chen"),
    ("00072", "Henry", "McAllister", "4B", "4", "Mr. Chen"),
];

/// Students who are absent on the day.
pub(super) const ABSENT: [&str; 2] = ["00049", "00068"];
/// The student who blinked and comes to the retake.
pub(super) const RETAKE: &str = "00044";
/// The student whose parent opens the gallery.
pub(super) const FAMILY: &str = "00041";

/// Returns the roster in the format of the school office's export.
pub(super) fn roster() -> String {
    let mut csv = String::from("Student ID,First Name,Last Name,Homeroom,Grade,Teacher\r\n");
    for (number, given, family, class, grade, teacher) in STUDENTS {
        csv.push_str(&[number, given, family, class, grade, teacher].join(","));
        csv.push_str("\r\n");
    }
    csv
}
