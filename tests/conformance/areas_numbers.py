"""What is computed from counts, and whether a printed number is that: the few formulas of the method that changes of areas need."""

import math
import re

Z = 1.959963984540054
HALF = 1e-9


def number(text):
    """The number of a printed text, or nothing where a symbol or no text stands."""
    text = (text or "").replace(",", "").replace("−", "-").replace("about ", "").strip(" <>%")
    return float(text) if re.fullmatch(r"[+-]?\d+(\.\d+)?", text) else None


def near(text, value, decimals):
    """Whether a printed number is a value, rounded once."""
    return number(text) is not None and abs(number(text) - value) <= 0.5 * 10**-decimals + HALF


def fits(shown, step, exact):
    """Whether a count is shown as the nearest multiple of its step."""
    return shown % step == 0 and abs(shown - exact) * 2 <= step


def rounded(row, step=5):
    return tuple((count + step // 2) // step * step for count in row)


def ratio(row):
    a, n, c, m = row
    return (a / n) / (c / m) if n and m and c else None


def share(row):
    return row[0] / row[1] if row[1] else None


def wilson(events, people):
    rate, square = events / people, Z * Z / people
    middle, half = (rate + square / 2) / (1 + square), Z * math.sqrt(rate * (1 - rate) / people + square / people / 4) / (1 + square)
    return middle - half, middle + half


def change(before, after, of_shares):
    """The change from one round to the next with its interval: of shares in points, of ratios as one divided by the other."""
    if of_shares:
        (low, high), (lower, upper) = wilson(*before[:2]), wilson(*after[:2])
        first, second = share(before), share(after)
        apart = second - first
        below, above = math.hypot(second - lower, high - first), math.hypot(upper - second, first - low)
        return 100 * apart, 100 * (apart - below), 100 * (apart + above)
    if 0 in (before[0], before[2], after[0], after[2]):
        return None
    error = math.sqrt(sum(1 / a - 1 / n + 1 / c - 1 / m for a, n, c, m in (before, after)))
    apart = math.log(ratio(after) / ratio(before))
    return tuple(math.exp(apart + sign * Z * error) for sign in (0, -1, 1))


def together(rows):
    """Rounds together: the ratio of Mantel and Haenszel with the interval of Greenland and Robins."""
    over = sum(a * m / (n + m) for a, n, c, m in rows)
    under = sum(c * n / (n + m) for a, n, c, m in rows)
    if not over or not under:
        return None
    spread = sum((n * m * (a + c) - a * c * (n + m)) / (n + m) ** 2 for a, n, c, m in rows)
    error = math.sqrt(spread / (over * under))
    return tuple(over / under * math.exp(sign * Z * error) for sign in (0, -1, 1))


def reach(row, returns):
    """The smallest and the largest ratio that counts leave open, each shown as coarsely as it may be; the row is the sum of those of returns."""
    (a, b), (n, o), (c, d), (m, p) = ((max(0, count - slack), count + slack) for count, slack in zip(row, coarsest(returns)))
    return a / o / (d / m), b / n / (c / p) if n and c else math.inf


def share_reach(row, returns):
    """The same for a share."""
    over, under, *_ = coarsest(returns)
    return max(0, row[0] - over) / (row[1] + under), (row[0] + over) / max(1, row[1] - under)


def coarsest(returns):
    """How far each count of a sum can be from what is shown: half a step for each return, and a step is at most a twentieth of its count."""
    return [sum(half_of_step(count) for count in counts) for counts in zip(*returns)]


def half_of_step(count):
    return max((step for step in (5, 10, 20, 50) if step == 5 or step * 20 <= count + step), default=5) / 2
