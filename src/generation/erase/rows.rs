//! Where the reading of a step's rows stands.

use crate::generation::{
    Error,
    engine::{Conn, Texts},
};
use std::collections::VecDeque;
use tokio::sync::OwnedSemaphorePermit;

/// Rows still to be done of one step. Keeps a cursor open where the engine has one that does not hinder others.
#[derive(Default)]
pub struct Rows {
    pub(super) conn: Option<Conn>,
    pub(super) read: usize,
    /// What was read ahead.
    pub(super) waiting: VecDeque<Texts>,
    /// True once there are more rows than one statement should change.
    pub(super) are_many: bool,
    /// Held beside a connection that others are waiting for.
    pub(super) room: Option<OwnedSemaphorePermit>,
    /// True once the last row was read.
    pub(super) ended: bool,
}

impl Rows {
    /// Begins to read one moment on `conn`.
    pub(super) async fn begin(mut conn: Conn) -> Result<Self, Error> {
        conn.begin_reading().await?;
        Ok(Self { conn: Some(conn), ..Self::default() })
    }

    /// The next of what was read ahead.
    pub(super) fn take(&mut self, most: usize) -> Vec<Texts> {
        self.waiting.drain(..most.min(self.waiting.len())).collect()
    }

    /// Gives the connection back: a new one for each step would cost more than most steps do.
    pub(super) async fn end(&mut self) -> Result<(), Error> {
        self.ended = true;
        if let Some(mut conn) = self.conn.take() {
            conn.end_reading().await?;
        }
        self.room = None;
        Ok(())
    }
}
