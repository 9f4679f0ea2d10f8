//! S3: `s3s-fs` on a folder, with the features that it lacks.
//!
//! Checksums are verified before an object appears. `If-None-Match` also holds for parallel uploads. An upload that a
//! crash interrupted is undone. New objects are announced.

use super::s3_checksum;
use super::s3_events::{Created, Intent, Notification, Outbox};
use data_encoding::BASE64URL_NOPAD;
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput,
    CompleteMultipartUploadOutput, CopyObjectInput, CopyObjectOutput, CreateBucketInput,
    CreateBucketOutput, CreateMultipartUploadInput, CreateMultipartUploadOutput, DeleteBucketInput,
    DeleteBucketOutput, DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput,
    DeleteObjectsOutput, GetBucketLocationInput, GetBucketLocationOutput, GetObjectInput,
    GetObjectOutput, HeadBucketInput, HeadBucketOutput, HeadObjectInput, HeadObjectOutput,
    ListBucketsInput, ListBucketsOutput, ListObjectsInput, ListObjectsOutput, ListObjectsV2Input,
    ListObjectsV2Output, ListPartsInput, ListPartsOutput, PutObjectInput, PutObjectOutput,
    UploadPartCopyInput, UploadPartCopyOutput, UploadPartInput, UploadPartOutput,
};
use s3s::{S3, S3ErrorCode, S3Request, S3Response, S3Result, s3_error};
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The number of locks that are kept before unused ones are dropped.
const KEPT_LOCKS: usize = 1_000;

type KeyLock = tokio::sync::Mutex<()>;

/// The objects of a folder.
pub(super) struct Objects {
    files: s3s_fs::FileSystem,
    root: PathBuf,
    outbox: Arc<Outbox>,
    /// One writer per key, so that `If-None-Match` holds for parallel uploads.
    writers: Mutex<HashMap<(String, String), Weak<KeyLock>>>,
}

impl Objects {
    pub(super) async fn open(
        dir: &Path,
        notifications: &[Notification],
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let root = dir.join("s3");
        std::fs::create_dir_all(&root)?;
        let files = s3s_fs::FileSystem::new(&root).map_err(|error| format!("{error:?}"))?;
        let outbox = Arc::new(Outbox::open(dir, notifications)?);
        let objects = Self { files, root, outbox, writers: Mutex::default() };
        for intent in objects.outbox.unfinished()? {
            if matches!(intent.operation.as_str(), "Put" | "Post") {
                objects.undo_if_cut_off(&intent)?;
            }
            objects.announce(&intent).await;
        }
        Ok(objects)
    }

    pub(super) fn outbox(&self) -> Arc<Outbox> {
        Arc::clone(&self.outbox)
    }

    /// Returns the files in which `s3s-fs` stores an object's metadata.
    fn details(&self, bucket: &str, key: &str) -> [PathBuf; 2] {
        let encode = |text: &str| BASE64URL_NOPAD.encode(text.as_bytes());
        let name = format!(".bucket-{}.object-{}", encode(bucket), encode(key));
        [
            self.root.join(format!("{name}.internal.json")),
            self.root.join(format!("{name}.metadata.json")),
        ]
    }

    /// Removes an object whose upload a crash interrupted between its bytes and its metadata.
    ///
    /// Such an upload was never acknowledged, and without its type and checksum it must not count. The metadata is
    /// written last: after a complete upload it exists and is newer.
    fn undo_if_cut_off(&self, intent: &Intent) -> io::Result<()> {
        let object = self.root.join(&intent.bucket).join(&intent.key);
        let [internal, _] = self.details(&intent.bucket, &intent.key);
        let Some(written) = modified(&object)? else { return Ok(()) };
        if modified(&internal)?.is_some_and(|details| details >= written) {
            return Ok(());
        }
        std::fs::remove_file(&object)
    }

    fn writer(&self, bucket: &str, key: &str) -> Arc<KeyLock> {
        let mut writers = self.writers.lock().unwrap_or_else(PoisonError::into_inner);
        if writers.len() > KEPT_LOCKS {
            writers.retain(|_, lock| lock.strong_count() > 0);
        }
        let kept = writers.entry((bucket.to_owned(), key.to_owned())).or_default();
        kept.upgrade().unwrap_or_else(|| {
            let lock = Arc::default();
            *kept = Arc::downgrade(&lock);
            lock
        })
    }

    fn intend(&self, operation: &str, bucket: &str, key: &str) -> S3Result<Option<Intent>> {
        self.outbox
            .intend(operation, bucket, key)
            .map_err(|error| s3_error!(InternalError, "{error}"))
    }

    /// Announces the object, or forgets the intent if the object does not exist.
    async fn announce(&self, intent: &Intent) {
        let (bucket, key) = (intent.bucket.clone(), intent.key.clone());
        let input = HeadObjectInput { bucket, key, ..Default::default() };
        match self.files.head_object(bare(input)).await {
            Ok(head) => {
                let e_tag = head.output.e_tag.and_then(|tag| tag.as_strong().map(str::to_owned));
                let bytes = head.output.content_length.unwrap_or_default();
                let created = Created { bytes, e_tag: e_tag.unwrap_or_default() };
                self.outbox.announce(intent, &created);
            }
            Err(_) => self.outbox.forget(intent),
        }
    }

    /// Finishes a write: announces it on success, forgets it on failure.
    async fn finish(&self, intent: Option<Intent>, is_written: bool) {
        let Some(intent) = intent else { return };
        if is_written {
            self.announce(&intent).await;
        } else {
            self.outbox.forget(&intent);
        }
    }

    /// Deletes an object's metadata: `s3s-fs` deletes only the bytes, and type and checksum must not remain.
    fn forget_details(&self, bucket: &str, key: &str) {
        for file in self.details(bucket, key) {
            if let Err(error) = std::fs::remove_file(&file)
                && error.kind() != io::ErrorKind::NotFound
            {
                tracing::error!(%error, "cannot delete the metadata of a deleted object");
            }
        }
    }
}

/// Returns when a file was written; `None` if it does not exist.
fn modified(file: &Path) -> io::Result<Option<std::time::SystemTime>> {
    match std::fs::metadata(file) {
        Ok(about) => about.modified().map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Builds a request from inside the process.
fn bare<T>(input: T) -> S3Request<T> {
    S3Request {
        input,
        method: http::Method::HEAD,
        uri: http::Uri::from_static("/"),
        headers: http::HeaderMap::new(),
        extensions: http::Extensions::new(),
        credentials: None,
        region: None,
        service: None,
        trailing_headers: None,
    }
}

type S3Future<'f, T> = Pin<Box<dyn Future<Output = S3Result<S3Response<T>>> + Send + 'f>>;

/// Operations that `s3s-fs` implements well enough. A macro, because a function cannot define trait methods.
macro_rules! as_they_are {
    ($($name:ident: $In:ident -> $Out:ident),* $(,)?) => { $(
        #[expect(single_use_lifetimes, reason = "the form async_trait gives the trait's methods")]
        fn $name<'a: 'f, 'f>(&'a self, request: S3Request<$In>) -> S3Future<'f, $Out>
        where
            Self: 'f,
        {
            self.files.$name(request)
        }
    )* }
}

#[async_trait::async_trait]
impl S3 for Objects {
    as_they_are! {
        create_bucket: CreateBucketInput -> CreateBucketOutput,
        delete_bucket: DeleteBucketInput -> DeleteBucketOutput,
        get_bucket_location: GetBucketLocationInput -> GetBucketLocationOutput,
        get_object: GetObjectInput -> GetObjectOutput,
        head_bucket: HeadBucketInput -> HeadBucketOutput,
        head_object: HeadObjectInput -> HeadObjectOutput,
        list_buckets: ListBucketsInput -> ListBucketsOutput,
        list_objects: ListObjectsInput -> ListObjectsOutput,
        create_multipart_upload: CreateMultipartUploadInput -> CreateMultipartUploadOutput,
        upload_part: UploadPartInput -> UploadPartOutput,
        upload_part_copy: UploadPartCopyInput -> UploadPartCopyOutput,
        list_parts: ListPartsInput -> ListPartsOutput,
        abort_multipart_upload: AbortMultipartUploadInput -> AbortMultipartUploadOutput,
    }

    /// Lists objects; repeats the walk, because `s3s-fs` fails when an upload removes a file during it.
    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        const WALKS: usize = 8;
        let mut found = self.files.list_objects_v2(bare(request.input.clone())).await;
        for _ in 1..WALKS {
            match found {
                Err(error) if *error.code() == S3ErrorCode::InternalError => {
                    found = self.files.list_objects_v2(bare(request.input.clone())).await;
                }
                listed => return listed,
            }
        }
        found
    }

    async fn put_object(
        &self,
        mut request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let (bucket, key) = (request.input.bucket.clone(), request.input.key.clone());
        let writer = self.writer(&bucket, &key);
        let _only = writer.lock().await;
        let operation = if request.method == http::Method::POST { "Post" } else { "Put" };
        let mismatch = s3_checksum::verify(&mut request.input, request.trailing_headers.clone());
        let intent = self.intend(operation, &bucket, &key)?;
        let written = self.files.put_object(request).await;
        self.finish(intent, written.is_ok()).await;
        if mismatch.found() {
            return Err(s3_error!(BadDigest, "the body does not match its checksum"));
        }
        written
    }

    async fn copy_object(
        &self,
        request: S3Request<CopyObjectInput>,
    ) -> S3Result<S3Response<CopyObjectOutput>> {
        let (bucket, key) = (request.input.bucket.clone(), request.input.key.clone());
        let writer = self.writer(&bucket, &key);
        let _only = writer.lock().await;
        let intent = self.intend("Copy", &bucket, &key)?;
        let written = self.files.copy_object(request).await;
        self.finish(intent, written.is_ok()).await;
        written
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let (bucket, key) = (request.input.bucket.clone(), request.input.key.clone());
        let writer = self.writer(&bucket, &key);
        let _only = writer.lock().await;
        let intent = self.intend("CompleteMultipartUpload", &bucket, &key)?;
        let written = self.files.complete_multipart_upload(request).await;
        self.finish(intent, written.is_ok()).await;
        written
    }

    async fn delete_object(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        let (bucket, key) = (request.input.bucket.clone(), request.input.key.clone());
        let writer = self.writer(&bucket, &key);
        let _only = writer.lock().await;
        let deleted = self.files.delete_object(request).await?;
        self.forget_details(&bucket, &key);
        Ok(deleted)
    }

    async fn delete_objects(
        &self,
        request: S3Request<DeleteObjectsInput>,
    ) -> S3Result<S3Response<DeleteObjectsOutput>> {
        let bucket = request.input.bucket.clone();
        let deleted = self.files.delete_objects(request).await?;
        for object in deleted.output.deleted.iter().flatten() {
            if let Some(key) = &object.key {
                self.forget_details(&bucket, key);
            }
        }
        Ok(deleted)
    }
}
