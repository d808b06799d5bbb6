//! What a rotation begins with.

use std::fmt;
use std::time::{Duration, SystemTime};

use futures::TryStreamExt as _;

use super::outcome::{RotationError, RotationStep, Twin};
use super::{CreateKeyRequest, Rotation};
use crate::error::{Error, Result, printable};
use crate::keys::{Key, KeyType, Keys, ListKeysQuery};
use crate::timestamp::Timestamp;

/// What a rotation would do; `Display` tells it line by line.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RotationPlan {
    /// The key that is to be replaced.
    pub old: Key,
    /// What its twin is made with.
    pub twin: CreateKeyRequest,
    /// Other keys that have the twin's name, disabled ones too: perhaps the twin of a run that was killed, or of one under way. A rotation
    /// leaves them alone; one that nobody uses can be deleted once no rotation runs.
    pub same_name: Vec<Key>,
    /// Names of what the old key has and its twin will not: fields that can't be set, or that this version doesn't know.
    pub not_copied: Vec<String>,
    /// How many live clients are to get the new key.
    pub clients: usize,
    /// How long the old key goes on after the swap.
    pub grace: Duration,
    /// Whether the old key is deleted in the end, rather than disabled.
    pub deletes_old: bool,
}

impl fmt::Display for RotationPlan {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { old, twin, same_name, not_copied, clients, grace, deletes_old } = self;
        writeln!(f, "rotate    {} ({})", printable(&old.name, 80), printable(&old.hash, 80))?;
        writeln!(f, "create    {} with {}", printable(&twin.name, 80), limits(twin))?;
        let spent = old.usage.cost_usd();
        if twin.limit.is_some() && twin.limit_reset.is_none() && spent > 0.0 {
            writeln!(f, "  anew    the limit, of which the old key has spent ${spent:.2}")?;
        }
        if !not_copied.is_empty() {
            writeln!(f, "  without {}, which can't be copied", printable(&not_copied.join(", "), 200))?;
        }
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

#[inline]
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
    #[inline]
    pub(super) async fn plan(&self) -> Result<RotationPlan, RotationError> {
        self.read().await.map_err(|error| self.failed(RotationStep::Plan, error, Twin::None))
    }

    #[inline]
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
        check_expiry(&twin)?;
        let same_name = all.into_iter().filter(|key| key.name == twin.name && key.hash != old.hash).collect();
        let not_copied = not_copied(&old);
        let (clients, grace, deletes_old) = (self.clients.len(), self.grace, self.deletes_old);
        Ok(RotationPlan { old, twin, same_name, not_copied, clients, grace, deletes_old })
    }
}

#[inline]
pub(super) async fn every_key(keys: &Keys) -> Result<Vec<Key>> {
    keys.list_all_with(&ListKeysQuery::new().page_size(100).include_disabled(true)).try_collect().await
}

#[inline]
fn check_rotatable(old: &Key) -> Result<()> {
    if old.key_type == Some(KeyType::Management) {
        return Err(Error::config("a management key can't be rotated: the API makes none that could take its place"));
    }
    if old.disabled {
        return Err(Error::config("the key is disabled, as one that has been rotated is: enable it, or create a new one"));
    }
    Ok(())
}

#[inline]
fn check_expiry(twin: &CreateKeyRequest) -> Result<()> {
    let Some(expires_at) = &twin.expires_at else { return Ok(()) };
    match expires_at.to_system_time() {
        None => Err(Error::config("the key's expires_at can't be read: give the twin another")),
        Some(time) if time <= SystemTime::now() => {
            Err(Error::config("the key has expired, and so would its twin: give it a later expires_at"))
        }
        Some(_) => Ok(()),
    }
}

#[inline]
fn twin_of(old: &Key) -> CreateKeyRequest {
    CreateKeyRequest {
        limit: old.effective_limit(),
        limit_reset: old.limit_reset.clone().filter(|reset| !reset.is_never()),
        include_byok_in_limit: old.include_byok_in_limit,
        expires_at: expiry(old),
        // What an empty list means is not documented: as it is, the twin can't be allowed more.
        allowed_providers: old.allowed_providers.clone(),
        allowed_models: old.allowed_models.clone(),
        workspace_id: old.workspace_id.clone(),
        ..CreateKeyRequest::new(&old.name)
    }
}

/// When the old key ends, as creations take it; some gateways write "never" as nothing, or as the year 1.
#[inline]
fn expiry(old: &Key) -> Option<Timestamp> {
    match old.expires_at.as_ref()? {
        Timestamp::Text(text) if text.trim().is_empty() || text.starts_with("0001-") => None,
        time => Some(time.to_system_time().map_or_else(|| time.clone(), Timestamp::from)),
    }
}

#[inline]
fn not_copied(old: &Key) -> Vec<String> {
    let set = old.extra.iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| name.to_owned());
    old.rate_limit.iter().map(|_| "rate_limit".to_owned()).chain(set).collect()
}
