"""Question 6: the same rows, five learners, and a turn of the table that some of them do not notice."""

import marimo

app = marimo.App()

with app.setup:
    from dataclasses import replace

    import marimo as mo
    import numpy as np

    from ninefold.core import parts
    from ninefold.guide import lab, show, tables, tools


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 6 · What is inductive bias?

    **In thirty seconds.** Whatever makes a learner prefer one rule to another that fits the examples as well. Without
    it nothing follows for rows that were not seen (Mitchell 1980). A line says that effects go on in proportion, a
    tree that steps in single columns matter, nearest neighbours that what is near is alike, a network that smooth
    mixtures come first. No bias is best everywhere: averaged over all possible worlds all learners are equal (Wolpert
    1996). So choosing a model is betting on the kind of world the rows come from.

    What lies between and beyond the rows is bias and nothing else:
    """)


@app.function
def nearest(x, y, new):
    """Of each row of ``new`` [M, D] what the nearest row of ``x`` [N, D] (Euclidean) has in ``y`` [N]: an array [M]."""
    away = ((new[:, None, :] - x[None, :, :]) ** 2).sum(axis=2)
    return y[away.argmin(axis=1)]


@app.cell
def on_a_line():
    # 60 points of sin 2x, from 0 to 2 and from 3 to 4: nobody sees what is between them, and beyond.
    _x = np.concatenate([np.linspace(0, 2, 40), np.linspace(3, 4, 20)])[:, None]
    grid, _y = np.linspace(0, 5, 101)[:, None], np.sin(2 * _x[:, 0])
    _of = {"decision_tree": {"repeats": 1}, "nearest_neighbours": {"k": 3}, "gaussian_process": {}}
    _fits = {name.replace("_", " "): lab.fit(name, _x, _y, **settings) for name, settings in _of.items()}
    drawn = {name: fit.predict(grid)[:, 0] for name, fit in _fits.items()}
    missed = {name: np.abs(fit.predict(_x)[:, 0] - _y).max() for name, fit in _fits.items()}
    _lines = {name: (grid[:, 0], values) for name, values in ({"truth": np.sin(2 * grid[:, 0])} | drawn).items()}
    show.lines("Alike where there are rows (0 to 2, 3 to 4), apart where there are none", _lines, x="x", y="said")
    return drawn, grid, missed


@app.cell
def data():
    table, target = tables.titanic(), "survived"
    return table, target


@app.cell(hide_code=True)
def predict():
    guess = show.ask(
        "All columns of a table, scaled, are turned by a random rotation: every new column is a mixture of all, no row "
        "comes nearer to another, and nothing is lost. Which learners get worse at the Titanic?",
        ("all of them", "none of them", "trees and naive Bayes alone"),
    )
    guess
    return (guess,)


@app.cell
def experiment(table, target):
    desk = lab.of(table, target)
    _line, _metric = ("logistic_regression", "roc_auc") if desk.problem.classes else ("ridge_regression", "r2")
    _settings = {_line: {}, "nearest_neighbours": {}, "random_forest": {"trees": 30}, "decision_tree": {"repeats": 1}}
    _settings |= {"naive_bayes": {}} if desk.problem.classes else {}
    change, moved = {name: [] for name in _settings}, dict.fromkeys(_settings, 0.0)
    for _i, (_train, _test) in enumerate(desk.folds(4, seed=0) + desk.folds(4, seed=1)):
        _data, _x = desk.seen("scaled", _train, _test)
        _turn = np.linalg.qr(np.random.default_rng(_i).normal(size=(_x.shape[1], _x.shape[1])))[0]
        _turned = replace(_data, x=_data.x @ _turn, categorical=())
        for _name, _of in _settings.items():
            _two = [tools.fit(_name, d, **_of).predict(x) for d, x in ((_data, _x), (_turned, _x @ _turn))]
            moved[_name] = max(moved[_name], np.abs(_two[1] - _two[0]).max())
            _before, _after = (desk.score(_metric, desk.y[_test], said) for said in _two)
            change[_name].append(_after - _before)
    gain = {name: (np.mean(of), 1.96 * np.std(of, ddof=1) / np.sqrt(len(of))) for name, of in change.items()}
    _bars = {name.replace("_", " "): (mean - half, mean, mean + half) for name, (mean, half) in gain.items()}
    show.intervals("Who says the same of a turned table?", _bars, x=f"change of {_metric} (8 turns, 95 % interval)")
    return gain, moved


@app.cell(hide_code=True)
def reveal(gain, guess, moved):
    _worse = {name for name, (mean, half) in gain.items() if mean + half < 0}
    truth = tuple(guess.options)[0 if len(_worse) == len(gain) else 2 if _worse else 1]
    _bet = "Here it does, and the bet pays." if _worse else "Here it does not pay."
    _by = ", ".join(f"{name.replace('_', ' ')} {gain[name][0]:+.3f} ± {gain[name][1]:.3f}" for name in gain)
    _text = f"""
    Change of the score: {_by}. Nearest neighbours see distances, and a line with a penalty on |w|² sees inner
    products: a rotation changes neither (Ng 2004), and their answers move by {moved["nearest_neighbours"]:.0e} and
    {next(iter(moved.values())):.0e}, rounding and the last step of the descent. Trees cut along columns, naive Bayes
    takes columns one by one: they bet that a column *means* something. {_bet}"""
    show.reveal(guess, truth, _text)
    return (truth,)


@app.cell(hide_code=True)
def follow_ups(drawn, missed):
    _cards = (parts.find("ninefold.learners", name).card for name in ("logistic_regression", "random_forest", "mlp"))
    _bets = " · ".join(f"{card.title}: {card.inductive_bias}" for card in _cards)
    mo.md(rf"""
    ## What an interviewer asks next

    - **Three fits miss no row by more than {max(missed.values()):.2f}. Which one is right at x = 5?** The rows cannot
      say: {", ".join(f"{name} {values[-1]:.2f}" for name, values in drawn.items())}; the truth is {np.sin(10):.2f}.
      Only knowledge of the world can, and it enters as bias.
    - **What do other learners assume?** From their cards: {_bets}
    - **Is inductive bias the bias of bias and variance?** A relative. A strong preference makes fits alike (less
      variance), and wrong together where the world is otherwise (more bias).
    - **Is a weak bias safer?** Only with rows enough to replace it: who does not assume that a shifted cat is a cat,
      as a convolution does, must see the cat everywhere.
    """)


@app.function
def check_nearest_by_hand(function, rng):
    x, y, new = rng.normal(size=(20, 3)), rng.permutation(20), rng.normal(size=(7, 3))
    wanted = [y[min(range(20), key=lambda i: np.linalg.norm(x[i] - row))] for row in new]
    assert list(function(x, y, new)) == wanted and list(function(x, y, x)) == list(y)
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    assert list(function(x @ turn, y, new @ turn)) == wanted


@app.cell(hide_code=True)
def exercise():
    _mutants = (("** 2", "** 3"), ("argmin(axis=1)", "argmax(axis=1)"), (".sum(axis=2)", ".min(axis=2)"))
    show.exercise(nearest, checks=(check_nearest_by_hand,), mutants=_mutants)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/learners/decision_tree.py", "src/ninefold/checks/fails.py"), "Models")


@app.cell
def test_claims(gain, missed, moved, truth):
    assert truth == "trees and naive Bayes alone" and moved["nearest_neighbours"] < 1e-9
    assert moved["logistic_regression"] < 1e-2 and min(moved["decision_tree"], moved["naive_bayes"]) > 0.2
    assert gain["decision_tree"][0] + gain["decision_tree"][1] < 0 and max(missed.values()) < 0.05


if __name__ == "__main__":
    app.run()
