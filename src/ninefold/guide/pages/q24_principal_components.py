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
    variance along its axis. The first few give the best flat approximation in squared error: for maps, less noise,
    fewer columns. The target is not looked at: that rows vary along an axis does not mean that it matters.

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
    _wine = tools.shipped("wine").drop("cultivar")
    _raw = _wine.to_numpy()
    first = [pca(x, 1)[1][0] for x in (_raw, (_raw - _raw.mean(axis=0)) / _raw.std(axis=0))]
    loud = _wine.columns[np.abs(principal_axes(_raw, 1)[1][:, 0]).argmax()]
    mo.md(f"""Of 13 measurements of wines the first axis holds {first[0]:.1%} of the variance. A triumph? It *is* the
    column {loud}, whose unit makes its numbers large. Standardised, the first axis holds {first[1]:.0%}. The code also
    forgets what new rows need: the mean and the axes. And `cov` squares the condition number; an SVD does not.""")
    return first, loud


@app.cell(hide_code=True)
def predict():
    _asked = """Two columns say nearly the same; the class is the sign of their small difference. One component keeps
    99 % of the variance. Both columns give a linear model an accuracy of 93 %. On that component it has …"""
    guess = show.ask(" ".join(_asked.split()), ("92 %, about a hundredth less", "75 %", "50 %, as a coin"))
    guess
    return (guess,)


@app.function
def twins(seed):
    """Two standardised columns [600, 2] that share nearly all, and the sign of what they do not share."""
    shared, own = np.random.default_rng(seed).normal(size=(2, 600)) * [[1.0], [0.1]]
    rows = np.c_[shared + own, shared - own]
    return (rows - rows.mean(axis=0)) / rows.std(axis=0), (own > 0).astype(int)


@app.function
def accuracy(x, y):
    form = tools.fit("logistic_regression", tools.examples(x[:400], y[:400]))
    return tools.score("accuracy", form, tools.examples(x[400:], y[400:]))


@app.cell
def experiment():
    _all = [(rows, y, *pca(rows, 2)) for rows, y in map(twins, range(10))]
    told = np.array([[*(accuracy(x, y) for x in (r, p[:, :1], p[:, 1:])), s[0]] for r, y, p, s in _all])
    _three = zip(("both columns", "first component", "second component"), told.T[:3], strict=True)
    _ends = {name: (of.min(), of.mean(), of.max()) for name, of in _three}
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
    table, target = tools.shipped("digits"), "digit"
    return table, target


@app.cell
def how_many(table, target):
    _desk, told_by = lab.of(table, target), {}
    _metric, _split = "accuracy" if _desk.problem.classes else "r2", _desk.folds(3)[0]
    _seen, _x = _desk.seen("scaled", *_split)
    _centre, _axes = principal_axes(_seen.x, _seen.x.shape[1])
    _along, _asked_of = (_seen.x - _centre) @ _axes, (_x - _centre) @ _axes
    for _k in [k for k in (1, 2, 3, 5, 8, 12, 20, 30, 45) if k < len(_axes)] + [len(_axes)]:
        _form = tools.fit("nearest_neighbours", replace(_seen, x=_along[:, :_k], names=_seen.names[:_k]), k=5)
        told_by[_k] = _desk.score(_metric, _desk.y[_split[1]], _form.predict(_asked_of[:, :_k]))
    _line = {"5 neighbours": (list(told_by), list(told_by.values()))}
    show.lines(f"Some axes are enough to tell {target}", _line, x="components kept", y="score on held-out rows")
    return (told_by,)


@app.cell(hide_code=True)
def follow_ups():
    mo.md(r"""
    ## What an interviewer asks next

    - **Scale first?** Where units differ, yes: else the unit decides. Where all columns share one (pixels), often not.
    - **How many?** By the task's score in validation; else by the share of variance (90 to 99 %) or the scree's bend.
    - **PCA or t-SNE, UMAP?** PCA can be undone and takes new rows. Of the others' maps only neighbourhoods mean much.
    """)


@app.function
def check_axes(function, rng):
    rows = 5 + rng.normal(size=(60, 4)) @ np.diag([4.0, 2.0, 1.0, 0.1]) @ np.linalg.qr(rng.normal(size=(4, 4)))[0]
    centre, axes = function(rows, 3)
    spread = ((rows - centre) @ axes).var(axis=0, ddof=1)
    assert np.allclose(axes.T @ axes, np.eye(3)) and np.allclose(centre, rows.mean(axis=0))
    assert np.allclose(spread, np.sort(np.linalg.eigvalsh(np.cov(rows, rowvar=False)))[:0:-1])


@app.cell(hide_code=True)
def exercise():
    mutants = (("rows - centre, full", "rows, full"), ("[:k].T", "[-k:].T"), ("[:k].T", "[1 : k + 1].T"))
    show.exercise(principal_axes, checks=(check_axes,), mutants=mutants)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/features/steps/pca.py", "src/ninefold/features/steps/truncated_svd.py"), "Features")


@app.cell
def test_claims(both, first, loud, one, share, told_by, truth, two):
    assert first[0] > 0.998 and 0.35 < first[1] < 0.37 and loud == "proline"
    assert truth == "50 %, as a coin" and abs(one - 0.5) < 0.05 and share > 0.985
    assert told_by[20] > told_by[max(told_by)] - 0.01 and abs(both - 0.93) < 0.02 > abs(two - both)


if __name__ == "__main__":
    app.run()
