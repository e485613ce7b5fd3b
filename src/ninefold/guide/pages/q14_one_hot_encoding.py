"""Question 14: one-hot encoding, and whom a thousand columns hurt."""

import marimo

app = marimo.App()

with app.setup:
    import marimo as mo
    import numpy as np

    from ninefold.guide import show, tools


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 14 · What is one-hot encoding, and when is it used?

    **In thirty seconds.** A column of red, blue and green becomes three columns of zeros and ones, one for each level,
    so that a model that adds and multiplies sees no order where there is none. Linear models, SVM, neighbours and
    networks need it (or an embedding); trees can do with numbers. With many levels the columns are many and each says
    little: then rare levels are joined, or the level's mean target takes their place, made out of fold, so that no row
    sees its own answer. Levels that training has not met get zeros.

    In one line of NumPy:
    """)


@app.function
def one_hot(known, new):
    """[M, L] zeros and ones: the level of each of the texts ``new`` [M]; levels are those of ``known`` [N], sorted."""
    levels = np.unique(known)
    return (new[:, None] == levels) * 1.0


@app.cell(hide_code=True)
def examine():
    def told(dropped):
        """What a penalised linear model says of the three colours, one of its columns left out."""
        x, asked = (np.delete(one_hot(names, texts), dropped, axis=1) for texts in (colours, names))
        return tools.fit("logistic_regression", tools.examples(x, y), c=0.01).predict(asked)[:, 1]

    names, rng = np.array(["blue", "green", "red"]), np.random.default_rng(0)
    colours = rng.choice(names, 300)
    y = (rng.random(300) < np.where(colours == "red", 0.9, 0.3)) * 1
    rank = np.linalg.matrix_rank(np.hstack([np.ones((300, 1)), one_hot(names, colours)]))
    moved = np.abs(told(0) - told(2)).max()
    mo.md(f"""With an intercept its 4 columns have rank {rank}: unpenalised, the weights are not unique, so textbooks
    drop a level. A penalty makes them unique, and then dropping harms: *which* level goes moves a chance by up to
    {moved:.3f} here.""")
    return moved, rank


@app.cell(hide_code=True)
def predict():
    options = ("the linear model", "the forest", "both", "neither")
    guess = show.ask("2,000 rows, a text column of 1,024 levels. Whom do its one-hot columns hurt?", options)
    guess
    return (guess,)


@app.function
def towns(levels, seed):
    """Texts [4000, 1], their labels, and how often the best answer is right: every level has its own chance."""
    rng = np.random.default_rng(seed)
    codes, effects = rng.integers(levels, size=4000), 1.5 * rng.normal(size=levels)
    y = (rng.random(4000) < 1 / (1 + np.exp(-effects[codes]))) * 1
    return np.array([f"town {code}" for code in codes], object)[:, None], y, ((effects[codes] > 0) == y)[2000:].mean()


@app.cell
def experiment():
    def right(levels, step, learner, seed):
        words, y, best = towns(levels, seed)
        all_levels = {} if step == "target_mean" else {"least": 1, "most": 1000}
        known = tools.examples(np.zeros((2000, 1)), y[:2000])
        x = tools.stepped(f"features.{step}", words[:2000], words[2000:], target=known, **all_levels)
        x = tools.stepped("features.scale", *map(np.nan_to_num, x)) if step != "one_hot" else x
        form = tools.fit(
            learner, tools.examples(x[0], y[:2000]), **({"trees": 20} if "forest" in learner else {"c": 1})
        )
        return tools.score("accuracy", form, tools.examples(x[1], y[2000:])), best

    steps = {"one_hot": "one-hot", "ordinal": "numbers 1, 2, …", "target_mean": "target mean, out of fold"}
    cases = [(levels, learner) for levels in (16, 1024) for learner in ("logistic_regression", "random_forest")]
    found = {
        step: np.mean([[right(n, step, learner, s) for n, learner in cases] for s in range(3)], axis=0)
        for step in steps
    }
    _heads = [f"{'forest' if 'forest' in learner else 'linear'}, {levels} levels" for levels, learner in cases]
    _rows = {name: found[step][:, 0] for step, name in steps.items()} | {"best possible": found["one_hot"][:, 1]}
    _rows = [{"encoding": n} | dict(zip(_heads, v, strict=True)) for n, v in _rows.items()]
    show.table("Accuracy on 2,000 new rows, mean of 3 draws", _rows)
    return (found,)


@app.cell(hide_code=True)
def reveal(found, guess):
    (_, _, _linear, _forest), _numbers, _means = (values[:, 0] for values in found.values())
    _hurt = [_means[2] - _linear > 0.02, _means[3] - _forest > 0.02]
    truth = guess.options[2 if all(_hurt) else _hurt.index(True) if any(_hurt) else 3]
    _told = f"""The linear model is right in {_linear:.3f} with a thousand one-hot columns and in {_means[2]:.3f} with
    one column of target means: its penalty draws each level to the middle, which is what smoothing does to the means.
    The forest has {_forest:.3f}, and {_means[3]:.3f} with target means: each split can cut off one level only, two rows
    of 2,000. Mere numbers serve it better ({_numbers[3]:.3f}), and are useless to the linear model: {_numbers[2]:.3f},
    and {_numbers[0]:.3f} with 16 levels, where one-hot has {found["one_hot"][0, 0]:.3f}."""
    show.reveal(guess, truth, _told)
    return (truth,)


@app.cell(hide_code=True)
def follow_ups():
    _rng = np.random.default_rng(0)
    unseen = np.mean([~np.isin(_rng.integers(1024, size=2000), _rng.integers(1024, size=2000)) for _ in range(5)])
    mo.md(rf"""
    ## What an interviewer asks next

    - **What about new levels in production?** With 1,024 levels in 2,000 rows, {unseen:.0%} of new rows have one that
      training lacks. They must get zeros (or the prior), never an error, and never a new column.
    - **Why out of fold?** A level of one row has its own label as mean: it repeats the target, in training only.
    - **Does one-hot suit neighbours?** Any two levels are √2 apart, be the column worth much or nothing.
    - **And ordered levels?** Small, medium, large may stay 1, 2, 3: there is an order, and numbers keep it.
    """)
    return (unseen,)


@app.function
def check_one_hot(function, rng):
    known, new = rng.choice(["a", "b", "c", "d"], 60), np.array(["c", "zebra", "a", "c"])
    made = function(known, new)
    assert made.shape == (4, 4) and made.sum(axis=1).tolist() == [1, 0, 1, 1]
    assert made[:, 2].tolist() == [1, 0, 0, 1] and made[2, 0] == 1


@app.cell(hide_code=True)
def exercise():
    mutants = (("unique(known)", "unique(new)"), ("== levels", ">= levels"), ("unique(known)", "unique(known)[1:]"))
    show.exercise(one_hot, checks=(check_one_hot,), mutants=mutants)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/features/steps/one_hot.py", "src/ninefold/features/steps/target_mean.py"), "Features")


@app.cell
def test_claims(found, moved, rank, truth, unseen):
    one, number, mean, best = *(values[:, 0] for values in found.values()), found["one_hot"][:, 1]
    assert truth == "the forest" and rank == 3 and moved > 0.01 and 0.1 < unseen < 0.2
    assert abs(one[2] - mean[2]) < 0.01 and number[2] < 0.53 < number[3] - 0.04
    assert best[0] - one[0] < 0.015 and best[0] - number[0] > 0.08


if __name__ == "__main__":
    app.run()
