//! Reads a picture's orientation from an XMP packet.
//!
//! Source: XMP specification part 2, "TIFF properties"; programs write the property as an attribute or as an element.

/// Returns the orientation (1 to 8) of a packet.
///
/// Searches for the property's name instead of parsing XML: a packet may be damaged, split into segments or hostile,
/// and only one digit is needed. All programs use the prefix that the specification recommends.
pub(super) fn orientation(packet: &[u8]) -> Option<u8> {
    const NAME: &[u8] = b"tiff:Orientation";
    let mut rest = packet;
    while let Some(at) = rest.windows(NAME.len()).position(|window| window == NAME) {
        rest = rest.get(at + NAME.len()..)?;
        if let Some(found) = value(rest) {
            return Some(found);
        }
    }
    None
}

/// Returns the value after the property's name: `="6"` or `>6<`.
fn value(behind: &[u8]) -> Option<u8> {
    let behind = behind.trim_ascii_start();
    let text = match behind.split_first()? {
        (b'=', rest) => match rest.trim_ascii_start().split_first()? {
            (b'"' | b'\'', rest) => rest,
            _ => return None,
        },
        (b'>', rest) => rest,
        _ => return None,
    };
    match text.trim_ascii_start() {
        [digit @ b'1'..=b'8', after, ..] if !after.is_ascii_digit() => Some(digit - b'0'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::orientation;

    #[test]
    fn attribute_and_element_are_read() {
        for (packet, expected) in [
            (&b"<rdf:Description tiff:Orientation=\"6\"/>"[..], Some(6)),
            (b"<rdf:Description tiff:Orientation = '8' />", Some(8)),
            (b"<tiff:Orientation>3</tiff:Orientation>", Some(3)),
            (b"<tiff:Orientation> 3 </tiff:Orientation>", Some(3)),
            (b"<tiff:Orientation/><tiff:Orientation>2</tiff:Orientation>", Some(2)),
            (b"tiff:Orientation=\"16\"", None),
            (b"tiff:Orientation=\"0\"", None),
            (b"tiff:Orientation=\"9\"", None),
            (b"tiff:Orientation=\"6", None),
            (b"tiff:Orientation", None),
            (b"", None),
        ] {
            assert_eq!(orientation(packet), expected, "{}", String::from_utf8_lossy(packet));
        }
    }
}
