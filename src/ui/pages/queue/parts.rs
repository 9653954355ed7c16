//! What stands around the queue's table: views, filter, the bar for picked rows, the pager.

use crate::{
    app::queue::{Choice, QueueFilter, QueuePage},
    domain::{
        clock::{Duty, Layer},
        identity::StaffId,
        kind::Kind,
    },
    ui::{components::field::choices, form::Problems, islands::QueueKeys, paths, shell::counted},
};
use leptos::prelude::*;

/// What a form sends to take a case from its owner and give it to nobody.
pub const NOBODY: &str = "nobody";

/// Whom a case can be given to, nobody first.
#[must_use]
pub fn people(staff: &[Choice<StaffId>]) -> Vec<(String, String)> {
    let nobody = (NOBODY.to_owned(), "Nobody".to_owned());
    std::iter::once(nobody).chain(staff.iter().map(|person| (person.id.0.to_string(), person.name.clone()))).collect()
}

/// Saved views with their counts.
pub(super) fn views(queue: &QueuePage) -> impl IntoView + use<> {
    let current = queue.filter.view;
    let links = queue
        .counts
        .iter()
        .map(|(view, count)| {
            let count = count.map(|count| view! { " "<span class="n">{counted(count)}</span> });
            let here = (*view == current).then_some("page");
            view! { <a href=paths::view(*view) aria-current=here>{view.label()}{count}</a> }
        })
        .collect_view();
    view! { <nav class="views-bar" aria-label="Views">{links}</nav> }
}

/// The filter; it asks by GET, so it can be kept as a bookmark.
pub(super) fn filters(queue: &QueuePage) -> impl IntoView + use<> {
    let filter = queue.filter.clone();
    let kinds = Kind::ALL.iter().map(|kind| (kind.code().to_owned(), kind.label().to_owned())).collect();
    let layers = Layer::ALL.iter().map(|layer| (layer.code().to_owned(), layer.label().to_owned())).collect();
    let leading = Duty::ALL.iter().filter(|duty| **duty != Duty::ExtendBy);
    let duties = leading.map(|duty| (duty.code().to_owned(), duty.label().to_owned())).collect();
    let products = queue.products.iter().map(|product| (product.id.clone(), product.name.clone())).collect();
    view! {
        <form class="filters" role="search" method="get" action=paths::QUEUE aria-label="Filter the queue">
            <input type="hidden" name="view" value=filter.view.code() />
            <label class="sr" for="q">"Search this list"</label>
            <input class="wide" id="q" type="search" name="q" value=filter.q
                placeholder="Name, address, words or reference" />
            <label class="sr" for="f-kind">"Kind"</label>
            <select id="f-kind" name="kind">{choices("Any kind", kinds, filter.kind.map_or("", Kind::code))}</select>
            <label class="sr" for="f-product">"Product"</label>
            <select id="f-product" name="product">
                {choices("Any product", products, &filter.product.unwrap_or_default())}</select>
            <label class="sr" for="f-layer">"Layer of the clock"</label>
            <select id="f-layer" name="layer">
                {choices("Binding: any layer", layers, filter.layer.map_or("", Layer::code))}</select>
            <label class="sr" for="f-duty">"Duty of the clock"</label>
            <select id="f-duty" name="duty">
                {choices("Binding: any duty", duties, filter.duty.map_or("", Duty::code))}</select>
            <button class="btn">"Filter"</button>
        </form>
    }
}

/// What can be done with picked rows; floats above the foot while any is picked.
pub(super) fn batch(queue: &QueuePage, problems: &Problems) -> impl IntoView + use<> {
    let invalid = problems.invalid("to");
    view! {
        <div class="batch">
            <b class="picked">"selected"</b>
            <label for="to">"Assign to"</label>
            <select id="to" name="to" aria-invalid=invalid>{choices("Choose", people(&queue.staff), "")}</select>
            <button class="btn">"Assign cases"</button>
            <button class="btn bare" type="reset">"Clear"</button>
        </div>
    }
}

/// Which rows these are, and the way to the next.
pub(super) fn pager(queue: &QueuePage) -> impl IntoView + use<> {
    let last = queue.first + i64::try_from(queue.rows.len()).unwrap_or(0) - 1;
    let range = format!("{}–{last} of {}", queue.first, counted(queue.total));
    let start = QueueFilter { after: None, ..queue.filter.clone() };
    let back = (queue.first > 1).then(|| view! { <a href=paths::queue(&start)>"From the start"</a> });
    let next = queue.next.clone().map(|after| {
        let filter = QueueFilter { after: Some(after), ..queue.filter.clone() };
        view! { <a rel="next" href=paths::queue(&filter)>"Next"</a> }
    });
    view! { <div class="pager"><span>{range}</span>{back}{next}<QueueKeys /></div> }
}
