//! Ward's agglomerative clustering (Ward 1963) with a least size: what lies nearest is joined first, and no cluster stays too small.

/// A cluster: its points, sorted, and the sum of their places.
struct Cluster {
    points: Vec<usize>,
    sum: Vec<f64>,
}

impl Cluster {
    /// By how much the squared distances within clusters grow when the two become one.
    fn cost(&self, other: &Cluster) -> f64 {
        let [size, others] = [self.points.len() as f64, other.points.len() as f64];
        let axes = self.sum.iter().zip(&other.sum);
        let apart: f64 = axes.map(|(one, two)| (one / size - two / others).powi(2)).sum();
        size * others / (size + others) * apart
    }

    fn join(&mut self, other: Cluster) {
        self.points.extend(other.points);
        self.points.sort_unstable();
        self.sum.iter_mut().zip(other.sum).for_each(|(sum, more)| *sum += more);
    }
}

/// Joins points until no more than `number` clusters are left, each of `least` points or more, in the order of their first points.
///
/// As long as a cluster is too small, only joins that one of these takes part in are made, the cheapest first; equal costs go by the
/// order of points.
pub(super) fn clusters(points: &[Vec<f64>], least: usize, number: usize) -> Vec<Vec<usize>> {
    let alone = |(place, point): (usize, &Vec<f64>)| Cluster { points: vec![place], sum: point.clone() };
    let mut clusters: Vec<Cluster> = points.iter().enumerate().map(alone).collect();
    loop {
        let small = clusters.iter().any(|cluster| cluster.points.len() < least);
        if clusters.len() < 2 || !small && clusters.len() <= number.max(1) {
            return clusters.into_iter().map(|cluster| cluster.points).collect();
        }
        let mut best: Option<(f64, usize, usize)> = None;
        for (place, one) in clusters.iter().enumerate() {
            for (after, other) in clusters[place + 1..].iter().enumerate() {
                if small && one.points.len() >= least && other.points.len() >= least {
                    continue;
                }
                let cost = one.cost(other);
                if best.is_none_or(|(least, ..)| cost < least) {
                    best = Some((cost, place, place + 1 + after));
                }
            }
        }
        let Some((_, one, other)) = best else { return clusters.into_iter().map(|cluster| cluster.points).collect() };
        // The later of the two goes into the earlier: clusters stay in the order of their first points.
        let joined = clusters.remove(other);
        clusters[one].join(joined);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_a_line(places: &[f64]) -> Vec<Vec<f64>> {
        places.iter().map(|place| vec![*place]).collect()
    }

    #[test]
    fn what_lies_together_is_joined() {
        let points = on_a_line(&[0.0, 10.0, 0.1, 10.2, 0.3, 10.1, 20.0, 20.1]);
        assert_eq!(clusters(&points, 2, 3), [vec![0, 2, 4], vec![1, 3, 5], vec![6, 7]]);
        assert_eq!(clusters(&points, 2, 2), [vec![0, 2, 4], vec![1, 3, 5, 6, 7]], "the cheapest join");
        assert_eq!(clusters(&points, 1, 8).len(), 8);
    }

    /// Ward's own criterion by hand: joining {0, 1} with {4} costs 2/3 · 3.5² = 8.17, with {-4} 2/3 · 4.5² = 13.5.
    #[test]
    fn costs_are_the_growth_of_squared_distances_within() {
        let one = Cluster { points: vec![0, 1], sum: vec![1.0] };
        let cost = |place: f64| one.cost(&Cluster { points: vec![2], sum: vec![place] });
        assert!((cost(4.0) - 2.0 / 3.0 * 12.25).abs() < 1e-12 && (cost(-4.0) - 2.0 / 3.0 * 20.25).abs() < 1e-12);
        let within = |places: &[f64]| {
            let mean = places.iter().sum::<f64>() / places.len() as f64;
            places.iter().map(|place| (place - mean).powi(2)).sum::<f64>()
        };
        assert!((cost(4.0) - (within(&[0.0, 1.0, 4.0]) - within(&[0.0, 1.0]))).abs() < 1e-12);
    }

    #[test]
    fn none_is_too_small_and_equal_costs_go_by_order() {
        let far = on_a_line(&[0.0, 1.0, 2.0, 3.0, 100.0]);
        assert_eq!(clusters(&far, 2, 2), [vec![0, 1], vec![2, 3, 4]]);
        assert_eq!(clusters(&far, 3, 2), [vec![0, 1, 2, 3, 4]], "there is no other group of three");
        let alike = on_a_line(&[5.0; 6]);
        assert_eq!(clusters(&alike, 2, 3), [vec![0, 1, 2, 3, 4, 5]], "equals stay together");
        assert_eq!(clusters(&[], 3, 2), Vec::<Vec<usize>>::new());
    }
}
