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
    median, mode; or predicted from the other columns), or use a learner that takes gaps as they are, such as boosted
    trees. For prediction add a 0/1 column that remembers where a gap was: it may be the best information there is.
    Whatever is filled in is learned from training rows alone.

    Filling by the mean, with that memory:
    """)


@app.function
def filled_and_marked(rows, new):
    """``new`` [M, D], gaps (NaN) as means of ``rows`` [N, D]; then 0/1, the gaps of each column where ``rows`` has any."""
    gaps, marked = np.isnan(new), np.isnan(rows).any(axis=0)
    return np.hstack([np.where(gaps, np.nanmean(rows, axis=0), new), gaps[:, marked]])


@app.function
def hidden(values, how, rng):
    """The numbers [N, D] with three in ten hidden: any of them, or two thirds of the upper 45 % of each column."""
    rank = values.argsort(axis=0).argsort(axis=0) / len(values)
    chance = 0.3 if how == "by chance" else np.where(rank > 0.55, 2 / 3, 0.0)
    return np.where(rng.random(values.shape) < chance, np.nan, values)


@app.cell
def examine():
    _rng = np.random.default_rng(0)
    _pair = _rng.multivariate_normal([0, 0], [[1, 0.9], [0.9, 1]], 5000)
    _holes = hidden(_pair, "by chance", _rng)
    _filled = filled_and_marked(_holes, _holes)[:, :2]
    whole, spread, tied = (0.9**13, _filled[:, 0].std(), np.corrcoef(_filled.T)[0, 1])
    mo.md(f"""It flatters: with 30 % of two columns filled by means, a deviation of 1 becomes {spread:.2f} and a
    correlation of 0.90 becomes {tied:.2f}. Leaving out rows is dear: if each of 13 columns lacks one value in ten,
    {whole:.0%} of the rows stay.""")
    return spread, tied, whole


@app.cell
def data():
    table, target = tools.shipped("wine"), "kind"
    return table, target


@app.cell(hide_code=True)
def predict():
    options = ("the mean", "the mean and a mark", "regressions on the other columns")
    guess = show.ask("High values go missing more often than low ones. Which filling predicts best?", options)
    guess
    return (guess,)


@app.cell
def experiment(table, target):
    desk = lab.of(table, target)
    rows = np.arange(len(desk.y))
    whole_rows = desk.seen("plain", rows, rows[:1])[0]
    learner, metric = ("logistic_regression", "log_loss") if desk.problem.classes else ("ridge_regression", "rmse")

    def tried(why, seed, **fill):
        """How far off filled cells are, in standard deviations, and the loss of a linear model on new rows."""
        inside, outside = desk.folds(3, seed)[0]
        x, truth = hidden(whole_rows.x, why, np.random.default_rng(seed)), whole_rows.x[outside]
        known, new = tools.stepped("prepare.fill", x[inside], x[outside], **fill)
        off = ((new[:, : truth.shape[1]] - truth) / np.nanstd(whole_rows.x, axis=0))[
            np.isnan(x[outside]) & ~np.isnan(truth)
        ]
        known, new = tools.stepped("features.scale", known, new)
        form = tools.fit(learner, replace(whole_rows, x=known, y=desk.y[inside], categorical=()))
        return np.sqrt((off**2).mean()), desk.score(metric, desk.y[outside], form.predict(new))

    ways = {
        "the mean": ("mean", False),
        "the mean and a mark": ("mean", True),
        "regressions on the other columns": ("iterative", False),
        "regressions and marks": ("iterative", True),
    }
    found = {
        why: {
            name: np.mean([tried(why, seed, how=how, indicator=mark) for seed in range(6)], axis=0)
            for name, (how, mark) in ways.items()
        }
        for why in ("by chance", "when high")
    }
    _heads = {f"{what}, missing {why}": (why, i) for why in found for i, what in enumerate(("cells off by", metric))}
    show.table(
        f"Filling gaps to tell {target}: means of 6 draws",
        [{"filled by": name} | {head: found[why][name][i] for head, (why, i) in _heads.items()} for name in ways],
    )
    return found, metric


@app.cell(hide_code=True)
def reveal(found, guess, metric):
    _high, _chance = found["when high"], found["by chance"]
    _mean, _mark, _exact = guess.options
    truth = min(guess.options, key=lambda way: _high[way][1])
    _told = f"""Regressions fill high values that are missing with an error of {_high[_exact][0]:.2f} deviations, the
    mean with {_high[_mean][0]:.2f}. Yet {metric} is {_high[_mark][1]:.3f} with the mean and a mark,
    {_high[_exact][1]:.3f} with regressions: that a value is missing says that it is high, and only the mark passes it
    on. Where values are missing by chance, marks are further columns of noise ({_chance[_mark][1]:.3f} with,
    {_chance[_mean][1]:.3f} without), and exact filling pays ({_chance[_exact][1]:.3f}). Which of the two a table is
    like no table can say for sure: try both inside the folds."""
    show.reveal(guess, truth, _told)
    return (truth,)


@app.cell(hide_code=True)
def follow_ups():
    _ship = tables.titanic()
    _known = _ship["deck"].is_not_null()
    gone, saved, lost = 1 - _known.mean(), *(_ship.filter(side)["survived"].mean() for side in (_known, ~_known))
    mo.md(rf"""
    ## What an interviewer asks next

    - **A column is missing in {gone:.0%} of rows. Drop it?** Look first: that is the Titanic's `deck`, and {saved:.0%}
      survived where it is known, {lost:.0%} where not. Though ask whether survivors were asked later: then it is a
      leak.
    - **Fill before or after the split?** After it: means of all rows carry test rows into training.
    - **What of the target?** Never fill it; leave such rows out, or learn from them without it.
    - **Which learners need no filling?** Boosted trees send gaps to the better side of each split; Ninefold keeps NaN
      there.
    - **Why not multiple imputation?** It is for honest intervals of estimates; a prediction needs one filling, the same
      each time.
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
def test_claims(found, gone, lost, saved, spread, tied, truth, whole):
    assert truth == "the mean and a mark" and gone > 0.7 and saved > 2 * lost
    assert 0.8 < spread < 0.87 and tied < 0.7 and round(whole, 2) == 0.25
    high, chance = found["when high"], found["by chance"]
    assert high["regressions on the other columns"][0] < high["the mean"][0] - 0.2
    assert high["the mean and a mark"][1] < high["regressions on the other columns"][1] - 0.02
    assert chance["regressions on the other columns"][1] < chance["the mean"][1] < chance["the mean and a mark"][1]


if __name__ == "__main__":
    app.run()
