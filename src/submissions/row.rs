//! One row of a return as a whole: what a measure's counts tell, however they were given.

use std::collections::BTreeSet;

use super::entry::{Answer, Entry, Ethnicity};
use crate::round::Service;

/// The counts of one row: a measure, or one of its pay bands, in one service or in both together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// Asian, Black, Mixed, Other, where they are counted.
    pub groups: [Option<u64>; 4],
    /// All minoritised people, where this is given as one count.
    pub total: Option<u64>,
    /// White people.
    pub white: Option<u64>,
    /// People of unknown ethnicity.
    pub unknown: Option<u64>,
}

impl Row {
    /// All minoritised people, as far as that can be worked out: their total, or the sum of the four groups.
    pub fn minoritised(&self) -> Option<u64> {
        self.total.or_else(|| self.groups.into_iter().sum())
    }

    /// People of the groups that are counted.
    pub fn counted(&self) -> u64 {
        self.groups.into_iter().flatten().sum()
    }

    /// So many people at least are in minoritised groups: what is known of them where a group is not counted.
    pub fn least_minoritised(&self) -> u64 {
        self.counted().max(self.total.unwrap_or_default())
    }

    /// People of the total who are in none of the groups that are counted; nothing where there are no others.
    pub fn rest(&self) -> Option<u64> {
        self.total.filter(|_| self.groups.contains(&None)).map(|total| total.saturating_sub(self.counted()))
    }

    /// Everybody who was counted.
    pub fn everybody(&self) -> u64 {
        self.least_minoritised() + self.white.unwrap_or_default() + self.unknown.unwrap_or_default()
    }

    /// The least number of people in some of the four groups, and the greatest, where there is one.
    pub fn bounds(&self, of: [bool; 4]) -> (u64, Option<u64>) {
        let part =
            |wanted: bool| of.iter().zip(self.groups).filter(move |(of, _)| **of == wanted).map(|(_, count)| count);
        let sum = |wanted: bool| part(wanted).flatten().sum::<u64>();
        let all = |wanted: bool| part(wanted).all(|count| count.is_some());
        let left = self.total.map(|total| total.saturating_sub(sum(false)));
        let least = left.filter(|_| all(false)).unwrap_or_default().max(sum(true));
        (least, if all(true) { Some(sum(true)) } else { left })
    }

    /// The counts of two rows together: what both of them give.
    pub fn and(&self, other: &Row) -> Row {
        let add = |one: Option<u64>, other: Option<u64>| Some(one? + other?);
        let groups = [0, 1, 2, 3].map(|group| add(self.groups[group], other.groups[group]));
        let total = add(self.minoritised(), other.minoritised()).filter(|_| groups.contains(&None));
        Row { groups, total, white: add(self.white, other.white), unknown: add(self.unknown, other.unknown) }
    }

    /// Puts one cell's count where it belongs.
    pub fn put(&mut self, group: Ethnicity, count: u64) {
        let place = match group {
            Ethnicity::Asian => &mut self.groups[0],
            Ethnicity::Black => &mut self.groups[1],
            Ethnicity::Mixed => &mut self.groups[2],
            Ethnicity::Other => &mut self.groups[3],
            Ethnicity::Minoritised => &mut self.total,
            Ethnicity::White => &mut self.white,
            Ethnicity::Unknown => &mut self.unknown,
        };
        *place = Some(count);
    }
}

/// The rows that stand for a service's row of a measure, and are added up: its own; of combined services that were counted
/// each for itself, those of both; none where nothing is counted.
pub fn rows_of<T>(service: Service, row: impl Fn(Service) -> Option<T>) -> Vec<T> {
    if let Some(own) = row(service) {
        return vec![own];
    }
    let both = row(Service::Adults).zip(row(Service::Childrens)).filter(|_| service == Service::Combined);
    both.map_or_else(Vec::new, |(adults, childrens)| vec![adults, childrens])
}

/// A kind of answer: what stands where a count is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A count.
    Count,
    /// `x`: not collected.
    NotCollected,
    /// `z`: not applicable.
    NotApplicable,
    /// Nothing.
    Blank,
}

impl From<Answer> for Kind {
    fn from(answer: Answer) -> Kind {
        match answer {
            Answer::Count(_) => Kind::Count,
            Answer::NotCollected => Kind::NotCollected,
            Answer::NotApplicable => Kind::NotApplicable,
            Answer::Blank | Answer::Unreadable => Kind::Blank,
        }
    }
}

/// What a row answers about minoritised, white and unknown people where a count is due: the same whether cells are blank or left out.
///
/// The four groups are due unless only their total is given, and the total is due only where no group is.
pub fn kinds<'a>(row: impl Iterator<Item = &'a Entry>) -> [BTreeSet<Kind>; 3] {
    let mut cells = [Kind::Blank; 7];
    for entry in row {
        if let Some(place) = Ethnicity::ALL.iter().position(|group| *group == entry.ethnicity) {
            cells[place] = entry.answer.into();
        }
    }
    let [asian, black, mixed, other, total, white, unknown] = cells;
    let groups = [asian, black, mixed, other];
    let minoritised = match groups.iter().all(|kind| *kind == Kind::Blank) {
        true => BTreeSet::from([total]),
        false if total == Kind::Count && !groups.contains(&Kind::Count) => BTreeSet::from([total]),
        false => BTreeSet::from(groups),
    };
    [minoritised, BTreeSet::from([white]), BTreeSet::from([unknown])]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(groups: [Option<u64>; 4], total: Option<u64>) -> Row {
        Row { groups, total, ..Row::default() }
    }

    #[test]
    fn what_is_known_of_minoritised_people_depends_on_what_was_given() {
        let all = row([Some(1), Some(2), Some(3), Some(4)], None);
        assert_eq!((all.minoritised(), all.rest(), all.least_minoritised()), (Some(10), None, 10));
        let part = row([Some(1), Some(2), None, Some(4)], None);
        assert_eq!((part.minoritised(), part.rest(), part.least_minoritised()), (None, None, 7));
        let with_total = row([Some(1), Some(2), None, Some(4)], Some(12));
        assert_eq!((with_total.minoritised(), with_total.rest()), (Some(12), Some(5)));
        assert_eq!(row([None; 4], Some(12)).rest(), Some(12));
    }

    #[test]
    fn bounds_are_as_narrow_as_the_counts_allow() {
        let asian = [true, false, false, false];
        let mixed = [false, false, true, false];
        let all = [true; 4];
        let part = row([Some(1), Some(2), None, Some(4)], None);
        assert_eq!((part.bounds(asian), part.bounds(mixed), part.bounds(all)), ((1, Some(1)), (0, None), (7, None)));
        let with_total = row([Some(1), Some(2), None, Some(4)], Some(12));
        assert_eq!((with_total.bounds(mixed), with_total.bounds(all)), ((5, Some(5)), (12, Some(12))));
        let two = row([Some(1), Some(2), None, None], Some(12));
        assert_eq!((two.bounds(mixed), two.bounds([false, false, true, true])), ((0, Some(9)), (9, Some(9))));
    }

    #[test]
    fn combined_services_that_were_counted_each_for_itself_are_both() {
        let [adults, childrens, combined] = Service::ALL;
        let of = |service, counted: &[Service]| rows_of(service, |one| counted.contains(&one).then_some(one));
        assert_eq!(of(adults, &Service::ALL), [adults]);
        assert_eq!(of(combined, &Service::ALL), [combined]);
        assert_eq!(of(combined, &[adults, childrens]), [adults, childrens]);
        assert_eq!((of(combined, &[adults]), of(childrens, &[adults, combined])), (vec![], vec![]));
    }

    #[test]
    fn two_rows_together_give_what_both_give() {
        let one = row([Some(1), Some(2), None, Some(4)], Some(12));
        let other = row([Some(1), Some(1), Some(1), Some(1)], None);
        assert_eq!(one.and(&other), row([Some(2), Some(3), None, Some(5)], Some(16)));
        assert_eq!(other.and(&other), row([Some(2); 4], None));
    }
}
