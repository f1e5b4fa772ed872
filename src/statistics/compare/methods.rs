//! Every method by name: its formula, where it is from, and a known answer computed by the very function that reports use.

use super::clusters;
use super::detectable;
use super::interval::{self, Proportion};
use super::multiplicity;
use super::pooling;
use super::position;
use crate::statistics::figure::{Counts, Side};

/// A method as the annex and `explain` tell of it.
#[derive(Clone, Copy, Debug)]
pub struct Method {
    /// The identifier, as in `explain`.
    pub id: &'static str,
    /// The name as a heading.
    pub name: &'static str,
    /// What it is used for, in a sentence.
    pub purpose: &'static str,
    /// The formula in Typst's mathematical notation.
    pub formula: &'static str,
    /// The formula in words, for those who hear it.
    pub alt: &'static str,
    /// What the letters mean, and what happens at the edges; `{minoritised}` stands for the round's term.
    pub note: &'static str,
    /// Where it is from.
    pub reference: &'static str,
    /// A known answer: what is given, and what comes out.
    example: fn() -> (&'static str, String),
}

impl Method {
    /// What is given in the example, and what the method's function makes of it.
    pub fn example(&self) -> (&'static str, String) {
        (self.example)()
    }
}

/// The method with this identifier.
pub fn method(id: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.id == id)
}

fn of(events: u64, people: u64) -> Proportion {
    Proportion { events, people }
}

fn range(interval: interval::Interval) -> String {
    format!("{:.4} to {:.4}", interval.lower, interval.upper)
}

/// The quantile of a 95% interval.
fn critical() -> f64 {
    interval::critical_value(0.95)
}

/// The methods, in the order of the annex.
pub const METHODS: [Method; 14] = [
    Method {
        id: "ratio",
        name: "Relative likelihood",
        purpose: "Compares two rates.",
        formula: "R = (a \\/ m) / (b \\/ w)",
        alt: "R equals a divided by m, divided by b divided by w.",
        note: "Of m {minoritised} people, a had the event, and of w white people b. Without an event among white people the ratio is not defined [z]; without one among {minoritised} people it is 0.",
        reference: "NHS Workforce Race Equality Standard",
        example: || ("7 of 34 and 1 of 34", format!("{:.4}", of(7, 34).rate() / of(1, 34).rate())),
    },
    Method {
        id: "koopman-score",
        name: "Koopman score interval",
        purpose: "The interval of a relative likelihood.",
        formula: "(a - m tilde(p)_1)^2 / (m tilde(p)_1 (1 - tilde(p)_1)) + (b - w tilde(p)_2)^2 / (w tilde(p)_2 (1 - tilde(p)_2)) <= z^2",
        alt: "The interval holds every ratio for which the sum of two terms is at most z squared: a less m times p one, squared, divided by m times p one times one less p one; and the same with b, w and p two.",
        note: "The two p are the most likely rates whose ratio is the one tried, and z is 1.96 for 95%. The limits are found by bisection. It is defined with zero cells too: without an event in one group one of the limits is 0 or infinite.",
        reference: "Koopman 1984",
        example: || ("7 of 34 and 1 of 34", range(interval::koopman(of(7, 34), of(1, 34), critical()))),
    },
    Method {
        id: "score-test",
        name: "Score test",
        purpose: "The p-value of a ratio of 1.",
        formula: "chi^2 = (a \\/ m - b \\/ w)^2 / (hat(p) (1 - hat(p)) (1 \\/ m + 1 \\/ w))",
        alt: "Chi squared equals the difference of the rates, squared, divided by p times one less p times the sum of one divided by m and one divided by w.",
        note: "p is the rate of both groups together. This is Pearson's chi-squared test without correction. Its p-value is below 0.05 exactly when the 95% interval leaves out 1.",
        reference: "Pearson 1900",
        example: || ("3 of 4 and 1 of 4", format!("p {:.4}", interval::p_value(of(3, 4), of(1, 4)))),
    },
    Method {
        id: "wilson",
        name: "Wilson score interval",
        purpose: "The interval of a rate or share.",
        formula: "(a + z^2 \\/ 2 plus.minus z sqrt(a (m - a) \\/ m + z^2 \\/ 4)) / (m + z^2)",
        alt: "a plus half of z squared, plus or minus z times the root of a times m less a divided by m, plus a quarter of z squared; all divided by m plus z squared.",
        note: "It never leaves the range from 0 to 1.",
        reference: "Wilson 1927",
        example: || ("65 of 100", range(interval::wilson(of(65, 100), critical()))),
    },
    Method {
        id: "newcombe",
        name: "Newcombe hybrid score interval",
        purpose: "The interval of a difference of rates.",
        formula: "d - sqrt((p_1 - l_1)^2 + (u_2 - p_2)^2) quad \"to\" quad d + sqrt((u_1 - p_1)^2 + (p_2 - l_2)^2)",
        alt: "From d less the root of the squares of p one less l one and u two less p two, to d plus the root of the squares of u one less p one and p two less l two.",
        note: "d is the difference of the two rates p; l and u are their Wilson limits.",
        reference: "Newcombe 1998, method 10",
        example: || ("7 of 34 and 1 of 34", range(interval::newcombe(of(7, 34), of(1, 34), critical()))),
    },
    Method {
        id: "at-parity",
        name: "Cases at parity",
        purpose: "The size of a difference in people: how many more or fewer cases there would be.",
        formula: "m (b / w - a / m)",
        alt: "m times the difference of b divided by w and a divided by m.",
        note: "The limits are those of the difference of the rates, times m, and never fewer cases than none or more than m. A plus sign means more cases at parity, a minus sign fewer.",
        reference: "follows from the difference of the rates",
        example: || ("7 of 34 and 1 of 34", format!("{:.1}", 34.0 * (of(1, 34).rate() - of(7, 34).rate()))),
    },
    Method {
        id: "mantel-haenszel",
        name: "Mantel–Haenszel ratio",
        purpose: "Pools a ratio over authorities, each compared within itself.",
        formula: "R = (sum a_i w_i \\/ N_i) / (sum b_i m_i \\/ N_i)",
        alt: "R equals the sum of a times w divided by N, divided by the sum of b times m divided by N, over all authorities.",
        note: "N is m plus w of one authority. The interval is that of Greenland and Robins.",
        reference: "Mantel and Haenszel 1959; Greenland and Robins 1985",
        example: || {
            let stratum = |[a, others, b, more]: [u64; 4]| Counts {
                minoritised: Side { numerator: a, denominator: a + others },
                white: Side { numerator: b, denominator: b + more },
            };
            let strata = [stratum([647, 622, 2, 27]), stratum([41, 28, 19, 32])];
            let pooled = pooling::pool(&strata, critical()).map(|pooled| pooled.mantel_haenszel);
            let print = |ratio: super::Ratio| format!("{:.4}, {:.4} to {:.4}", ratio.value, ratio.lower, ratio.upper);
            ("647 of 1,269 and 2 of 29; 41 of 69 and 19 of 51", pooled.map_or_else(String::new, print))
        },
    },
    Method {
        id: "heterogeneity",
        name: "Heterogeneity",
        purpose: "Tells whether authorities differ more than chance allows.",
        formula: "Q = sum (y_i - macron(y))^2 / s_i^2, quad I^2 = 100 (Q - k + 1) / Q, quad tau^2 = (Q - k + 1) / (sum u_i - sum u_i^2 \\/ sum u_i)",
        alt: "Q is the sum of squared distances of the logarithms of the ratios from their mean, divided by their variances. I squared is 100 times Q less k plus 1, divided by Q. Tau squared is Q less k plus 1, divided by the sum of the weights less the sum of their squares divided by their sum.",
        note: "Here y is the logarithm of an authority's ratio, s² its variance and u = 1 ÷ s² its weight. There are k authorities, and y with a bar is the mean of the y, weighted by u. Authorities with a zero cell are left out. Negative values of I² and τ² are 0.",
        reference: "Cochran 1954; DerSimonian and Laird 1986",
        example: || {
            let values = [
                (61.0, 0.2025),
                (61.4, 1.21),
                (62.21, 0.09),
                (62.3, 0.2025),
                (62.34, 0.3844),
                (62.6, 0.5625),
                (62.7, 0.0676),
                (62.84, 0.0225),
                (65.9, 1.8225),
            ];
            let found = pooling::heterogeneity(&values);
            let print = |found: pooling::Heterogeneity| {
                format!("Q {:.4}, p {:.4}, I² {:.2}%, τ² {:.4}", found.q, found.q_p_value, found.i2, found.tau2)
            };
            ("nine values from 61.0 to 65.9 (Kacker 2004)", found.map_or_else(String::new, print))
        },
    },
    Method {
        id: "clusters",
        name: "Interval with authorities as clusters",
        purpose: "Allows for how authorities differ in the interval of a ratio of their sums.",
        formula: "exp(ln R plus.minus t sqrt(k / (k - 1) sum e_i^2)), quad e_i = a_i / a - m_i / m - b_i / b + w_i / w",
        alt: "The exponential of the logarithm of R, plus or minus t times the root of k divided by k less 1, times the sum of the squares of e. e of an authority is its share of a, less its share of m, less its share of b, plus its share of w.",
        note: "Letters with an i are one authority's, those without are the sums over all k authorities. t is the quantile of Student's distribution with k − 1 degrees of freedom, for k may be as few as ten. Limits are told to the nearest 0.05. Where this interval includes 1 and the score interval does not, a difference is called possible.",
        reference: "Woodruff 1971",
        example: || {
            let cluster = |[a, m, b, w]: [u64; 4]| Counts {
                minoritised: Side { numerator: a, denominator: m },
                white: Side { numerator: b, denominator: w },
            };
            let areas = [cluster([4, 60, 9, 210]), cluster([12, 130, 20, 400]), cluster([3, 45, 10, 150])];
            let ratio = (19.0 / 235.0) / (39.0 / 760.0);
            let found = clusters::clustered(ratio, &areas, 0.95);
            let print = |found: super::Clustered| format!("{ratio:.4}, {:.4} to {:.4}", found.lower, found.upper);
            (
                "4 of 60 and 9 of 210; 12 of 130 and 20 of 400; 3 of 45 and 10 of 150",
                found.map_or_else(String::new, print),
            )
        },
    },
    Method {
        id: "log-ratio",
        name: "Change of a ratio",
        purpose: "Compares a ratio with that of the round before.",
        formula: "exp(ln R_2 - ln R_1 plus.minus z sqrt(s_1^2 + s_2^2)), quad s^2 = 1 / a - 1 / m + 1 / b - 1 / w",
        alt: "The exponential of the difference of the logarithms of the two ratios, plus or minus z times the root of the sum of their variances. A variance is one divided by a, less one divided by m, plus one divided by b, less one divided by w.",
        note: "The two rounds are taken as independent, although many people may be in both. There is no interval with a zero cell. A change of a share is a difference with Newcombe's interval.",
        reference: "Katz and others 1978",
        example: || {
            let (top, bottom) = (of(7, 34), of(1, 34));
            let ratio = top.rate() / bottom.rate();
            let limits = interval::log_interval(ratio, interval::log_variance(top, bottom), critical());
            ("7 of 34 and 1 of 34, one round", range(limits))
        },
    },
    Method {
        id: "over-dispersion",
        name: "Position and its limits",
        purpose: "Says whether an authority's ratio is as expected, given its size and the usual differences between authorities.",
        formula: "z = (ln R - ln R_E) / s, quad phi = (sum z_i^2) / k, quad tau^2 = (k phi - (k - 1)) / (sum u_i - sum u_i^2 \\/ sum u_i), quad z' = (ln R - ln R_E) / sqrt(s^2 + tau^2)",
        alt: "z is the difference of the logarithms of the authority's ratio and England's, divided by s. Phi is the mean of the squares of z. Tau squared is k times phi, less k, plus 1, divided by the sum of the weights less the sum of their squares divided by their sum. The adjusted z divides by the root of s squared plus tau squared.",
        note: "For φ, each z is clipped at the 10th and 90th percentile of all. As expected is within 1.96, far beyond 3.09. At least ten authorities are needed; one with a zero cell or too few to say has no position.",
        reference: "Spiegelhalter 2005",
        example: || {
            let rates = [(100.0, 108.0), (150.0, 112.0), (180.0, 165.0), (80.0, 95.0), (120.0, 100.0), (225.0, 220.0)];
            let placed = rates.map(|(observed, expected): (f64, f64)| {
                let deviation = expected.sqrt().recip();
                ((observed / expected).ln() / deviation, deviation)
            });
            let (phi, between) = position::over_dispersion(&placed);
            ("six mortality ratios (FunnelPlotR)", format!("φ {phi:.4}, τ² {between:.5}"))
        },
    },
    Method {
        id: "benjamini-hochberg",
        name: "Many comparisons",
        purpose: "Marks disadvantages and advantages that may be chance, because several comparisons are made at once.",
        formula: "p'_((i)) = min_(j >= i) (p_((j)) k / j)",
        alt: "The adjusted p-value of rank i is the smallest of p of rank j times k divided by j, over all j from i.",
        note: "Here k is the number of comparisons in a family that can be judged, and p of rank j the j-th smallest of their p-values. An area has two families: its indicators, and of all indicators together its services and ethnic groups. With nine independent comparisons and no real difference, more than one in three areas would show a difference by chance. A difference whose adjusted p-value is not below 0.05 is called possible.",
        reference: "Benjamini and Hochberg 1995",
        example: || {
            let adjusted = multiplicity::benjamini_hochberg(&[0.005, 0.009, 0.019, 0.022, 0.051, 0.101, 0.361, 0.387]);
            let adjusted: Vec<String> = adjusted.iter().map(|p| format!("{p:.3}")).collect();
            ("0.005, 0.009, 0.019, 0.022, 0.051, 0.101, 0.361, 0.387", adjusted.join(", "))
        },
    },
    Method {
        id: "detectable",
        name: "What could have been seen",
        purpose: "Says how large a difference would have had to be to be found among so many people.",
        formula: "Phi((abs(p_1 - p_2) - z s_0) / s_1) + Phi((-abs(p_1 - p_2) - z s_0) / s_1) = 0.8 \\ s_0^2 = macron(p) (1 - macron(p)) (1 \\/ m + 1 \\/ w) \\ s_1^2 = p_1 (1 - p_1) \\/ m + p_2 (1 - p_2) \\/ w",
        alt: "The sum of two probabilities equals 0.8: that a standard normal value is below the distance of the two rates less z times s zero, divided by s one; and the same with the distance taken away. s zero squared is p times one less p times the sum of one divided by m and one divided by w. s one squared is p one times one less p one divided by m, plus p two times one less p two divided by w.",
        note: "The second rate is England's white rate, the first is it times the ratio, and p with a bar the rate of both groups together. The ratios nearest to 1 are given, below and above, that the score test finds with 80% power. Where a group has fewer than 200 people, the power is the sum over all outcomes of both groups that the test rejects. There is none where not even no case at all, or a case of everybody, would be found.",
        reference: "Farrington and Manning 1990",
        example: || {
            let found = detectable::detectable((55, 524), 0.034, critical());
            let print = |ratio: Option<f64>| ratio.map_or_else(|| "none".to_owned(), |ratio| format!("{ratio:.2}"));
            ("55 and 524 people, rate 3.4%", format!("below 1 {}, above 1 {}", print(found.below), print(found.above)))
        },
    },
    Method {
        id: "quantile",
        name: "Spread and quarters",
        purpose: "Tells how authorities spread.",
        formula: "q = x_((j)) + (h - j) (x_((j + 1)) - x_((j))), quad h = 1 + (k - 1) p, quad j = floor(h)",
        alt: "The quantile is the value of rank j plus h less j times the distance to the next value, where h is one plus k less one times p, and j is h without its fraction.",
        note: "Quartile 1 holds the lowest ratios. The range of ranks runs from one more than the ratios below an authority's interval to as many as are not above it. Of a spread, ratios are rounded to 0.05 and rates to 0.5 percentage points.",
        reference: "Hyndman and Fan 1996, type 7",
        example: || ("1, 2, 3, 4 at 90%", format!("{:.1}", position::quantile(&[1.0, 2.0, 3.0, 4.0], 0.9))),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_the_known_answer() {
        // From `known_answers.json`, and where that has none, from the definition.
        let known = [
            ("ratio", "7.0000"),
            ("koopman-score", "1.2209 to 42.5757"),
            ("score-test", "p 0.1573"),
            ("wilson", "0.5525 to 0.7364"),
            ("newcombe", "0.0189 to 0.3404"),
            ("at-parity", "-6.0"),
            ("mantel-haenszel", "2.4751, 1.5831 to 3.8698"),
            ("heterogeneity", "Q 24.8019, p 0.0017, I² 67.74%, τ² 0.2880"),
            ("clusters", "1.5756, 0.7922 to 3.1336"),
            ("log-ratio", "0.9096 to 53.8695"),
            ("over-dispersion", "φ 2.1491, τ² 0.01212"),
            ("benjamini-hochberg", "0.036, 0.036, 0.044, 0.044, 0.082, 0.135, 0.387, 0.387"),
            ("detectable", "below 1 none, above 1 3.77"),
            ("quantile", "3.7"),
        ];
        let found: Vec<(&str, String)> = METHODS.iter().map(|method| (method.id, method.example().1)).collect();
        assert_eq!(found, known.map(|(id, answer)| (id, answer.to_owned())));
    }
}
