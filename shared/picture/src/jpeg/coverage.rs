//! Whether the scans of a picture bring all of it.

use super::Frame;

/// Which coefficients of which component the scans have brought, and how many low bits each still lacks.
///
/// A progressive file that was cut between two scans is well-formed to its end marker; only this tells.
/// Source: ITU-T T.81, B.2.3 and G.1.1.1.
#[derive(Default)]
pub(super) struct Coverage([Option<[u8; 64]>; 4]);

impl Coverage {
    const NEVER_SENT: u8 = u8::MAX;

    /// Takes a scan's header into account. `None` if it makes no sense.
    pub(super) fn add(&mut self, frame: &Frame, header: &[u8]) -> Option<()> {
        let (count, rest) = header.split_first()?;
        let (selectors, rest) = rest.split_at_checked(usize::from(*count) * 2)?;
        let &[from, until, precision] = rest else { return None };
        let (band, lacking) = if frame.is_progressive() {
            (usize::from(from)..usize::from(until) + 1, precision & 15)
        } else {
            (0..64, 0)
        };
        for [id, _] in selectors.as_chunks().0 {
            let place = frame.components.iter().position(|component| component.id == *id)?;
            let sent = self.0.get_mut(place)?.get_or_insert([Self::NEVER_SENT; 64]);
            sent.get_mut(band.clone())?.fill(lacking);
        }
        Some(())
    }

    pub(super) fn is_complete(&self, frame: &Frame) -> bool {
        self.0
            .iter()
            .take(frame.components.len())
            .all(|sent| sent.is_some_and(|sent| sent.iter().all(|lacking| *lacking == 0)))
    }
}
