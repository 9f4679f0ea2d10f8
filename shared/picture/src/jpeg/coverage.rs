//! Checks whether the scans of a picture contain all of it.

use super::Frame;

/// The coefficients of each component that the scans have sent, and how many low bits each still lacks.
///
/// A progressive file that was cut between two scans looks valid up to its end marker; only this check detects it.
/// Source: ITU-T T.81, B.2.3 and G.1.1.1.
#[derive(Default)]
pub(super) struct Coverage([Option<[u8; 64]>; 4]);

impl Coverage {
    const NEVER_SENT: u8 = u8::MAX;

    /// Applies a scan's header. `None` if the header is invalid.
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
