"""Question 21: bagging and boosting, which part of the error each lowers, and what wrong labels do to one of them."""

import marimo

app = marimo.App()

with app.setup:
    import marimo as mo
    import numpy as np
    from sklearn import ensemble, tree

    from ninefold.diagnosis.bias_variance import squared
    from ninefold.guide import lab, show, tools


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 21 · How do bagging and boosting differ?

    **In thirty seconds.** Bagging (Breiman 1996) averages a learner trained on many draws of the rows: variance falls,
    bias stays, so it wants flexible learners. Boosting trains in turn, each learner on what those before got wrong,
    by weights on rows (AdaBoost; Freund and Schapire 1997) or the gradient of a loss (Friedman 2001; XGBoost, LightGBM,
    CatBoost): bias falls, so weak learners will do. AdaBoost of stumps, from scratch. When does its step fail?
    """)


@app.function
def reweighted(weights, wrong):
    """AdaBoost's step: of weights [N], summing to 1, and what a learner got ``wrong`` [N] (booleans), its vote, half of
    log(weight right / weight wrong), and the next weights: times exp(vote) if wrong, exp(-vote) if right, sum 1."""
    error = weights[wrong].sum()
    vote = np.log((1 - error) / error) / 2
    grown = weights * np.exp(np.where(wrong, vote, -vote))
    return vote, grown / grown.sum()


@app.function
def adaboost(rows, signs, new, rounds):
    weights, votes = np.full(len(rows), 1 / len(rows)), []
    for _ in range(rounds):
        stump = tree.DecisionTreeClassifier(max_depth=1, random_state=0).fit(rows, signs, sample_weight=weights)
        vote, weights = reweighted(weights, stump.predict(rows) != signs)
        votes.append(vote * stump.predict(new))
    return np.cumsum(votes, axis=0), weights


@app.cell
def examine():
    _known, _new = tools.world("rings", 400, 1), tools.world("rings", 400, 2).x
    _ours = tools.fit("adaboost", _known, trees=40, depth=1).predict(_new).argmax(axis=1)
    same = ((adaboost(_known.x, 2 * _known.y - 1, _new, 40)[0][-1] > 0) == _ours).mean()
    mo.md(f"Ninefold's learner agrees on {same:.0%} of new rows. At error 0 a vote is infinite, at ½ all stands still.")
    return (same,)


@app.cell
def in_parts():
    _new, *_samples = (tools.world("smooth", rows, rows) for rows in (500, *range(140, 154)))
    _truth, _kinds, parted = np.cos(2 * _new.x).sum(axis=1), {"small tree": 2, "full tree": None}, {}
    for _name, _d in _kinds.items():
        _tree = tree.DecisionTreeRegressor(max_depth=_d, random_state=0)
        _boosted = ensemble.GradientBoostingRegressor(n_estimators=20, learning_rate=0.5, max_depth=_d, random_state=0)
        _ways = {"alone": _tree, "bagged": ensemble.BaggingRegressor(_tree, 20, random_state=0), "boosted": _boosted}
        for _how, _way in _ways.items():
            _said = np.array([_way.fit(sample.x, sample.y).predict(_new.x) for sample in _samples])
            parted[f"{_name}, {_how}"] = squared(_said, _new.y, _truth)
    _bars = {part: {name: getattr(of, part) for name, of in parted.items()} for part in ("bias", "variance")}
    show.bars("Bagging mends full trees, boosting those of 4 leaves", _bars, x="error over 14 samples of one world")
    return (parted,)


@app.cell
def data():
    table, target = tools.shipped("breast_cancer"), "diagnosis"
    return table, target


@app.cell(hide_code=True)
def predict():
    _options = ("gets better", "stays the same", "gets worse")
    guess = show.ask("A fifth of training labels is wrong. AdaBoost on new rows, from round 10 to 200, …", _options)
    guess
    return (guess,)


@app.cell
def experiment(table, target):
    desk, rounds = lab.of(lab.binary(table, target), target), np.array([1, 3, 10, 30, 100, 200])

    def tried(inside, outside, share):
        seen, x = desk.seen("scaled", inside, outside)
        turned = np.random.default_rng(0).random(len(inside)) < share
        y, true = np.where(turned, 1 - seen.y, seen.y), desk.y[outside]
        votes, weights = adaboost(seen.x, 2 * y - 1, np.vstack([x, seen.x]), rounds[-1])
        right = (votes[rounds - 1] > 0) == np.r_[true, y]
        bagged = ensemble.BaggingClassifier(n_estimators=60, random_state=0).fit(seen.x, y).score(x, true)
        return *right[:, : len(x)].mean(axis=1), right[-1, len(x) :].mean(), weights[turned].sum(), bagged

    clean, noisy = (np.mean([tried(*fold, share) for fold in desk.folds(2)], axis=0) for share in (0, 0.2))
    _drawn = {name: (np.log10(rounds), of[:6]) for name, of in (("labels right", clean), ("a fifth wrong", noisy))}
    show.lines("AdaBoost on right and wrong labels", _drawn, x="rounds, power of 10", y="accuracy on new rows, 2 folds")
    return clean, noisy


@app.cell(hide_code=True)
def reveal(clean, guess, noisy):
    truth = guess.options[0 if noisy[5] > noisy[2] + 0.01 else 1 if noisy[5] > noisy[2] - 0.01 else 2]
    _told = f"""From {noisy[2]:.3f} to {noisy[5]:.3f}; with right labels, from {clean[2]:.3f} to {clean[5]:.3f}.
    Wrong ones are missed again and again, until a fifth of rows has {noisy[7]:.0%} of the weight, and {noisy[6]:.0%} of
    training labels are met, wrong ones included (see Dietterich 2000). Sixty bagged full trees: {noisy[8]:.3f}."""
    show.reveal(guess, truth, _told)
    return (truth,)


@app.cell(hide_code=True)
def follow_ups(parted):
    *_, _full, _bag, _boost = parted.values()
    mo.md(rf"""
    ## What an interviewer asks next

    - **Why not boost full trees?** Nothing is left to learn: variance {_full.variance:.2f}, then {_boost.variance:.2f};
      bagged {_bag.variance:.2f}. (Bags have more bias: draws hold 63 % of the rows; {_full.bias:.2f}, {_bag.bias:.2f}.)
    - **AdaBoost or gradient boosting?** AdaBoost's exponential loss lets a row far on the wrong side pull without bound
      (Friedman, Hastie and Tibshirani 2000); log-loss does not.
    - **How many rounds?** Bags: all you can pay, in parallel. Boosting: until rows held out get worse.
    """)


@app.function
def check_step(function, rng):
    weights, wrong = rng.dirichlet(np.ones(30)), rng.permutation(30) < 8
    vote, after = function(weights, wrong)
    assert np.isclose(after.sum(), 1) and np.isclose(after[wrong].sum(), 0.5)
    assert np.isclose(np.exp(2 * vote) * weights[wrong].sum(), weights[~wrong].sum())


@app.cell(hide_code=True)
def exercise():
    mutants = (("(1 - error) / error", "error / (1 - error)"), (") / 2", ")"), (" / grown.sum()", ""))
    show.exercise(reweighted, checks=(check_step,), mutants=(*mutants, ("wrong, vote, -vote", "wrong, -vote, vote")))


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/learners/bagging.py", "src/ninefold/learners/adaboost.py"), "Models")


@app.cell
def test_claims(clean, noisy, parted, same, truth):
    small, small_bag, small_boost, full, full_bag, full_boost = parted.values()
    assert small_boost.bias < small.bias / 10 and small_bag.bias > small.bias * 0.9 and full_bag.bias > full.bias
    assert same == 1 and full_bag.variance < full.variance / 3 and full_boost.variance > full.variance * 0.9
    assert truth == "gets worse" and clean[5] > clean[2] and 0.4 < noisy[7] < 0.5 and noisy[8] > noisy[5]


if __name__ == "__main__":
    app.run()
