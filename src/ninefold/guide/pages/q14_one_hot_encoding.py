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


@app.cell
def examine():
    _rng, _names = np.random.default_rng(0), np.array(["blue", "green", "red"])
    _colours = _rng.choice(_names, 300)
    _y = (_rng.random(300) < np.where(_colours == "red", 0.9, 0.3)).astype(int)
    _full = one_hot(_names, _colours)
    rank = np.linalg.matrix_rank(np.hstack([np.ones((300, 1)), _full]))
    _said = [
        tools.fit("logistic_regression", tools.examples(np.delete(_full, drop, axis=1), _y), c=0.01).predict(
            np.delete(one_hot(_names, _names), drop, axis=1)
        )[:, 1]
        for drop in (0, 2)
    ]
    moved = np.abs(_said[0] - _said[1]).max()
    mo.md(f"""With an intercept its 4 columns have rank {rank}: unpenalised, weights are not unique, so textbooks drop a
    level. A penalty makes them unique, and then dropping does harm: which level is dropped moves a probability by up to
    {moved:.3f} here. An unseen level: {one_hot(_names, np.array(["violet"]))[0].astype(int).tolist()}.""")
    return moved, rank


@app.cell(hide_code=True)
def predict():
    options = ("the linear model", "the forest", "both", "neither")
    guess = show.ask("2,000 rows, a text column of 1,024 levels. Whom do its one-hot columns hurt?", options)
    guess
    return (guess,)


@app.cell
def experiment():
    def town(levels, seed):
        """Texts [4000, 1], labels, and the chance of each row's label 1: every level has its own."""
        rng = np.random.default_rng(seed)
        code, effect = rng.integers(levels, size=4000), 1.5 * rng.normal(size=levels)
        chance = 1 / (1 + np.exp(-effect[code]))
        return np.array([f"town {c}" for c in code], object)[:, None], (rng.random(4000) < chance) * 1, chance

    steps = {
        "one-hot": ("one_hot", {"least": 1, "most": 1000}),
        "numbers 1, 2, …": ("ordinal", {"least": 1}),
        "target mean, out of fold": ("target_mean", {}),
    }
    learners = {"linear": ("logistic_regression", {"c": 1.0}), "forest": ("random_forest", {"trees": 20})}

    def right(levels, step, learner, seed):
        words, y, _ = town(levels, seed)
        target = tools.examples(np.zeros((2000, 1)), y[:2000])
        x = tools.stepped(f"features.{steps[step][0]}", words[:2000], words[2000:], target=target, **steps[step][1])
        x = [np.nan_to_num(part) for part in x]
        x = x if step == "one-hot" else tools.stepped("features.scale", *x)
        form = tools.fit(learners[learner][0], tools.examples(x[0], y[:2000]), **learners[learner][1])
        return tools.score("accuracy", form, tools.examples(x[1], y[2000:]))

    _cases = [(levels, learner) for levels in (16, 1024) for learner in learners]
    found = {
        step: {case: np.mean([right(case[0], step, case[1], seed) for seed in range(3)]) for case in _cases}
        for step in steps
    }
    best = {
        levels: np.mean([((c > 0.5) == y)[2000:].mean() for _, y, c in (town(levels, seed) for seed in range(3))])
        for levels in (16, 1024)
    }
    _rows = [
        {"encoding": step} | {f"{learner}, {levels} levels": found[step][levels, learner] for levels, learner in _cases}
        for step in steps
    ]
    show.table(f"Accuracy on new rows, mean of 3 draws (possible: {best[16]:.3f} and {best[1024]:.3f})", _rows)
    return best, found


@app.cell(hide_code=True)
def reveal(best, found, guess):
    _one, _number, _mean = found.values()
    _hurt = [_mean[1024, learner] - _one[1024, learner] > 0.02 for learner in ("linear", "forest")]
    truth = guess.options[2 if all(_hurt) else _hurt.index(True) if any(_hurt) else 3]
    _told = f"""The linear model reaches {_one[1024, "linear"]:.3f} with a thousand one-hot columns and
    {_mean[1024, "linear"]:.3f} with the one column of target means: its penalty shrinks each level to the middle, which
    is what smoothing does to the means. The forest falls to {_one[1024, "forest"]:.3f} ({_mean[1024, "forest"]:.3f}
    with target means): each split can cut off one level only, two rows of 2,000, and few of the columns are tried. It
    does better with mere numbers ({_number[1024, "forest"]:.3f}), which are useless to the linear model
    ({_number[1024, "linear"]:.3f}, and {_number[16, "linear"]:.3f} with 16 levels)."""
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
    - **Why out of fold?** A level of one row has its own label as mean: the column repeats the target in training, and
      fails on new rows.
    - **Does one-hot suit neighbours?** Any two levels are √2 apart, whatever the column's worth; scale it against the
      numbers.
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
def test_claims(best, found, moved, rank, truth, unseen):
    one, number, mean = found.values()
    assert truth == "the forest" and rank == 3 and moved > 0.01 and 0.1 < unseen < 0.2
    assert (
        abs(one[1024, "linear"] - mean[1024, "linear"]) < 0.01
        and number[1024, "linear"] < 0.53 < number[1024, "forest"]
    )
    assert best[16] - one[16, "linear"] < 0.01 and best[16] - number[16, "linear"] > 0.08


if __name__ == "__main__":
    app.run()
