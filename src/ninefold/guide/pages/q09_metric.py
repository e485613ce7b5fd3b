"""Question 9: one detector at seven rates of fraud, and six models of which each is best by some metric."""

import marimo

app = marimo.App()

with app.setup:
    import marimo as mo
    import numpy as np
    import polars as pl

    from ninefold.core import parts
    from ninefold.guide import lab, show, tables


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 9 · How is a metric chosen?

    **In thirty seconds.** By the decision that follows. If errors have prices, take the expected cost, at the
    threshold where it is least. If rows are ranked and the top ones looked at, precision and recall there. If
    probabilities are used as such, log loss or the Brier score. With a rare class accuracy says little, ROC AUC
    promises more than the alarms hold, and average precision (the area under precision and recall) is safer. Of
    numbers: MAE if an error of 10 is ten times as bad as one of 1, MSE if it is a hundred times as bad. A detector and
    a rate of fraud, for a start:
    """)


@app.cell(hide_code=True)
def predict():
    guess = show.ask(
        "Three payments in a thousand are frauds. A detector with ROC AUC 0.95 ranks 100,000 payments, and you look at "
        "the first 300, as many as there are frauds. How many of these are frauds?",
        ("about 270", "about 150", "about 70"),
    )
    guess
    return (guess,)


@app.cell
def experiment():
    # Scores of frauds are normal around 2.33, those of others around 0, at any rate: it is the same detector.
    rates, payments = (0.5, 0.2, 0.1, 0.03, 0.01, 0.003, 0.001), 100_000
    found = {"ROC AUC": [], "average precision": [], "frauds among the alarms": [], "accuracy of “no fraud”": []}
    for _rate in rates:
        _y = (np.arange(payments) < _rate * payments).astype(int)
        _z = np.random.default_rng(1).normal(2.326 * _y)
        _areas = [parts.make("ninefold.metrics", name) for name in ("roc_auc", "average_precision")]
        _alarms = np.argsort(-_z)[: _y.sum()]
        _all = *(m.score(_y, np.column_stack([-_z, _z])) for m in _areas), _y[_alarms].mean(), 1 - _y.mean()
        for _series, _value in zip(found.values(), _all, strict=True):
            _series.append(_value)
    _lines = {name: (np.log10(rates), series) for name, series in found.items()}
    show.lines("ROC AUC does not see how rare frauds are; the alarms do", _lines, x="log10 of the rate", y="score")
    return found, rates


@app.cell(hide_code=True)
def reveal(found, guess, rates):
    _at = {name: series[rates.index(0.003)] for name, series in found.items()}
    truth = min(guess.options, key=lambda option: abs(int(option.split()[1]) - 300 * _at["frauds among the alarms"]))
    _text = f"""
    {_at["frauds among the alarms"]:.0%} of the alarms, though ROC AUC is {_at["ROC AUC"]:.2f}: with one fraud in two
    it is the same. Average precision falls from {found["average precision"][0]:.2f} to {_at["average precision"]:.2f}
    (chance has 0.003; Saito and Rehmsmeier 2015). "No fraud" has an accuracy of {_at["accuracy of “no fraud”"]:.1%}."""
    show.reveal(guess, truth, _text)
    return (truth,)


@app.function
def best_threshold(y, p, miss, alarm):
    """The t, one of the chances ``p`` [N] or infinity, at which "1 where p >= t" costs least in all: ``miss`` for each
    1 (in ``y`` [N], of 0 and 1) that is called 0, ``alarm`` for each 0 called 1. The lowest of several such t."""
    tried = np.append(np.unique(p), np.inf)
    return tried[np.argmin([miss * np.sum(y[p < t] == 1) + alarm * np.sum(y[p >= t] == 0) for t in tried])]


@app.cell
def data():
    table, target = tables.titanic().filter(pl.col("sex") == "male"), "survived"
    return table, target


@app.cell
def crowned(table, target):
    # Of the men on the Titanic one in five survived. Models are judged out of fold; a miss costs five false alarms.
    desk = lab.of(lab.binary(table, target), target)
    _models = {"baseline": {}, "logistic_regression": {}, "naive_bayes": {}, "lightgbm": {"trees": 50}}
    _metrics = ("accuracy", "f1", "roc_auc", "average_precision", "log_loss")
    board = {}
    for _name, _settings in _models.items():
        _p = np.empty((len(desk.y), 2))
        for _train, _test in desk.folds(5):
            _p[_test] = desk.said(_name, _train, _test, **_settings)
        board[_name] = {"model": _name.replace("_", " ")} | {m: desk.score(m, desk.y, _p) for m in _metrics}
        for _title, _t in {"cost at 1/2": 1 / 2, "cost at 1/6": 1 / 6}.items():
            _one = _p[:, 1] >= _t
            board[_name][_title] = 5 * np.sum(~_one & (desk.y == 1)) + np.sum(_one & (desk.y == 0))
    best = {m: max(board.values(), key=lambda row: -row[m] if m == "log_loss" else row[m])["model"] for m in _metrics}
    _title = "Best by " + ", by ".join(f"{m.replace('_', ' ')}: {model}" for m, model in best.items())
    show.table(_title, board.values())
    return best, board


@app.cell(hide_code=True)
def follow_ups(board):
    _bayes, _logistic, _none = (board[name] for name in ("naive_bayes", "logistic_regression", "baseline"))
    _than = "worse" if _bayes["log_loss"] > _none["log_loss"] else "better"
    mo.md(rf"""
    ## What an interviewer asks next

    - **Naive Bayes has an F1 of {_bayes["f1"]:.2f}, logistic regression {_logistic["f1"]:.2f}. Which is better?** F1
      judges a threshold too. At 1/2 they cost {_bayes["cost at 1/2"]} and {_logistic["cost at 1/2"]}, at 1/6
      {_bayes["cost at 1/6"]} and {_logistic["cost at 1/6"]}. By log loss naive Bayes ({_bayes["log_loss"]:.2f}) is
      {_than} than no model at all ({_none["log_loss"]:.2f}).
    - **Why 1/6?** Say 1 where silence would cost more: 5p ≥ 1 − p (Elkan 2001). The chances must be calibrated for it.
    - **When is ROC AUC right?** If it is only asked how well two rows are ordered: it is the chance that a random 1
      ranks above a random 0, whatever the rate, for good and ill.
    - **Macro or micro F1?** Macro counts classes alike; micro counts rows: where each has one label, the accuracy.
    """)


@app.function
def check_nothing_is_cheaper(function, rng):
    for miss, alarm in rng.integers(1, 20, size=(60, 2)):
        y, p = rng.integers(2, size=9), rng.integers(4, size=9) / 10
        cost = {t: miss * np.sum((p < t) & (y > 0)) + alarm * np.sum((p >= t) & (y < 1)) for t in [*sorted(p), np.inf]}
        assert function(y, p, miss, alarm) == min(cost, key=cost.get)


@app.cell(hide_code=True)
def exercise():
    _mutants = (("p < t", "p <= t"), ("np.append(np.unique(p), np.inf)", "np.unique(p)"), ("miss * np.sum", "np.sum"))
    show.exercise(best_threshold, checks=(check_nothing_is_cheaper,), mutants=_mutants)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/problem/metric.py", "src/ninefold/metrics/average_precision.py"), "Evaluation")


@app.cell
def test_claims(best, board, found, truth):
    assert truth == "about 70" and np.ptp(found["ROC AUC"]) < 0.02
    assert best["f1"] == "naive bayes" != best["accuracy"] and best["log_loss"] not in ("naive bayes", "baseline")
    assert all(board["naive_bayes"][m] * w < board["baseline"][m] * w for m, w in (("accuracy", 1), ("log_loss", -1)))


if __name__ == "__main__":
    app.run()
