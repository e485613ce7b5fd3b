"""Question 16: k nearest neighbours, and how wrong the nearest one must be."""

import marimo

app = marimo.App()

with app.setup:
    from dataclasses import replace
    from math import comb

    import marimo as mo
    import numpy as np
    from sklearn.neighbors import KDTree

    from ninefold.guide import lab, show, tables, tools


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 16 · How does k-nearest neighbours work?

    **In thirty seconds.** It keeps the rows it was given. For a new row it finds the k most similar ones and lets them
    vote on the class, or takes the mean of their values. Nothing is trained: all that it assumes is in the distance, so
    columns must be on one scale. A small k follows every row (variance), a large one blurs what differs nearby (bias).
    Each prediction pays for what training saved: it looks at every row (Fix and Hodges 1951; Cover and Hart 1967).

    The classic code, three lines, is right. What does it waste, and what does it leave to luck?
    """)


@app.function
def nearest_neighbours(rows, labels, new, k):
    """The class code that most of the k rows nearest to ``new`` [D] have; rows [N, D], labels [N] are codes from 0."""
    distances = np.sqrt(((rows - new) ** 2).sum(axis=1))
    nearest = np.argsort(distances)[:k]
    return np.bincount(labels[nearest]).argmax()


@app.cell(hide_code=True)
def examine():
    _known, _new = tools.world("rings", 300, 1), tools.world("rings", 200, 2)
    _ours = tools.fit("nearest_neighbours", _known, k=5, weights="uniform").predict(_new.x).argmax(axis=1)
    same = np.mean([nearest_neighbours(_known.x, _known.y, row, 5) for row in _new.x] == _ours)
    ties = [nearest_neighbours(np.zeros((2, 1)), np.array(two), np.zeros(1), 2) for two in ((0, 1), (1, 0))]
    mo.md(f"Ninefold's learner agrees on {same:.0%} of 200 rows. Ties go to class {ties[0]}; root and sort are waste.")
    return same, ties


@app.cell(hide_code=True)
def predict():
    options = ("0 %, as on the rows it knows", "20 %, the best there is", "32 %", "50 %")
    guess = show.ask("One label in five is wrong, by chance. With ever more rows, 1-NN errs in …", options)
    guess
    return (guess,)


@app.function
def noisy(rows, seed):
    """A half-space in four columns with one label in five turned round."""
    data, turned = tools.world("halfspace", rows, seed), np.random.default_rng(seed + 500).random(rows) < 0.2
    return replace(data, y=np.where(turned, 1 - data.y, data.y))


@app.cell
def experiment():
    def error(rows, k, seed):
        form = tools.fit("nearest_neighbours", noisy(rows, seed), k=k, weights="uniform", rows=rows)
        return 1 - tools.score("accuracy", form, noisy(1200, seed + 100))

    sizes, asked = (60, 500, 4000), (1, 5, 25)
    errors = {k: [np.mean([error(n, k, seed) for seed in range(3)]) for n in sizes] for k in asked}
    drawn = {f"k = {k}": (np.log10(sizes), path) for k, path in errors.items()}
    show.lines("One neighbour stays far from the best", drawn, x="rows known, power of 10", y="error, mean of 3 draws")
    return (errors,)


@app.cell(hide_code=True)
def reveal(errors, guess):
    # In the limit the neighbours lie at the row itself: their labels are k more throws of the same coin.
    _wrong = {k: sum(comb(k, j) * 0.2**j * 0.8 ** (k - j) for j in range(k // 2 + 1, k + 1)) for k in errors}
    limits, _last = {k: w * 0.8 + (1 - w) * 0.2 for k, w in _wrong.items()}, errors[1][-1]
    truth = min(guess.options, key=lambda option: abs(float(option.split(" ")[0]) / 100 - _last))
    _told = f"""With 4,000 rows it is {_last:.3f}. The two labels differ when one of them is wrong and the other right:
    2 · 0.2 · 0.8 = {limits[1]:.2f}. So said Cover and Hart: in the limit of many rows the nearest neighbour errs at
    most twice as often as the best rule. More neighbours outvote noise: 5 err in {errors[5][-1]:.3f} (limit
    {limits[5]:.3f}) and 25 in {errors[25][-1]:.3f} (limit {limits[25]:.3f}): near the boundary, rows from beyond it
    vote as well."""
    show.reveal(guess, truth, _told)
    return limits, truth


@app.cell
def data():
    table, target = tables.titanic(), "survived"
    return table, target


@app.cell
def which_k(table, target):
    desk, ks = lab.of(table, target), (1, 3, 5, 9, 15, 25, 51, 101, 199)

    def told(k, inside, asked):
        said = desk.said("nearest_neighbours", inside, asked, k=k, weights="uniform")
        return desk.score(desk.problem.metric, desk.y[asked], said)

    known = [np.mean([told(k, i, i) for i, _ in desk.folds(3)]) for k in ks]
    held_out = [np.mean([told(k, i, o) for i, o in desk.folds(3)]) for k in ks]
    drawn_k = {"rows it knows": (ks, known), "rows held out, 3 folds": (ks, held_out)}
    show.lines(f"How well k neighbours tell {target}", drawn_k, x="k", y=desk.problem.metric)
    return held_out, known


@app.cell(hide_code=True)
def follow_ups():
    def looked_at(columns):
        rng = np.random.default_rng(0)
        tree = KDTree(rng.random((4000, columns)))
        tree.query(rng.random((100, columns)), k=5)
        return tree.get_n_calls() / 4000 / 100

    few, many = looked_at(2), looked_at(20)
    mo.md(rf"""
    ## What an interviewer asks next

    - **How is k chosen?** By cross-validation, with the metric; odd for two classes. With k = N it is the baseline.
    - **Why not by training accuracy?** At k = 1 each row is its own neighbour: even pure noise is told perfectly.
    - **How is it made fast?** Leave out root and sort. A k-d tree compares with {few:.0%} of 4,000 rows in 2 columns,
      but with {many:.0%} in 20; there approximate graphs such as HNSW (Malkov and Yashunin 2016) serve.
    - **May such a model leave the house?** Its training rows go with it: Ninefold asks for `--allow-rows` first.
    """)
    return few, many


@app.function
def check_votes(function, rng):
    new = 20 + rng.normal(size=4)
    near, far = new + 0.1 * rng.normal(size=(6, 4)), new + 9 * np.sign(rng.normal(size=(20, 4)))
    rows, labels = np.vstack([far, near]), np.array([0] * 20 + [1] * 6)
    assert [function(rows, labels, new, k) for k in (1, 7, 11, 26)] == [1, 1, 1, 0]


@app.cell(hide_code=True)
def exercise():
    mutants = (("[:k]", "[-k:]"), ("(rows - new)", "(rows + new)"), (".argmax()", ".argmin()"), ("[:k]", "[:1]"))
    show.exercise(nearest_neighbours, checks=(check_votes,), mutants=mutants)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/learners/nearest_neighbours.py", "src/ninefold/forms/neighbours.py"), "Models")


@app.cell
def test_claims(errors, few, held_out, known, limits, many, same, ties, truth):
    assert same == 1 and ties == [0, 0] and truth == "32 %" and few < 0.03 and many > 0.99
    assert round(limits[1], 2) == 0.32 and abs(errors[1][-1] - 0.32) < 0.02 and errors[25][-1] < 0.23
    assert known[0] > 0.97 and held_out[0] < max(held_out) > held_out[-1]


if __name__ == "__main__":
    app.run()
