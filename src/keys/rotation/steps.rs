//! The steps of a rotation, each with what its failure undoes.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::outcome::{RotationError, RotationEvent, RotationStep, Twin};
use super::plan::{RotationPlan, every_key};
use super::{CreatedKey, Rotation};
use crate::client::Client;
use crate::credentials::Credential;
use crate::error::{BoxError, Error};
use crate::keys::{Key, UpdateKeyRequest};

impl Rotation {
    /// Makes the twin; its hash is known.
    pub(super) async fn create(&self, plan: &RotationPlan) -> Result<CreatedKey, RotationError> {
        let known: HashSet<&str> = plan.same_name.iter().map(|key| key.hash.as_str()).chain([plan.old.hash.as_str()]).collect();
        let mut created = match self.keys.create(&plan.twin).await {
            Ok(created) => created.into_inner(),
            Err(error) => {
                // A success that can't be read has made a key as well.
                let was_made = error.status().is_some_and(|status| status.is_success()) && error.api().is_none();
                let twin = if was_made || error.outcome_unknown() { self.orphan(&plan.twin.name, &known).await } else { Twin::None };
                return Err(self.failed(RotationStep::Create, error, twin));
            }
        };
        if created.data.hash.is_empty() {
            let mut hashes = self.new_hashes(&plan.twin.name, &known).await;
            if hashes.len() != 1 {
                let twin = if hashes.is_empty() { Twin::MayExist { name: plan.twin.name.clone() } } else { Twin::Left { hashes } };
                let error = Error::decode("the answer to the creation has no hash");
                return Err(self.failed_with(RotationStep::Create, error, twin, &created));
            }
            created.data.hash = hashes.swap_remove(0);
        }
        self.tell(&RotationEvent::Created { hash: created.data.hash.clone() });
        Ok(created)
    }

    /// Makes a real call with the new key.
    pub(super) async fn prove(&self, twin: &CreatedKey) -> Result<(), RotationError> {
        let proof = match Client::of_transport(self.keys.transport.clone()).with_api_key(twin.key.expose_secret()) {
            Ok(client) => self.proof(&client).await,
            Err(error) => Err(error.into()),
        };
        if let Err(error) = proof {
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
    pub(super) async fn swap(&self, twin: &CreatedKey) -> Result<(), RotationError> {
        let mut before: Vec<(&Client, Option<Arc<Credential>>)> = Vec::new();
        let mut swapped = Ok(());
        for client in &self.clients {
            match client.transport().settings().credentials.api.swap(twin.key.clone()) {
                Ok(old) => before.push((client, old)),
                Err(error) => swapped = Err(error.into()),
            }
        }
        for client in &self.clients {
            if swapped.is_ok() {
                swapped = self.proof(client).await;
            }
        }
        if let Err(error) = swapped {
            // The last one first, since two of them may share a key.
            for (client, old) in before.into_iter().rev() {
                client.transport().settings().credentials.api.restore(old);
            }
            return Err(self.in_force(RotationStep::Swap, error, twin));
        }
        self.tell(&RotationEvent::Swapped { clients: self.clients.len() });
        Ok(())
    }

    pub(super) async fn wait(&self) {
        if !self.grace.is_zero() {
            self.tell(&RotationEvent::Waiting { grace: self.grace });
            tokio::time::sleep(self.grace).await;
        }
    }

    /// Ends the old key.
    pub(super) async fn retire(&self, twin: &CreatedKey, old: Key) -> Result<Key, RotationError> {
        let off = self.keys.update(&old.hash, &UpdateKeyRequest::new().disabled(true)).await;
        let off = off.map_err(|error| self.in_force(RotationStep::Disable, error, twin))?.into_inner();
        if !off.disabled {
            let error = Error::decode("the old key is still enabled in the answer");
            return Err(self.in_force(RotationStep::Disable, error, twin));
        }
        self.tell(&RotationEvent::Disabled { hash: old.hash.clone() });
        if self.deletes_old {
            match self.keys.delete(&old.hash).await {
                Ok(deletion) if !deletion.deleted => {
                    let error = Error::decode("the old key is not deleted in the answer");
                    return Err(self.in_force(RotationStep::Delete, error, twin));
                }
                Err(error) if !error.is_not_found() => return Err(self.in_force(RotationStep::Delete, error, twin)),
                _ => self.tell(&RotationEvent::Deleted { hash: old.hash.clone() }),
            }
        }
        Ok(off)
    }

    /// The caller's proof of a key, or the usual one, for as long as the gateway may not know the key everywhere.
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

    /// What a creation of unknown outcome has left; if that is one key, it is deleted.
    async fn orphan(&self, name: &str, known: &HashSet<&str>) -> Twin {
        for pause in ORPHAN_PAUSES {
            tokio::time::sleep(pause).await;
            match <[String; 1]>::try_from(self.new_hashes(name, known).await) {
                Ok([hash]) => return self.deleted(hash).await,
                Err(hashes) if hashes.is_empty() => {}
                Err(hashes) => return Twin::Left { hashes },
            }
        }
        Twin::MayExist { name: name.to_owned() }
    }

    /// Hashes of unused keys with this name that are not known; none if the keys can't be listed.
    async fn new_hashes(&self, name: &str, known: &HashSet<&str>) -> Vec<String> {
        let is_new = |key: &Key| key.name == name && !known.contains(key.hash.as_str()) && key.usage.cost_usd() == 0.0;
        let all = every_key(&self.keys).await.unwrap_or_default();
        all.into_iter().filter(is_new).map(|key| key.hash).collect()
    }

    async fn deleted(&self, hash: String) -> Twin {
        match self.keys.delete(&hash).await {
            Ok(deletion) if !deletion.deleted => Twin::Left { hashes: vec![hash] },
            Err(error) if !error.is_not_found() => Twin::Left { hashes: vec![hash] },
            _ => {
                self.tell(&RotationEvent::RolledBack { hash: hash.clone() });
                Twin::Deleted { hash }
            }
        }
    }

    async fn rolled_back(&self, step: RotationStep, error: BoxError, created: &CreatedKey) -> RotationError {
        match self.deleted(created.data.hash.clone()).await {
            twin @ Twin::Deleted { .. } => self.failed(step, error, twin),
            twin => self.failed_with(step, error, twin, created),
        }
    }

    fn in_force(&self, step: RotationStep, error: impl Into<BoxError>, created: &CreatedKey) -> RotationError {
        self.failed_with(step, error, Twin::InForce { hash: created.data.hash.clone() }, created)
    }

    fn failed_with(&self, step: RotationStep, error: impl Into<BoxError>, twin: Twin, created: &CreatedKey) -> RotationError {
        RotationError { created: Some(Box::new(created.clone())), ..self.failed(step, error, twin) }
    }

    pub(super) fn failed(&self, step: RotationStep, error: impl Into<BoxError>, twin: Twin) -> RotationError {
        RotationError { step, old_hash: self.hash.clone(), twin, created: None, source: error.into() }
    }
}

async fn usual_proof(client: &Client) -> Result<(), Error> {
    match client.keys().current().await {
        Err(error) if error.is_not_found() => client.models().list().await.map(drop),
        current => current.map(drop),
    }
}

/// When to look for a key that may yet come to exist.
const ORPHAN_PAUSES: [Duration; 3] = [Duration::ZERO, Duration::from_millis(500), Duration::from_secs(2)];
