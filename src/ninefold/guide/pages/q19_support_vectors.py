"""Question 19: a support vector machine, and the rows it could do without."""

import marimo

app = marimo.App()

with app.setup:
    import marimo as mo
    import numpy as np
    from sklearn.svm import SVC

    from ninefold.guide import lab, show, tools


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 19 · What does a support vector machine do?

    **In thirty seconds.** Of all planes that part two classes it takes the one with the widest street between them.
    Rows may stand in the street or beyond it, at a price C for each (soft margin): it minimises the hinge loss, max(0,
    1 − margin), plus the squared length of the weights. Only rows at the kerb, in the street or on the wrong side
    count: the support vectors. As rows enter through inner products alone, a kernel in their place parts the classes by
    curved borders, in a space never written down (Boser, Guyon and Vapnik 1992; Cortes and Vapnik 1995).

    The linear one from scratch, by stochastic steps (Pegasos; Shalev-Shwartz, Singer and Srebro 2007):
    """)


@app.function
def pegasos(rows, signs, penalty, steps, rng):
    weights = np.zeros(rows.shape[1])
    for step in range(1, steps + 1):
        row, sign = rows[i := rng.integers(len(rows))], signs[i]
        in_street = sign * (row @ weights) < 1
        weights = (1 - 1 / step) * weights + in_street * sign * row / (penalty * step)
    return weights


@app.function
def hinge_objective(weights, rows, signs, penalty):
    """Mean hinge loss of rows [N, D], their signs -1 or 1, plus penalty / 2 times the squared length of weights."""
    margins = signs * (rows @ weights)
    return np.maximum(0, 1 - margins).mean() + penalty / 2 * (weights @ weights)


@app.cell(hide_code=True)
def examine():
    _known, _price = tools.world("halfspace", 400, 1), 0.01
    _signs, _best = 2 * _known.y - 1, SVC(kernel="linear", C=1 / (_price * 400)).fit(_known.x, _known.y)
    _ours = [pegasos(_known.x, _signs, _price, 400 * passes, np.random.default_rng(0)) for passes in (1, 10, 50)]
    losses = [hinge_objective(weights, _known.x, _signs, _price) for weights in (*_ours, _best.coef_[0])]
    mo.md(f"""Its objective after 1, 10 and 50 passes: {losses[0]:.4f}, {losses[1]:.4f}, {losses[2]:.4f}; LIBSVM's
    {losses[3]:.4f}. It leaves out an intercept (fine here, where the border runs through 0), scaling, and when to
    stop.""")
    return (losses,)


@app.cell
def data():
    table, target = tools.shipped("breast_cancer"), "diagnosis"
    return table, target


@app.cell(hide_code=True)
def predict():
    options = ("stay exactly as they were", "get a little worse", "fall apart")
    guess = show.ask("Train, throw away every row that is no support vector, train again. The answers …", options)
    guess
    return (guess,)


@app.cell
def experiment(table, target):
    desk = lab.of(lab.binary(table, target), target)  # values become above the median or not, classes one and the rest

    def tried(inside, outside):
        seen, x = desk.seen("scaled", inside, outside)

        def machine(rows, narrow=1.0):
            return SVC(gamma=narrow / x.shape[1], tol=1e-7).fit(seen.x[rows], seen.y[rows])

        everyone = np.argsort(seen.y, kind="stable")
        held = everyone[machine(everyone).support_]
        even = everyone[np.linspace(0, len(inside) - 1, len(held)).astype(int)]
        models = [machine(everyone), machine(held), machine(even), machine(everyone, narrow=10.0)]
        moved = [np.abs(m.decision_function(x) - models[0].decision_function(x)).max() for m in models]
        supports = len(models[-1].support_) / len(inside)
        return [len(inside), len(held), len(held), supports], [m.score(x, desk.y[outside]) for m in models], moved

    rows, right, moved = np.mean([tried(*fold) for fold in desk.folds(3)], axis=0)
    _named = zip(("all rows", "support vectors", "as many of both classes"), rows, right, moved, strict=False)
    heads = ("learned from", "rows", "right on new rows", "largest change of a decision")
    show.table(f"Who tells {target}? Means of 3 folds", [dict(zip(heads, row, strict=True)) for row in _named])
    return moved, right, rows


@app.cell(hide_code=True)
def reveal(guess, moved, right, rows):
    truth = guess.options[0 if moved[1] < 1e-5 else 1 if right[0] - right[1] < 0.1 else 2]
    _told = f"""{rows[1]:.0f} of {rows[0]:.0f} rows are support vectors. Learned from them alone, no decision moves by
    more than {moved[1]:.0e}, which is the solver's tolerance: in the dual problem the other rows have weight 0, and the
    optimum does not feel them go. As many rows of another choice move decisions by up to {moved[2]:.2f}, and are right
    in {right[2]:.3f} of new rows, not {right[1]:.3f}."""
    show.reveal(guess, truth, _told)
    return (truth,)


@app.cell(hide_code=True)
def follow_ups(right, rows):
    mo.md(rf"""
    ## What an interviewer asks next

    - **What do C and γ do?** C prices rows in the street: small C, wide street, many support vectors. A large γ makes
      the kernel narrow: at ten times the usual, {rows[3]:.0%} of rows are support vectors, and only {right[3]:.0%} of
      new ones are told.
    - **What does the number of support vectors say?** Leaving out any other row changes nothing, so their share, here
      {rows[1] / rows[0]:.0%}, bounds the leave-one-out error (Vapnik 1995). Loosely: {1 - right[0]:.1%} of new rows are
      wrong.
    - **What is the kernel trick?** (x·y + 1)² is an inner product of all columns and products of two, never computed.
    - **Does it give probabilities?** Only decisions; Platt's sigmoid makes them so, fitted on rows it has not seen.
    """)


@app.function
def check_objective(function, rng):
    rows, signs, weights = rng.normal(size=(30, 4)), rng.choice([-1, 1], 30), rng.normal(size=4)
    by_hand = sum(max(0.0, 1 - s * sum(row * weights)) for row, s in zip(rows, signs, strict=True)) / 30
    assert abs(function(weights, rows, signs, 0.3) - by_hand - 0.15 * sum(weights**2)) < 1e-9
    clear = weights * signs[:, None] * 2 / (weights @ weights)
    assert abs(function(weights, clear, signs, 0.0)) < 1e-12


@app.cell(hide_code=True)
def exercise():
    mutants = (("1 - margins", "1 + margins"), ("maximum(0,", "maximum(-1,"), ("+ penalty / 2", "+ penalty"))
    show.exercise(hinge_objective, checks=(check_objective,), mutants=mutants)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/learners/support_vectors.py", "src/ninefold/forms/kernel.py"), "Models")


@app.cell
def test_claims(losses, moved, right, rows, truth):
    assert truth == "stay exactly as they were" and losses[0] > losses[1] > losses[2] > losses[3]
    assert rows[1] < rows[0] / 3 and moved[2] > 0.1 and right[2] < right[1] == right[0]
    assert 1 - right[0] < rows[1] / rows[0] and rows[3] > 0.9 and right[3] < right[0] - 0.1


if __name__ == "__main__":
    app.run()
