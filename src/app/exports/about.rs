//! What the law wants said with a copy of a person's data, from the product's pack.

use crate::{
    app::{App, letters},
    domain::language::Language,
    generation::export::About,
    store::runs::Run,
};

/// What the package of this run says of itself, for somebody called `person`.
pub(super) fn about(app: &App, run: &Run, person: &str) -> About {
    let (pack, head) = (app.packs.get(&run.product), app.letterhead(&run.product));
    let copy = pack.map(|pack| pack.copy.clone());
    let zone = app.packs.zone(&run.product);
    let officer = [head.signer(), head.product.clone(), head.mail, head.post];
    About {
        product: head.product,
        person: person.to_owned(),
        reference: run.case.to_string(),
        run: run.id.to_string(),
        made: app.now().in_words(zone),
        made_at: app.now().rfc3339(),
        recipients: copy.iter().flat_map(|c| &c.recipients).map(|r| (r.name.clone(), r.purpose.clone())).collect(),
        retention: copy.iter().flat_map(|copy| copy.retention.clone()).collect(),
        source: copy.as_ref().map(|copy| copy.origin.clone()).unwrap_or_default(),
        rights: copy.into_iter().flat_map(|copy| copy.rights).collect(),
        complaint: letters::complaint(app, &run.product, Language::En),
        officer: officer.into_iter().filter(|line| !line.trim().is_empty()).collect(),
    }
}
