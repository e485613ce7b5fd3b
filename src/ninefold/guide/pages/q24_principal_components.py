"""Question 24: principal components, what units do to them, and what the last of them may know."""

import marimo

app = marimo.App()

with app.setup:
    from dataclasses import replace

    import marimo as mo
    import numpy as np

    from ninefold.guide import lab, show, tools


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 24 · What do principal components show?

    **In thirty seconds.** New axes for numeric columns, at right angles to each other, each along the greatest variance
    that is left (Pearson 1901; Hotelling 1933). They are the eigenvectors of the covariance; an eigenvalue is the
    variance along its axis. The first few give the best flat approximation in squared error: for maps, for less noise,
    for fewer columns. The target is not looked at: that rows vary along an axis does not mean that it matters.

    The classic code. Which column decides on its first axis?
    """)


@app.function
def pca(X, k):
    X = X - X.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(X, rowvar=False))
    order = np.argsort(values)[::-1][:k]
    return X @ vectors[:, order], values[order] / values.sum()


@app.function
def principal_axes(rows, k):
    """The mean [D] of ``rows`` [N, D] and the k axes [D, k] of unit length with most variance, the greatest first."""
    centre = rows.mean(axis=0)
    _, _, axes = np.linalg.svd(rows - centre, full_matrices=False)
    return centre, axes[:k].T


@app.cell
def examine():
    _wine = tools.shipped("wine").drop("kind")
    _raw = _wine.to_numpy()
    _scaled = (_raw - _raw.mean(axis=0)) / _raw.std(axis=0)
    first = [pca(x, 1)[1][0] for x in (_raw, _scaled)]
    loud = _wine.columns[np.abs(principal_axes(_raw, 1)[1][:, 0]).argmax()]
    mo.md(f"""Of 13 measurements of wines the first axis holds {first[0]:.1%} of the variance. A triumph? It *is* the
    column {loud}, whose unit makes its numbers large. Standardised, the first axis holds {first[1]:.0%}. The code also
    forgets what new rows need: the mean and the axes. And `cov` squares the condition number; an SVD does not.""")
    return first, loud


@app.cell(hide_code=True)
def predict():
    guess = show.ask(
        "Two columns say nearly the same; the class is the sign of their small difference. One component keeps 99 % of "
        "the variance. A linear model has an accuracy of 93 % on both columns. On that component it has …",
        ("92 %, about a hundredth less", "75 %", "50 %, as a coin"),
    )
    guess
    return (guess,)


@app.function
def twins(seed):
    """Two standardised columns [600, 2] that share nearly everything, and the sign of what they do not share."""
    rng = np.random.default_rng(seed)
    shared, own = rng.normal(size=600), rng.normal(size=600) / 10
    rows = np.c_[shared + own, shared - own]
    return (rows - rows.mean(axis=0)) / rows.std(axis=0), (own > 0).astype(int)


@app.function
def accuracy(x, y):
    """Of logistic regression, learned from 400 rows, on the others."""
    form = tools.fit("logistic_regression", tools.examples(x[:400], y[:400]))
    return tools.score("accuracy", form, tools.examples(x[400:], y[400:]))


@app.cell
def experiment():
    told = []
    for _rows, _y in map(twins, range(10)):
        _along, _shares = pca(_rows, 2)
        told.append([*(accuracy(x, _y) for x in (_rows, _along[:, :1], _along[:, 1:])), _shares[0]])
    told, _names = np.array(told), ("both columns", "first component", "second component")
    _ends = {n: (of.min(), of.mean(), of.max()) for n, of in zip(_names, told.T[:3], strict=True)}
    show.intervals("The component with least variance knows the class", _ends, x="accuracy on 200 new rows, 10 draws")
    return (told,)


@app.cell(hide_code=True)
def reveal(guess, told):
    both, one, two, share = told.mean(axis=0)
    truth = min(guess.options, key=lambda option: abs(float(option.split(" ")[0]) / 100 - one))
    _told = f"""On the first component, with {share:.1%} of the variance, {one:.0%}; on the second, with the rest,
    {two:.0%}, as on both columns ({both:.0%}). Variance is not information about the target. Components that are to
    serve a prediction are chosen by its score on held-out rows, as below, or by a method that sees the target."""
    show.reveal(guess, truth, _told)
    return both, one, share, truth, two


@app.cell
def data():
    table, target = tools.shipped("digits"), "kind"
    return table, target


@app.cell
def how_many(table, target):
    _desk = lab.of(table, target)
    _inside, _outside = _desk.folds(3)[0]
    _seen, _x = _desk.seen("scaled", _inside, _outside)
    _centre, _axes = principal_axes(_seen.x, _seen.x.shape[1])
    _along, _asked = (_seen.x - _centre) @ _axes, (_x - _centre) @ _axes
    _kept = [k for k in (1, 2, 3, 5, 8, 12, 20, 30, 45) if k < len(_axes)] + [len(_axes)]
    held = np.cumsum(_along.var(axis=0))[np.array(_kept) - 1] / _along.var(axis=0).sum()
    _metric, told_by = "accuracy" if _desk.problem.classes else "r2", {}
    for _k in _kept:
        _form = tools.fit("nearest_neighbours", replace(_seen, x=_along[:, :_k], names=_seen.names[:_k]), k=5)
        told_by[_k] = _desk.score(_metric, _desk.y[_outside], _form.predict(_asked[:, :_k]))
    _lines = {"share of the variance": (_kept, held), f"{_metric} of 5 neighbours": (_kept, list(told_by.values()))}
    show.lines(f"Some axes are enough to tell {target}", _lines, x="components kept", y="share")
    return held, told_by


@app.cell(hide_code=True)
def follow_ups():
    mo.md(r"""
    ## What an interviewer asks next

    - **Scale first?** Where units differ, yes: else the unit decides. Where all columns share one (pixels), often not.
    - **How many?** By the task's score in validation; else by the share of variance (90 to 99 %) or the scree's bend.
    - **Is the sign of a component meaningful?** No: an axis and its opposite are one; libraries differ in it.
    - **PCA or t-SNE, UMAP?** PCA can be undone and takes new rows. Of the others' maps only neighbourhoods mean much.
    - **Before the split?** No. Axes are learned from training rows alone, like every other step.
    """)


@app.function
def check_axes(function, rng):
    rows = 5 + rng.normal(size=(60, 4)) @ np.diag([4.0, 2.0, 1.0, 0.1]) @ np.linalg.qr(rng.normal(size=(4, 4)))[0]
    centre, axes = function(rows, 3)
    assert np.allclose(axes.T @ axes, np.eye(3)) and np.allclose(centre, rows.mean(axis=0))
    spread = ((rows - centre) @ axes).var(axis=0, ddof=1)
    assert np.allclose(spread, np.sort(np.linalg.eigvalsh(np.cov(rows, rowvar=False)))[:0:-1])


@app.cell(hide_code=True)
def exercise():
    mutants = (
        ("rows - centre, full", "rows, full"),
        ("axes[:k].T", "axes[-k:].T"),
        ("axes[:k].T", "axes[1 : k + 1].T"),
    )
    show.exercise(principal_axes, checks=(check_axes,), mutants=mutants)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/features/steps/pca.py", "src/ninefold/features/steps/truncated_svd.py"), "Features")


@app.cell
def test_claims(both, first, loud, one, share, truth, two):
    assert first[0] > 0.998 and 0.35 < first[1] < 0.37 and loud == "proline"
    assert truth == "50 %, as a coin" and abs(one - 0.5) < 0.05 and share > 0.985
    assert abs(both - 0.93) < 0.02 and abs(two - both) < 0.02


@app.cell
def test_digits(held, told_by):
    assert told_by[20] > told_by[64] - 0.01 and held[-1] > 0.999


if __name__ == "__main__":
    app.run()
