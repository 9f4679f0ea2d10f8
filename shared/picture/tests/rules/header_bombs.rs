//! Tests files whose headers are designed to fill memory: each may cost little more than its own bytes.
//!
//! Each file runs in its own process, and the system reports that process's peak resident memory.

use std::fs::{self, File};
use std::io::{Read as _, Write as _, repeat};
use std::process::Command;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use picture::{PEAK_BYTES, Refusal, check, prepare};

use crate::fixtures::{PLAIN, chunk, jpeg, png, png_header, scene};

/// The size of a bomb's metadata: nearly all that fits into a file of 50 MiB.
const BOMB_BYTES: usize = 48_000_000;
/// The memory that a process may use beyond the bytes of a small picture's file.
///
/// It covers the process itself, the pictures made from the file, and the metadata that is read.
const BESIDE_THE_FILE_BYTES: usize = 64 << 20;

/// The result for a file: `taken` or the refusal code, the peak memory, and the CPU time, which is only printed.
struct Measured {
    verdict: String,
    peak_bytes: usize,
    cpu_milliseconds: u64,
}

/// Runs [`one_file`] on these bytes in its own process.
fn measured(name: &str, bytes: &[u8]) -> Measured {
    let path = format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"));
    fs::write(&path, bytes).unwrap();
    let arguments = ["header_bombs::one_file", "--exact", "--ignored", "--nocapture"];
    let mut child = Command::new(std::env::current_exe().unwrap());
    let output = child.args(arguments).stdin(File::open(&path).unwrap()).output().unwrap();
    fs::remove_file(&path).unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = said.lines().find_map(|line| line.strip_prefix("measured "));
    let line = line.ok_or(&said).unwrap();
    let words: Vec<&str> = line.split(' ').collect();
    let peak_bytes = words[1].parse::<usize>().unwrap() * 1024;
    let cpu_milliseconds = words[2].parse::<u64>().unwrap() / 1_000_000;
    Measured { verdict: words[0].to_owned(), peak_bytes, cpu_milliseconds }
}

#[test]
#[ignore = "the tests below start it, with a file as standard input"]
fn one_file() {
    // Read by path, so that the buffer is exactly as large as the file.
    let bytes = fs::read("/dev/stdin").unwrap();
    let made = check(&bytes, "jpg").and_then(|header| prepare(bytes, header));
    let verdict = made.as_ref().map_or_else(Refusal::code, |_| "taken");
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    // The CPU time of this thread, in nanoseconds. Source: Linux, `Documentation/scheduler/sched-stats.rst`.
    let spent = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let spent = spent.split_whitespace().next().unwrap();
    println!("\nmeasured {verdict} {} {spent}", peak.trim().trim_end_matches(" kB"));
}

/// Repeats a part as often as there is room.
fn many(part: &[u8]) -> Vec<u8> {
    part.repeat(BOMB_BYTES / part.len())
}

/// Builds a JPEG with these bytes after its start.
fn jpeg_with(more: &[u8]) -> Vec<u8> {
    let plain = jpeg(33, 21, PLAIN);
    [&plain[..2], more, &plain[2..]].concat()
}

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    [&[0xff, marker], &((body.len() + 2) as u16).to_be_bytes()[..], body].concat()
}

/// Builds a PNG with these bytes after its header.
fn png_with(more: &[u8]) -> Vec<u8> {
    let plain = png(&scene(33, 21), (33, 21), png::ColorType::Rgb, png::BitDepth::Eight, |_| ());
    let (head, rest) = plain.split_at(8 + 25);
    [head, more, rest].concat()
}

/// Builds a chunk without a valid checksum; it is never checked.
fn unchecked(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    [&(data.len() as u32).to_be_bytes()[..], &name, data, &[0; 4]].concat()
}

/// Compresses some bytes, followed by zeros.
fn packed(start: &[u8], zeros: u64) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::best());
    packer.write_all(start).unwrap();
    std::io::copy(&mut repeat(0).take(zeros), &mut packer).unwrap();
    packer.finish().unwrap()
}

/// Builds a TIFF header and a directory with one text of this many bytes.
fn one_long_text(bytes: usize) -> Vec<u8> {
    let head = b"MM\0*\0\0\0\x08\0\x01\x01\x32\0\x02";
    let count = (bytes as u32).to_be_bytes();
    [&head[..], &count, &26_u32.to_be_bytes(), &[0; 4], &vec![0; bytes]].concat()
}

/// Builds a directory of pointers to overlapping directories: the number of entries is the square of their number.
fn nested_directories() -> Vec<u8> {
    const POINTERS: usize = 2_700;
    let mut block = b"MM\0*\0\0\0\x08".to_vec();
    block.extend_from_slice(&(POINTERS as u16).to_be_bytes());
    let first = 8 + 2 + POINTERS * 12 + 4;
    for pointer in 0..POINTERS {
        block.extend_from_slice(b"\x87\x69\0\x04\0\0\0\x01");
        block.extend_from_slice(&((first + pointer * 12) as u32).to_be_bytes());
    }
    block.extend_from_slice(&[0; 4]);
    // Read as a directory, it has 0x0a00 entries; each is a byte of its own tag.
    block.extend_from_slice(&b"\x0a\0\x90\x01\0\x01\0\0\0\x01\0\0".repeat(POINTERS));
    block.truncate(65_527);
    block
}

/// Builds the start of a colour profile that declares this many bytes.
fn profile_head(bytes: u32) -> Vec<u8> {
    let mut head = vec![0; 600];
    head[..4].copy_from_slice(&bytes.to_be_bytes());
    head[16..20].copy_from_slice(b"RGB ");
    head[36..40].copy_from_slice(b"acsp");
    head
}

fn profile_pieces(pieces: u8, bytes: usize) -> Vec<u8> {
    let piece = |number| {
        let head = if number == 1 { profile_head(16_000_000) } else { Vec::new() };
        let mut body = [&b"ICC_PROFILE\0"[..], &[number, pieces], &head].concat();
        body.resize(14 + bytes, 0);
        segment(0xe2, &body)
    };
    (1..=pieces).flat_map(piece).collect()
}

/// A kind of bomb, how it is made, and its expected result.
type Bomb = (&'static str, fn() -> Vec<u8>, &'static str);

const JPEG_BOMBS: &[Bomb] = &[
    ("comments", || jpeg_with(&many(b"\xff\xfe\0\x02")), "taken"),
    ("makers' segments", || jpeg_with(&many(b"\xff\xe4\0\x02")), "taken"),
    ("EXIF segments", || jpeg_with(&many(b"\xff\xe1\0\x08Exif\0\0")), "taken"),
    (
        "full EXIF segments",
        || jpeg_with(&many(&segment(0xe1, &[b"Exif\0\0", &[0; 9_000][..]].concat()))),
        "taken",
    ),
    (
        "XMP segments",
        || jpeg_with(&many(&segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0"))),
        "taken",
    ),
    ("IPTC segments", || jpeg_with(&many(&segment(0xed, b"Photoshop 3.0\x008BIM"))), "taken"),
    (
        "EXIF of nested directories",
        || jpeg_with(&segment(0xe1, &[b"Exif\0\0", &nested_directories()[..]].concat())),
        "taken",
    ),
    (
        "EXIF of one long text",
        || jpeg_with(&segment(0xe1, &[b"Exif\0\0", &one_long_text(65_000)[..]].concat())),
        "taken",
    ),
    ("a profile of 255 pieces", || jpeg_with(&profile_pieces(255, 65_519)), "taken"),
    ("pieces of profiles", || jpeg_with(&many(&segment(0xe2, b"ICC_PROFILE\0\x01\x01"))), "taken"),
    ("fill bytes", || jpeg_with(&many(b"\xff")), "taken"),
    ("stray bytes", || jpeg_with(&[segment(0xfe, b""), many(b"\0")].concat()), "taken"),
    (
        "comments behind the pixels",
        || {
            let plain = jpeg(33, 21, PLAIN);
            let (picture, end) = plain.split_at(plain.len() - 2);
            [picture, &many(b"\xff\xfe\0\x02"), end].concat()
        },
        "taken",
    ),
    ("bytes behind the end", || [jpeg(33, 21, PLAIN), many(b"\0")].concat(), "taken"),
    ("tables", || jpeg_with(&many(b"\xff\xdb\0\x02")), "jpeg_too_many_segments"),
    ("JFIF headers", || jpeg_with(&many(&segment(0xe0, b"JFIF\0"))), "jpeg_too_many_segments"),
    ("Adobe headers", || jpeg_with(&many(&segment(0xee, b"Adobe"))), "jpeg_too_many_segments"),
];

const PNG_BOMBS: &[Bomb] = &[
    (
        "eXIf of one long text",
        || png_with(&unchecked(*b"eXIf", &one_long_text(BOMB_BYTES))),
        "taken",
    ),
    (
        "eXIf of nested directories",
        || png_with(&unchecked(*b"eXIf", &nested_directories())),
        "taken",
    ),
    ("eXIf chunks", || png_with(&many(&unchecked(*b"eXIf", b""))), "taken"),
    (
        "one long iTXt",
        || {
            let text = [b"XML:com.adobe.xmp\0\0\0\0\0", &many(b"tiff:Orientation ")[..]].concat();
            png_with(&unchecked(*b"iTXt", &text))
        },
        "taken",
    ),
    (
        "one long tEXt of digits",
        || {
            let text = [b"Raw profile type exif\0\nexif\n 20000000\n", &many(b"41")[..]].concat();
            png_with(&unchecked(*b"tEXt", &text))
        },
        "taken",
    ),
    (
        "a packed zTXt",
        || {
            let text =
                [b"Raw profile type exif\0\0", &packed(b"\nexif\n 9\n", 400_000_000)[..]].concat();
            png_with(&unchecked(*b"zTXt", &text))
        },
        "taken",
    ),
    (
        "packed zTXt chunks",
        || {
            let text = [b"Raw profile type exif\0\0", &packed(b"", 1_000_000)[..]].concat();
            png_with(&many(&unchecked(*b"zTXt", &text)))
        },
        "taken",
    ),
    ("tEXt chunks", || png_with(&many(&unchecked(*b"tEXt", b"a\0"))), "taken"),
    (
        "XMP chunks",
        || png_with(&many(&unchecked(*b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0"))),
        "taken",
    ),
    ("private chunks", || png_with(&many(&unchecked(*b"prVt", b""))), "taken"),
    (
        "a packed iCCP",
        || {
            let profile = [b"p\0\0", &packed(&profile_head(600), 400_000_000)[..]].concat();
            png_with(&unchecked(*b"iCCP", &profile))
        },
        "taken",
    ),
    (
        "a long iCCP",
        || png_with(&unchecked(*b"iCCP", &[&b"p\0\0"[..], &many(b"\0")].concat())),
        "taken",
    ),
    ("a long pHYs", || png_with(&unchecked(*b"pHYs", &many(b"\0"))), "taken"),
    ("bytes behind the end", || [png_with(b""), many(b"\0")].concat(), "taken"),
    ("gAMA chunks", || png_with(&many(&unchecked(*b"gAMA", b""))), "png_too_many_chunks"),
    ("headers", || png_with(&many(&unchecked(*b"IHDR", b""))), "png_too_many_chunks"),
];

#[test]
fn no_header_costs_more_than_its_bytes() {
    let mut too_much = Vec::new();
    for (format, bombs) in [("JPEG", JPEG_BOMBS), ("PNG", PNG_BOMBS)] {
        for (name, made, verdict) in bombs {
            let bytes = made();
            let most = bytes.len() + BESIDE_THE_FILE_BYTES;
            let found = measured("header-bomb", &bytes);
            let peak = found.peak_bytes / 1_000_000;
            let spent = found.cpu_milliseconds;
            println!("{format}, {name}: {peak} MB, {spent} ms, {}", found.verdict);
            if found.peak_bytes > most || found.verdict != *verdict {
                too_much.push(format!("{format}, {name}: {} at {peak} MB", found.verdict));
            }
        }
    }
    assert!(too_much.is_empty(), "{too_much:#?}");
}

/// The highest memory that a format forces a decoder to use: 100 million pixels in seven passes, with alpha.
#[test]
fn the_largest_picture_stays_below_the_peak() {
    const SIDE: u32 = 10_000;
    // Six of the seven passes: the start and the distance of their pixels, across and down.
    let passes =
        [(0, 8, 0, 8), (4, 8, 0, 8), (0, 4, 4, 8), (2, 4, 0, 4), (0, 2, 2, 4), (1, 2, 0, 2)];
    let of_pass = |(x, across, y, down): (u32, u32, u32, u32)| {
        let rows = (SIDE - y).div_ceil(down);
        u64::from(rows) * (1 + 4 * u64::from((SIDE - x).div_ceil(across)))
    };
    let last = of_pass((0, 1, 1, 2));
    let rows = packed(b"", passes.into_iter().map(of_pass).sum::<u64>() + last);
    let header = png_header(SIDE, SIDE, 8, 6, true);
    let file = [b"\x89PNG\r\n\x1a\n", &header[..], &chunk(*b"IDAT", &rows), &chunk(*b"IEND", b"")];
    let found = measured("largest-picture", &file.concat());
    let peak = found.peak_bytes / 1_000_000;
    println!("{peak} MB of {}, {} ms", PEAK_BYTES / 1_000_000, found.cpu_milliseconds);
    assert_eq!(found.verdict, "taken");
    assert!(found.peak_bytes <= PEAK_BYTES, "{} bytes", found.peak_bytes);
}
