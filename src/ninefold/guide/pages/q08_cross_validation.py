"""Question 8: folds that are not shuffled, scores that scatter, and 90 % accuracy on the toss of a coin."""

import marimo

app = marimo.App()

with app.setup:
    import marimo as mo
    import numpy as np
    from sklearn.datasets import load_iris

    from ninefold.guide import lab, show, tables


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 8 · What is cross-validation, and why use it?

    **In thirty seconds.** To know how a model does on new rows, hold some out. In k-fold cross-validation the rows are
    dealt to k folds; each is judged once, by a model that learned from the others, and the k scores are averaged:
    every row is tested, and little hangs on the luck of one split. It holds under one condition: **everything** that
    looks at the target, the choice of columns too, is done inside the folds. Here is `k_fold` as many write it.
    """)


@app.function
def k_fold(n, k):
    folds = np.array_split(np.arange(n), k)
    return [(np.concatenate(folds[:i] + folds[i + 1 :]), folds[i]) for i in range(k)]


@app.function
def shuffled_folds(n, k, rng):
    """Deal positions 0 … n - 1 to k folds at random, sizes equal to within one: a list of k pairs (train, test)."""
    place = rng.permutation(n) % k
    return [(np.flatnonzero(place != fold), np.flatnonzero(place == fold)) for fold in range(k)]


@app.cell
def in_order():
    # Iris lies in the file species by species. In three folds of that order, who is tested on a species never saw it.
    def _accuracy(splits):
        x, y = load_iris(return_X_y=True)
        return np.mean([lab.fit("nearest_neighbours", x[a], y[a]).predict(x[b]).argmax(1) == y[b] for a, b in splits])

    _shuffled = _accuracy(shuffled_folds(150, 3, np.random.default_rng(0)))
    iris = {"as listed": _accuracy(k_fold(150, 3)), "shuffled": _shuffled}
    show.bars("The listed code finds 0 % where nearly all is told", {"iris": iris}, x="accuracy of nearest neighbours")
    return (iris,)


@app.cell
def data():
    table, target = tables.titanic(), "survived"
    return table, target


@app.cell
def on_a_table(table, target):
    desk = lab.of(table, target)
    _learner, _metric = "logistic_regression" if desk.problem.classes else "ridge_regression", desk.problem.metric
    _splits = [split for draw in range(3) for split in desk.folds(5, seed=draw)]
    scores = np.array([desk.score(_metric, desk.y[b], desk.said(_learner, a, b)) for a, b in _splits]).reshape(3, 5)
    _of = {"single splits (15)": scores, "means of 5 folds (3)": scores.mean(axis=1)}
    _title = "One split may say nearly anything; the mean of five folds moves little"
    _ranges = {name: (f.min(), f.mean(), f.max()) for name, f in _of.items()}
    show.intervals(_title, _ranges, x=f"{_metric}: lowest, mean, highest")
    return (scores,)


@app.cell(hide_code=True)
def predict():
    guess = show.ask(
        "60 rows, 2,000 columns of noise, and a coin is tossed for the target. Keep the 20 columns that correlate best "
        "with it, then cross-validate a logistic regression of them. What accuracy is found?",
        ("about 50 %", "about 70 %", "about 90 %"),
    )
    guess
    return (guess,)


@app.cell
def experiment():
    def _accuracy(seed, inside):
        rng, right = np.random.default_rng(seed), []
        x, y = rng.normal(size=(60, 2000)), rng.integers(2, size=60)
        for train, test in shuffled_folds(60, 5, rng):
            seen = train if inside else np.arange(60)
            kept = np.argsort(np.abs((y[seen] - y[seen].mean()) @ x[seen]))[-20:]
            form = lab.fit("logistic_regression", x[train][:, kept], y[train])
            right.extend(form.predict(x[test][:, kept]).argmax(axis=1) == y[test])
        return np.mean(right)

    leaked, honest = (np.array([_accuracy(seed, inside) for seed in range(20)]) for inside in (False, True))
    _of = {"chosen on all rows": leaked, "chosen inside folds": honest}
    _title = "Choosing columns before splitting finds a rule for the toss of a coin"
    _axis = "accuracy, 20 tables: lowest, mean, highest"
    show.intervals(_title, {name: (f.min(), f.mean(), f.max()) for name, f in _of.items()}, x=_axis)
    return honest, leaked


@app.cell(hide_code=True)
def reveal(guess, honest, leaked):
    truth = "about 50 %" if leaked.mean() < 0.6 else "about 70 %" if leaked.mean() < 0.8 else "about 90 %"
    _text = f"""
    {leaked.mean():.0%}, on nothing: the columns were chosen with the help of the rows that judge them. Inside the
    folds it is {honest.mean():.0%} ± {1.96 * honest.std(ddof=1) / np.sqrt(20):.0%}, as it should be (found on genes by
    Ambroise and McLachlan 2002)."""
    show.reveal(guess, truth, _text)
    return (truth,)


@app.cell(hide_code=True)
def follow_ups():
    mo.md(r"""
    ## What an interviewer asks next

    - **How many folds?** Five or ten: models then learn from 80 or 90 % of the rows, at five or ten times the cost.
      Leaving one out is nearly unbiased and costs n fits. Repeating with other draws steadies the mean.
    - **When is shuffling wrong?** With time: learn from the past, test on the future. With several rows of a patient:
      the patient is dealt, not the row. With a rare class each class is dealt for itself (stratified).
    - **Is the spread over the folds a confidence interval?** No: the models share rows, and no unbiased estimate of
      the variance of their mean exists (Bengio and Grandvalet 2004). Repeats share all rows: they agree, right or not.
    - **The best of 50 settings has 0.91. Is that what you promise?** No, the winner was lucky as well. Judge it on
      rows that no choice has seen: nested cross-validation, or rows sealed from the start.
    """)


@app.function
def check_each_row_is_tested_once(function, rng):
    n, k = int(rng.integers(20, 60)), int(rng.integers(2, 8))
    splits = function(n, k, rng)
    assert len(splits) == k and sorted(np.concatenate([test for _, test in splits])) == list(range(n))
    assert all(sorted([*train, *test]) == list(range(n)) for train, test in splits)
    assert np.ptp([len(test) for _, test in splits]) <= 1 and list(splits[0][1]) != list(function(n, k, rng)[0][1])


@app.cell(hide_code=True)
def exercise():
    _mutants = (("rng.permutation(n)", "np.arange(n)"), ("% k", "* k // (n + 7)"), ("place != fold", "place >= 0"))
    show.exercise(shuffled_folds, checks=(check_each_row_is_tested_once,), mutants=_mutants)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/select/splitters/stratified.py", "src/ninefold/forms/recipe.py"), "Models")


@app.cell
def test_claims(honest, iris, leaked, scores, truth):
    assert iris["as listed"] == 0 and iris["shuffled"] > 0.93
    assert np.ptp(scores) > 0.1 > 5 * np.ptp(scores.mean(axis=1))
    assert truth == "about 90 %" and leaked.mean() > 0.85 and abs(honest.mean() - 0.5) < 0.05


if __name__ == "__main__":
    app.run()
