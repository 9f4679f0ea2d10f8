//! Compares the intake of a 24-megapixel photo with sharp: `cargo run -p bench-tests --bin intake`.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bench_tests::figures::{Taken, beside, median};
use bench_tests::programs::{Ours, Peers, target};
use local::demonstration::camera::{Camera, Subject};

/// Number of runs of each program, with one photo and with several.
const ROUNDS: usize = 7;
/// Photos in one process: the photos after the first show the cost once the program has warmed up.
const SEVERAL: u8 = 6;

/// A program that prepares photos: `PROGRAM… FILE TIMES FOLDER`.
struct Contender {
    name: &'static str,
    program: Vec<PathBuf>,
    one: Vec<Taken>,
    several: Vec<Taken>,
}

#[expect(clippy::print_stdout, reason = "a command's answer")]
fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let (ours, node) = (Ours::build()?, Peers::node()?);
    let photo = target().join("bench/24-megapixels.jpg");
    let bytes = draw(&photo)?;
    let sharp = vec![node.interpreter.clone(), node.folder.join("intake.js")];
    let contender = |name, program| Contender { name, program, one: vec![], several: vec![] };
    let mut contenders =
        [contender("sharp", sharp), contender("photo-intake", vec![ours.prepare.clone()])];

    let compared = compare(&photo, &contenders, &node)?;
    println!(
        "A photo of 6000 × 4000, 4:2:2, {bytes} bytes, held sideways, to 2048, 1200 with a watermark and 400,\n\
         JPEG at quality 85 with 4:2:0. One thread each. Medians of {ROUNDS} rounds, in turn; in brackets, sharp = 1.\n\
         PSNR of the web picture to the original, dB: photo-intake {}, sharp {}.",
        compared.0, compared.1
    );
    for _ in 0..ROUNDS {
        for contender in &mut contenders {
            contender.one.push(measure(&ours, contender, &photo, 1)?);
            contender.several.push(measure(&ours, contender, &photo, SEVERAL)?);
        }
    }
    println!(
        "{:14}{:>22}{:>22}{:>22}{:>22}",
        "", "CPU ms a photo", "CPU ms start + one", "peak MB, one photo", "peak MB, six photos"
    );
    let mut first = None;
    for Contender { name, one, several, .. } in &contenders {
        let more = f64::from(SEVERAL - 1);
        let photo = median(one.iter().zip(several).map(|(a, b)| (b.cpu_ms - a.cpu_ms) / more));
        let row = [
            photo,
            median(one.iter().map(|taken| taken.cpu_ms)),
            median(one.iter().map(|taken| taken.peak_mb)),
            median(several.iter().map(|taken| taken.peak_mb)),
        ];
        let peer = *first.get_or_insert(row);
        let columns: Vec<_> = row.iter().zip(peer).map(|(own, peer)| beside(*own, peer)).collect();
        let padded: Vec<_> = columns.iter().map(|column| format!("{column:>22}")).collect();
        println!("{name:14}{}", padded.concat());
    }
    Ok(())
}

/// Draws the photo; returns its size in bytes.
fn draw(to: &Path) -> Result<usize, Box<dyn Error + Send + Sync>> {
    let at = jiff::civil::date(2026, 9, 14).at(9, 0, 0, 0);
    // The running number decides the camera's orientation: this one is sideways.
    let photo =
        Camera::new(1).with_sensor(6000, 4000).shoot(Subject::Portrait { seed: 7 }, at, 5)?;
    fs::write(to, &photo.bytes)?;
    Ok(photo.bytes.len())
}

/// Prepares the photo with each program, and compares the pictures with each other and with the photo.
fn compare(
    photo: &Path,
    contenders: &[Contender],
    node: &Peers,
) -> Result<(String, String), Box<dyn Error + Send + Sync>> {
    let mut folders = Vec::new();
    for Contender { name, program, .. } in contenders {
        let folder = target().join("bench").join(name);
        fs::create_dir_all(&folder)?;
        let (program, arguments) = program.split_first().ok_or("no program")?;
        let mut command = Command::new(program);
        command.args(arguments).arg(photo).arg("1").arg(&folder).stdout(Stdio::null());
        if !command.status()?.success() {
            return Err(format!("{name}: cannot prepare the photo").into());
        }
        folders.push(folder);
    }
    folders.reverse();
    let compare = node.folder.join("compare.js");
    let output = Command::new(&node.interpreter).arg(compare).arg(photo).args(folders).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let said = String::from_utf8(output.stdout)?;
    let mut words = said.split_whitespace().map(str::to_owned);
    Ok((words.next().unwrap_or_default(), words.next().unwrap_or_default()))
}

fn measure(
    ours: &Ours,
    contender: &Contender,
    photo: &Path,
    times: u8,
) -> Result<Taken, Box<dyn Error + Send + Sync>> {
    let mut command = Command::new(&ours.measured);
    command.args(&contender.program).arg(photo).arg(times.to_string());
    // The pipe stays open until the program has ended by itself.
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let held = child.stdin.take();
    let output = child.wait_with_output()?;
    drop(held);
    Taken::read(&output)
}
