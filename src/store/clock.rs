//! What time it is: the system's clock in the product, a hand-moved one in tests and in the demo's past.

use crate::domain::time::Instant;
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// A source of the present moment.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands until it is moved.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `start`.
    #[must_use]
    pub fn manual(start: Instant) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(start.0)))
    }

    /// The present moment.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn now(&self) -> Instant {
        match self {
            Self::System => {
                let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
                Instant(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
            Self::Manual(at) => Instant(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a hand-moved clock to `at`; the system's clock stays as it is.
    pub fn set(&self, at: Instant) {
        if let Self::Manual(now) = self {
            now.store(at.0, Ordering::SeqCst);
        }
    }
}
