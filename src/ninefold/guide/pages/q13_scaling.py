"""Question 13: normalise or standardise, for whom, and when rather not."""

import marimo

app = marimo.App()

with app.setup:
    from dataclasses import replace

    import marimo as mo
    import numpy as np
    from scipy.stats import skew

    from ninefold.guide import lab, show, tools


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 13 · Normalise or standardise?

    **In thirty seconds.** Min-max normalisation, (x − min)/(max − min), takes a column to [0, 1] (or, stretched, to
    [−1, 1]); standardisation, (x − mean)/sd, to mean 0 and standard deviation 1, without bounds. Who measures
    distances, descends gradients or penalises weights (kNN, SVM, k-means, PCA, networks) needs one where units differ;
    trees need none. In doubt, standardise: one far value squeezes a min-max column. Learn it from training rows alone.

    The classic code. What happens to new rows, and to a column that does not vary?
    """)


@app.function
def normalised(rows, new):
    low, high = rows.min(axis=0), rows.max(axis=0)
    return (new - low) / (high - low)


@app.function
def standardised(rows, new):
    """Rows ``new`` [M, D] with each column's mean and deviation in ``rows`` [N, D] as 0 and 1; no spread gives 0."""
    centre, spread = rows.mean(axis=0), rows.std(axis=0)
    varies = spread > 0
    return np.where(varies, new - centre, 0) / np.where(varies, spread, 1)


@app.cell(hide_code=True)
def examine():
    _incomes, _more = np.split(np.random.default_rng(0).lognormal(size=20_200), [200])
    skews = [skew(_incomes), *(skew(scaled(_incomes, _incomes)) for scaled in (normalised, standardised))]
    beyond = (normalised(_incomes, _more) > 1).mean()
    mo.md(f"""Incomes have a skewness of {skews[0]:.2f}, normalised {skews[1]:.2f}, standardised {skews[2]:.2f}: the
    shape stays, nothing becomes normal. Of new incomes {beyond:.2%} lie beyond 1. A constant column is 0/0.""")
    return beyond, skews


@app.cell
def data():
    table, target = tools.shipped("wine"), "cultivar"
    return table, target


@app.function
def tried(desk, learners, scales):
    """[learners, 5 folds, scales]: scores of rows held out; medians fill gaps; scales are learned inside."""
    metric, found = "accuracy" if desk.problem.classes else "r2", []
    for inside, outside in desk.folds(5):
        seen, x = desk.seen("plain", inside, outside)
        whole = tools.stepped("prepare.fill", seen.x, x, indicator=False)
        both = [tools.stepped("features.scale", *whole, how=how) if how != "raw" else whole for how in scales]
        forms = [[(tools.fit(name, replace(seen, x=x, categorical=())), new) for x, new in both] for name in learners]
        found.append([[desk.score(metric, desk.y[outside], form.predict(new)) for form, new in row] for row in forms])
    return np.swapaxes(found, 0, 1)


@app.cell(hide_code=True)
def predict():
    options = ("helps as well", "changes next to nothing", "harms")
    guess = show.ask("Scaling saves neighbours on the table below. Standardising the pixels of digits …", options)
    guess
    return (guess,)


@app.cell
def experiment(table, target):
    _desk = lab.of(table, target)
    _linear = "logistic_regression" if _desk.problem.classes else "ridge_regression"
    _learners = ("nearest_neighbours", "support_vectors", _linear, "decision_tree")
    _scales = ("raw", "minmax", "standard", "robust")
    scores = tried(_desk, _learners, _scales)
    _means = zip([name.replace("_", " ") for name in _learners], *scores.mean(axis=1).T, strict=True)
    _rows = [dict(zip(("learner", *_scales), row, strict=True)) for row in _means]
    show.table(f"How well {target} is told on each scale, mean of 5 folds", _rows)
    return (scores,)


@app.cell
def pixels():
    _digits, _worth = tools.shipped("digits"), tools.shipped("digits").drop("digit").to_numpy().std(axis=0)
    loudest = _worth.max() / _worth[_worth > 0].min()
    harm = np.diff(tried(lab.of(_digits, "digit"), ("nearest_neighbours",), ("raw", "standard"))[0])[:, 0]
    return harm, loudest


@app.cell(hide_code=True)
def reveal(guess, harm, loudest):
    truth = guess.options[1 if abs(harm.mean()) < 0.005 else 0 if harm.mean() > 0 else 2]
    _told = f"""On digits, standardised pixels change the accuracy of nearest neighbours by {100 * harm.mean():+.1f}
    points (5 folds: {", ".join(f"{100 * h:+.1f}" for h in harm)}). Pixels share a unit, ink; those at the rim are
    nearly always blank, and dividing by their tiny deviation makes a rare speck count up to {loudest:.0f} times as much
    as a stroke. To scale is to say that all columns matter alike; where they share a unit, that can be wrong."""
    show.reveal(guess, truth, _told)
    return (truth,)


@app.cell(hide_code=True)
def follow_ups(scores):
    _slipped = np.append(np.random.default_rng(0).uniform(1, 2, 199), 1500.0)
    squeezed, moved = normalised(_slipped, _slipped)[:-1].max(), np.ptp(scores[3].mean(axis=0))
    mo.md(rf"""
    ## What an interviewer asks next

    - **What does one outlier do?** A value 1,000 times too large squeezes the other 199 of a min-max column into [0,
      {squeezed:.4f}]. Median and quartile distance (robust scaling) do not notice it.
    - **Why do trees not care?** They compare a column with a threshold; any increasing map keeps the order. Above,
      their scores differ by {moved:.3f} at most, where cuts tie.
    - **Scale before the split?** No: means and deviations of test rows are information that deployment does not have.
    - **Does it make a column normal?** No; that takes logarithms, Box-Cox, Yeo-Johnson or quantiles.
    """)
    return moved, squeezed


@app.function
def check_scale(function, rng):
    rows, new = 5 + 3 * rng.normal(size=(40, 3)), rng.normal(size=(10, 3))
    rows[:, 2] = new[:, 2] = 7.0
    own = function(rows, rows)
    assert np.allclose(own.mean(axis=0), 0) and np.allclose(own.std(axis=0), [1, 1, 0])
    assert np.allclose(function(rows, new + 1) - function(rows, new), [1 / rows[:, 0].std(), 1 / rows[:, 1].std(), 0])


@app.cell(hide_code=True)
def exercise():
    mutants = (("rows.mean", "new.mean"), ("rows.std(axis=0)", "rows.std()"), ("spread > 0", "spread >= 0"))
    show.exercise(standardised, checks=(check_scale,), mutants=mutants)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/features/steps/scale.py", "src/ninefold/features/steps/power.py"), "Features")


@app.cell
def test_claims(beyond, harm, loudest, moved, scores, skews, squeezed, truth):
    assert truth == "harms" and (harm < 0).all() and loudest > 50
    assert beyond > 0.01 and np.ptp(skews) < 1e-9 and squeezed < 0.001 and moved < 0.02
    raw, _, standard, _ = scores.mean(axis=1).T
    assert (standard[:2] > raw[:2] + 0.2).all() and standard[2] > raw[2]


if __name__ == "__main__":
    app.run()
