//! Argon2id with an explicit cost, in memory that is kept between hashes and wiped after each.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroizing;

/// Bytes of a hash.
pub(crate) const HASH_BYTES: usize = 32;

/// The cost parameters of one hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// The memory setting is outside the allowed range, whose minimum our security page promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password hash takes at least 64 MiB and at most 256 MiB of memory")]
pub struct BadCost;

impl Cost {
    /// The default and minimum cost of a new hash: 64 MiB, three passes.
    ///
    /// Source: our security page ("64 MB of memory and multiple iterations"); RFC 9106 section 4, second
    /// recommended option, with one lane because a 1,769 MB function has one processor and the crate
    /// computes lanes one after the other.
    pub(crate) const LEAST: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
    /// The maximum that a stored hash may ask for: a row that was tampered with must not exhaust a process.
    const MOST_MEMORY_KIB: u32 = 256 * 1024;
    const MOST_PASSES: u32 = 10;
    const MOST_LANES: u32 = 4;

    /// Returns the cost of new hashes with this much memory, or an error outside 64 to 256 MiB.
    pub(crate) fn configured(memory_kib: u32) -> Result<Self, BadCost> {
        if !(Self::LEAST.memory_kib..=Self::MOST_MEMORY_KIB).contains(&memory_kib) {
            return Err(BadCost);
        }
        Ok(Self { memory_kib, ..Self::LEAST })
    }

    /// Formats the cost as a stored hash contains it: `m=65536,t=3,p=1`.
    pub(crate) fn text(self) -> String {
        format!("m={},t={},p={}", self.memory_kib, self.passes, self.lanes)
    }

    /// Parses the cost of a stored hash; `None` when it is malformed or out of bounds.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(',');
        let mut number = |name: &str| parts.next()?.strip_prefix(name)?.parse::<u32>().ok();
        let cost = Self { memory_kib: number("m=")?, passes: number("t=")?, lanes: number("p=")? };
        let is_bounded = parts.next().is_none()
            && (8..=Self::MOST_MEMORY_KIB).contains(&cost.memory_kib)
            && (1..=Self::MOST_PASSES).contains(&cost.passes)
            && (1..=Self::MOST_LANES).contains(&cost.lanes);
        (is_bounded && cost.params().is_some()).then_some(cost)
    }

    fn params(self) -> Option<Params> {
        Params::new(self.memory_kib, self.passes, self.lanes, Some(HASH_BYTES)).ok()
    }
}

/// Counters of the hashing done in one process.
///
/// Tests compare with them what a known and an unknown e-mail address cost.
#[derive(Debug, Default)]
pub(crate) struct Work {
    hashes: AtomicU64,
    /// Memory in KiB times passes, added up: two hashes of equal cost add the same.
    filled_kib: AtomicU64,
    bcrypts: AtomicU64,
}

impl Work {
    fn note(&self, cost: Cost) {
        self.hashes.fetch_add(1, Ordering::Relaxed);
        let filled = u64::from(cost.memory_kib).saturating_mul(u64::from(cost.passes));
        self.filled_kib.fetch_add(filled, Ordering::Relaxed);
    }

    pub(crate) fn note_bcrypt(&self) {
        self.bcrypts.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns the number of hashes, the KiB they filled, and the number of bcrypt hashes (imported accounts).
    #[cfg(feature = "provision")]
    pub(crate) fn done(&self) -> [u64; 3] {
        [&self.hashes, &self.filled_kib, &self.bcrypts].map(|count| count.load(Ordering::Relaxed))
    }
}

/// The hash memory. It is kept because page faults of fresh memory cost a quarter of the time.
///
/// The lock allows one hash at a time.
static MEMORY: Mutex<Vec<Block>> = Mutex::new(Vec::new());

/// Hashes a password.
///
/// Takes 100-400 ms of one processor and blocks the thread: call it from a blocking task.
pub(crate) fn hash(
    work: &Work,
    cost: Cost,
    pepper: Option<&[u8; 32]>,
    password: &[u8],
    salt: &[u8],
) -> Zeroizing<[u8; HASH_BYTES]> {
    let mut out = Zeroizing::new([0; HASH_BYTES]);
    let done = cost.params().map(|params| fill(params, pepper, password, salt, &mut *out));
    // Every cost was parsed or configured within the library's own bounds, and the salts are 16 bytes.
    assert!(done == Some(true), "Argon2id failed for a cost within bounds");
    work.note(cost);
    out
}

/// Fills `out` with the hash; `false` when the library refuses the parameters or the length of an input.
fn fill(
    params: Params,
    pepper: Option<&[u8; 32]>,
    password: &[u8],
    salt: &[u8],
    out: &mut [u8],
) -> bool {
    let mut memory = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    let blocks = params.block_count();
    memory.resize(blocks, Block::default());
    let version = (Algorithm::Argon2id, Version::V0x13);
    let argon2 = match pepper {
        Some(pepper) => Argon2::new_with_secret(pepper, version.0, version.1, params),
        None => Ok(Argon2::new(version.0, version.1, params)),
    };
    let done = argon2.and_then(|argon2| {
        argon2.hash_password_into_with_memory(password, salt, out, memory.as_mut_slice())
    });
    // Wipe every block: any block can lead to the hash. The memory is a static, so the compiler cannot remove
    // this write.
    memory.fill(Block::default());
    done.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::{AssociatedData, ParamsBuilder};

    /// Source: RFC 9106, section 5.3 (Argon2id test vectors).
    #[test]
    fn a01_the_published_vector() {
        let mut params = ParamsBuilder::new();
        params.m_cost(32).t_cost(3).p_cost(4).output_len(32);
        params.data(AssociatedData::new(&[4; 12]).unwrap());
        let mut out = [0; 32];
        let mut memory = vec![Block::default(); params.build().unwrap().block_count()];
        let secret = [3; 8];
        let argon2 = Argon2::new_with_secret(
            &secret,
            Algorithm::Argon2id,
            Version::V0x13,
            params.build().unwrap(),
        );
        let argon2 = argon2.unwrap();
        argon2.hash_password_into_with_memory(&[1; 32], &[2; 16], &mut out, &mut memory).unwrap();
        let expected = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659";
        assert_eq!(data_encoding::HEXLOWER.encode(&out), expected);
    }

    #[test]
    fn a01_a_setting_below_64_mib_is_refused() {
        for kib in [0, 8, 19 * 1024, 64 * 1024 - 1, 256 * 1024 + 1, u32::MAX] {
            assert_eq!(Cost::configured(kib), Err(BadCost), "{kib}");
        }
        assert_eq!(Cost::configured(64 * 1024), Ok(Cost::LEAST));
        assert!(Cost::configured(128 * 1024).is_ok());
    }

    #[test]
    fn a01_a_stored_cost_is_bounded() {
        assert_eq!(Cost::parse("m=65536,t=3,p=1"), Some(Cost::LEAST));
        for bad in [
            "m=262145,t=3,p=1",
            "m=65536,t=11,p=1",
            "m=65536,t=0,p=1",
            "m=65536,t=3,p=5",
            "m=8,t=3,p=4",
            "m=4294967296,t=3,p=1",
            "m=65536,t=3",
            "m=65536,t=3,p=1,keyid=x",
            "",
        ] {
            assert_eq!(Cost::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a01_nothing_of_a_hash_stays_in_the_kept_memory() {
        let work = Work::default();
        let kept = hash(&work, Cost::LEAST, Some(&[9; 32]), b"password", &[1; 16]);
        let memory = MEMORY.lock().unwrap();
        assert!(memory.iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
        drop(memory);
        assert_eq!(work.done(), [1, 3 * 64 * 1024, 0]);
        // The same input gives the same hash in the kept memory; another pepper gives another hash.
        assert_eq!(*hash(&work, Cost::LEAST, Some(&[9; 32]), b"password", &[1; 16]), *kept);
        assert_ne!(*hash(&work, Cost::LEAST, None, b"password", &[1; 16]), *kept);
    }
}
