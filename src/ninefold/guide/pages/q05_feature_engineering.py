"""Question 5: one column that is made well, against trees that must find it; and one that is made badly."""

import marimo

app = marimo.App()

with app.setup:
    import marimo as mo
    import numpy as np
    import polars as pl

    from ninefold.core import parts
    from ninefold.guide import lab, show


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 5 · What is feature engineering, and why does it matter?

    **In thirty seconds.** Giving a model columns in which the truth has a simple form: chosen, transformed (logs,
    ranks, parts of a date) or created (ratios, differences, means of a group). A model combines columns in its own
    ways only: a line never divides two, trees imitate a ratio in many steps. With the right column a simple model
    needs few rows. But one that looks at the target is made inside the folds. A category's mean target, as it is often
    written:
    """)


@app.function
def mean_as_listed(codes, y):
    return np.array([y[codes == code].mean() for code in codes])


@app.function
def mean_of_the_others(codes, y, fold):
    """[N]: of each row the mean of ``y`` [N] over rows of the same ``codes`` [N] in other folds (``fold`` [N]); where
    there are none, that of all rows in other folds."""
    other = fold[:, None] != fold
    same = other & (codes[:, None] == codes)
    rows = np.where(same.any(axis=1, keepdims=True), same, other)
    return rows @ y / rows.sum(axis=1)


@app.cell
def encoded():
    # 300 levels of pure noise for 900 rows, and the toss of a coin for the target. What does the new column tell of it?
    _auc, _rng = parts.make("ninefold.metrics", "roc_auc"), np.random.default_rng(0)
    _codes, _y, _fold = _rng.integers(300, size=900), _rng.integers(2, size=900), _rng.permutation(900) % 5
    _made = {"as listed": mean_as_listed(_codes, _y), "from other folds": mean_of_the_others(_codes, _y, _fold)}
    aucs = {name: _auc.score(_y, np.column_stack([1 - made, made])) for name, made in _made.items()}
    show.bars(
        "A mean that holds the row's own target tells it, out of noise", {"ROC AUC": aucs}, x="ROC AUC; 0.5 is right"
    )
    return (aucs,)


@app.cell
def data():
    # Parcels: how long does the way take? Distance in km, speed in km/h, and two columns that do not matter.
    _rng = np.random.default_rng(0)
    _km, _speed, _load, _hour = _rng.uniform([[1], [5], [0], [0]], [[50], [60], [100], [24]], (4, 4000))
    table = pl.DataFrame({"distance": _km, "speed": _speed, "load": _load, "hour": _hour})
    table, target = table.with_columns(minutes=60 * _km / _speed + _rng.normal(0, 5, 4000)), "minutes"
    return table, target


@app.cell(hide_code=True)
def predict():
    guess = show.ask(
        "From 200 parcels a line gets the ratio, product or sum of two columns that pays most. How many parcels do "
        "boosted trees of the raw columns need to be as good?",
        ("200 as well", "about 400", "1,000 or more"),
    )
    guess
    return (guess,)


@app.cell
def experiment(table, target):
    desk = lab.of(table, target)
    _metric, _linear = ("roc_auc", "logistic_regression") if desk.problem.classes else ("r2", "linear_regression")
    _ways = {"linear": (_linear, "scaled"), "linear, with created columns": (_linear, "scaled+created")}
    _ways["boosted trees"] = "lightgbm", "plain"
    _held = len(desk.y) // 3
    sizes = sorted({min(size, 2 * _held) for size in (100, 200, 400, 1000, 2000)})
    score = {name: np.zeros(len(sizes)) for name in _ways}
    for _draw in range(2):
        _new, _rest = np.split(np.random.default_rng(_draw).permutation(len(desk.y)), [_held])
        for _i, _size in enumerate(sizes):
            for _name, (_learner, _view) in _ways.items():
                _said = desk.said(_learner, _rest[:_size], _new, view=_view)
                score[_name][_i] += desk.score(_metric, desk.y[_new], _said) / 2
    _with, _without = (set(desk.seen(view, _rest[:_size], _new)[0].names) for view in ("scaled+created", "scaled"))
    made = ", ".join(sorted(_with - _without)) or "no column"
    show.lines(f"Created: {made}", {n: (np.log2(sizes), s) for n, s in score.items()}, x="log2 of rows", y=_metric)
    return made, score, sizes


@app.cell(hide_code=True)
def reveal(guess, made, score, sizes):
    _simple, _trees, _two = score["linear, with created columns"], score["boosted trees"], min(1, len(sizes) - 1)
    needed = next((size for size, of in zip(sizes, _trees, strict=True) if of >= _simple[_two]), np.inf)
    _on = f"from {needed:,} on" if needed < np.inf else "with no number tried"
    truth = "200 as well" if needed <= 200 else "about 400" if needed <= 400 else "1,000 or more"
    _text = f"""
    With {made} a line has {_simple[_two]:.3f} from {sizes[_two]} rows. Trees have {_trees[_two]:.3f} from as many, and
    are as good {_on}; from {sizes[-1]:,} they have {_trees[-1]:.3f}, the line {_simple[-1]:.3f}, and one of the raw
    columns {score["linear"][-1]:.3f}. Rows can replace knowledge, at a price, and not for every model."""
    show.reveal(guess, truth, _text)
    return needed, truth


@app.cell(hide_code=True)
def follow_ups(aucs):
    mo.md(rf"""
    ## What an interviewer asks next

    - **Is target encoding always a leak?** On the toss of a coin it has an AUC of {aucs["as listed"]:.2f} as listed,
      {aucs["from other folds"]:.2f} from other folds. Draw rare levels towards the mean as well (Micci-Barreca 2001).
    - **Do trees need it?** Not for one column: its order is all they use, so logarithms and scaling change nothing.
      Ratios, differences and means of groups they can only imitate, with rows.
    - **Of a thousand candidates, which stay?** Those that lower the error on inner folds beyond doubt: the best of a
      thousand columns of noise looks good too. And each must be known when it is asked for.
    """)


@app.function
def check_other_folds_alone(function, rng):
    codes, y, fold = rng.integers(6, size=40), rng.normal(size=40), rng.integers(4, size=40)
    out, i = function(codes, y, fold), int(rng.integers(40))
    same = (fold != fold[i]) & (codes == codes[i])
    assert np.isclose(out[i], y[same].mean() if same.any() else y[fold != fold[i]].mean())
    assert np.isclose(function(np.arange(40), y, fold)[i], y[fold != fold[i]].mean())


@app.cell(hide_code=True)
def exercise():
    _mutants = (("fold[:, None] != fold", "fold[:, None] >= 0"), ("other & (", "("), ("same, other)", "same, True)"))
    show.exercise(mean_of_the_others, checks=(check_other_folds_alone,), mutants=_mutants)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/features/steps/created.py", "src/ninefold/features/steps/target_mean.py"), "Features")


@app.cell
def test_claims(aucs, made, needed, score, truth):
    assert truth == "1,000 or more" and 1000 <= needed <= 2000 and made == "distance / speed"
    assert aucs["as listed"] > 0.75 and abs(aucs["from other folds"] - 0.5) < 0.05 and score["linear"][-1] < 0.7


if __name__ == "__main__":
    app.run()
