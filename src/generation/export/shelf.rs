//! Where a package is written to. An archive that others follow is written in two goes: its entries while they come, its
//! page, manifest and end once it is known how many follow.

use std::io::{self, Write};

/// Takes the archives of a package, one go after the other, from a thread that may wait.
pub trait Shelf: Send + 'static {
    /// What a go is written to.
    type Out: Write + Send;

    /// Begins archive number `part`, counted from 1; or, where `ends`, what follows upon all that was written to it before.
    ///
    /// # Errors
    /// When it takes no more.
    fn begin(&mut self, part: u32, ends: bool) -> io::Result<Self::Out>;

    /// A go was written to its end. What never is told so is not to be kept.
    ///
    /// # Errors
    /// When it was not taken whole.
    fn finish(&mut self, out: Self::Out) -> io::Result<()>;
}
