//! Chance that falls the same way on every machine: ChaCha8, and arithmetic that every processor rounds alike.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What chance is drawn for.
#[derive(Clone, Copy, Debug)]
pub enum Stage {
    /// What stays the same about an authority in every round.
    Character,
    /// How it returns.
    Manner,
    /// How its size drifted.
    Size,
    /// Its staff.
    Staffing,
    /// Its candidates, regulated staff and respondents.
    People,
    /// What happened to them.
    Outcome,
    /// Changes that bring a sum to its target.
    Calibration,
    /// Which measures it gives in another way than the rest.
    Detail,
}

/// The source of a round's dice.
#[derive(Clone, Copy, Debug)]
pub struct Chance {
    /// Where chance starts from.
    pub seed: u64,
    /// The round.
    pub year: i32,
    /// Counts up when a draw is repeated because its sums cannot meet the published results.
    pub attempt: u64,
}

impl Chance {
    /// The dice of a stage for one number: an authority, an indicator or a pay band.
    pub fn dice(self, stage: Stage, number: usize) -> Dice {
        let Chance { seed, year, attempt } = self;
        let round = match stage {
            Stage::Character => 0,
            _ => u64::from(year.unsigned_abs()) << 32 | attempt,
        };
        Dice::new([seed, round, stage as u64, number as u64])
    }
}

/// A stream of chance of its own for each seed, year, stage and number.
pub struct Dice(ChaCha8Rng);

impl Dice {
    fn new(origin: [u64; 4]) -> Self {
        let mut key = [0; 32];
        for (part, value) in key.chunks_exact_mut(8).zip(origin) {
            part.copy_from_slice(&value.to_le_bytes());
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    /// A number from 0 to just below 1.
    pub fn share(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number between the two.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.share()
    }

    /// A whole number from 0 to just below the limit, and 0 for no limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        // The high half of a product of 64 bits by 64 bits is below the limit.
        ((u128::from(self.0.next_u64()) * u128::from(limit)) >> 64) as u64
    }

    /// A draw from the standard normal distribution: twelve uniform ones added up need no logarithm.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }

    /// How many of so many people something happens to, each with this chance.
    pub fn count(&mut self, people: u64, chance: f64) -> u64 {
        (0..people).filter(|_| self.share() < chance).count() as u64
    }

    /// An index, each as likely as its weight; the last one when all weights are 0.
    pub fn index(&mut self, weights: &[f64]) -> usize {
        let mut rest = self.share() * weights.iter().sum::<f64>();
        for (index, weight) in weights.iter().enumerate() {
            rest -= weight;
            if rest < 0.0 {
                return index;
            }
        }
        weights.len().saturating_sub(1)
    }
}

/// The exponential function for small numbers, to about one part in a thousand: mathematical libraries differ in the last
/// bit, which could change a count.
pub fn exp(exponent: f64) -> f64 {
    (0..12).fold(1.0 + exponent / 4096.0, |power, _| power * power)
}
