//! What the law wants said with a copy of a person's data, from the product's pack.

use super::schema_address;
use crate::{
    app::{App, letters},
    domain::case::Case,
    generation::export::{About, Receiver},
    store::runs::Run,
};

/// What the package of this run says of itself, for somebody called `person`, in the language the case is answered in.
pub(super) fn about(app: &App, run: &Run, case: &Case, person: &str) -> About {
    let (pack, head) = (app.packs.get(&run.product), app.letterhead(&run.product));
    let copy = pack.map(|pack| pack.copy.clone());
    let language = letters::language_of(app, case);
    let officer = [head.signer(), head.product.clone(), head.mail, head.post];
    let receivers = copy.iter().flat_map(|copy| &copy.recipients).map(|recipient| Receiver {
        name: recipient.name.clone(),
        purpose: recipient.purpose.clone(),
        categories: recipient.categories.clone(),
    });
    About {
        language,
        product: head.product,
        person: person.to_owned(),
        reference: run.case.to_string(),
        run: run.id.to_string(),
        made: letters::when(app, case, language, app.now()),
        made_at: app.now().rfc3339(),
        recipients: receivers.collect(),
        retention: copy.iter().flat_map(|copy| copy.retention.clone()).collect(),
        source: copy.as_ref().map(|copy| copy.origin.clone()).unwrap_or_default(),
        rights: copy.into_iter().flat_map(|copy| copy.rights).collect(),
        complaint: letters::complaint(app, &run.product, language),
        officer: officer.into_iter().filter(|line| !line.trim().is_empty()).collect(),
        schema: schema_address(app),
    }
}
