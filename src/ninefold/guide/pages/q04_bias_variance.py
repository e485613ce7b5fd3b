"""Question 4: an error in its three parts, and what the trade-off does beyond as many weights as rows."""

import marimo

app = marimo.App()

with app.setup:
    import marimo as mo
    import numpy as np
    import polars as pl
    from sklearn.datasets import load_diabetes

    from ninefold.core import parts
    from ninefold.diagnosis.bias_variance import squared
    from ninefold.guide import lab, show


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 4 · What is the trade-off of bias and variance?

    **In thirty seconds.** Train a model on many samples of one world. What all fits get wrong together is *bias*: it is
    too stiff. How much they differ is *variance*: it follows the accidents of its sample. The expected squared error is
    bias² + variance + noise (Geman, Bienenstock and Doursat 1992). More flexible models mostly have less bias and more
    variance; validation finds the least sum. It is a sum, not a law: averaging lowers variance at no price in bias.
    """)


@app.function
def bias_and_variance(said, truth):
    """The pair (bias², variance), means over N rows, of what R fits say of them, ``said`` [R, N]; ``truth`` [N]."""
    mean = said.mean(axis=0)
    return np.mean((mean - truth) ** 2), np.mean((said - mean) ** 2)


@app.cell
def in_parts():
    # A world of known truth, cos 2a + cos 2b, and noise of variance 0.01; k nearest neighbours on 30 samples of it.
    _world = parts.make("ninefold.worlds", "smooth")
    _test, *_samples = (_world.make(rows, rng=np.random.default_rng(rows)) for rows in (500, *range(140, 170)))
    ks, told = (1, 2, 3, 5, 10, 20, 50, 100), []
    for _k in ks:
        _fits = [lab.fit("nearest_neighbours", s.x, s.y, k=_k, weights="uniform") for s in _samples]
        _said = np.array([fit.predict(_test.x)[:, 0] for fit in _fits])
        told.append(squared(_said, _test.y, np.cos(2 * _test.x).sum(axis=1)))
    _lines = {part: (np.log2(ks), [getattr(t, part) for t in told]) for part in ("loss", "bias", "variance", "noise")}
    show.lines("Few neighbours: variance. Many: bias. The loss is their sum", _lines, x="log2 of k", y="squared error")
    return ks, told


@app.cell
def data():
    _of = load_diabetes()
    table, target = pl.DataFrame(_of.data, schema=_of.feature_names).with_columns(progression=_of.target), "progression"
    return table, target


@app.cell(hide_code=True)
def predict():
    guess = show.ask(
        "Least squares on random features of 60 rows: with 59 and an intercept it fits them exactly. What does its "
        "error on new rows do from there to 400 features?",
        ("it grows further", "it stays as bad", "it falls again"),
    )
    guess
    return (guess,)


@app.cell
def experiment(table, target):
    desk = lab.of(table, target)
    _x = np.column_stack([desk.matrix("scaled"), np.ones(len(desk.y))])
    _y = (desk.y - desk.y.mean()) / desk.y.std()
    _new, _pool = np.split(np.random.default_rng(0).permutation(len(_y)), [len(_y) // 3])
    features = (2, 5, 10, 20, 40, 59, 80, 120, 200, 400)

    def _parts(learner, count, **settings):
        said = []
        for draw in range(20):
            rng = np.random.default_rng(draw)
            some = rng.choice(_pool, 60, replace=False)
            bent = np.maximum(_x @ rng.normal(size=(_x.shape[1], count)), 0) / np.sqrt(count * _x.shape[1])
            said.append(lab.fit(learner, bent[some], _y[some], **settings).predict(bent[_new])[:, 0])
        return squared(np.array(said), _y[_new])

    parted = [_parts("linear_regression", count) for count in features]
    tamed = [_parts("ridge_regression", count, alpha=0.3) for count in features]
    _of = {name: [getattr(t, name) for t in parted] for name in ("loss", "bias", "variance")}
    _of["loss with a penalty"] = [t.loss for t in tamed]
    _lines = {name: (np.log10(features), np.log10(values)) for name, values in _of.items()}
    _title = f"From 60 rows, {features[int(np.argmax([t.loss for t in parted]))]} features are the worst number of all"
    _note = "Noise counts as bias; of 20 draws, so does a twentieth of the variance."
    show.lines(_title, _lines, x="log10 of features", y="log10 of loss, 0: that of the mean", note=_note)
    return features, parted, tamed


@app.cell(hide_code=True)
def reveal(features, guess, parted, tamed):
    _loss, _best = [t.loss for t in parted], int(np.argmin([t.loss for t in parted]))
    truth = tuple(guess.options)[2 if _loss[-1] < _loss[5] / 2 else 1 if _loss[-1] < 2 * _loss[5] else 0]
    _text = f"""
    {_loss[5]:.3g} at 59 features, {_loss[-1]:.3g} at {features[-1]}: *double descent* (Belkin and others 2019). At the
    peak the one exact fit bends through every row, and variance explodes; of the many exact fits beyond, least squares
    takes the shortest, which is smoother. It is no free lunch: {features[_best]} features had {_loss[_best]:.2f}, and a
    ridge penalty, without any peak, reaches {min(t.loss for t in tamed):.2f}."""
    show.reveal(guess, truth, _text)
    return (truth,)


@app.cell(hide_code=True)
def follow_ups(ks, told):
    mo.md(rf"""
    ## What an interviewer asks next

    - **Do the parts really add up?** With k = {ks[2]}: {told[2].bias:.3f} + {told[2].variance:.3f} +
      {told[2].noise:.3f} = {told[2].bias + told[2].variance + told[2].noise:.3f}, measured {told[2].loss:.3f}. Of 0-1
      loss they do not: where the usual answer is wrong, variance can help (Domingos 2000).
    - **How do you see them on one table?** Refit on bootstraps of it; noise then counts as bias. Quicker: bad in
      training too is bias, good in training and bad in validation is variance.
    - **What lowers which?** Bagging, penalties and rows lower variance; boosting, depth and columns lower bias.
    """)


@app.function
def check_parts(function, rng):
    said, truth = rng.normal(size=(7, 40)) + rng.normal(), rng.normal(size=40)
    bias, variance = function(said, truth)
    assert np.isclose(bias + variance, np.mean((said - truth) ** 2)) and np.isclose(variance, said.var(axis=0).mean())
    assert np.allclose(function(np.tile(said[0], (5, 1)), truth), (np.mean((said[0] - truth) ** 2), 0))


@app.cell(hide_code=True)
def exercise():
    _mutants = (("axis=0", "axis=1, keepdims=True"), ("said - mean", "said - truth"), ("mean - truth", "said - truth"))
    show.exercise(bias_and_variance, checks=(check_parts,), mutants=_mutants)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/diagnosis/bias_variance.py", "src/ninefold/evaluate/learning.py"), "Evaluation")


@app.cell
def test_claims(parted, tamed, told, truth):
    assert truth == "it falls again" and int(np.argmax([t.loss for t in parted])) == 5
    assert parted[-1].loss > 1 > min(t.loss for t in parted) > max(t.loss for t in tamed[3:])
    assert (
        all(abs(t.loss - t.bias - t.variance - t.noise) < 0.02 * t.loss for t in told) and told[1].loss < told[0].loss
    )


if __name__ == "__main__":
    app.run()
