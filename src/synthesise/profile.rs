//! What each round is to look like as a whole: the published national results, and rates where nothing was published.

/// What an indicator's national result is to be.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// The rate of minoritised ethnic staff divided by that of white staff; the white rate is where to start from.
    Ratio { white: f64, ratio: f64 },
    /// Each group's rate.
    Rates { minoritised: f64, white: f64 },
    /// The share among those counted minus the share among all; the white rate is where to start from.
    Gap { white: f64, gap: f64 },
}

impl Target {
    /// The white rate to draw from.
    pub fn white(self) -> f64 {
        match self {
            Target::Ratio { white, .. } | Target::Rates { white, .. } | Target::Gap { white, .. } => white,
        }
    }

    /// The ratio to draw from, before the sums are brought to the target.
    pub fn ratio(self) -> f64 {
        match self {
            Target::Ratio { ratio, .. } => ratio,
            Target::Rates { minoritised, white } => minoritised / white,
            // About right for a fifth of minoritised ethnic staff: half the share is half the ratio.
            Target::Gap { gap, .. } => 1.0 + gap / 0.17,
        }
    }
}

/// An indicator to be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    /// The indicator's identifier.
    pub indicator: &'static str,
    /// The national result.
    pub target: Target,
    /// Between which rates the white staff of the authorities lie.
    pub white: (f64, f64),
}

/// A round as a whole.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The share of minoritised ethnic staff in each pay band, from the lowest to the highest.
    pub band_shares: [f64; 3],
    /// Every indicator but the first.
    pub outcomes: Vec<Outcome>,
    /// By how much of itself a national ratio may miss its target: little where it was published.
    pub tolerance: f64,
    /// Staff in adults' and in children's services, known and unknown ethnicity together; `None` leaves sizes as drawn.
    pub staff: Option<[u64; 2]>,
}

/// Staff in adults' and in children's services in 2024.
pub const STAFF_2024: [u64; 2] = [58_600, 39_300];

/// Well within the rounding of two decimals.
const PUBLISHED: f64 = 0.002;

/// The profile of a year; a year without its own looks like 2024.
pub fn profile(year: i32, returns: usize) -> Profile {
    let of_2024 = returns == super::pool::RETURNS_2024 && !matches!(year, 2021 | 2023);
    match year {
        2021 => Profile { band_shares: [0.22, 0.18, 0.11], outcomes: pilot(), tolerance: 0.05, staff: None },
        2023 => Profile {
            band_shares: [0.18, 0.21, 0.13],
            outcomes: ratios([0.5, 1.4, 2.1, 1.0, 1.2, 1.3, 1.9, 1.1, 0.6]),
            tolerance: PUBLISHED,
            staff: None,
        },
        _ => Profile {
            band_shares: [0.18, 0.22, 0.14],
            outcomes: ratios([0.52, 1.37, 1.08, 1.0, 0.93, 0.95, 0.91, 1.21, 0.55]),
            tolerance: PUBLISHED,
            staff: of_2024.then_some(STAFF_2024),
        },
    }
}

/// The indicators from 2 to 9 with the white rate to start from and its bounds.
const BASES: [(&str, f64, (f64, f64)); 9] = [
    ("2", 0.285, (0.20, 0.35)),
    ("3", 0.015, (0.008, 0.03)),
    ("4", 0.0085, (0.003, 0.015)),
    ("5", 0.38, (0.20, 0.60)),
    ("6", 0.25, (0.15, 0.35)),
    ("7a", 0.15, (0.10, 0.20)),
    ("7b", 0.08, (0.05, 0.15)),
    ("8", 0.14, (0.10, 0.20)),
    ("9", 0.036, (0.02, 0.05)),
];

fn ratios(ratios: [f64; 9]) -> Vec<Outcome> {
    let outcome =
        |((indicator, rate, white), ratio)| Outcome { indicator, target: Target::Ratio { white: rate, ratio }, white };
    BASES.into_iter().zip(ratios).map(outcome).collect()
}

/// The pilot reported three indicators as rates and the last one as a gap in percentage points.
fn pilot() -> Vec<Outcome> {
    let mut outcomes = ratios([0.55, 1.6, 1.75, 0.95, 1.2, 1.2, 1.2, 1.2, 0.6]);
    for outcome in &mut outcomes {
        let (target, white) = match outcome.indicator {
            "6" => (Target::Rates { minoritised: 0.30, white: 0.24 }, (0.15, 0.35)),
            "7a" => (Target::Rates { minoritised: 0.27, white: 0.22 }, (0.14, 0.32)),
            "7b" => (Target::Rates { minoritised: 0.26, white: 0.205 }, (0.13, 0.30)),
            "9" => (Target::Gap { white: 0.036, gap: -0.07 }, (0.02, 0.05)),
            _ => continue,
        };
        (outcome.target, outcome.white) = (target, white);
    }
    outcomes
}
