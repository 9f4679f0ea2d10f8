//! Fills a folder with the files of one camera, for tests that upload from a disk.
//!
//! It reads one value per line from stdin: the folder, the camera's serial number, the first seed, the number of
//! early frames, and the texts of the cards. The early frames have no card before them. Then, for each text, come its
//! card and two frames of one student. The order of the file names is the capture order.

use std::error::Error;
use std::path::PathBuf;

use jiff::ToSpan as _;
use jiff::civil::{DateTime, date};
use local::demonstration::camera::{Camera, Subject};

/// Frames per student.
const FRAMES: u32 = 2;
/// A sensor of about one megapixel: enough to read a card, and fast to upload and check.
const SENSOR: (u16, u16) = (1200, 800);

fn main() -> Result<(), Box<dyn Error>> {
    let order = std::io::read_to_string(std::io::stdin())?;
    let mut lines = order.lines();
    let mut line = |name| lines.next().ok_or(format!("{name} is missing"));
    let folder = PathBuf::from(line("the folder")?);
    let serial = line("the serial number")?.parse()?;
    let first_seed: u64 = line("the first seed")?.parse()?;
    let early_frames: u32 = line("how many early frames")?.parse()?;

    std::fs::create_dir_all(&folder)?;
    let mut shooting = Shooting {
        folder,
        camera: Camera::new(serial).with_sensor(SENSOR.0, SENSOR.1),
        at: date(2026, 9, 14).at(9, 0, 0, 0),
        number: 1,
    };
    for _ in 0..early_frames {
        shooting.frame(Subject::Portrait { seed: first_seed })?;
    }
    for (seed, qr_text) in (first_seed + 1..).zip(lines) {
        shooting.frame(Subject::Card { qr_text, readable: true })?;
        for _ in 0..FRAMES {
            shooting.frame(Subject::Portrait { seed })?;
        }
    }
    Ok(())
}

/// A photographer at work: each frame advances the clock and the file number.
struct Shooting {
    folder: PathBuf,
    camera: Camera,
    at: DateTime,
    number: u32,
}

impl Shooting {
    fn frame(&mut self, subject: Subject<'_>) -> Result<(), Box<dyn Error>> {
        let file = self.camera.shoot(subject, self.at, self.number)?;
        std::fs::write(self.folder.join(file.name), file.bytes)?;
        self.at = self.at.saturating_add(7.seconds());
        self.number += 1;
        Ok(())
    }
}
