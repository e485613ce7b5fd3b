"""Question 23: k-means, its starts, one row that takes a centre for itself, and bends that mean nothing."""

import marimo

app = marimo.App()

with app.setup:
    import marimo as mo
    import numpy as np

    from ninefold.guide import lab, show, tools


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 23 · How does k-means find clusters?

    **In thirty seconds.** Choose k centres; give each row to its nearest one, move each to the mean of its rows, repeat
    until nothing moves (Lloyd 1982). No step raises the sum of squared distances, so it ends: in *a* minimum, which
    depends on the start. Hence k-means++ (Arthur and Vassilvitskii 2007) and several starts. It takes clusters for
    round and alike in width, wants columns on one scale, and k. Squares make outliers loud.

    Most listings of it forget a case: what becomes of a centre that loses all its rows?
    """)


@app.function
def settle(rows, centres):
    """Lloyd's steps on rows [N, D] from centres [K, D] until nothing moves, 300 at most; a centre without rows stays
    where it is. Gives labels [N], the centres, and the sum of squared distances of rows to their nearest centre."""
    for _ in range(300):
        apart = ((rows[:, None] - centres) ** 2).sum(axis=2)
        labels = apart.argmin(axis=1)
        moved = np.array([rows[labels == j].mean(axis=0) if j in labels else c for j, c in enumerate(centres)])
        if np.array_equal(moved, centres):
            break
        centres = moved
    return labels, centres, apart.min(axis=1).sum()


@app.cell
def examine():
    _two, _rng = np.random.default_rng(0).integers(4, size=(200, 2)).astype(float), np.random.default_rng(1)
    lost = np.mean([len(set(settle(_two, _two[_rng.choice(200, 8, replace=False)])[0])) < 8 for _ in range(200)])
    mo.md(f"""Two questions of four answers, 200 people, 8 clusters: in {lost:.0%} of starts a centre loses all rows.
    The mean of none is nan, which `argmin` takes for the least ({np.argmin([1, np.nan]) == 1}): all go there next.""")
    return (lost,)


@app.function
def spread_starts(rows, k, rng):
    centres = rows[[rng.integers(len(rows))]]
    while len(centres) < k:
        near = ((rows[:, None] - centres) ** 2).sum(axis=2).min(axis=1)
        centres = np.vstack([centres, rows[rng.choice(len(rows), p=near / near.sum())]])
    return centres


@app.cell(hide_code=True)
def predict():
    _options = ("nearly always", "half the time", "nearly never")
    guess = show.ask("16 clouds, far apart, 20 rows each. From 16 random rows, Lloyd's steps find them …", _options)
    guess
    return (guess,)


@app.cell
def experiment():
    def tried(k, rng):
        corners = 10.0 * np.indices((k, k)).reshape(2, -1).T
        rows = np.repeat(corners, 20, axis=0) + rng.normal(size=(20 * k * k, 2))
        starts = [(rows[rng.permutation(len(rows))[: k * k]], spread_starts(rows, k * k, rng)) for _ in range(100)]
        sums = np.array([[settle(rows, of)[2] for of in both] for both in starts]) / settle(rows, corners)[2]
        ways = *sums.T, sums[:, 1].reshape(10, 10).min(axis=1)
        return *((of < 1.01).mean() for of in ways), sums[:, 0].mean()

    found = {f"{k * k} clouds": tried(k, np.random.default_rng(0)) for k in (2, 3, 4)}
    _names, (random, plus, ten, worse) = ("random rows", "k-means++", "best of 10 k-means++"), found["16 clouds"]
    _bars = {name: {of: shares[i] for of, shares in found.items()} for i, name in enumerate(_names)}
    show.bars("The more clouds, the fewer starts that find them all", _bars, x="share of starts")
    return plus, random, ten, worse


@app.cell(hide_code=True)
def reveal(guess, plus, random, ten, worse):
    truth = guess.options[0 if random > 0.9 else 1 if random > 0.2 else 2]
    _told = f"""In {random:.0%} of 100 starts; the mean sum of squares is {worse:.1f} times the best. Two starts in one
    cloud share it, another cloud gets none, and no centre crosses the empty land. k-means++ draws each start far from
    the others: {plus:.0%}, and the best of ten such starts {ten:.0%}. One start is no result: keep the best."""
    show.reveal(guess, truth, _told)
    return (truth,)


@app.cell
def data():
    table, target = tools.shipped("wine"), "cultivar"
    return table, target


@app.cell
def elbow(table, target):
    _x, _rng, _ks = lab.of(table, target).matrix("scaled"), np.random.default_rng(0), range(1, 9)
    _cloud = _rng.multivariate_normal(_x.mean(axis=0), np.cov(_x, rowvar=False), len(_x))
    bent = [[min(settle(of, spread_starts(of, k, _rng))[2] for _ in range(3)) for k in _ks] for of in (_x, _cloud)]
    _lines = {n: (_ks, np.array(s) / s[0]) for n, s in zip(("table", "cloud without clusters"), bent, strict=True)}
    show.lines("The sum bends with or without clusters", _lines, x="k", y="sum of squares, 1 for k = 1")
    return (bent,)


@app.cell(hide_code=True)
def follow_ups():
    def _with_far(away, rng):
        rows = np.vstack([rng.normal(size=(200, 2)) + np.repeat([[0, 0], [6, 0]], 100, axis=0), [[3, away]]])
        labels = min((settle(rows, spread_starts(rows, 2, rng)) for _ in range(10)), key=lambda end: end[2])[0]
        return (labels == labels[-1]).sum()

    near, alone = (_with_far(away, np.random.default_rng(0)) for away in (20, 60))
    mo.md(rf"""
    ## What an interviewer asks next

    - **How is k chosen?** By use, else by Silhouette, stability or the gap to clouds without clusters (Tibshirani,
      Walther and Hastie 2001). The elbow is no test: above, one cloud bends as well.
    - **What does an outlier do?** A row 20 away from two clouds of 100 joins one ({near} rows then); 60 away it is a
      cluster ({alone}), and the clouds share the other. Trim, or look for density.
    - **How is it related to EM?** It is a mixture of equal round Gaussians whose widths go to 0: all or nothing.
    """)
    return alone, near


@app.function
def check_settle(function, rng):
    rows = rng.normal(size=(60, 3))
    labels, centres, total = function(rows, np.vstack([rows[:4], np.full((1, 3), 50.0)]))
    apart = ((rows[:, None] - centres) ** 2).sum(axis=2)
    assert (apart.argmin(axis=1) == labels).all() and np.isclose(total, apart.min(axis=1).sum())
    assert all(np.allclose(rows[labels == j].mean(axis=0), centres[j]) for j in set(labels)) and centres[4, 0] == 50


@app.cell(hide_code=True)
def exercise():
    mutants = (("range(300)", "range(1)"), ("apart.argmin", "apart.argmax"), ("else c for", "else rows[0] for"))
    show.exercise(settle, checks=(check_settle,), mutants=(*mutants, (" ** 2", "")))


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/learners/k_means.py", "src/ninefold/learners/trimmed_k_means.py"), "Models")


@app.cell
def test_claims(alone, bent, lost, near, plus, random, ten, truth, worse):
    assert truth == "nearly never" and random < 0.1 < plus and ten > 0.9 and worse > 3 and lost > 0.1 and near > 90
    assert alone == 1 and all(s[0] - s[1] > 2 * (s[6] - s[7]) > 0 for s in bent)


if __name__ == "__main__":
    app.run()
