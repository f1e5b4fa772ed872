//! What the authority meant to do after the round before: its own words, in its own pack alone.

use serde::Serialize;

use crate::reports::digits::Digits;
use crate::reports::material::Material;
use crate::statistics::Edition;
use crate::submissions::plans::{Action, Plan};

/// One action as templates see it.
#[derive(Serialize)]
pub(super) struct ActionView<'a> {
    /// The indicator's identifier, or nothing where it is about none.
    indicator: Option<&'a str>,
    /// The service, or empty where it is about all.
    service: &'static str,
    action: &'a str,
    owner: &'a str,
    due: &'a str,
    target: &'a str,
    status: &'a str,
    note: &'a str,
}

/// The authority's plan: nothing in packs for everybody, for it may tell of exact numbers.
fn plan<'a>(material: Material<'a>, code: &str) -> Option<&'a Plan> {
    let own = material.statistics.edition == Edition::Own;
    material.plans.iter().find(|plan| own && plan.authority_code == code)
}

/// Its actions, in its own order.
pub(super) fn actions<'a>(material: Material<'a>, code: &str) -> Vec<ActionView<'a>> {
    let view = |action: &'a Action| ActionView {
        indicator: action.indicator.as_deref(),
        service: action.service.map_or("", |service| service.id()),
        action: &action.action,
        owner: &action.owner,
        due: &action.due,
        target: &action.target,
        status: &action.status,
        note: &action.note,
    };
    plan(material, code).into_iter().flat_map(|plan| &plan.actions).map(view).collect()
}

/// The digits that it typed.
pub(super) fn typed(material: Material<'_>, code: &str) -> Digits {
    let mut digits = Digits::default();
    let actions = plan(material, code).into_iter().flat_map(|plan| &plan.actions);
    actions.flat_map(Action::words).for_each(|words| digits.add(words));
    digits
}
