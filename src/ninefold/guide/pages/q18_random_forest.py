"""Question 18: a random forest, whose trees are worse than a lone one."""

import marimo

app = marimo.App()

with app.setup:
    import marimo as mo
    import numpy as np
    from sklearn.tree import DecisionTreeClassifier

    from ninefold.guide import lab, show, tools


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 18 · What makes a random forest better than a tree?

    **In thirty seconds.** A deep tree is right on average and wrong in detail: little bias, much variance. A forest
    grows many, each on its own draw of rows and, at every split, among some columns drawn anew; they vote, or are
    averaged. Errors that trees do not share cancel out, so what counts is how little they agree in them: a mean of B
    trees has the variance ρσ² + (1 − ρ)σ²/B (Breiman 2001; Hastie, Tibshirani and Friedman, section 15.2).

    From scratch it takes a tree, a loop and a vote. One thing is missing to make it a *random* forest:
    """)


@app.function
def forest_votes(rows, labels, new, trees, rng):
    """[N, K]: how many of the trees say each class of the rows ``new`` [N, D]; labels are codes from 0."""
    votes = np.zeros((len(new), labels.max() + 1), int)
    for _ in range(trees):
        drawn = rng.integers(len(rows), size=len(rows))
        tree = DecisionTreeClassifier(random_state=0).fit(rows[drawn], labels[drawn])
        votes[np.arange(len(new)), tree.predict(new)] += 1
    return votes


@app.cell(hide_code=True)
def examine():
    _known, _new = tools.world("halfspace", 300, 1), tools.world("halfspace", 2000, 2)
    _bagged = forest_votes(_known.x, _known.y, _new.x, 25, np.random.default_rng(0)).argmax(axis=1)
    _alone = tools.fit("random_forest", _known, trees=1, columns=1.0, min_rows=1)
    bagged, alone = (_bagged == _new.y).mean(), tools.score("accuracy", _alone, _new)
    mo.md(f"""A half-space: a tree on a draw of the rows is right in {alone:.1%}, 25 voting in {bagged:.1%}. This is
    *bagging*: each split looks at every column, so that all trees begin with the same strong ones.""")
    return alone, bagged


@app.cell
def data():
    table, target = tools.shipped("digits"), "digit"
    return table, target


@app.cell(hide_code=True)
def predict():
    options = ("both better", "trees better, forest worse", "trees worse, forest better", "both worse")
    guess = show.ask("Let each split see only √D of the D columns. Then …", options)
    guess
    return (guess,)


@app.cell
def experiment(table, target):
    desk, trees = lab.of(table, target), 25

    def misses(said, y):
        """1 where a class is wrong, 0 where it is right; of values, how far off, in standard deviations."""
        return (said.argmax(axis=-1) != y) * 1.0 if desk.problem.classes else (said[..., 0] - y) / desk.y.std()

    def measured(columns, inside, outside):
        seen, x = desk.seen("plain", inside, outside)
        grow = {"trees": 1, "columns": columns, "min_rows": 1}
        said = np.array([tools.fit("random_forest", seen, i, **grow).predict(x) for i in range(trees)])
        each = misses(said, desk.y[outside])
        alike = np.corrcoef(each)[np.triu_indices(trees, 1)].mean()
        together = [(misses(said[:n].mean(axis=0), desk.y[outside]) ** 2).mean() for n in (1, 5, trees)]
        return [(each**2).mean(), alike, *together]

    tried = {"all": 1.0, "a third": 0.33, "√D": "sqrt"}
    found = {name: np.mean([measured(c, *fold) for fold in desk.folds(2)], axis=0) for name, c in tried.items()}
    heads = ("error of one tree", "correlation of two trees' errors", f"error of {trees} trees")
    rows = [{"columns tried": n, **dict(zip(heads, map(float, f[[0, 1, -1]]), strict=True))} for n, f in found.items()]
    show.table("A tree, two trees, many trees: what they get wrong in rows held out", rows)
    return desk, found, trees


@app.cell(hide_code=True)
def reveal(desk, found, guess, trees):
    _all, _few = found["all"], found["√D"]
    truth = guess.options[2 * (_few[0] >= _all[0]) + (_few[-1] >= _all[-1])]
    _told = f"""With √D columns a tree errs in {_few[0]:.3f} instead of {_all[0]:.3f}, but two trees' errors correlate
    by {_few[1]:.2f} instead of {_all[1]:.2f}. So {trees} of them err in {_few[-1]:.3f}, where {trees} better trees err
    in {_all[-1]:.3f} (means over 2 folds). A forest is made not of good trees but of *different* ones: if all were
    alike (ρ = 1), a thousand would err as one does."""
    show.reveal(guess, truth, _told)
    return (truth,)


@app.cell(hide_code=True)
def follow_ups(desk, found):
    _inside, _outside = desk.folds(2)[0]
    _metric = "accuracy" if desk.problem.classes else "r2"
    _seen, _x = desk.seen("plain", _inside, _outside)
    _grown = tools.fit("random_forest", _seen, trees=100, min_rows=1)
    free, honest = _grown.out_of_bag, desk.score(_metric, desk.y[_outside], _grown.predict(_x))
    mo.md(rf"""
    ## What an interviewer asks next

    - **What is the out-of-bag score?** Each row is judged by the trees that did not draw it (1/e of them). Here it says
      {free:.3f}, rows held out say {honest:.3f} ({_metric}): validation for nothing, unless rows come in groups.
    - **Do more trees overfit?** No, they converge: 1, 5 and 25 trees of √D columns err in {found["√D"][2]:.3f},
      {found["√D"][3]:.3f} and {found["√D"][4]:.3f}. The trees' depth may, on noisy labels.
    - **Why not the same with boosting?** It goes for bias: shallow trees in turn, each on what the others left.
    - **What can it not do?** Extrapolate: a mean of leaves never leaves the range of the values it has seen.
    """)
    return free, honest


@app.function
def check_votes(function, rng):
    codes = rng.permutation(np.repeat([0, 1, 2], 20))
    rows = 5.0 * codes[:, None] + 0.1 * rng.normal(size=(60, 2))
    votes = function(rows, codes, rows, 7, rng)
    assert (votes.sum(axis=1) == 7).all() and (votes.argmax(axis=1) == codes).all()
    noise = function(rng.normal(size=(60, 2)), codes, rng.normal(size=(200, 2)), 9, rng)
    assert (noise.sum(axis=1) == 9).all() and (noise.max(axis=1) < 9).any()


@app.cell(hide_code=True)
def exercise():
    same = ("rng.integers(len(rows), size=len(rows))", "np.arange(len(rows))")
    mutants = (same, ("labels[drawn]", "labels"), ("+= 1", "= 1"), ("range(trees)", "range(1, trees)"))
    show.exercise(forest_votes, checks=(check_votes,), mutants=mutants)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/learners/random_forest.py", "src/ninefold/learners/_forests.py"), "Models")


@app.cell
def test_claims(alone, bagged, found, free, honest, truth):
    assert truth == "trees worse, forest better" and bagged > alone and abs(free - honest) < 0.02
    assert found["√D"][0] > found["all"][0] + 0.03 and found["√D"][1] < found["all"][1] - 0.05
    assert found["√D"][2] > found["√D"][3] > found["√D"][4] and found["√D"][4] < found["all"][4] - 0.01


if __name__ == "__main__":
    app.run()
