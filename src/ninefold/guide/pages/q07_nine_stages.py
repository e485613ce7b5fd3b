"""Question 7: the nine stages of one run, and what each of them is there to prevent."""

import marimo

app = marimo.App()

with app.setup:
    import marimo as mo
    import numpy as np
    import polars as pl

    import ninefold
    from ninefold.guide import lab, show, tables, tools


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 7 · What are the stages of a machine-learning workflow?

    **In thirty seconds.** Nine: say what the *problem* is and how success is measured; *collect* the data and put rows
    aside that nobody looks at; *prepare* them; make *features*; *select* models by validation; *train* the chosen one
    on all rows; *evaluate* it once on the rows put aside; *deploy* it with its preprocessing; *monitor* it, which
    starts the next round. The order is the point: what is measured is decided before models are seen, and rows are put
    aside before anything is learned. Most disasters are an early stage that was skipped, found out in a late one.

    All nine are one command, `ninefold run TABLE --target COLUMN`, or one call:
    """)


@app.cell
def data():
    table, target = tables.titanic(), "survived"
    return table, target


@app.cell
def nine(table, target):
    _done = ninefold.run(table, target, work=12, learners=("logistic_regression", "ridge_regression", "lightgbm"))
    stages = [{"stage": n, "title": part.title, "what came out": part.sentence} for n, part, _ in _done.sections()]
    show.table("Nine values, each made once, from those before it", stages)
    return (stages,)


@app.cell(hide_code=True)
def predict():
    guess = show.ask(
        "The column `alive` repeats the target, and stage 3 left it out. Overrule it, and boosted trees tell 100 % of "
        "held-out passengers rightly. In service nobody knows `alive` yet: the cell is empty. How many then?",
        ("100 %, as tested", "about as many as if it had been left out", "no more than with one answer for all"),
    )
    guess
    return (guess,)


@app.cell
def experiment(table, target):
    # Of a table without `alive` a column is made that repeats the target.
    _whole = lab.binary(table, target)
    _whole = _whole if "alive" in _whole.columns else _whole.with_columns(alive=pl.col(target).cast(pl.String))
    _honest, _leaky = lab.of(_whole.drop("alive"), target), lab.of(_whole, target, keep=("alive",))
    _y = _leaky.y
    right = {"one answer for all": max(np.mean(_y), 1 - np.mean(_y))}
    _said = np.full((3, len(_y)), -1)
    for _train, _test in _leaky.folds(4):
        _said[0, _test] = _honest.said("lightgbm", _train, _test, trees=60).argmax(axis=1)
        _data, _x = _leaky.seen("plain", _train, _test)
        _fit = tools.fit("lightgbm", _data, trees=60)
        _empty = np.where([name == "alive" for name in _data.names], np.nan, _x)
        _said[1, _test], _said[2, _test] = (_fit.predict(x).argmax(axis=1) for x in (_x, _empty))
    right["alive left out"] = np.mean(_said[0] == _honest.y)
    right["alive kept, tested"], right["alive kept, in service"] = np.mean(_said[1:] == _y, axis=1)
    show.bars("What the test promised, and what service gets", {"accuracy": right}, x="accuracy, cross-validated")
    return (right,)


@app.cell(hide_code=True)
def reveal(guess, right):
    _left, _tested, _used = (right[f"alive {how}"] for how in ("left out", "kept, tested", "kept, in service"))
    truth = tuple(guess.options)[0 if _used > 0.99 else 1 if _used > _left - 0.05 else 2]
    _text = f"""
    {_tested:.0%} in the test, {_used:.1%} in service; with one answer for all it is {right["one answer for all"]:.1%},
    and without the column {_left:.1%}. Validation cannot find it, nor the rows put aside: they hold the same `alive`.
    Monitoring does, on the first day, when it is too late. So ask of every column *when* it is known (Kaufman and
    others 2012), in stages 1 to 3."""
    show.reveal(guess, truth, _text)
    return (truth,)


@app.function
def standardised(train, test):
    """Both tables [N, D] and [M, D] with each column shifted and scaled so that in ``train`` it has mean 0 and standard
    deviation 1; a column that does not vary there is only shifted."""
    centre, spread = train.mean(axis=0), train.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    return (train - centre) / spread, (test - centre) / spread


@app.cell(hide_code=True)
def follow_ups():
    mo.md(r"""
    ## What an interviewer asks next

    - **Which stage is most often done badly?** The first: what is predicted, when it must be known, what errors cost.
      A good model of the wrong target is found out by its users alone.
    - **Validation or test: why both?** Validation chooses among models, so that the best one's score is flattered; the
      rows put aside are looked at once, by who chooses nothing any more.
    - **Why is preprocessing shipped with the model?** Else it is written twice, and the two drift apart. Here steps
      and model are one graph, and the rows that models learn from come out of that graph as well.
    - **What closes the loop?** Monitoring: drift in columns and in answers, performance when labels arrive, a rule for
      retraining decided beforehand, and the old model kept to go back to.
    """)


@app.function
def check_by_the_train_rows_alone(function, rng):
    train, test = rng.normal(3, 5, size=(30, 3)), rng.normal(size=(7, 3))
    train[:, 2] = 4.0
    a, b = function(train, test)
    assert np.allclose(a.mean(axis=0), 0) and np.allclose(a.std(axis=0), [1, 1, 0])
    assert np.allclose(b, (test - train.mean(axis=0)) / [*train[:, :2].std(axis=0), 1])


@app.cell(hide_code=True)
def exercise():
    _mutants = (
        ("(test - centre)", "(test - test.mean(axis=0))"),
        ("train.std(axis=0)", "train.std()"),
        ("spread, 1.0", "spread, 2.0"),
    )
    show.exercise(standardised, checks=(check_by_the_train_rows_alone,), mutants=_mutants)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/flow.py", "src/ninefold/prepare/audits/repeats_target.py"), "Preparation")


@app.cell
def test_claims(right, stages, truth):
    assert [row["stage"] for row in stages] == list(range(1, 10)) and "alive left out" in stages[2]["what came out"]
    assert truth == "no more than with one answer for all" and right["alive kept, tested"] == 1
    assert right["alive left out"] > right["alive kept, in service"] + 0.15


if __name__ == "__main__":
    app.run()
