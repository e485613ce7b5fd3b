"""Question 2: one set of digits, and teachers that say the class, say right or wrong, or say nothing."""

import marimo

app = marimo.App()

with app.setup:
    import marimo as mo
    import numpy as np
    import polars as pl
    from sklearn.datasets import load_digits

    from ninefold.core.protocols import Examples
    from ninefold.guide import lab, show, tools


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 2 · Which kinds of learning are there?

    **In thirty seconds.** They differ in what the teacher says. *Supervised*: the right answer to every example (a
    class, a number). *Unsupervised*: nothing; what is found is structure, groups or few directions. *Reinforcement*:
    how good the answer was that was given, never which one would have been right, so that the learner must try.
    Between them: *semi-supervised* (answers to some examples), *active* (the learner chooses which) and
    *self-supervised* (a part of each example is the answer to the rest; language models learn so).

    The same images and the same kind of model, under two teachers (Kakade, Shalev-Shwartz and Tewari 2008):
    """)


@app.function
def perceptron(x, y, classes):
    """Weights [classes, D] after one pass over x [N, D] and y [N]: a row is added to those of its class, and taken from
    those of the class that was said."""
    weights = np.zeros((classes, x.shape[1]))
    for row, truth in zip(x, y, strict=True):
        said = np.argmax(weights @ row)
        weights[truth] += row
        weights[said] -= row
    return weights


@app.function
def banditron(x, y, classes, rng, curious=0.3):
    """The same from a teacher that says only whether an answer was right. One answer in three or so is a guess."""
    weights = np.zeros((classes, x.shape[1]))
    for row, truth in zip(x, y, strict=True):
        best = np.argmax(weights @ row)
        chance = np.full(classes, curious / classes) + (1 - curious) * (np.arange(classes) == best)
        said = rng.choice(classes, p=chance)
        if said == truth:
            weights[said] += row / chance[said]
        weights[best] -= row
    return weights


@app.cell
def data():
    _of = load_digits()
    table, target = pl.DataFrame(_of.data, schema=_of.feature_names).with_columns(digit=_of.target), "digit"
    return table, target


@app.cell(hide_code=True)
def predict():
    guess = show.ask(
        "1,350 images of ten digits. Which teaches most: to hear after every answer whether it was right, 50 labels of "
        "images drawn at random, or 50 labels of a typical image each, one from every cluster of 50?",
        ("only right or wrong", "labels at random", "a label per cluster"),
    )
    guess
    return (guess,)


@app.cell
def experiment(table, target):
    desk = lab.of(table if table[target].n_unique() <= lab.MOST_CODES else lab.binary(table, target), target)
    classes, found = desk.problem.outputs, {}
    for _draw, (_train, _test) in enumerate(desk.folds(4)):
        _seen, _x = desk.seen("scaled", _train, _test)
        _rng, _ones = np.random.default_rng(_draw), np.ones((len(desk.y), 1))  # ones for the intercept
        _order = _rng.permutation(len(_train))
        _rows, _labels = np.hstack([_seen.x, _ones[_train]])[_order], _seen.y[_order]
        _few = slice(0, 5 * classes)
        # One label for each cluster, that of its row nearest to the centre, which all its rows then take.
        _blank = Examples(_seen.x, np.zeros(len(_train), int), "clustering", 1, _seen.names)
        _clusters = tools.fit("k_means", _blank, seed=_draw, clusters=5 * classes)
        _of = _clusters.predict(_seen.x)
        _typical = np.where(_of == _of.max(axis=1, keepdims=True), _of, -1).argmax(axis=0)
        _said = {
            "every label": perceptron(_rows, _labels, classes) @ np.hstack([_x, _ones[_test]]).T,
            "only right or wrong": banditron(_rows, _labels, classes, _rng) @ np.hstack([_x, _ones[_test]]).T,
            "labels at random": lab.fit("logistic_regression", _rows[_few, :-1], _labels[_few]).predict(_x).T,
            "a label per cluster": np.eye(classes)[_seen.y[_typical]][_clusters.predict(_x).argmax(axis=1)].T,
        }
        for _name, _scores in _said.items():
            found.setdefault(_name, []).append(np.mean(_scores.argmax(axis=0) == desk.y[_test]))
    _bars = {name: (min(of), np.mean(of), max(of)) for name, of in found.items()}
    _note = "Share of new rows told rightly: lowest, mean and highest of four splits."
    show.intervals("What a teacher's word is worth", _bars, x="share told rightly", note=_note)
    return classes, found


@app.cell(hide_code=True)
def reveal(classes, found, guess):
    mean = {name: np.mean(of) for name, of in found.items()}
    truth = max(guess.options, key=mean.get)
    _text = f"""
    Told rightly: {", ".join(f"{name} {value:.0%}" for name, value in mean.items())}. A wrong answer says little, that
    it was not this one of {classes}; that is why reinforcement needs so many trials, though each is cheap. Clusters
    are found without any label, and if they match the classes, {5 * classes} labels in the right places nearly do for
    all of them."""
    show.reveal(guess, truth, _text)
    return mean, truth


@app.cell(hide_code=True)
def follow_ups():
    mo.md(r"""
    ## What an interviewer asks next

    - **Which kind is a large language model?** Self-supervised first, on the next word; then supervised by answers
      that people wrote; then reinforced by what people preferred (Ouyang and others 2022).
    - **Why does `banditron` guess at times?** Without trying it never hears that another answer was right. And a right
      guess counts 1/chance, so that on average it moves as the perceptron does.
    - **When do unlabelled rows not help?** When clusters are not the classes: what is near need not be alike.
    - **Is PCA learning? Is k-means?** Yes: both minimise a loss over examples, of reconstruction and of distance to
      the centre. What they lack is a truth to be judged by, so say by what you judge them.
    """)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/learners/k_means.py", "src/ninefold/learners/logistic_regression.py"), "Models")


@app.cell
def test_claims(found, mean, truth):
    assert truth == "a label per cluster" and mean[truth] > mean["labels at random"] + 0.02
    assert mean["only right or wrong"] + 0.05 < mean["labels at random"] < mean["every label"]
    assert all(np.subtract(found[truth], found["only right or wrong"]) > 0)


if __name__ == "__main__":
    app.run()
