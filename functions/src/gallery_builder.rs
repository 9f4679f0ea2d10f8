//! The gallery worker: one message is one step. Steps of one gallery run in order; galleries run in parallel.

use platform::access::work::{GalleryStep, accept};
use platform::aws_lambda_events::sqs::SqsMessage;
use platform::worker::{Answer, Batch, in_order};
use platform::{ApiError, App};

/// Processes a batch of steps.
pub async fn handle(app: &'static App, batch: Batch) -> Answer {
    in_order(batch, |message| step(app, message)).await
}

async fn step(app: &'static App, message: SqsMessage) -> Result<(), ApiError> {
    let (store, work) = accept::<GalleryStep>(app, "gallery-builder", &message).await?;
    Ok(store.take_gallery_step(&work).await?)
}
