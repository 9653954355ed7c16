//! Two small pictures of numbers, each with its table. Sizes are SVG attributes, never styles.

use crate::app::overview::{InTime, Week};
use leptos::prelude::*;

const WIDTH: i64 = 480;
const LEFT: i64 = 32;
const FLOOR: i64 = 110;
const HIGH: i64 = 96;

/// Cases received and closed, by week.
pub(super) fn weeks(weeks: Vec<Week>) -> impl IntoView {
    let top = nice_top(weeks.iter().map(|w| w.received.max(w.closed)).max().unwrap_or(0));
    let step = (WIDTH - LEFT) / i64::try_from(weeks.len().max(1)).unwrap_or(1);
    let lines = (0..=3).map(|n| grid_line(n * top / 3, top)).collect_view();
    let bars = weeks.iter().enumerate().map(|(at, week)| bars(week, at, step, top)).collect_view();
    let rows = weeks
        .into_iter()
        .map(|week| {
            view! {
                <tr>
                    <th scope="row">{week.label}</th>
                    <td class="num">{week.received}</td>
                    <td class="num">{week.closed}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section aria-labelledby="h-weeks">
            <h2 id="h-weeks">"Received and closed, by week"</h2>
            <svg class="chart" viewBox="0 0 480 132" role="img"
                aria-label="Cases received and closed each week; the table below has the numbers">
                {lines}{bars}
            </svg>
            <p class="key" aria-hidden="true">
                <span><i class="received"></i>"received"</span><span><i class="closed"></i>"closed"</span>
            </p>
            <details>
                <summary>"Show as a table"</summary>
                <table>
                    <caption class="sr">"Cases received and closed by week"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Week of"</th>
                            <th scope="col" class="num">"Received"</th>
                            <th scope="col" class="num">"Closed"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </details>
        </section>
    }
}

/// A round number that holds `most` and parts into three, so that the lines stand at whole numbers.
fn nice_top(most: i64) -> i64 {
    let unit = if most <= 30 {
        3
    } else if most <= 300 {
        15
    } else {
        150
    };
    (most.max(1) + unit - 1) / unit * unit
}

fn height(value: i64, top: i64) -> i64 {
    value * HIGH / top
}

fn grid_line(value: i64, top: i64) -> impl IntoView {
    let y = FLOOR - height(value, top);
    view! { <path class="grid" d=format!("M{LEFT} {y}.5H{WIDTH}") /><text x="0" y=y + 4>{value}</text> }
}

fn bars(week: &Week, at: usize, step: i64, top: i64) -> impl IntoView + use<> {
    let x = LEFT + 8 + i64::try_from(at).unwrap_or(0) * step;
    let (received, closed) = (height(week.received, top), height(week.closed, top));
    let class = if at % 4 == 2 { "alt" } else { "" };
    let label = at.is_multiple_of(2).then(|| view! { <text class=class x=x - 2 y="128">{week.label.clone()}</text> });
    view! {
        <rect class="received" x=x y=FLOOR - received width="11" height=received />
        <rect class="closed" x=x + 12 y=FLOOR - closed width="11" height=closed />
        {label}
    }
}

/// How each product kept its clocks.
pub(super) fn in_time(products: Vec<InTime>) -> impl IntoView {
    let rows = products
        .into_iter()
        .map(|product| {
            let share = if product.closed > 0 { product.in_time * 100 / product.closed } else { 0 };
            let says = if product.closed > 0 { format!("{share} %") } else { "–".to_owned() };
            view! {
                <tr>
                    <th scope="row">{product.product}</th>
                    <td class="num">{product.closed}</td>
                    <td class="num">{says}</td>
                    <td>
                        <svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                            <rect class="used" width=share height="4" />
                        </svg>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section aria-labelledby="h-in-time">
            <h2 id="h-in-time">"Closed inside the binding clock, 90 days"</h2>
            <table class="share">
                <caption class="sr">"Share of cases closed in time, by product"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Product"</th>
                        <th scope="col" class="num">"Closed"</th>
                        <th scope="col" class="num">"In time"</th>
                        <td></td>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}
