"""Question 25: clusters without a truth, and a truth that scores less than a wrong answer."""

import marimo

app = marimo.App()

with app.setup:
    import marimo as mo
    import numpy as np
    from sklearn.cluster import HDBSCAN, KMeans
    from sklearn.datasets import make_moons

    from ninefold.core import parts
    from ninefold.guide import show, tools


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 25 · How are clusters judged without a truth?

    **In thirty seconds.** By shape: Silhouette (Rousseeuw 1987) compares a row's mean distance to its own cluster with
    that to the nearest other one, from −1 to 1; Davies-Bouldin is lower, Calinski-Harabasz higher, where clusters are
    tight and apart. With a truth: adjusted Rand (Hubert and Arabie 1985), 0 by chance, 1 for equal. And by use: is the
    grouping stable on new samples, can a person name the clusters, does a decision get better?

    Silhouette as it is taught. What does it take for granted?
    """)


@app.function
def silhouette(rows, clusters):
    """The mean over rows [N, D] of (b - a) / max(a, b): a is a row's mean distance to the others of its cluster, b the
    least mean distance to another cluster; 0 for a row that is alone. ``clusters`` [N] are two or more codes."""
    apart = np.sqrt(((rows[:, None] - rows) ** 2).sum(axis=2))
    names, of = np.unique(clusters, return_inverse=True)
    sums = np.stack([apart[:, of == code].sum(axis=1) for code in range(len(names))], axis=1)
    sizes, each = np.bincount(of), np.arange(len(rows))
    own = sums[each, of] / np.maximum(sizes[of] - 1, 1)
    means = sums / sizes
    means[each, of] = np.inf
    other = means.min(axis=1)
    return np.where(sizes[of] > 1, (other - own) / np.maximum(own, other), 0).mean()


@app.function
def judged(rows, clusters, truth):
    """What Ninefold's metrics say of clusters [N]: silhouettes of rows [N, D], and agreement with a truth [N]."""
    said = np.eye(clusters.max() + 1)[clusters]
    named = {"Silhouette": ("silhouette", rows), "adjusted Rand": ("adjusted_rand", truth)}
    return {name: parts.make("ninefold.metrics", metric).score(of, said) for name, (metric, of) in named.items()}


@app.cell(hide_code=True)
def predict():
    guess = show.ask(
        "Two half-moons, one inside the bend of the other. Which grouping has the best Silhouette: the true moons, or "
        "the two halves of k-means, which cuts each moon in two?",
        ("the true moons", "the halves of k-means", "both about the same"),
    )
    guess
    return (guess,)


@app.cell
def experiment():
    def _all(seed):
        rows, moons = make_moons(300, noise=0.06, random_state=seed)
        halves = KMeans(2, n_init=10, random_state=seed).fit_predict(rows)
        dense = np.maximum(HDBSCAN(min_cluster_size=10, copy=True).fit_predict(rows), 0)
        same.append(silhouette(rows, moons) - judged(rows, moons, moons)["Silhouette"])
        return [judged(rows, of, moons) for of in (moons, halves, dense)]

    same, _names = [], ("the true moons", "k-means", "HDBSCAN")
    draws = [dict(zip(_names, _all(seed), strict=True)) for seed in range(5)]
    means = {name: {by: np.mean([d[name][by] for d in draws]) for by in draws[0][name]} for name in _names}
    show.table("Mean of 5 draws", [{"grouping": name, **of} for name, of in means.items()])
    return draws, means, same


@app.cell(hide_code=True)
def reveal(draws, guess, means):
    true, halves = means["the true moons"], means["k-means"]
    _gap = halves["Silhouette"] - true["Silhouette"]
    truth = guess.options[2 if abs(_gap) < 0.03 else int(_gap > 0)]
    always = all(d["k-means"]["Silhouette"] > d["the true moons"]["Silhouette"] for d in draws)
    _told = f"""The wrong answer wins: {halves["Silhouette"]:.2f} against {true["Silhouette"]:.2f} for the truth, with
    which it agrees by {halves["adjusted Rand"]:.2f} alone. HDBSCAN finds the moons (adjusted Rand
    {means["HDBSCAN"]["adjusted Rand"]:.2f}) and is marked down for it. Silhouette, Davies-Bouldin and Calinski-Harabasz
    ask for round, tight groups, which is what k-means makes: they are judges of its family."""
    show.reveal(guess, truth, _told)
    return always, halves, true, truth


@app.cell
def how_many():
    _iris = tools.shipped("iris")
    _rows, _kind = _iris.drop("species").to_numpy(), _iris["species"].to_numpy()
    _kinds, _ks = np.unique(_kind, return_inverse=True)[1], range(2, 8)
    by_k = {k: judged(_rows, KMeans(k, n_init=10, random_state=0).fit_predict(_rows), _kinds) for k in _ks}
    _lines = {name: (list(_ks), [by_k[k][name] for k in _ks]) for name in by_k[2]}
    show.lines("Iris has three kinds; its Silhouette says two", _lines, x="clusters", y="score")
    return (by_k,)


@app.cell(hide_code=True)
def follow_ups():
    _pairs = np.random.default_rng(0).integers(4, size=(200, 2, 100))
    _same = _pairs[..., None] == _pairs[..., None, :]
    plain, _index = np.mean(_same[:, 0] == _same[:, 1]), parts.make("ninefold.metrics", "adjusted_rand")
    adjusted = np.mean([_index.score(one, np.eye(4)[other]) for one, other in _pairs])
    mo.md(rf"""
    ## What an interviewer asks next

    - **Why "adjusted" Rand?** Random groupings into 4 agree on {plain:.0%} of all pairs; adjusted: {abs(adjusted):.2f}.
    - **Two or three clusters in iris?** Silhouette says two, botanists three: two species overlap. Shape cannot know.
    - **What if there are no clusters?** k-means makes them anyway. Compare with one cloud of the same spread.
    - **What else convinces?** The same clusters from other starts and samples; a profile that an expert can name.
    """)
    return adjusted, plain


@app.function
def check_silhouette(function, rng):
    rows, clusters = rng.normal(size=(40, 2)), rng.integers(3, size=40)
    assert np.isclose(function(rows, clusters), function(3 * rows + 1, (clusters + 1) % 3))
    far = np.vstack([rng.normal(size=(12, 2)), 1e4 + rng.normal(size=(12, 2)), [[-1e4, 0]]])
    assert np.isclose(function(far, np.repeat([0, 1, 2], [12, 12, 1])), 24 / 25, atol=1e-3)
    assert np.isclose(function(np.array([[0.0], [2], [3], [7]]), np.array([0, 0, 1, 1])), 23 / 120)


@app.cell(hide_code=True)
def exercise():
    mutants = (("sizes[of] - 1, 1", "sizes[of], 1"), ("means.min(", "means.max("), ("[of] > 1", "[of] > 0"))
    show.exercise(silhouette, checks=(check_silhouette,), mutants=mutants)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/metrics/silhouette.py", "src/ninefold/evaluate/clusters.py"), "Evaluation")


@app.cell
def test_claims(adjusted, always, by_k, halves, means, plain, same, true, truth):
    assert truth == "the halves of k-means" and always and np.abs(same).max() < 1e-9
    assert halves["adjusted Rand"] < 0.4 and means["HDBSCAN"]["adjusted Rand"] > 0.95 and true["adjusted Rand"] > 0.999
    assert max(by_k, key=lambda k: by_k[k]["Silhouette"]) == 2
    assert max(by_k, key=lambda k: by_k[k]["adjusted Rand"]) == 3
    assert abs(adjusted) < 0.01 and 0.6 < plain < 0.65


if __name__ == "__main__":
    app.run()
