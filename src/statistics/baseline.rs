//! The baselines that authorities wrote into their plans, beside what their packs of that round told them.

use anyhow::Result;

use crate::authority::changes::Unit;
use crate::finding::{Finding, Severity, quoted};
use crate::round::Round;
use crate::standard::Kind;
use crate::submissions::Returns;
use crate::submissions::plans::{Action, Plan, ratio};

use super::add_up::{self, Member};
use super::figure::{Quantity, Scope};

/// What differs: `earlier` is the round that the plans of this one were made after.
pub fn check_baselines(plans: &[Plan], round: &Round, earlier: &Round, returns: &Returns) -> Result<Vec<Finding>> {
    let stated = |action: &Action| action.indicator.is_some() && ratio(&action.baseline).is_some();
    if !plans.iter().any(|plan| plan.actions.iter().any(stated)) {
        return Ok(Vec::new());
    }
    let members = add_up::contributions(earlier, returns)?.members;
    let each = plans.iter().flat_map(|plan| plan.actions.iter().map(move |action| (plan, action)));
    let since = round.since(earlier.moment());
    Ok(each
        .filter_map(|(plan, action)| differs(plan, action, earlier, &members, &since.of_later(&plan.authority_code)))
        .collect())
}

/// The finding about one baseline, if it is not what the round told; only ratios are compared.
fn differs(plan: &Plan, action: &Action, earlier: &Round, members: &[Member], unit: &Unit) -> Option<Finding> {
    if !unit.is_of_one() {
        return None; // the baseline is of another area
    }
    let (stated, decimals) = ratio(&action.baseline)?;
    let indicator = earlier.indicator(action.indicator.as_deref()?)?;
    if indicator.kind == Kind::Share {
        return None;
    }
    let scope = action.service.map_or(Scope::All, |service| match service.id() {
        "adults" => Scope::Adults,
        "childrens" => Scope::Childrens,
        _ => Scope::All,
    });
    let own = members.iter().filter(|member| {
        let figure = unit.earlier.contains(&member.authority) && member.indicator == indicator.id;
        figure && member.breakdown.is_whole() && Scope::of(member.service).contains(&scope)
    });
    let sum = |quantity| own.clone().map(|member| member.counts[quantity]).sum::<u64>() as f64;
    let rate = |numerator, denominator| sum(numerator) / sum(denominator);
    let told = rate(Quantity::MinoritisedNumerator, Quantity::MinoritisedDenominator)
        / rate(Quantity::WhiteNumerator, Quantity::WhiteDenominator);
    let year = earlier.settings.year;
    let message = if !told.is_finite() {
        format!("the round of {year} has no ratio of this authority for that")
    } else if (told - stated).abs() > 0.5 * 10_f64.powi(-(decimals.min(2) as i32)) + 1e-9 {
        format!("the pack of {year} had {told:.2}")
    } else {
        return None;
    };
    Some(Finding {
        authority_code: plan.authority_code.clone(),
        file: plan.file.clone(),
        location: format!("line {}, column baseline", action.line),
        severity: Severity::Warning,
        rule: "plan-baseline",
        found: quoted(&action.baseline),
        message,
        help: "see which of the two is meant: the report takes the figure of the return".to_owned(),
        others: Vec::new(),
    })
}
