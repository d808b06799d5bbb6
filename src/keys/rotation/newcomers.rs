//! Which keys are new under a name, and whether one of them is the twin that a creation made without telling.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use super::outcome::Twin;
use super::plan::{RotationPlan, every_key};
use crate::error::{Error, Result};
use crate::keys::{Key, Keys, LimitReset};
use crate::timestamp::Timestamp;

/// A look-out for keys that weren't there before a creation.
pub(super) struct Newcomers<'p> {
    plan: &'p RotationPlan,
    known: HashSet<&'p str>,
    began: SystemTime,
}

impl<'p> Newcomers<'p> {
    /// To be made before the creation is sent.
    #[inline]
    pub(super) fn after(plan: &'p RotationPlan) -> Self {
        let known = plan.same_name.iter().map(|key| key.hash.as_str()).chain([plan.old.hash.as_str()]).collect();
        Self { plan, known, began: SystemTime::now() }
    }

    /// Whether a key was there before.
    #[inline]
    pub(super) fn knows(&self, hash: &str) -> bool {
        self.known.contains(hash)
    }

    /// What is to be said if none of them is the twin, and it may exist.
    #[inline]
    pub(super) fn may_exist(&self) -> Twin {
        Twin::MayExist { name: self.plan.twin.name.clone() }
    }

    /// The keys with the twin's name that weren't there before.
    #[inline]
    pub(super) async fn find(&self, keys: &Keys) -> Result<Vec<Key>> {
        let all = every_key(keys).await?;
        Ok(all.into_iter().filter(|key| key.name == self.plan.twin.name && !self.knows(&key.hash)).collect())
    }

    /// The one that can only be the twin: there is no other, it was made since, as the twin was to be, and it is unused.
    #[inline]
    pub(super) fn twin_among<'k>(&self, new: &'k [Key]) -> Option<&'k Key> {
        let [key] = new else { return None };
        let twin = &self.plan.twin;
        let time = |time: &Option<Timestamp>| time.as_ref().and_then(Timestamp::to_system_time);
        let is_since = time(&key.created_at).is_some_and(|made| made.checked_add(CLOCK_SKEW).is_none_or(|made| made >= self.began));
        let reset = |reset: &Option<LimitReset>| reset.clone().filter(|reset| !reset.is_never());
        let words = |words: &Option<Vec<String>>| words.clone().unwrap_or_default();
        let is_alike = key.effective_limit() == twin.limit
            && reset(&key.limit_reset) == reset(&twin.limit_reset)
            && words(&key.allowed_providers) == words(&twin.allowed_providers)
            && words(&key.allowed_models) == words(&twin.allowed_models)
            && time(&key.expires_at) == time(&twin.expires_at);
        (is_since && is_alike && key.usage.cost_usd() == 0.0).then_some(key)
    }
}

/// Whether a failed creation may have made a key: not if it was never sent, or refused for what it asks.
#[inline]
pub(super) fn may_have_made_one(error: &Error) -> bool {
    let refused = |error: &Error| {
        let status = error.api().and_then(|api| api.effective_status()).map(|status| status.as_u16());
        matches!(status, Some(400..=405 | 413 | 422 | 429))
    };
    let never_sent = error.is_connect() || matches!(error, Error::Config { .. } | Error::NoRuntime { .. });
    !never_sent && !refused(error) || error.outcome_unknown()
}

/// How far the clocks of client and gateway may be apart.
const CLOCK_SKEW: Duration = Duration::from_secs(300);

/// When to look for a key that may yet come to exist.
pub(super) const PAUSES: [Duration; 3] = [Duration::ZERO, Duration::from_millis(500), Duration::from_secs(2)];
