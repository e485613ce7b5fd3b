"""Question 12: missing data, and why the most exact filling is not the best one."""

import marimo

app = marimo.App()

with app.setup:
    from dataclasses import replace

    import marimo as mo
    import numpy as np

    from ninefold.guide import lab, show, tables, tools


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 12 · How are missing data treated?

    **In thirty seconds.** First ask *why* they are missing: by chance (MCAR), for reasons that other columns tell
    (MAR), or because of the value itself (MNAR; Rubin 1976). Then leave out rows or columns (if few), fill in (mean,
    median, mode, or a prediction from other columns), or use a learner that takes gaps as they are: boosted trees. For
    prediction add a 0/1 column that remembers the gap: it may be the best information there is. Learn all of it from
    training rows.

    Filling by the mean, with that memory:
    """)


@app.function
def filled_and_marked(rows, new):
    """``new`` [M, D], gaps (NaN) as means of ``rows`` [N, D]; then gaps, 0/1, of the columns where ``rows`` has any."""
    gaps, marked = np.isnan(new), np.isnan(rows).any(axis=0)
    return np.hstack([np.where(gaps, np.nanmean(rows, axis=0), new), gaps[:, marked]])


@app.function
def hidden(values, how, rng):
    """The numbers [N, D] with three in ten hidden: any of them, or two thirds of the upper 45 % of each column."""
    rank = values.argsort(axis=0).argsort(axis=0) / len(values)
    chance = 0.3 if how == "by chance" else np.where(rank > 0.55, 2 / 3, 0.0)
    return np.where(rng.random(values.shape) < chance, np.nan, values)


@app.cell(hide_code=True)
def examine():
    _rng = np.random.default_rng(0)
    _holes = hidden(_rng.multivariate_normal([0, 0], [[1, 0.9], [0.9, 1]], 5000), "by chance", _rng)
    _filled = filled_and_marked(_holes, _holes)[:, :2]
    whole, spread, tied = 0.9**10, _filled[:, 0].std(), np.corrcoef(_filled.T)[0, 1]
    mo.md(f"""Means in 30 % of two columns turn a deviation of 1 into {spread:.2f}, a correlation of 0.90 into
    {tied:.2f}. Leaving out is dear: if 10 columns lack one value in ten each, {whole:.0%} of the rows are whole.""")
    return spread, tied, whole


@app.cell
def data():
    table, target = tools.shipped("diabetes"), "progression"
    return table, target


@app.cell(hide_code=True)
def predict():
    options = ("regressions in the mean's place", "a mark beside the mean", "neither helps")
    guess = show.ask("High values go missing more often. Gaps are filled by means. What helps most?", options)
    guess
    return (guess,)


@app.cell
def experiment(table, target):
    _desk, rows = lab.of(table, target), {}
    whole_rows = _desk.seen("plain", np.arange(len(_desk.y)), np.arange(1))[0]
    learner, metric = ("logistic_regression", "log_loss") if _desk.problem.classes else ("ridge_regression", "rmse")

    def tried(why, seed, how, mark):
        """How far off filled cells are, in standard deviations, and the loss of a linear model on new rows."""
        inside, outside = _desk.folds(3, seed)[0]
        x, truth = hidden(whole_rows.x, why, np.random.default_rng(seed)), whole_rows.x[outside]
        known, new = tools.stepped("prepare.fill", x[inside], x[outside], how=how, indicator=mark)
        off = (new[:, : truth.shape[1]] - truth) / np.nanstd(whole_rows.x, axis=0)
        known, new = tools.stepped("features.scale", known, new)
        form = tools.fit(learner, replace(whole_rows, x=known, y=_desk.y[inside], categorical=()))
        loss = _desk.score(metric, _desk.y[outside], form.predict(new))
        return [np.sqrt(np.nanmean(off[np.isnan(x[outside])] ** 2)), loss]

    for how, mark in (("mean", False), ("mean", True), ("iterative", False), ("iterative", True)):
        said = [tried("by chance", s, how, mark) + tried("when high", s, how, mark) for s in range(6)]
        rows[f"{'means' if how == 'mean' else 'regressions'}{' and marks' if mark else ''}"] = np.array(said)
    _heads = ("by chance: off by", f"by chance: {metric}", "when high: off by", f"when high: {metric}")
    _rows = [{"filled by": n} | dict(zip(_heads, v.mean(axis=0), strict=True)) for n, v in rows.items()]
    show.table(f"Gaps filled, and {target} told: means of 6 draws", _rows)
    return metric, rows


@app.cell(hide_code=True)
def reveal(guess, metric, rows):
    mean, marked, exact, _ = (values.mean(axis=0) for values in rows.values())
    wins = int((rows["means and marks"][:, 3] < rows["regressions"][:, 3]).sum())
    truth = guess.options[2 if min(marked[3], exact[3]) >= mean[3] else int(marked[3] < exact[3])]
    _told = f"""When high values go missing, {metric} is {mean[3]:.4g} with means, {exact[3]:.4g} with regressions on
    the other columns, whose guesses are {exact[2]:.2f} deviations off in place of {mean[2]:.2f}, and {marked[3]:.4g}
    with means and marks (the better one in {wins} of 6 draws). That a value is missing says that it is high, and only
    the mark passes this on. Missing by chance says nothing: there marks are columns of noise ({marked[1]:.4g} with,
    {mean[1]:.4g} without), and exact guesses pay, if little ({exact[1]:.4g}). Which it is, no table tells: try both,
    inside the folds."""
    show.reveal(guess, truth, _told)
    return exact, marked, mean, truth, wins


@app.cell(hide_code=True)
def follow_ups():
    _ship = tables.titanic()
    _known = _ship["deck"].is_not_null()
    gone, saved, lost = 1 - _known.mean(), *(_ship.filter(side)["survived"].mean() for side in (_known, ~_known))
    mo.md(rf"""
    ## What an interviewer asks next

    - **A column is missing in {gone:.0%} of rows. Drop it?** Look first: of the Titanic's `deck`, {saved:.0%} survived
      where it is known, {lost:.0%} where not. But were survivors asked later? Then it is a leak.
    - **Fill before or after the split?** After it: means of all rows carry test rows into training.
    - **Which learners need no filling?** Boosted trees send gaps to a side of each split; Ninefold keeps NaN there.
    - **Why not multiple imputation?** It gives honest intervals; predictions want one filling, the same each time.
    """)
    return gone, lost, saved


@app.function
def check_filling(function, rng):
    rows, new = rng.normal(size=(30, 3)), rng.normal(size=(9, 3))
    rows[:5, 0], new[2, 0], new[4, 2] = np.nan, np.nan, np.nan
    made = function(rows, new)
    assert made.shape == (9, 4) and not np.isnan(made).any() and (made[:, 3] == (np.arange(9) == 2)).all()
    assert np.isclose(made[2, 0], np.nanmean(rows[:, 0])) and np.isclose(made[4, 2], rows[:, 2].mean())
    assert (made[0, :3] == new[0]).all()


@app.cell(hide_code=True)
def exercise():
    mutants = (("nanmean(rows", "nanmean(new"), ("isnan(rows).any", "isnan(new).any"), ("gaps[:,", "~gaps[:,"))
    show.exercise(filled_and_marked, checks=(check_filling,), mutants=mutants)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/prepare/steps/fill.py", "src/ninefold/prepare/_regressed.py"), "Preparation")


@app.cell
def test_claims(exact, gone, lost, marked, mean, saved, spread, tied, truth, whole, wins):
    assert truth == "a mark beside the mean" and gone > 0.7 and saved > 2 * lost and round(whole, 2) == 0.35
    assert 0.8 < spread < 0.87 and tied < 0.7 and exact[2] < mean[2] - 0.2 and wins >= 5
    assert marked[3] < exact[3] < mean[3] and exact[1] < mean[1] < marked[1]


if __name__ == "__main__":
    app.run()
