//! Where the reading of a step's rows stands.

use crate::generation::{
    Error,
    engine::{Conn, Texts},
};
use std::collections::VecDeque;

/// Rows still to be done of one step. Keeps a cursor open where the engine has one that does not hinder others.
pub struct Rows {
    pub(super) conn: Option<Conn>,
    pub(super) read: usize,
    /// What was read ahead.
    pub(super) waiting: VecDeque<Texts>,
}

impl Rows {
    /// Begins to read one moment on `conn`.
    pub(super) async fn begin(conn: Conn) -> Result<Self, Error> {
        let mut rows = Self { conn: Some(conn), read: 0, waiting: VecDeque::new() };
        if let Some(conn) = &mut rows.conn {
            conn.begin_reading().await?;
        }
        Ok(rows)
    }

    /// The next of what was read ahead.
    pub(super) fn take(&mut self, most: usize) -> Vec<Texts> {
        self.waiting.drain(..most.min(self.waiting.len())).collect()
    }

    /// Gives the connection back: a new one for each step would cost more than most steps do.
    pub(super) async fn end(&mut self) -> Result<(), Error> {
        if let Some(conn) = &mut self.conn {
            conn.end_reading().await?;
        }
        self.conn = None;
        Ok(())
    }
}

impl Drop for Rows {
    /// Reading that was cut off is ended with its connection.
    fn drop(&mut self) {
        if let Some(conn) = &mut self.conn {
            conn.close_on_drop();
        }
    }
}
