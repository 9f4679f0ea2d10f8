//! The intake worker: checks uploads, makes the pictures that families see, and records the outcome.
//!
//! S3 sends an event to the intake queue for every object. The photo was registered before its presigned URL existed.
//! Each step is idempotent: pictures are written to the same keys, the outcome is written once.

use domain::photo::{Photo, PhotoState, PictureType};
use platform::aws_lambda_events::sqs::SqsMessage;
use platform::records::photos::{Arrived, ArrivedBytes, CheckedPhoto, Outcome, ToldByStorage};
use platform::store::objects::Rendition;
use platform::worker::{Answer, Batch, each};
use platform::{ApiError, App};

use picture::{Prepared, Refusal};

/// The stable refusal code of an upload that differs from its registration.
const UPLOAD_DIFFERS: &str = "upload_differs";

/// Processes a batch of object-created events. On AWS a batch holds one message: see the template.
pub async fn handle(app: &'static App, batch: Batch) -> Answer {
    each(batch, |message| take_in(app, message)).await
}

async fn take_in(app: &'static App, message: SqsMessage) -> Result<(), ApiError> {
    for key in ToldByStorage::all_of(&message) {
        take_in_object(app, &key).await?;
    }
    Ok(())
}

async fn take_in_object(app: &'static App, key: &ToldByStorage) -> Result<(), ApiError> {
    let Some(arrived) = Arrived::at(app, key).await? else {
        return Ok(());
    };
    if arrived.photo.state != PhotoState::Registered {
        // An earlier delivery stored the outcome but may have been killed before it finished.
        return Ok(arrived.finish().await?);
    }
    // First of all: an object that differs from its registration is neither decoded nor shown.
    let bytes = match arrived.bytes().await? {
        ArrivedBytes::AsRegistered(bytes) => bytes,
        ArrivedBytes::Gone => return Ok(()),
        ArrivedBytes::Differ => {
            let refused = Outcome::Refused(UPLOAD_DIFFERS.to_owned());
            return Ok(arrived.conclude(&refused).await?);
        }
    };
    let photo = arrived.photo.photo.clone();
    // Decoding uses a processor for a while, so it does not run on the async threads.
    let checked = tokio::task::spawn_blocking(move || check(bytes, &photo));
    match checked.await.map_err(ApiError::internal)? {
        Ok((picture_type, prepared)) => keep(&arrived, picture_type, prepared).await,
        Err(refusal) => Ok(arrived.conclude(&Outcome::Refused(refusal.code().to_owned())).await?),
    }
}

/// Checks the bytes and prepares the pictures; returns them with the file's type.
fn check(bytes: Vec<u8>, photo: &Photo) -> Result<(PictureType, Prepared), Refusal> {
    let extension = photo.file_name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let header = picture::check(&bytes, extension)?;
    Ok((header.picture_type, picture::prepare(bytes, header)?))
}

/// Writes the pictures first, then the row that says they exist.
async fn keep(
    arrived: &Arrived,
    picture_type: PictureType,
    prepared: Prepared,
) -> Result<(), ApiError> {
    let original_type = picture_type.content_type();
    let body = match prepared.body {
        Some(body) => Some(arrived.body_digest(body).await?),
        None => None,
    };
    let checked = CheckedPhoto {
        bytes: Some(arrived.photo.bytes),
        picture_type: Some(picture_type),
        captured_at: prepared.captured_at,
        is_edit_time: prepared.is_edit_time,
        body,
        orientation: prepared.orientation,
        size: (prepared.width, prepared.height),
        card: prepared.card,
        looks_like_card: prepared.looks_like_card,
    };
    let jpeg = "image/jpeg";
    arrived.write(Rendition::Original, original_type, prepared.original).await?;
    arrived.write(Rendition::Web, jpeg, prepared.web.bytes).await?;
    arrived.write(Rendition::Proof, jpeg, prepared.proof.bytes).await?;
    arrived.write(Rendition::Thumbnail, jpeg, prepared.thumbnail.bytes).await?;
    Ok(arrived.conclude(&Outcome::Checked(checked)).await?)
}
