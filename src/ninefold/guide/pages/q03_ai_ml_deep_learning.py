"""Question 3: noughts and crosses by search, by learning from columns made by hand, and by a deep network."""

import marimo

app = marimo.App()

with app.setup:
    from functools import cache

    import marimo as mo
    import numpy as np

    from ninefold.guide import lab, show


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 3 · How do AI, machine learning and deep learning differ?

    **In thirty seconds.** They lie inside one another. *Artificial intelligence* is any program that does what seems
    to take intelligence, search and rules written by hand included. *Machine learning* is the part that finds its
    rules in examples. *Deep learning* is the part of that which learns, in layers, the columns as well, where
    otherwise people make them. Deep is not better: it replaces knowledge by examples and computing, and pays where
    people cannot say what the columns should be, as of pixels, sound and words.

    Noughts and crosses can be had from all three. First artificial intelligence without learning, older than the word
    (von Neumann 1928): play every game to its end, each side doing its best.
    """)


@app.function
def has_line(board, who):
    """Whether ``who`` (1 or -1) has three in a row on a board of nine cells, row by row."""
    lines = (0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)
    return any(all(board[i] == who for i in line) for line in lines)


@app.function
@cache
def value(board):
    """What perfect play brings the one to move, whose cells are 1, the other's -1: 1 a win, 0 a draw, -1 a loss."""
    if has_line(board, -1):
        return -1
    moves = ((*board[:i], 1, *board[i + 1 :]) for i in range(9) if board[i] == 0)
    return max((-value(tuple(-cell for cell in move)) for move in moves), default=0)


@app.cell
def positions():
    # Every position of a game that goes on. Those that are turns or mirror images of each other form one family.
    def _below(board):
        if board not in found and not has_line(board, -1) and 0 in board:
            found.add(board)
            for i in np.flatnonzero(np.equal(board, 0)):
                _below(tuple(-cell for cell in (*board[:i], 1, *board[i + 1 :])))

    found = set()
    _below((0,) * 9)
    boards = np.array(sorted(found))
    best = np.array([value(tuple(board)) for board in boards.tolist()]) + 1
    _squares = boards.reshape(-1, 3, 3)
    _alike = [np.rot90(b, k, (1, 2)).reshape(-1, 9) for b in (_squares, _squares[:, ::-1]) for k in range(4)]
    family = np.unique(np.min([b @ 3 ** np.arange(9) for b in _alike], axis=0), return_inverse=True)[1]
    return best, boards, family


@app.cell(hide_code=True)
def predict():
    _question = "Learners are told who wins in a tenth of all positions. Which one tells most of the others rightly?"
    guess = show.ask(_question, ("a line of the cells", "a line, columns by hand", "boosted trees", "a deep network"))
    guess
    return (guess,)


@app.cell
def experiment(best, boards, family):
    _cells = np.hstack([boards == 1, boards == -1]).astype(float)
    # By hand: how many lines hold one or two stones of one side, and none of the other.
    _lines = np.array([(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)])
    _own, _other = ((boards[:, _lines] == who).sum(axis=2) for who in (1, -1))
    _counts = [((a == n) & (b == 0)).sum(axis=1) for a, b in ((_own, _other), (_other, _own)) for n in (1, 2)]
    _network = {"epochs": 30, "width": 64, "dropout": 0.0, "patience": 100}
    _ways = {
        "a line of the cells": (_cells, "logistic_regression", {}),
        "a line, columns by hand": (np.column_stack([_cells, *_counts]), "logistic_regression", {}),
        "boosted trees": (_cells, "lightgbm", {"trees": 200}),
        "a deep network": (_cells, "mlp", _network),
    }
    shares, right = (0.1, 0.3, 0.9), {name: [] for name in _ways}
    _order = np.random.default_rng(0).permutation(family.max() + 1)
    for _share in shares:
        _seen = np.isin(family, _order[: int(_share * len(_order))])  # whole families: nothing is seen in a mirror
        for _name, (_x, _learner, _settings) in _ways.items():
            _fit = lab.fit(_learner, _x[_seen], best[_seen], **_settings)
            right[_name].append(np.mean(_fit.predict(_x[~_seen]).argmax(axis=1) == best[~_seen]))
    _points = {name: (np.multiply(100, shares), values) for name, values in right.items()}
    _axes = {"x": "positions learned from, % of all", "y": "share of the others told rightly"}
    show.lines("Columns made by hand are worth many examples, until there are many", _points, **_axes)
    return right, shares


@app.cell(hide_code=True)
def reveal(best, guess, right, shares):
    truth = max(right, key=lambda name: right[name][0])
    _hand, _deep, _line = (right[name] for name in ("a line, columns by hand", "a deep network", "a line of the cells"))
    _text = f"""
    From a tenth: {", ".join(f"{name} {of[0]:.0%}" for name, of in right.items())}. Four columns that a person thought
    of carry the simplest model. The network has to find lines of three by itself: it goes from {_deep[0]:.0%} to
    {_deep[-1]:.0%} with {shares[-1]:.0%} of the positions, and nearly draws level with them ({_hand[-1]:.0%}). A line
    of the cells has {max(_line):.0%} at best; saying "a win" always has {np.mean(best == 2):.0%}. The truth about all
    {len(best):,} positions comes from the search, which needs no example."""
    show.reveal(guess, truth, _text)
    return (truth,)


@app.cell(hide_code=True)
def follow_ups():
    mo.md(r"""
    ## What an interviewer asks next

    - **Is a rule written by hand AI?** Yes, and so is this search; neither learns. Chess fell to search with a measure
      made by hand (Campbell and others 2002), Go to search with a learned one (Silver and others 2016).
    - **What makes learning deep?** Layers, each a new set of columns for the next, all learned by one gradient. One
      layer can in principle say as much (Cybenko 1989), but may need very many units.
    - **When would you not use a deep network?** With few rows, on tables of unlike columns (Grinsztajn and others
      2022), or where a search or a formula is at hand.
    - **Why are mirror images kept on one side?** Or else it is tested on positions whose image it learned: memory.
    """)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/learners/mlp.py", "src/ninefold/networks/layers/dense.py"), "Models")


@app.cell
def test_claims(best, right, truth):
    assert value((0,) * 9) == 0 and truth == "a line, columns by hand" and len(best) == 4520
    _hand, _deep = right["a line, columns by hand"], right["a deep network"]
    assert _hand[0] > _deep[0] + 0.1 and abs(_hand[-1] - _deep[-1]) < 0.05 and max(right["a line of the cells"]) < 0.68


if __name__ == "__main__":
    app.run()
