//! What a rotation tells on its way, and in the end.

use std::fmt;
use std::time::Duration;

use super::RotationPlan;
use crate::error::{BoxError, Error, printable};
use crate::keys::{CreatedKey, Key};

/// A step of a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RotationStep {
    /// Reading the old key and those with its name.
    Plan,
    /// Making the twin.
    Create,
    /// A call with the new key.
    Verify,
    /// The caller's function.
    Store,
    /// Giving live clients the new key, and a call through each.
    Swap,
    /// Disabling the old key.
    Disable,
    /// Deleting the old key.
    Delete,
}

impl fmt::Display for RotationStep {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plan => "plan",
            Self::Create => "create",
            Self::Verify => "verify",
            Self::Store => "store",
            Self::Swap => "swap",
            Self::Disable => "disable",
            Self::Delete => "delete",
        })
    }
}

/// What a rotation has just done.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum RotationEvent {
    /// It knows what to do.
    Planned(Box<RotationPlan>),
    /// The twin was made.
    #[non_exhaustive]
    Created {
        /// Its hash.
        hash: String,
    },
    /// The twin answered a real call.
    Verified,
    /// The secret is stored.
    Stored,
    /// Live clients use the new key.
    #[non_exhaustive]
    Swapped {
        /// How many.
        clients: usize,
    },
    /// The old key goes on for a while.
    #[non_exhaustive]
    Waiting {
        /// How long.
        grace: Duration,
    },
    /// The old key is refused from now on.
    #[non_exhaustive]
    Disabled {
        /// Its hash.
        hash: String,
    },
    /// The old key is gone.
    #[non_exhaustive]
    Deleted {
        /// Its hash.
        hash: String,
    },
    /// A step failed, and the twin was deleted again.
    #[non_exhaustive]
    RolledBack {
        /// Its hash.
        hash: String,
    },
}

impl fmt::Display for RotationEvent {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Planned(plan) => write!(f, "planned: {} ({})", printable(&plan.old.name, 80), printable(&plan.old.hash, 80)),
            Self::Created { hash } => write!(f, "created a twin ({})", printable(hash, 80)),
            Self::Verified => f.write_str("verified the new key"),
            Self::Stored => f.write_str("stored the secret"),
            Self::Swapped { clients } => write!(f, "swapped it into {clients} live client{}", if *clients == 1 { "" } else { "s" }),
            Self::Waiting { grace } => write!(f, "waiting {}", humantime::format_duration(*grace)),
            Self::Disabled { hash } => write!(f, "disabled the old key ({})", printable(hash, 80)),
            Self::Deleted { hash } => write!(f, "deleted the old key ({})", printable(hash, 80)),
            Self::RolledBack { hash } => write!(f, "deleted the twin again ({})", printable(hash, 80)),
        }
    }
}

/// What a rotation has done.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Rotated {
    /// The old key as it was left, or last was.
    pub old: Key,
    /// The new key, with its secret.
    pub new: CreatedKey,
    /// Other keys with its name, as [`RotationPlan::same_name`] has them.
    pub same_name: Vec<Key>,
}

/// What became of the new key when a rotation failed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Twin {
    /// It was never made. The old key is as it was.
    None,
    /// It was deleted again. The old key is as it was.
    #[non_exhaustive]
    Deleted {
        /// Its hash.
        hash: String,
    },
    /// It may exist, or come to: no answer told, and no key under its name is new. The old key is as it was.
    #[non_exhaustive]
    MayExist {
        /// Its name, to look for.
        name: String,
    },
    /// It could not be deleted, or told apart from others that are new under its name. Delete it. The old key is as it was.
    #[non_exhaustive]
    Left {
        /// Its hash, or those that it may be.
        hashes: Vec<String>,
    },
    /// Its secret is stored. The old key is in force as well, unless the step that failed has ended it without an answer.
    #[non_exhaustive]
    Stored {
        /// Its hash.
        hash: String,
    },
}

/// Why a rotation stopped, and what it left.
///
/// `Display` tells the step, what became of the twin, and what is left to do; the cause is behind `source()`.
#[derive(Debug, thiserror::Error)]
#[error("the rotation of key {} failed at {step}: {}", printable(.old_hash, 80), left_over(*.step, .twin))]
#[non_exhaustive]
pub struct RotationError {
    /// The step that failed.
    pub step: RotationStep,
    /// Hash of the old key.
    pub old_hash: String,
    /// What became of the new one.
    pub twin: Twin,
    /// The new key with its secret, if it may still exist and is known.
    pub created: Option<Box<CreatedKey>>,
    /// Why.
    pub source: BoxError,
}

impl RotationError {
    /// The client's own error, if a call failed; not the storing function's.
    #[must_use]
    #[inline]
    pub fn error(&self) -> Option<&Error> {
        self.source.downcast_ref()
    }
}

/// What a failed rotation has left, and what to do about it.
#[inline]
fn left_over(step: RotationStep, twin: &Twin) -> String {
    let old = "the old one is as it was";
    match twin {
        Twin::None => format!("no new key was made, and {old}"),
        Twin::Deleted { hash } => format!("the new key ({}) was deleted again, and {old}", printable(hash, 80)),
        Twin::MayExist { name } => format!("a new key named \"{}\" may exist or come to: look for it; {old}", printable(name, 80)),
        Twin::Left { hashes } => {
            format!("a new key is left, delete it if nobody uses it ({}); {old}", printable(&hashes.join(", "), 400))
        }
        Twin::Stored { hash } => {
            let old = match step {
                RotationStep::Delete => "the old one is disabled, and is to be deleted",
                RotationStep::Disable => "the old one may be in force as well: disable it once the new one is seen to work",
                _ => "live clients are back at the old one, which is as it was",
            };
            format!("the new key ({}) is stored; {old}", printable(hash, 80))
        }
    }
}
