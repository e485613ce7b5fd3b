"""Question 15: the curse of dimensionality, which columns bring it, and what lifts it."""

import marimo

app = marimo.App()

with app.setup:
    from dataclasses import replace

    import marimo as mo
    import numpy as np

    from ninefold.diagnosis import dimension
    from ninefold.guide import lab, show, tools


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 15 · What is the curse of dimensionality?

    **In thirty seconds.** Space grows exponentially with the number of columns, and rows do not: to hold a tenth of
    evenly spread rows, a cube must have an edge of 0.1 in one dimension, of 0.98 in a hundred. Everything is far from
    everything, about equally far, so that methods that rely on nearness (kNN, kernels, clusters, densities) lose their
    grip; and with many columns some fit the target by chance (Bellman 1957; Beyer, Goldstein, Ramakrishnan and Shaft
    1999).

    How much near still differs from far, in three lines:
    """)


@app.function
def relative_contrast(rows):
    """(farthest - nearest) / nearest other row, its mean over the rows [N, D]; Euclidean distances."""
    apart = np.sqrt(((rows[:, None] - rows[None]) ** 2).sum(axis=2))
    nearest = (apart + np.diag(np.full(len(rows), np.inf))).min(axis=1)
    return ((apart.max(axis=1) - nearest) / nearest).mean()


@app.cell(hide_code=True)
def examine():
    def spread(columns):
        rng = np.random.default_rng(0)
        axes = np.linalg.qr(rng.normal(size=(columns, 2)))[0]
        return relative_contrast(rng.random((150, columns))), relative_contrast(rng.random((150, 2)) @ axes.T)

    cube, sheet = zip(*map(spread, (2, 10, 100, 1000)), strict=True)
    mo.md(f"""150 rows in 2, 10, 100 and 1,000 columns. Spread evenly in a cube, their contrast is {cube[0]:.0f},
    {cube[1]:.1f}, {cube[2]:.2f}, {cube[3]:.2f}; on a sheet of paper in that cube {sheet[0]:.0f}, {sheet[1]:.0f},
    {sheet[2]:.0f}, {sheet[3]:.0f}. It is not the number of columns.""")
    return cube, sheet


@app.cell(hide_code=True)
def predict():
    options = ("principal components", "selection by the target", "both", "neither")
    guess = show.ask("Two columns tell all; 30 of noise blind the nearest neighbours. What helps?", options)
    guess
    return (guess,)


@app.cell
def experiment():
    steps = {"noise, 2 components": ("features.pca", {"components": 2}), "noise, selection": ("features.select", {})}

    def right(extra, how, seed):
        rng, pair = np.random.default_rng(seed), [tools.world("rings", n, n + seed) for n in (400, 1000)]
        mix, noise = rng.normal(size=(2, 2 + extra)), [rng.normal(size=(len(d.x), extra)) for d in pair]
        x = [d.x @ mix if how == "mixtures" else np.hstack([d.x, n]) for d, n in zip(pair, noise, strict=True)]
        x = tools.stepped("features.scale", *x)
        if how in steps:
            x = tools.stepped(steps[how][0], *x, target=pair[0], **steps[how][1])
        form = tools.fit("nearest_neighbours", replace(pair[0], x=x[0]), k=15)
        return tools.score("accuracy", form, replace(pair[1], x=x[1]))

    extras, ways = (0, 3, 10, 30, 100), ("noise", *steps, "mixtures")
    found = {how: [np.mean([right(n, how, seed) for seed in range(3)]) for n in extras] for how in ways}
    _drawn = {how: (extras, values) for how, values in found.items()}
    show.lines("Noise blinds neighbours, mixtures do not", _drawn, x="further columns", y="accuracy, mean of 3 draws")
    return (found,)


@app.cell(hide_code=True)
def reveal(found, guess):
    _plain, (_lost, _pca, _chosen, _) = found["noise"][0], [values[3] for values in found.values()]
    _back = [2 * there > _plain + _lost for there in (_pca, _chosen)]
    truth = guess.options[2 if all(_back) else _back.index(True) if any(_back) else 3]
    _told = f"""Right are {_plain:.3f} without noise, {_lost:.3f} with 30 columns of it. Two principal components make
    that {_pca:.3f}, selection {_chosen:.3f}: components follow variance, and noise varies as much as anything; only the
    target knows better. And 100 columns that *mix* the two cost nothing ({found["mixtures"][-1]:.3f}): their rows lie
    on a sheet. The curse is of the dimension that rows fill, not of the columns they are written in."""
    show.reveal(guess, truth, _told)
    return (truth,)


@app.cell
def data():
    table, target = tools.shipped("digits"), "digit"
    return table, target


@app.cell
def measured(table, target):
    _x = lab.of(table, target).matrix("scaled")[:800]
    _far = [dimension.distances(x) for x in (_x, np.random.default_rng(0).normal(size=_x.shape))]
    fills = [[f(far) for far in _far] for f in (dimension.intrinsic_dimension, dimension.relative_contrast)]
    _names = ("dimension that the rows fill (TwoNN)", "relative contrast")
    _heads = ("measured", f"rows that tell {target}", "noise of that shape")
    _rows = [dict(zip(_heads, (n, *f), strict=True)) for n, f in zip(_names, fills, strict=True)]
    show.table(f"{_x.shape[1]} scaled columns that tell {target}, and as many of noise", _rows)
    return (fills,)


@app.cell(hide_code=True)
def follow_ups(cube, fills):
    mo.md(rf"""
    ## What an interviewer asks next

    - **So what counts?** The dimension that rows fill. Above, TwoNN (Facco and others 2017) finds {fills[0][0]:.0f} for
      the table and {fills[0][1]:.0f} for noise of its shape: pixels of digits, say, move together.
    - **Which learners mind least?** Trees, which choose columns one by one, and penalised linear models.
    - **When does PCA help?** When columns repeat or mix few causes, and what is left over is small.
    - **Where may selection happen?** Inside the folds, as here: on all rows it sees the answers and flatters itself.
    """)


@app.function
def check_contrast(function, rng):
    rows = rng.normal(size=(20, 3))
    assert abs(function(rows) - function(7 * rows[rng.permutation(20)] + 5)) < 1e-9
    assert abs(function(np.array([[0.0, 0], [3, 4], [6, 8]])) - 2 / 3) < 1e-9
    assert function(rng.random((60, 2))) > 10 * function(rng.random((60, 200)))


@app.cell(hide_code=True)
def exercise():
    mutants = (("apart.max(axis=1)", "apart.max()"), ("np.inf", "0.0"), ("** 2", "** 4"))
    show.exercise(relative_contrast, checks=(check_contrast,), mutants=mutants)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/diagnosis/dimension.py", "src/ninefold/select/actions/curse.py"), "Models")


@app.cell
def test_claims(cube, fills, found, sheet, truth):
    assert round(0.1 ** (1 / 100), 2) == 0.98 and cube[0] > 30 * cube[2] > 90 * cube[3]
    assert min(sheet) > 20 and truth == "selection by the target"
    assert min(found["mixtures"]) > 0.93 and found["noise"][3] < 0.7 and found["noise, 2 components"][3] < 0.6
    assert fills[0][0] < 12 < fills[0][1] and fills[1][0] > 3 * fills[1][1]


if __name__ == "__main__":
    app.run()
