//! What a rotation begins with.

use std::fmt;
use std::time::{Duration, SystemTime};

use futures::TryStreamExt as _;

use super::outcome::{RotationError, RotationStep, Twin};
use super::{CreateKeyRequest, Rotation};
use crate::error::{Error, Result, printable};
use crate::keys::{Key, KeyType, Keys, ListKeysQuery};

/// What a rotation would do; `Display` tells it line by line.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RotationPlan {
    /// The key that is to be replaced.
    pub old: Key,
    /// What its twin is made with.
    pub twin: CreateKeyRequest,
    /// Other keys that have the twin's name, disabled ones too: perhaps the twin of a run that was killed, which is safe to delete if
    /// nobody uses it. A rotation leaves them alone.
    pub same_name: Vec<Key>,
    /// How many live clients are to get the new key.
    pub clients: usize,
    /// How long the old key goes on after the swap.
    pub grace: Duration,
    /// Whether the old key is deleted in the end, rather than disabled.
    pub deletes_old: bool,
}

impl fmt::Display for RotationPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { old, twin, same_name, clients, grace, deletes_old } = self;
        writeln!(f, "rotate    {} ({})", printable(&old.name, 80), printable(&old.hash, 80))?;
        writeln!(f, "create    {} with {}", printable(&twin.name, 80), limits(twin))?;
        for key in same_name {
            let since = key.created_at.as_ref().map_or("an unknown time".to_owned(), ToString::to_string);
            writeln!(f, "  beside  {}, of the same name, made at {}", printable(&key.hash, 80), printable(&since, 40))?;
        }
        writeln!(f, "verify    by a call with the new key")?;
        writeln!(f, "store     the secret")?;
        if *clients > 0 {
            writeln!(f, "swap      into {clients} live client{}", if *clients == 1 { "" } else { "s" })?;
        }
        writeln!(f, "wait      {}", humantime::format_duration(*grace))?;
        write!(f, "disable   the old key{}", if *deletes_old { ", and delete it" } else { "" })
    }
}

fn limits(twin: &CreateKeyRequest) -> String {
    let limit = twin.limit.map(|limit| match &twin.limit_reset {
        Some(reset) => format!("a limit of ${limit:.2} {}", printable(reset.as_str(), 20)),
        None => format!("a limit of ${limit:.2}"),
    });
    let list = |name: &str, words: &Option<Vec<String>>| Some(format!("{name} {}", printable(&words.as_ref()?.join(", "), 200)));
    let expiry = twin.expires_at.as_ref().map(|time| format!("an end at {}", printable(&time.to_string(), 40)));
    let parts = [limit, list("providers", &twin.allowed_providers), list("models", &twin.allowed_models), expiry];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "no limits".to_owned() } else { parts.join("; ") }
}

impl Rotation {
    pub(super) async fn plan(&self) -> Result<RotationPlan, RotationError> {
        self.read().await.map_err(|error| self.failed(RotationStep::Plan, error, Twin::None))
    }

    async fn read(&self) -> Result<RotationPlan> {
        if self.clients.iter().any(|client| client.transport().settings().credentials.api.has_provider()) {
            return Err(Error::config("a live client asks a provider for its key: let the storing function feed the provider"));
        }
        let all = every_key(&self.keys).await?;
        let old = match all.iter().find(|key| key.hash == self.hash) {
            Some(old) => old.clone(),
            // Whatever the list leaves out, the key may exist.
            None => self.keys.get(&self.hash).await?.into_inner(),
        };
        check_rotatable(&old)?;
        let begin = twin_of(&old);
        let twin = self.change.as_ref().map_or_else(|| begin.clone(), |change| change(begin.clone()));
        if twin.expires_at.as_ref().and_then(|time| time.to_system_time()).is_some_and(|time| time <= SystemTime::now()) {
            return Err(Error::config("the key has expired, and so would its twin: give it a later expires_at"));
        }
        let same_name = all.into_iter().filter(|key| key.name == twin.name && key.hash != old.hash).collect();
        Ok(RotationPlan { old, twin, same_name, clients: self.clients.len(), grace: self.grace, deletes_old: self.deletes_old })
    }
}

pub(super) async fn every_key(keys: &Keys) -> Result<Vec<Key>> {
    keys.list_all_with(&ListKeysQuery::new().page_size(100).include_disabled(true)).try_collect().await
}

fn check_rotatable(old: &Key) -> Result<()> {
    if old.key_type == Some(KeyType::Management) {
        return Err(Error::config("a management key can't be rotated: the API makes none that could take its place"));
    }
    if old.disabled {
        return Err(Error::config("the key is disabled, as one that has been rotated is: enable it, or create a new one"));
    }
    Ok(())
}

fn twin_of(old: &Key) -> CreateKeyRequest {
    let words = |words: &Option<Vec<String>>| words.clone().filter(|words| !words.is_empty());
    CreateKeyRequest {
        limit: old.spending_limit(),
        limit_reset: old.limit_reset.clone().filter(|reset| !reset.is_never()),
        include_byok_in_limit: old.include_byok_in_limit,
        expires_at: old.expires_at.clone(),
        allowed_providers: words(&old.allowed_providers),
        allowed_models: words(&old.allowed_models),
        workspace_id: old.workspace_id.clone(),
        ..CreateKeyRequest::new(&old.name)
    }
}
