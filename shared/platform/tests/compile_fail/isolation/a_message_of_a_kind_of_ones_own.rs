//! Attempt: define a kind of worker message that names any studio.

use domain::ids::StudioId;
use platform::access::work::Work;
use platform::store::queue::Queue;

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
