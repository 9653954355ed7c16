//! Which fields of a case are different after than before: their names, never their values.

use crate::domain::case::Case;

/// The names of the fields that differ, in the order in which a case has them.
#[must_use]
pub fn changed(before: &Case, after: &Case) -> Vec<&'static str> {
    [
        ("kind", before.kind != after.kind),
        ("state", before.state != after.state),
        ("outcome", before.outcome != after.outcome),
        ("owner", before.owner != after.owner),
        ("jurisdiction", before.jurisdiction != after.jurisdiction),
        ("language", before.language != after.language),
        ("clocks", before.clocks != after.clocks),
        ("facts", before.facts != after.facts),
        ("proposed jurisdiction", before.place_proposed != after.place_proposed),
        ("ruled-out rules", before.ruled_out != after.ruled_out),
        ("doubted rule", before.doubted != after.doubted),
        ("proposed kind", before.proposed != after.proposed),
        ("verified", before.verified != after.verified),
        ("run", before.run != after.run),
        ("acknowledgements", before.told != after.told),
        ("merged into", before.merged != after.merged),
        ("confirmed restriction", before.confirmed != after.confirmed),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect()
}
