//! Which part of a person's data something is about, as a form asks for it: categories, tables, single rows. Reads no database.

use crate::{
    app::{
        error::{Error, FieldError},
        runs::{Extent, Item},
    },
    ui::{
        components::field::Field,
        form::{Fields, Problems},
        render,
    },
};
use leptos::prelude::*;

/// What a form offers: the categories of the data map, and its tables with what people call them.
pub type Offered = (Vec<String>, Vec<(String, String)>);

/// What was ticked and typed.
#[derive(Debug, Clone, Default)]
pub struct PartTyped {
    /// Ticked categories.
    pub categories: Vec<String>,
    /// Ticked tables.
    pub tables: Vec<String>,
    /// Single rows, one a line.
    pub items: String,
}

impl PartTyped {
    /// Reads the form.
    #[must_use]
    pub fn read(fields: &Fields) -> Self {
        let all = |name: &str| fields.all(name).map(str::to_owned).collect::<Vec<_>>();
        Self { categories: all("category"), tables: all("table"), items: fields.text("items") }
    }

    /// True where something is named.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        !self.categories.is_empty() || !self.tables.is_empty() || !self.items.trim().is_empty()
    }

    /// The part.
    ///
    /// # Errors
    /// `Invalid` on `items` where a line names no row.
    pub fn extent(&self) -> Result<Extent, Error> {
        let lines = self.items.lines().map(str::trim).filter(|line| !line.is_empty());
        let items = lines.map(|line| {
            line.parse::<Item>().map_err(|says| {
                Error::Invalid(vec![FieldError::new("items", format!("“{line}” names no row; a line {says}"))])
            })
        });
        let items = items.collect::<Result<_, _>>()?;
        Ok(Extent { categories: self.categories.clone(), tables: self.tables.clone(), items })
    }
}

/// What a form says around the boxes.
#[derive(Debug, Clone, Copy)]
pub struct PartWords {
    /// What is so while nothing is named.
    pub summary: &'static str,
    /// What naming something means.
    pub hint: &'static str,
}

/// The fields; folded while nothing is named, for that is what is asked for as a rule. `items` is the id of the box.
pub fn part_fields(
    (categories, tables): &Offered,
    typed: &PartTyped,
    items: &str,
    words: PartWords,
    problems: &Problems,
) -> AnyView {
    let boxes = categories.iter().map(|category| {
        let checked = typed.categories.contains(category);
        tick("category", category, view! { <span class="mono">{category.clone()}</span> }.into_any(), checked)
    });
    let boxes = boxes.collect_view();
    let any = !categories.is_empty();
    let tables = tables.iter().map(|(name, title)| {
        let words = if title == name { None } else { Some(format!("{title} ")) };
        let says = view! { {words}<span class="mono">{name.clone()}</span> }.into_any();
        tick("table", name, says, typed.tables.contains(name))
    });
    let tables = tables.collect_view();
    let (invalid, described) = (problems.invalid(items), problems.described(items, true));
    let text = render::raw_text(&typed.items);
    let id = items.to_owned();
    view! {
        <details open=typed.is_limited() || problems.of(items).is_some()>
            <summary>{words.summary}</summary>
            <p class="hint">{words.hint}</p>
            {any.then(|| view! { <fieldset class="boxes"><legend>"Categories"</legend>{boxes}</fieldset> })}
            <fieldset class="boxes"><legend>"Tables"</legend>{tables}</fieldset>
            <Field id=id.clone() label="Single rows"
                hint="One a line: the table, a colon, the key. images:17, or gallery_items:3,17 for a key of two columns."
                problems=problems.clone()>
                <textarea id=id name="items" rows="3" spellcheck="false" aria-invalid=invalid
                    aria-describedby=described inner_html=text></textarea>
            </Field>
        </details>
    }
    .into_any()
}

fn tick(name: &'static str, value: &str, says: AnyView, checked: bool) -> impl IntoView + use<> {
    view! { <label><input type="checkbox" name=name value=value.to_owned() checked=checked /><span>{says}</span></label> }
}
