//! Rotation: a key is replaced by a twin while it is in use.

mod newcomers;
mod outcome;
mod plan;
mod steps;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

pub use outcome::{Rotated, RotationError, RotationEvent, RotationStep, Twin};
pub use plan::RotationPlan;

use super::{CreateKeyRequest, CreatedKey, Keys};
use crate::client::Client;
use crate::error::BoxError;

type Change = dyn Fn(CreateKeyRequest) -> CreateKeyRequest + Send + Sync;
type Verify = dyn Fn(Client) -> Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>> + Send + Sync;
type Listener = dyn Fn(&RotationEvent) + Send + Sync;

/// The replacement of a key by a twin, made by [`Keys::rotate`]: nothing happens until [`run`](Self::run).
///
/// 1. **Plan**: read the old key, and all keys with the twin's name. [`dry_run`](Self::dry_run) ends here.
/// 2. **Create** a twin: same name, limits, providers, models, expiry and workspace, but for what [`twin`](Self::twin) changes. Its
///    spending begins at zero.
/// 3. **Verify** it by a real call with the new key.
/// 4. **Store**: the caller's function takes the secret, and keeps it.
/// 5. **Swap** it into the live clients, and make a call through each. What is under way finishes with the old key; each later attempt
///    takes the new one.
/// 6. **Wait** for the grace time, in which other programs read what was stored.
/// 7. Prove the new key once more, **disable** the old one, and **delete** it if asked to.
///
/// # What a failure leaves
///
/// Up to and including *store*, the twin is deleted again, and the old key is as it was. From *swap* on, the stored secret stays in force:
/// both keys work, live clients are back at the old one if the new one failed them, and the error names what is left to do. The old key
/// is never ended while the new one doesn't work.
///
/// A creation whose outcome is unknown is not tried again. What it may have made is looked for in the list of keys: a key that is new
/// under the twin's name, made since, unused and just as the twin was to be is deleted; any other is named in the error, and left alone.
/// A run that was killed leaves a twin at worst, which the next run finds: see [`RotationPlan::same_name`]. Rotate a key in one place at
/// a time: two runs can't tell their twins apart.
///
/// ```no_run
/// # async fn run(client: arouter::Client, hash: String) -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
///
/// let rotation = client.keys().rotate(&hash).swap_into(&client).grace(Duration::from_secs(60)).delete_old();
/// println!("{}", rotation.dry_run().await?);
/// let rotated = rotation
///     .on_event(|event| eprintln!("{event}"))
///     .run(|created| async move { tokio::fs::write("key.txt", created.key.expose_secret()).await })
///     .await?;
/// println!("now {}", rotated.new.data.hash);
/// # Ok(())
/// # }
/// # mod tokio { pub mod fs { pub async fn write(_: &str, _: &str) -> std::io::Result<()> { Ok(()) } } }
/// ```
#[derive(Clone)]
#[must_use = "a rotation does nothing until it is run"]
pub struct Rotation {
    keys: Keys,
    hash: String,
    change: Option<Arc<Change>>,
    verify: Option<Arc<Verify>>,
    verify_within: Duration,
    store_timeout: Duration,
    clients: Vec<Client>,
    grace: Duration,
    deletes_old: bool,
    listener: Option<Arc<Listener>>,
}

impl Rotation {
    #[inline]
    pub(super) fn new(keys: Keys, hash: &str) -> Self {
        Self {
            keys,
            hash: hash.to_owned(),
            change: None,
            verify: None,
            verify_within: Duration::from_secs(30),
            store_timeout: Duration::from_secs(60),
            clients: Vec::new(),
            grace: Duration::from_secs(60),
            deletes_old: false,
            listener: None,
        }
    }

    /// Changes what the twin is made with: another name, limit, expiry, … It begins as the old key is.
    pub fn twin(mut self, change: impl Fn(CreateKeyRequest) -> CreateKeyRequest + Send + Sync + 'static) -> Self {
        self.change = Some(Arc::new(change));
        self
    }

    /// Sets the call that proves a key, given a client that uses it; it is made with the twin, and through each live client after the swap.
    ///
    /// By default, [`Keys::current`], or the list of models where that isn't found: neither costs anything, though a list that is open
    /// to anybody proves little. A failure that is an
    /// [`Error`](crate::Error) with [`is_auth`](crate::Error::is_auth) is taken for a key that the gateway doesn't know everywhere yet,
    /// and tried again until [`verify_within`](Self::verify_within) is over.
    pub fn verify<F, Fut, E>(mut self, verify: F) -> Self
    where
        F: Fn(Client) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let verify = Arc::new(verify);
        self.verify = Some(Arc::new(move |client| {
            let proof = verify(client);
            Box::pin(async { proof.await.map_err(Into::into) })
        }));
        self
    }

    /// Limits the time until the new key is proven. 30 s by default.
    #[inline]
    pub fn verify_within(mut self, limit: Duration) -> Self {
        self.verify_within = limit;
        self
    }

    /// Limits the time of the function that stores the secret. 60 s by default.
    #[inline]
    pub fn store_timeout(mut self, limit: Duration) -> Self {
        self.store_timeout = limit;
        self
    }

    /// Adds a live client: it, its clones and its derived clients get the new key. One that has a
    /// [key provider](crate::ClientBuilder::key_provider) is refused before anything is done; let *store* feed the provider.
    #[inline]
    pub fn swap_into(mut self, client: &Client) -> Self {
        self.clients.push(client.clone());
        self
    }

    /// Sets how long the old key goes on after the swap, for programs that have yet to read what was stored. 60 s by default.
    #[inline]
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Deletes the old key in the end. Without this it stays, disabled, and can be enabled again.
    #[inline]
    pub fn delete_old(mut self) -> Self {
        self.deletes_old = true;
        self
    }

    /// Is told of each step that is done.
    pub fn on_event(mut self, listener: impl Fn(&RotationEvent) + Send + Sync + 'static) -> Self {
        self.listener = Some(Arc::new(listener));
        self
    }

    /// Reads what a run would begin with, and changes nothing.
    ///
    /// # Errors
    ///
    /// [`RotationError`] at [`RotationStep::Plan`]: no such key, one that is disabled, has expired or manages keys, a live client with a
    /// key provider, or keys that can't be listed.
    #[inline]
    pub fn dry_run(&self) -> impl Future<Output = Result<RotationPlan, RotationError>> + Send + use<> {
        let rotation = self.clone();
        async move { rotation.plan().await }
    }

    /// Rotates the key.
    ///
    /// `store` gets the twin with its secret, and must have put it in a safe place when it returns. If it fails, or is dropped because its
    /// time is over, the twin is deleted: what was stored before must then still be there, and nothing may be stored later on. A file
    /// that is written beside the old one and renamed in its place does that.
    ///
    /// Dropping the future in the middle of a run leaves what was done, as killing the program does.
    ///
    /// # Errors
    ///
    /// [`RotationError`], which tells the step, the cause, what became of the twin, and its secret if it still exists.
    pub async fn run<F, Fut, E>(self, store: F) -> Result<Rotated, RotationError>
    where
        F: FnOnce(CreatedKey) -> Fut + Send,
        Fut: Future<Output = Result<(), E>> + Send,
        E: Into<BoxError>,
    {
        let plan = self.plan().await?;
        self.tell(&RotationEvent::Planned(Box::new(plan.clone())));
        let twin = self.create(&plan).await?;
        self.prove(&twin).await?;
        self.hand_over(&twin, store).await?;
        let swapped = self.swap(&twin).await?;
        self.wait().await;
        let old = self.retire(&twin, &plan.old, swapped).await?;
        Ok(Rotated { old, new: twin, same_name: plan.same_name })
    }

    #[inline]
    fn tell(&self, event: &RotationEvent) {
        tracing::debug!(hash = %self.hash, %event, "rotation");
        if let Some(listener) = &self.listener {
            listener(event);
        }
    }
}

impl fmt::Debug for Rotation {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rotation")
            .field("hash", &self.hash)
            .field("clients", &self.clients.len())
            .field("grace", &self.grace)
            .field("deletes_old", &self.deletes_old)
            .finish_non_exhaustive()
    }
}
