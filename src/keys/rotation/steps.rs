//! The steps of a rotation, each with what its failure undoes.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::newcomers::{Newcomers, PAUSES, may_have_made_one};
use super::outcome::{RotationError, RotationEvent, RotationStep, Twin};
use super::plan::{RotationPlan, every_key};
use super::{CreatedKey, Rotation};
use crate::client::Client;
use crate::credentials::Credential;
use crate::error::{BoxError, Error};
use crate::keys::{Key, UpdateKeyRequest, has_made_one};

impl Rotation {
    /// Makes the twin; its hash is known.
    #[inline]
    pub(super) async fn create(&self, plan: &RotationPlan) -> Result<CreatedKey, RotationError> {
        let newcomers = Newcomers::after(plan);
        let mut created = match self.keys.create(&plan.twin).await {
            Ok(created) => created.into_inner(),
            Err(error) => {
                let twin = if may_have_made_one(&error) { self.clear_away(&newcomers, &error).await } else { Twin::None };
                return Err(self.failed(RotationStep::Create, error, twin));
            }
        };
        if newcomers.knows(&created.data.hash) {
            let error = Error::decode("the answer to the creation has the hash of a key that was there before");
            return Err(self.failed_with(RotationStep::Create, error, newcomers.may_exist(), &created));
        }
        for pause in PAUSES {
            if created.data.hash.is_empty() {
                tokio::time::sleep(pause).await;
                let new = newcomers.find(&self.keys).await.unwrap_or_default();
                created.data.hash = newcomers.twin_among(&new).map(|twin| twin.hash.clone()).unwrap_or_default();
            }
        }
        if created.data.hash.is_empty() {
            let error = Error::decode("the answer to the creation has no hash, and the list of keys no key that is certainly the new one");
            return Err(self.failed_with(RotationStep::Create, error, newcomers.may_exist(), &created));
        }
        self.tell(&RotationEvent::Created { hash: created.data.hash.clone() });
        Ok(created)
    }

    /// Makes a real call with the new key.
    #[inline]
    pub(super) async fn prove(&self, twin: &CreatedKey) -> Result<(), RotationError> {
        if let Err(error) = self.proof_of(twin).await {
            return Err(self.rolled_back(RotationStep::Verify, error, twin).await);
        }
        self.tell(&RotationEvent::Verified);
        Ok(())
    }

    /// Lets the caller keep the secret.
    pub(super) async fn hand_over<F, Fut, E>(&self, twin: &CreatedKey, store: F) -> Result<(), RotationError>
    where
        F: FnOnce(CreatedKey) -> Fut + Send,
        Fut: Future<Output = Result<(), E>> + Send,
        E: Into<BoxError>,
    {
        let stored = match tokio::time::timeout(self.store_timeout, store(twin.clone())).await {
            Ok(stored) => stored.map_err(Into::into),
            Err(_) => Err(format!("the secret was not stored within {:?}", self.store_timeout).into()),
        };
        if let Err(error) = stored {
            return Err(self.rolled_back(RotationStep::Store, error, twin).await);
        }
        self.tell(&RotationEvent::Stored);
        Ok(())
    }

    /// Gives every live client the new key, or none of them.
    #[inline]
    pub(super) async fn swap<'r>(&'r self, twin: &'r CreatedKey) -> Result<Swapped<'r>, RotationError> {
        let mut swapped = Swapped { twin, before: Vec::new() };
        let mut result = Ok(());
        for client in &self.clients {
            match client.transport().settings().credentials.api.swap(twin.key.clone()) {
                Ok(old) => swapped.before.push((client, old)),
                Err(error) => result = Err(error.into()),
            }
        }
        for client in &self.clients {
            if result.is_ok() {
                result = self.proof(client).await;
            }
        }
        if let Err(error) = result {
            swapped.undo();
            return Err(self.stored(RotationStep::Swap, error, twin));
        }
        self.tell(&RotationEvent::Swapped { clients: self.clients.len() });
        Ok(swapped)
    }

    #[inline]
    pub(super) async fn wait(&self) {
        if !self.grace.is_zero() {
            self.tell(&RotationEvent::Waiting { grace: self.grace });
            tokio::time::sleep(self.grace).await;
        }
    }

    /// Ends the old key, if the new one still works.
    #[inline]
    pub(super) async fn retire(&self, twin: &CreatedKey, old: &Key, swapped: Swapped<'_>) -> Result<Key, RotationError> {
        if let Err(error) = self.proof_of(twin).await {
            swapped.undo();
            return Err(self.stored(RotationStep::Disable, error, twin));
        }
        let off = match self.keys.update(&old.hash, &UpdateKeyRequest::new().disabled(true)).await {
            Ok(key) if key.disabled => key.into_inner(),
            // Whatever the answer is, the list tells.
            answer => match self.listed(&old.hash).await {
                Some(key) if key.disabled => key,
                _ => {
                    let error = answer.err().unwrap_or_else(|| Error::decode("the old key is still enabled in the answer"));
                    return Err(self.stored(RotationStep::Disable, error, twin));
                }
            },
        };
        self.tell(&RotationEvent::Disabled { hash: old.hash.clone() });
        if self.deletes_old {
            self.delete(&old.hash).await.map_err(|error| self.stored(RotationStep::Delete, error, twin))?;
            self.tell(&RotationEvent::Deleted { hash: old.hash.clone() });
        }
        Ok(off)
    }

    #[inline]
    async fn listed(&self, hash: &str) -> Option<Key> {
        every_key(&self.keys).await.ok()?.into_iter().find(|key| key.hash == hash)
    }

    /// Proves the twin by a client of its own.
    #[inline]
    async fn proof_of(&self, twin: &CreatedKey) -> Result<(), BoxError> {
        let client = Client::of_transport(self.keys.transport.clone()).with_api_key(twin.key.expose_secret())?;
        self.proof(&client).await
    }

    /// The caller's proof of a key, or the usual one, for as long as the gateway may not know the key everywhere.
    #[inline]
    async fn proof(&self, client: &Client) -> Result<(), BoxError> {
        let (began, limit) = (Instant::now(), self.verify_within);
        let mut pause = Duration::from_millis(100);
        loop {
            let proof = async {
                match &self.verify {
                    Some(verify) => verify(client.clone()).await,
                    None => usual_proof(client).await.map_err(BoxError::from),
                }
            };
            let error = match tokio::time::timeout(limit.saturating_sub(began.elapsed()), proof).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(error)) => error,
                Err(_) => return Err(format!("no call with the new key was answered within {limit:?}").into()),
            };
            let is_unknown = error.downcast_ref::<Error>().is_some_and(Error::is_auth);
            if !is_unknown || pause >= limit.saturating_sub(began.elapsed()) {
                return Err(error);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
    }

    /// Looks for what a failed creation has left, and deletes it if that can only be the twin.
    #[inline]
    async fn clear_away(&self, newcomers: &Newcomers<'_>, error: &Error) -> Twin {
        let is_open = error.outcome_unknown() || has_made_one(error);
        let looks = if is_open { PAUSES.len() } else { 1 };
        for pause in &PAUSES[..looks] {
            tokio::time::sleep(*pause).await;
            let new = newcomers.find(&self.keys).await.unwrap_or_default();
            if let Some(twin) = newcomers.twin_among(&new) {
                return self.deleted(twin.hash.clone()).await;
            }
            if !new.is_empty() {
                return Twin::Left { hashes: new.into_iter().map(|key| key.hash).collect() };
            }
        }
        if is_open { newcomers.may_exist() } else { Twin::None }
    }

    /// Deletes a key, or finds that it is gone.
    #[inline]
    async fn delete(&self, hash: &str) -> Result<(), Error> {
        match self.keys.delete(hash).await {
            Ok(deletion) if !deletion.deleted => Err(Error::decode("the key is not deleted, by the answer")),
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    }

    /// Deletes the twin.
    #[inline]
    async fn deleted(&self, hash: String) -> Twin {
        if self.delete(&hash).await.is_err() {
            return Twin::Left { hashes: vec![hash] };
        }
        self.tell(&RotationEvent::RolledBack { hash: hash.clone() });
        Twin::Deleted { hash }
    }

    #[inline]
    async fn rolled_back(&self, step: RotationStep, error: BoxError, created: &CreatedKey) -> RotationError {
        match self.deleted(created.data.hash.clone()).await {
            twin @ Twin::Deleted { .. } => self.failed(step, error, twin),
            twin => self.failed_with(step, error, twin, created),
        }
    }

    fn stored(&self, step: RotationStep, error: impl Into<BoxError>, created: &CreatedKey) -> RotationError {
        self.failed_with(step, error, Twin::Stored { hash: created.data.hash.clone() }, created)
    }

    fn failed_with(&self, step: RotationStep, error: impl Into<BoxError>, twin: Twin, created: &CreatedKey) -> RotationError {
        RotationError { created: Some(Box::new(created.clone())), ..self.failed(step, error, twin) }
    }

    pub(super) fn failed(&self, step: RotationStep, error: impl Into<BoxError>, twin: Twin) -> RotationError {
        RotationError { step, old_hash: self.hash.clone(), twin, created: None, source: error.into() }
    }
}

#[inline]
async fn usual_proof(client: &Client) -> Result<(), Error> {
    match client.keys().current().await {
        Err(error) if error.is_not_found() => client.models().list().await.map(drop),
        current => current.map(drop),
    }
}

/// Live clients that have the new key, with what they had before.
pub(super) struct Swapped<'r> {
    twin: &'r CreatedKey,
    before: Vec<(&'r Client, Option<Arc<Credential>>)>,
}

impl Swapped<'_> {
    /// Puts each client back that hasn't got yet another key meanwhile.
    #[inline]
    fn undo(self) {
        // The last one first, since two of them may share a key.
        for (client, old) in self.before.into_iter().rev() {
            client.transport().settings().credentials.api.restore(&self.twin.key, old);
        }
    }
}
