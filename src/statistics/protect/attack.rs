//! The linear programmes of an attack: which other values the parts of what is published could have.
//!
//! Everything is in deviations from the truth, so that no deviation at all is always possible. Solved by the simplex
//! method of the `microlp` crate; what it answers is checked again by whoever uses it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use microlp::{ComparisonOp, Error, OptimizationDirection, Problem, Solution, SolveOptions, SolveOutcome, Variable};

/// A part whose value is in doubt: how far it can lie below and above the truth.
#[derive(Clone, Copy, Debug)]
pub(in crate::statistics) struct Column {
    pub below: f64,
    pub above: f64,
    /// Whether it had better not deviate.
    pub dear: bool,
}

/// What is known of a weighted sum of parts: how far below (at most 0) and above (at least 0) the truth it can lie.
#[derive(Clone, Debug)]
pub(in crate::statistics) struct Row {
    pub terms: Vec<(usize, f64)>,
    pub below: f64,
    pub above: f64,
    /// What it costs, for each person, to leave this range; without a price it cannot be left.
    pub price: Option<f64>,
    /// Wider ranges, each wider than the one before it, in which that is cheaper.
    pub coarser: Vec<Coarser>,
}

/// How far a sum can lie below and above the truth when it is told more coarsely, and what that costs for each person.
#[derive(Clone, Copy, Debug)]
pub(in crate::statistics) struct Coarser {
    pub below: f64,
    pub above: f64,
    pub price: f64,
}

/// A sum of parts that shall move up (1) or down (−1), as far as `most`.
#[derive(Clone, Debug)]
pub(in crate::statistics) struct Aim {
    pub columns: Vec<usize>,
    pub direction: f64,
    pub most: f64,
}

/// The same with fewer rows: of those about the same sum one is left, and those about one part become its range.
pub(in crate::statistics) fn simpler(mut columns: Vec<Column>, rows: Vec<Row>) -> (Vec<Column>, Vec<Row>) {
    let mut sums: BTreeMap<Vec<(usize, bool)>, Row> = BTreeMap::new();
    for row in rows {
        if let [(column, times)] = row.terms[..] {
            let (below, above) = if times > 0.0 { (-row.below, row.above) } else { (row.above, -row.below) };
            let column = &mut columns[column];
            (column.below, column.above) = (column.below.min(below), column.above.min(above));
            continue;
        }
        let sum = row.terms.iter().map(|(column, times)| (*column, *times > 0.0)).collect();
        match sums.entry(sum) {
            Entry::Vacant(place) => drop(place.insert(row)),
            Entry::Occupied(mut place) => {
                let same = place.get_mut();
                (same.below, same.above) = (same.below.max(row.below), same.above.min(row.above));
            }
        }
    }
    (columns, sums.into_values().collect())
}

/// How much each part deviates when an aim is met as far as the rows allow; `None` when it cannot be solved.
pub(in crate::statistics) fn meet(columns: &[Column], rows: &[Row], aim: &Aim) -> Option<Vec<f64>> {
    let mut programme = Programme::new(columns);
    for row in rows {
        programme.hold(row, 0, None);
    }
    let reached = programme.problem.add_var(-1.0, (0.0, aim.most));
    let terms = programme.terms(aim.columns.iter().map(|column| (*column, -aim.direction)));
    let terms: Vec<(Variable, f64)> = terms.into_iter().chain([(reached, 1.0)]).collect();
    programme.problem.add_constraint(&terms[..], ComparisonOp::Le, 0.0);
    let solution = programme.solve()?;
    Some(programme.values(&solution))
}

/// How much each part deviates in two worlds that lie `by` apart in what the target is, where rows are left at the least price.
pub(in crate::statistics) fn open(
    columns: &[Column],
    rows: &[Row],
    target: &[usize],
    by: f64,
) -> Option<[Vec<f64>; 2]> {
    let programme = two_worlds(columns, rows, target, by);
    let solution = programme.solve()?;
    let mut above = programme.values(&solution);
    let below = above.split_off(columns.len());
    Some([above, below])
}

/// Whether no two worlds lie `by` apart in what the target is: proved, and not only not found.
pub(in crate::statistics) fn is_impossible(columns: &[Column], rows: &[Row], target: &[usize], by: f64) -> bool {
    matches!(two_worlds(columns, rows, target, by).solved(), Err(Error::Infeasible))
}

fn two_worlds(columns: &[Column], rows: &[Row], target: &[usize], by: f64) -> Programme {
    let length = columns.len();
    let mut programme = Programme::new(&[columns, columns].concat());
    for world in [0, 1] {
        for row in rows {
            let beyond = row.price.map(|price| programme.beyond(row, price));
            programme.hold(row, world * length, beyond.as_ref());
        }
    }
    let apart = target.iter().flat_map(|column| [(*column, 1.0), (column + length, -1.0)]);
    let terms = programme.terms(apart);
    programme.problem.add_constraint(&terms[..], ComparisonOp::Eq, by);
    programme
}

/// The price of a deviation of one person: worlds that change few parts are preferred, because they hold against more attackers.
/// It is small beside 1, which is what a person of the aim is worth: no aim is given up for it.
const PRICE: f64 = 1e-3;

/// The price where an attacker who is not stopped yet would see it: a hundred times as much, and still less than the aim is worth.
const DEAR: f64 = 1e-1;

/// Every variable begins at none, where nothing deviates, and costs something: what need not change does not.
struct Programme {
    problem: Problem,
    /// How much each part is more, and how much less, than the truth.
    columns: Vec<[Variable; 2]>,
}

impl Programme {
    fn new(columns: &[Column]) -> Self {
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let columns = columns
            .iter()
            .map(|column| {
                let price = if column.dear { DEAR } else { PRICE };
                [column.above, column.below].map(|most| problem.add_var(price, (0.0, most)))
            })
            .collect();
        Self { problem, columns }
    }

    fn terms(&self, columns: impl Iterator<Item = (usize, f64)>) -> Vec<(Variable, f64)> {
        columns
            .flat_map(|(column, times)| {
                let [more, less] = self.columns[column];
                [(more, times), (less, -times)]
            })
            .collect()
    }

    /// What a row costs below and above its range: little where it is told more coarsely, and then the price of a count.
    fn beyond(&mut self, row: &Row, price: f64) -> [Vec<Variable>; 2] {
        let mut beyond = [Vec::new(), Vec::new()];
        let mut told = [-row.below, row.above];
        for coarser in &row.coarser {
            for (side, most) in [-coarser.below, coarser.above].into_iter().enumerate() {
                if most > told[side] {
                    beyond[side].push(self.problem.add_var(coarser.price, (0.0, most - told[side])));
                    told[side] = most;
                }
            }
        }
        beyond.iter_mut().for_each(|side| side.push(self.problem.add_var(price, (0.0, f64::INFINITY))));
        beyond
    }

    /// Holds a row in its range, or below and above it by what these variables allow; its columns begin at `first`.
    ///
    /// Two inequalities, though one equality with a slack would do: they cost no step of the method until they are reached.
    fn hold(&mut self, row: &Row, first: usize, beyond: Option<&[Vec<Variable>; 2]>) {
        let terms = self.terms(row.terms.iter().map(|(column, times)| (first + column, *times)));
        if row.below == row.above && beyond.is_none() {
            self.problem.add_constraint(&terms[..], ComparisonOp::Eq, 0.0);
            return;
        }
        let sides = [(ComparisonOp::Ge, row.below, 1.0), (ComparisonOp::Le, row.above, -1.0)];
        for (side, (comparison, most, times)) in sides.into_iter().enumerate() {
            let beyond = beyond.into_iter().flat_map(|beyond| beyond[side].iter().map(|variable| (*variable, times)));
            let terms: Vec<(Variable, f64)> = terms.iter().copied().chain(beyond).collect();
            self.problem.add_constraint(&terms[..], comparison, most);
        }
    }

    fn solved(&self) -> Result<SolveOutcome, Error> {
        let mut options = SolveOptions::default();
        options.presolve = false;
        self.problem.solve_with(options)
    }

    fn solve(&self) -> Option<Solution> {
        match self.solved() {
            Ok(SolveOutcome::Solution(solution)) => Some(solution),
            // Infeasible, or not carried through: either way nothing was shown to be possible.
            Ok(SolveOutcome::Interrupted(_)) | Err(_) => None,
        }
    }

    fn values(&self, solution: &Solution) -> Vec<f64> {
        let value = |[more, less]: &[Variable; 2]| solution.var_value(*more) - solution.var_value(*less);
        self.columns.iter().map(value).collect()
    }
}
