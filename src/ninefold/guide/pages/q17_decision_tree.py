"""Question 17: a decision tree, its greed, and why it is grown before it is cut."""

import marimo

app = marimo.App()

with app.setup:
    import marimo as mo
    import numpy as np
    from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

    from ninefold.guide import lab, show, tables, tools


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 17 · How does a decision tree decide?

    **In thirty seconds.** It asks about one column at a time, *is x ≤ t?*, and goes left or right until it is in a
    leaf, which says the majority class or the mean of its training rows. It is grown greedily: at each node it takes
    the question that makes both sides purest (least Gini impurity, entropy or variance), and never regrets it. Grown to
    the end it knows every row by heart, so it is cut back: each leaf has to pay a price (Breiman, Friedman, Olshen and
    Stone 1984). It needs no scaling, and its path is its explanation. The heart of it, for one column:
    """)


@app.function
def gini(labels):
    """The chance that two rows drawn from these have different classes; labels [N] are codes from 0."""
    shares = np.bincount(labels) / len(labels)
    return 1 - (shares**2).sum()


@app.function
def best_question(values, labels):
    """(threshold, gain): where to cut the values [N] into <= and >, and by how much Gini impurity falls; codes [N]."""
    best = (values[0], 0.0)
    for threshold in np.unique(values)[:-1]:
        left = values <= threshold
        after = left.mean() * gini(labels[left]) + (~left).mean() * gini(labels[~left])
        if gini(labels) - after > best[1]:
            best = (threshold, gini(labels) - after)
    return best


@app.cell(hide_code=True)
def examine():
    _rows, _crossed = tools.world("halfspace", 300, 1), tools.world("xor", 2000, 0)
    theirs = DecisionTreeClassifier(max_depth=1).fit(_rows.x[:, [1]], _rows.y).tree_.threshold[0]
    ours, blind = best_question(_rows.x[:, 1], _rows.y), max(best_question(x, _crossed.y)[1] for x in _crossed.x.T)
    mo.md(f"""On a half-space it cuts at {ours[0]:.3f}, scikit-learn half way to the next value, at {theirs:.3f}. On XOR
    (x0 · x1 > 0) no question gains more than {blind:.4f}: one column says nothing, though three questions say all.""")
    return blind, ours, theirs


@app.cell(hide_code=True)
def predict():
    options = ("100 %", "97 %, as before", "75 %", "50 %, a coin")
    guess = show.ask("It stops where no question gains 0.01: 97 % on XOR from 125 rows. From 2,000 rows …", options)
    guess
    return (guess,)


@app.cell
def experiment():
    def right(rows, seed):
        known, new = tools.world("xor", rows, seed), tools.world("xor", 1000, seed + 50)
        stops = DecisionTreeClassifier(min_impurity_decrease=0.01, random_state=seed).fit(known.x, known.y)
        pruned = tools.fit("decision_tree", known, seed, repeats=1)
        return stops.score(new.x, new.y), tools.score("accuracy", pruned, new)

    sizes = (125, 250, 500, 1000, 2000)
    found = np.array([np.mean([right(n, seed) for seed in range(8)], axis=0) for n in sizes])
    drawn = {"stops below a gain of 0.01": (sizes, found[:, 0]), "grows, then is cut": (sizes, found[:, 1])}
    show.lines("More rows, a worse careful tree", drawn, x="rows of XOR", y="accuracy on new rows, mean of 8 draws")
    return (found,)


@app.cell(hide_code=True)
def reveal(found, guess):
    _few, _many = found[[0, -1], 0]
    truth = min(guess.options, key=lambda option: abs(float(option.split(" ")[0]) / 100 - _many))
    _told = f"""{_few:.1%} from 125 rows, {_many:.1%} from 2,000. The first question is worthless by itself, and of few
    rows a lucky one seems to gain 0.01. The more rows, the less luck, and it stops at the root. A tree that grows first
    and is cut afterwards sees what a question leads to: {found[-1, 1]:.1%}. That is why CART prunes."""
    show.reveal(guess, truth, _told)
    return (truth,)


@app.cell
def data():
    table, target = tables.titanic(), "survived"
    return table, target


@app.cell
def pruning(table, target):
    desk = lab.of(table, target)
    _kind, _metric = (DecisionTreeClassifier, "accuracy") if desk.problem.classes else (DecisionTreeRegressor, "r2")

    def compared(inside, outside):
        seen, x = desk.seen("plain", inside, outside)
        grown, pruned = _kind(random_state=0).fit(seen.x, seen.y), tools.fit("decision_tree", seen, repeats=1)
        sides = ((seen.x, seen.y), (x, desk.y[outside]))
        told = [desk.score(_metric, y, pruned.predict(values)) for values, y in sides]
        return [[grown.get_n_leaves(), *(grown.score(*side) for side in sides)], [len(pruned.leaf_tree), *told]]

    means = np.mean([compared(*fold) for fold in desk.folds(5)], axis=0)
    _heads = ("leaves", f"{_metric}, rows it knows", f"{_metric}, rows held out")
    _rows = [{"tree": n} | dict(zip(_heads, means[i], strict=True)) for i, n in enumerate(("grown", "pruned"))]
    show.table(f"A tree for {target}, grown and pruned: means of 5 folds", _rows)
    return (means,)


@app.cell(hide_code=True)
def follow_ups(means):
    mo.md(rf"""
    ## What an interviewer asks next

    - **How is the price of a leaf chosen?** By cross-validation: the highest price whose error is within one standard
      error of the least. Above, {means[1, 0]:.0f} leaves stay of {means[0, 0]:.0f}.
    - **Why Gini and not the error rate?** Useful questions often leave the majority, hence the rate, as it was.
    - **What happens if a few rows change?** Another first question, another tree: high variance, hence forests.
    - **What is hard for it?** Slanted boundaries, which become stairs, and sums of many small effects.
    """)


@app.function
def check_question(function, rng):
    for classes in (2, 3, 4):
        values, labels = rng.normal(size=40), rng.integers(0, classes, 40)
        cuts = {v: (values <= v, values > v) for v in np.sort(values)[:-1]}
        gains = {v: gini(labels) - sum(side.mean() * gini(labels[side]) for side in cut) for v, cut in cuts.items()}
        threshold, gain = function(values, labels)
        assert abs(gain - max(gains.values())) < 1e-12 and abs(gains[threshold] - gain) < 1e-12


@app.cell(hide_code=True)
def exercise():
    weighed = ("left.mean() * gini(labels[left])", "gini(labels[left])")
    mutants = (("<= threshold", "< threshold"), ("+ (~left)", "- (~left)"), weighed, ("(values)[:-1]", "(values)[:9]"))
    show.exercise(best_question, checks=(check_question,), mutants=mutants)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/learners/decision_tree.py", "src/ninefold/learners/_pruning.py"), "Models")


@app.cell
def test_claims(blind, found, means, ours, theirs, truth):
    assert truth == "50 %, a coin" and blind < 0.005 and found[0, 0] > 0.95 and found[-1, 1] > 0.99
    assert 0 < theirs - ours[0] < 0.02 and means[0, 0] > 10 * means[1, 0]
    assert means[0, 1] > means[1, 1] + 0.1 and means[1, 2] > means[0, 2]


if __name__ == "__main__":
    app.run()
