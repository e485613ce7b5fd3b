"""Question 22: ensembles, what differing errors are worth, and weights that were found on rows known by heart."""

import marimo

app = marimo.App()

with app.setup:
    from dataclasses import replace
    from math import comb

    import marimo as mo
    import numpy as np

    from ninefold.guide import lab, show, tables, tools


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 22 · What are ensembles for?

    **In thirty seconds.** Several models together err less than each, if their errors differ. *Bagging* makes them
    differ by draws of rows, *boosting* by what is left to learn; *voting* and *blending* average models of other kinds;
    in *stacking* (Wolpert 1992) a second model learns from what the first ones say. Weights must be found on rows that
    the members did not learn from, and every answer has to ask all members.

    Greedy selection (Caruana and others 2004), as Ninefold blends, from scratch:
    """)


@app.function
def greedy_weights(said, truth, steps):
    """Weights [M], summing to 1, of models that say ``said`` [M, N]: ``steps`` times add the model, once more if need
    be, with which the mean of all added has the least squared error to truth [N]; the best of these means is kept."""
    counts, best, kept = np.zeros(len(said)), np.inf, None
    for step in range(1, steps + 1):
        losses = (((counts @ said + said) / step - truth) ** 2).mean(axis=1)
        counts[losses.argmin()] += 1
        if losses.min() < best:
            best, kept = losses.min(), counts / step
    return kept


@app.cell
def votes():
    def _majority(right, n):
        return sum(comb(n, k) * right**k * (1 - right) ** (n - k) for k in range(n // 2 + 1, n + 1))

    three, many, below = _majority(0.7, 3), _majority(0.7, 25), _majority(0.45, 25)
    _own, _shared, _which = (np.random.default_rng(i).random((100_000, n)) for i, n in enumerate((3, 1, 3)))
    alike = ((np.where(_which < 0.8, _shared, _own) < 0.7).sum(axis=1) > 1).mean()
    mo.md(f"""Three that are each right in 70 %, by themselves: their majority in {three:.1%}; 25: {many:.1%} (Condorcet
    1785). If each repeats a shared answer in 80 %: {alike:.1%}. And 25 that are each right in 45 %: {below:.1%}.""")
    return alike, below, many, three


@app.cell
def data():
    table, target = tables.titanic(), "survived"
    return table, target


@app.cell(hide_code=True)
def predict():
    _options = ("the best on new rows", "all about alike", "the one that knows its rows by heart")
    guess = show.ask("Find weights of four models on the very rows they learned from. Most goes to …", _options)
    guess
    return (guess,)


@app.cell
def experiment(table, target):
    desk = lab.of(lab.binary(table, target), target)  # values become above the median or not, classes one and the rest
    asked = dict(logistic_regression={}, random_forest={"trees": 30}, naive_bayes={}, nearest_neighbours={"k": 1})

    def tried(inside, outside):
        seen, x = desk.seen("scaled", inside, outside)

        def told(rows, new):
            part = replace(seen, x=seen.x[rows], y=seen.y[rows])
            return np.array([tools.fit(name, part, **how).predict(new)[:, 1] for name, how in asked.items()])

        third, new, heart = np.arange(len(inside)) % 3, told(slice(None), x), told(slice(None), seen.x)
        held = np.hstack([told(third != part, seen.x[third == part]) for part in range(3)])
        known = greedy_weights(heart, seen.y, 40)
        fair = greedy_weights(held, seen.y[np.argsort(third, kind="stable")], 40)
        wrong = np.vstack([new, known @ new, fair @ new, new.mean(axis=0)]) - desk.y[outside]
        return np.array([known, fair, np.corrcoef(wrong[:4])[0]]), (wrong**2).mean(axis=1)

    weights, losses = (np.mean(of, axis=0) for of in zip(*(tried(*fold) for fold in desk.folds(3)), strict=True))
    _heads = ("model", "error on new rows", "weight by known rows", "weight out of fold", "correlation with 1st")
    _rows = zip((name.replace("_", " ") for name in asked), losses, *weights, strict=False)
    show.table("Four models, weighed twice", [dict(zip(_heads, row, strict=True)) for row in _rows])
    return asked, losses, weights


@app.cell(hide_code=True)
def reveal(guess, losses, weights):
    truth = guess.options[1 if max(weights[0]) < 0.4 else 0 if weights[0].argmax() == losses[:4].argmin() else 2]
    _told = f"""The nearest neighbour gets {weights[0, 3]:.0%}: to a row that it has learned, that row is nearest.
    On new rows this blend has a squared error of {losses[4]:.4f}; weighed by what members say of rows held out from
    them, {losses[5]:.4f}; the best member {losses[:4].min():.4f}, the plain mean {losses[6]:.4f}. A blend gains little
    where errors are alike: those of the first two members correlate by {weights[2, 1]:.2f}."""
    show.reveal(guess, truth, _told)
    return (truth,)


@app.cell(hide_code=True)
def follow_ups(asked):
    _digits = tools.shipped("digits").sample(fraction=1, shuffle=True, seed=0)
    _x, _kind = _digits.drop("digit").to_numpy(), np.unique(_digits["digit"], return_inverse=True)[1]
    _seen, _new = tools.stepped("features.scale", _x[:400], _x[400:], how="standard")
    _known, _true, _two = tools.examples(_seen, _kind[:400]), np.eye(10)[_kind[400:]], list(asked.items())[::3]
    _off = [tools.fit(name, _known, **how).predict(_new) - _true for name, how in _two]
    pair = [np.corrcoef([of.ravel() for of in _off])[0, 1], *(np.mean(of**2) for of in (*_off, sum(_off) / 2))]
    mo.md(rf"""
    ## What an interviewer asks next

    - **Which member helps most?** A good one that errs elsewhere. On digits the errors of logistic regression and of
      1-NN correlate by {pair[0]:.2f}; squared, {pair[1]:.4f} and {pair[2]:.4f}, but of their mean {pair[3]:.4f}.
    - **Why greedy, with replacement?** Weights are few and not negative. The first pick is the best member, and as the
      best of all means is kept, the blend never loses to it on those rows.
    - **Voting, blending or stacking?** Few rows: a mean. More: weights. Many: a second model, if it is clearly ahead.
    """)
    return (pair,)


@app.function
def check_weights(function, rng):
    truth, off = rng.normal([[9.0], [0.0]], 1.0, (2, 50))
    exact = np.array([truth + 2 * off, truth - off, truth + 9 * off])
    assert np.allclose(function(exact, truth, 7), [1 / 3, 2 / 3, 0])
    said = truth + rng.normal(size=(4, 50))
    weights, alone = function(said, truth, 25), ((said - truth) ** 2).mean(axis=1)
    assert np.isclose(weights.sum(), 1) and ((weights @ said - truth) ** 2).mean() < alone.min()
    assert np.allclose(function(said, truth, 1), np.eye(4)[alone.argmin()])


@app.cell(hide_code=True)
def exercise():
    mutants = (("losses.argmin", "losses.argmax"), ("counts / step", "counts / steps"), ("< best", "> -best"))
    show.exercise(greedy_weights, checks=(check_weights,), mutants=(*mutants, ("counts @ said + said", "said")))


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/forms/blend.py", "src/ninefold/select/combining.py"), "Models")


@app.cell
def test_claims(alike, below, losses, many, pair, three, truth, weights):
    assert truth == "the one that knows its rows by heart" and weights[0, 3] == 1 and losses[4] > losses[5] + 0.05
    assert abs(three - 0.784) < 1e-9 and 0.7 < alike < 0.75 and many > 0.95 and below < 0.45
    assert losses[5] < min(losses[6], *losses[:4]) + 1e-3 and weights[2, 1] > 0.9 and pair[0] < 0.6
    assert pair[3] < 0.9 * min(pair[1:3])


if __name__ == "__main__":
    app.run()
