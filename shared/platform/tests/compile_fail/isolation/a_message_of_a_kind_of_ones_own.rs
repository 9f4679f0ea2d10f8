//! A worker's message that names the studio it would like.

use domain::ids::StudioId;
use platform::queue::{Queue, Work};

#[derive(serde::Deserialize)]
struct Mine {
    studio: StudioId,
}

impl Work for Mine {
    const QUEUE: Queue = Queue::Matching;
    fn studio(&self) -> &StudioId {
        &self.studio
    }
}

fn main() {}
