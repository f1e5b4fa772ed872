//! What could have been seen: the ratios nearest to 1 that the score test finds (`docs/method.md`, What could have been seen).
//!
//! They follow from how many people there are and England's white rate, and from no event of the figure itself.

use std::collections::BTreeMap;

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, Normal};
use statrs::function::factorial::ln_binomial;

use super::interval::{self, Proportion};
use super::statistic::{Marker, Statistic};
use crate::standard::Kind;
use crate::statistics::figure::{ENGLAND, Scope};

/// How often a ratio has to be found to count as one that could have been seen.
const POWER: f64 = 0.8;

/// With fewer people in a group outcomes are enumerated; the normal approximation holds for larger ones.
const ENUMERATED: u64 = 200;

/// Chances that are smaller are nothing beside a power of 80%.
const NEGLIGIBLE: f64 = 1e-17;

/// The ratios nearest to 1 that would have been found; nothing where none would, not even no cases at all or everybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Detectable {
    /// Below 1.
    pub below: Option<f64>,
    /// Above 1.
    pub above: Option<f64>,
}

/// England's shown white rates, by indicator: what the rates of others are taken to be where nothing differs.
pub(in crate::statistics) struct WhiteRates(BTreeMap<String, f64>);

impl WhiteRates {
    /// Of England's headline figures among these.
    pub(in crate::statistics) fn of(national: &[Statistic]) -> Self {
        let headline = |row: &&Statistic| {
            row.area.code == ENGLAND && row.scope == Scope::All && row.breakdown.is_whole() && row.white.rate.is_some()
        };
        let rates = national.iter().filter(headline);
        Self(rates.filter_map(|row| Some((row.indicator.clone(), row.white.rate?))).collect())
    }

    /// Notes in every ratio what could have been seen of it, or why that cannot be said.
    pub(in crate::statistics) fn note(&self, rows: &mut [Statistic], critical: f64) {
        // One service alone is all services: the same people are not looked at twice.
        let mut known: BTreeMap<(u64, u64, u64), Detectable> = BTreeMap::new();
        for row in rows.iter_mut().filter(|row| row.kind == Kind::Likelihood) {
            row.detectable = self.of_one(row, critical, &mut known);
        }
    }

    fn of_one(
        &self,
        row: &Statistic,
        critical: f64,
        known: &mut BTreeMap<(u64, u64, u64), Detectable>,
    ) -> Result<Detectable, Marker> {
        let people = row.minoritised.denominator.zip(row.white.denominator);
        let people = people.ok_or_else(|| row.marker.unwrap_or(Marker::C))?;
        let rate = *self.0.get(&row.indicator).ok_or(Marker::C)?;
        if people.0 == 0 || people.1 == 0 {
            return Err(Marker::Z);
        }
        let key = (people.0, people.1, rate.to_bits());
        Ok(*known.entry(key).or_insert_with(|| detectable(people, rate, critical)))
    }
}

/// The ratios nearest to 1 that the score test finds with 80% power among so many minoritised and white people, whose rate is
/// the given one.
pub(super) fn detectable((minoritised, white): (u64, u64), rate: f64, critical: f64) -> Detectable {
    if minoritised == 0 || white == 0 || rate <= 0.0 || rate >= 1.0 {
        return Detectable::default();
    }
    let mut test = Test::new(minoritised, white, rate, critical);
    let mut found = |far: f64| nearest(rate, far, |other| test.power(other)).map(|other| other / rate);
    Detectable { below: found(0.0), above: found(1.0) }
}

/// The rate nearest to `near` on the way to `far` that is found; nothing where not even `far` is.
fn nearest(near: f64, far: f64, mut power: impl FnMut(f64) -> f64) -> Option<f64> {
    // Missed by how much, at the two ends of where the answer lies.
    let (mut low, mut high) = ((near, power(near) - POWER), (far, power(far) - POWER));
    if high.1 < 0.0 {
        return None;
    }
    // False position, with the Illinois rule; the first steps halve, for the power is flat far away.
    let mut side = 0;
    for step in 0..80 {
        if (high.0 - low.0).abs() <= 1e-11 {
            break;
        }
        let middle = if step < 6 || step % 8 == 7 {
            (low.0 + high.0) / 2.0
        } else {
            low.0 + (high.0 - low.0) * low.1 / (low.1 - high.1)
        };
        let missed = power(middle) - POWER;
        if missed < 0.0 {
            low = (middle, missed);
            high.1 *= if side < 0 { 0.5 } else { 1.0 };
            side = -1;
        } else {
            high = (middle, missed);
            low.1 *= if side > 0 { 0.5 } else { 1.0 };
            side = 1;
        }
    }
    Some(high.0)
}

/// The score test of two groups of given sizes, the second of which has the given rate.
enum Test {
    /// By the outcomes of both groups.
    Enumerated(Enumeration),
    /// By the normal approximation (Farrington and Manning 1990).
    Approximated { people: [f64; 2], rate: f64, critical: f64, normal: Normal },
}

impl Test {
    fn new(minoritised: u64, white: u64, rate: f64, critical: f64) -> Self {
        if minoritised < ENUMERATED || white < ENUMERATED {
            return Test::Enumerated(Enumeration::new(minoritised, white, rate, critical));
        }
        let people = [minoritised as f64, white as f64];
        Test::Approximated { people, rate, critical, normal: Normal::standard() }
    }

    /// How often the test, which looks both ways, finds that the first group's rate is another than the second's.
    fn power(&mut self, other: f64) -> f64 {
        match self {
            Test::Enumerated(enumeration) => enumeration.power(other),
            Test::Approximated { people: [m, w], rate, critical, normal } => {
                let both = (*m * other + *w * *rate) / (*m + *w);
                let equal = (both * (1.0 - both) * (1.0 / *m + 1.0 / *w)).sqrt();
                let differing = (other * (1.0 - other) / *m + *rate * (1.0 - *rate) / *w).sqrt();
                let distance = other - *rate;
                let beyond = |distance: f64| normal.cdf((distance - *critical * equal) / differing);
                beyond(distance) + beyond(-distance)
            }
        }
    }
}

/// The outcomes of two groups, and which of them the test rejects.
struct Enumeration {
    people: [u64; 2],
    critical: f64,
    /// The chance of at most so many events in the second group, from the first number of them that matters.
    at_most: (u64, Vec<f64>),
    /// The chance of a rejection by the events of the first group, as far as it was asked for.
    rejected: Vec<Option<f64>>,
}

impl Enumeration {
    fn new(minoritised: u64, white: u64, rate: f64, critical: f64) -> Self {
        let (first, mut chances) = outcomes(white, rate);
        let mut sum = 0.0;
        for chance in &mut chances {
            sum += *chance;
            *chance = sum;
        }
        Self { people: [minoritised, white], critical, at_most: (first, chances), rejected: Vec::new() }
    }

    fn power(&mut self, rate: f64) -> f64 {
        let (first, chances) = outcomes(self.people[0], rate);
        (first..).zip(chances).map(|(events, chance)| chance * self.rejected(events)).sum()
    }

    /// The chance that the second group's events make the test reject, beside so many events of the first group.
    fn rejected(&mut self, events: u64) -> f64 {
        let place = usize::try_from(events).unwrap_or(usize::MAX);
        if let Some(known) = self.rejected.get(place).copied().flatten() {
            return known;
        }
        let (low, high) = self.accepted(events);
        let below = if low == 0 { 0.0 } else { self.at_most(low - 1) };
        let rejected = (1.0 - (self.at_most(high) - below)).clamp(0.0, 1.0);
        if self.rejected.len() <= place {
            self.rejected.resize(place + 1, None);
        }
        self.rejected[place] = Some(rejected);
        rejected
    }

    /// Between which events of the second group the test does not reject.
    fn accepted(&self, events: u64) -> (u64, u64) {
        let [minoritised, white] = self.people;
        let accepts = |other: u64| {
            let top = Proportion { events, people: minoritised };
            interval::score(top, Proportion { events: other, people: white }, 1.0) <= self.critical * self.critical
        };
        // The statistic is as large as it may be at the two roots of a quadratic equation.
        let (m, w, a) = (minoritised as f64, white as f64, events as f64);
        let all = m + w;
        let k = self.critical * self.critical * m * w / all;
        let square = m * m + k;
        let linear = 2.0 * m * w * a + k * (all - 2.0 * a);
        let rest = (w * a).powi(2) - k * a * (all - a);
        let root = (linear * linear - 4.0 * square * rest).max(0.0).sqrt();
        let mut low = ((linear - root) / (2.0 * square)).ceil().clamp(0.0, w) as u64;
        let mut high = ((linear + root) / (2.0 * square)).floor().clamp(0.0, w) as u64;
        // What rounding may have put on the wrong side of a whole number.
        if low > 0 && accepts(low - 1) {
            low -= 1;
        }
        if !accepts(low) && low < white {
            low += 1;
        }
        if high < white && accepts(high + 1) {
            high += 1;
        }
        if !accepts(high) && high > 0 {
            high -= 1;
        }
        (low, high)
    }

    fn at_most(&self, events: u64) -> f64 {
        let (first, chances) = &self.at_most;
        let Some(place) = events.checked_sub(*first) else { return 0.0 };
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        chances.get(place).or(chances.last()).copied().unwrap_or(1.0)
    }
}

/// The chances of so many events among people with this rate: of the first number of events that matters, and those after it.
fn outcomes(people: u64, rate: f64) -> (u64, Vec<f64>) {
    if rate <= 0.0 {
        return (0, vec![1.0]);
    }
    if rate >= 1.0 {
        return (people, vec![1.0]);
    }
    let middle = (((people + 1) as f64 * rate).floor() as u64).min(people);
    let logarithm =
        ln_binomial(people, middle) + middle as f64 * rate.ln() + (people - middle) as f64 * (-rate).ln_1p();
    let (likeliest, odds) = (logarithm.exp(), rate / (1.0 - rate));
    let mut chances = vec![likeliest];
    let (mut chance, mut events) = (likeliest, middle);
    while events > 0 && chance > NEGLIGIBLE {
        chance *= events as f64 / ((people - events + 1) as f64 * odds);
        events -= 1;
        chances.push(chance);
    }
    chances.reverse();
    let first = events;
    (chance, events) = (likeliest, middle);
    while events < people && chance > NEGLIGIBLE {
        chance *= (people - events) as f64 * odds / (events + 1) as f64;
        events += 1;
        chances.push(chance);
    }
    (first, chances)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::known::{close, known};
    use super::*;

    fn critical() -> f64 {
        interval::critical_value(0.95)
    }

    #[test]
    fn what_could_have_been_seen_reproduces_the_known_answers() {
        for (inputs, expected, tolerance) in known("detectable_ratio") {
            let people = |name: &str| inputs[name].as_u64().unwrap();
            let found = detectable((people("n1"), people("n2")), inputs["rate"].as_f64().unwrap(), critical());
            for (found, expected) in [(found.below, &expected["below"]), (found.above, &expected["above"])] {
                match found {
                    Some(found) => close(found, expected, tolerance),
                    None => assert!(expected.is_null(), "{inputs}"),
                }
            }
        }
    }

    /// The power by every pair of outcomes, with the very test that figures are judged by.
    fn by_all_pairs(people: [u64; 2], rates: [f64; 2]) -> f64 {
        let all = |group: usize| {
            let (first, chances) = outcomes(people[group], rates[group]);
            (first..).zip(chances).collect::<Vec<_>>()
        };
        let (first, second) = (all(0), all(1));
        let mut power = 0.0;
        for (a, one) in &first {
            for (b, other) in &second {
                let (top, bottom) =
                    (Proportion { events: *a, people: people[0] }, Proportion { events: *b, people: people[1] });
                if interval::p_value(top, bottom) < 0.05 {
                    power += one * other;
                }
            }
        }
        power
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_is_found_has_its_power_and_just_nearer_to_1_has_less(m in 1_u64..250, w in 1_u64..400, rate in 0.005..0.6_f64) {
            let found = detectable((m, w), rate, critical());
            let mut test = Test::new(m, w, rate, critical());
            for (ratio, far) in [(found.below, 0.0), (found.above, 1.0 / rate)] {
                match ratio {
                    Some(ratio) => {
                        prop_assert!(test.power(ratio * rate) >= POWER - 1e-9);
                        prop_assert!(test.power((ratio + (1.0 - ratio) * 1e-4) * rate) < POWER);
                        if m < ENUMERATED || w < ENUMERATED {
                            let power = by_all_pairs([m, w], [ratio * rate, rate]);
                            prop_assert!((power - POWER).abs() < 0.001 || ratio == 0.0 || ratio * rate > 0.999, "{}", power);
                        }
                    }
                    None => prop_assert!(test.power(far * rate) < POWER),
                }
            }
        }

        #[test]
        fn more_people_see_more(m in 200_u64..5000, w in 200_u64..5000, rate in 0.01..0.5_f64) {
            let (few, many) = (detectable((m, w), rate, critical()), detectable((2 * m, 2 * w), rate, critical()));
            prop_assert!(few.below.is_none_or(|few| many.below.is_some_and(|many| few < many && many < 1.0)));
            prop_assert!(few.above.is_none_or(|few| many.above.is_some_and(|many| 1.0 < many && many < few)));
        }

        #[test]
        fn outcomes_are_all_outcomes(people in 0_u64..3000, rate in 0.0..1.0_f64) {
            let (_, chances) = outcomes(people, rate);
            prop_assert!((chances.iter().sum::<f64>() - 1.0).abs() < 1e-10);
        }
    }
}
