"""Question 10: overfitting, by labels that mean nothing and by boosting that does not stop."""

import marimo

app = marimo.App()

with app.setup:
    from dataclasses import replace

    import marimo as mo
    import numpy as np

    from ninefold.guide import lab, show, tables, tools


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 10 · What is overfitting, and what helps?

    **In thirty seconds.** A model overfits when it learns what is true of its training rows alone: it gets better on
    them and worse on others, as scores of rows held out show. What helps: more rows (or augmented ones), a penalty (L1,
    L2), fewer or shallower trees, dropout, averaging, and stopping early; cross-validation does not cure it, it sees
    it. A perfect training score is no proof of it, nor is a gap: what counts are rows not learned from.

    The cheapest cure is to stop. In its classic form:
    """)


@app.function
def best_round(losses, patience):
    """The round, from 1, of the lowest of the losses, heard in turn until ``patience`` rounds bring nothing better."""
    best, at = np.inf, 0
    for number, loss in enumerate(losses, start=1):
        if loss < best:
            best, at = loss, number
        elif number - at >= patience:
            break
    return at


@app.cell(hide_code=True)
def examine():
    _rounds = np.arange(1, 301)
    _true = 0.4 + 0.3 * np.exp(-_rounds / 30) + 0.0003 * _rounds
    _seen = _true + 0.01 * np.random.default_rng(0).normal(size=(300, 300))
    _stops = np.array([[best_round(row, patience) for row in _seen] for patience in (1, 20)])
    stopped, flattered = np.median(_stops, axis=1), np.mean(_true[_stops[1] - 1] - _seen[np.arange(300), _stops[1] - 1])
    mo.md(f"""On noisy curves whose best round is {_true.argmin() + 1}, patience 1 ends in round {stopped[0]:.0f},
    patience 20 in {stopped[1]:.0f} (medians of 300). The loss at which that one stops flatters by {flattered:.3f},
    being the luckiest of many: who stops on some rows must be scored on others.""")
    return flattered, stopped


@app.cell
def data():
    table, target = tables.titanic(), "survived"
    return table, target


@app.cell(hide_code=True)
def predict():
    options = ("worse than the majority's", "about the majority's", "far better than the majority's")
    guess = show.ask("Boosted until log-loss on new rows is worse than the baseline's. Accuracy there is …", options)
    guess
    return (guess,)


@app.cell
def experiment(table, target):
    desk, rounds = lab.of(table, target), (10, 40, 160, 640)
    metrics = ("log_loss", "accuracy") if desk.problem.classes else ("rmse", "r2")

    def scored(learner, shuffle=False, **settings):
        """[2 metrics, 2], means of 3 folds: of the rows it knows, and of new ones."""
        folds = [(desk.seen("plain", *fold), fold[1]) for fold in desk.folds(3)]
        scores = []
        for (seen, x), new in folds:
            known = replace(seen, y=np.random.default_rng(0).permutation(seen.y)) if shuffle else seen
            form = tools.fit(learner, known, **settings)
            sides = ((known.y, form.predict(seen.x)), (desk.y[new], form.predict(x)))
            scores.append([[desk.score(metric, *side) for side in sides] for metric in metrics])
        return np.mean(scores, axis=0)

    path = np.array([scored("lightgbm", trees=n, learning_rate=0.2, leaves=15) for n in rounds])
    shares = scored("baseline")
    _names = [f"{metric}, {who}" for metric in metrics for who in ("rows it knows", "new rows")]
    _drawn = {name: (np.log10(rounds), values) for name, values in zip(_names, path.reshape(4, 4).T, strict=True)}
    show.lines(f"Boosting {target} without an end", _drawn, x="rounds, power of 10", y="mean of 3 folds")
    return metrics, path, rounds, scored, shares


@app.cell(hide_code=True)
def reveal(guess, metrics, path, rounds, shares):
    (_first, _right), (_last, _still), (_base, _majority) = path[0, :, 1], path[-1, :, 1], shares[:, 1]
    truth = guess.options[0 if _still < _majority - 0.02 else 1 if _still < _majority + 0.05 else 2]
    _told = f"""From {rounds[0]} to {rounds[-1]} rounds, {metrics[0]} on new rows goes from {_first:.3f} to {_last:.3f};
    the baseline, which says the same of every row, has {_base:.3f}. Yet {metrics[1]} is {_still:.3f} after
    {_right:.3f}, the baseline's {_majority:.3f}. Most decisions stay; what overfits first is *confidence*: training
    pushes every chance towards 0 or 1, and each confident error costs dearly. When to stop depends on the metric."""
    show.reveal(guess, truth, _told)
    return (truth,)


@app.cell
def memory(metrics, scored):
    asked = {"random_forest": {"trees": 30, "min_rows": 1}, "decision_tree": {"repeats": 1}}
    memories = {n: [*scored(n, **how)[1], scored(n, shuffle=True, **how)[1, 0]] for n, how in asked.items()}
    _heads = ("learner", "rows it knows", "new rows", "rows it knows, labels shuffled")
    _rows = [dict(zip(_heads, (name.replace("_", " "), *m), strict=True)) for name, m in memories.items()]
    show.table(f"Who learns nonsense by heart? ({metrics[1]})", _rows)
    return (memories,)


@app.cell(hide_code=True)
def follow_ups(memories):
    _forest, _tree = memories.values()
    mo.md(rf"""
    ## What an interviewer asks next

    - **Training score 100 %: overfit?** Not by that alone. Above, the forest knows even shuffled labels to
      {_forest[2]:.0%} (so networks do: Zhang and others 2017), and yet it tells new rows as well as the pruned tree
      ({_forest[1]:.3f}, {_tree[1]:.3f}).
    - **Is a large gap bad?** Compare new rows, not gaps: the pruned tree's gap is small as it learned less.
    - **Can validation rows be overfitted?** Yes: the best of many trials is also the luckiest. So Ninefold seals some.
    """)


@app.function
def check_stop(function, rng):
    losses = rng.permutation(50) + 1.0
    assert function(losses, 50) == losses.argmin() + 1
    falling = np.r_[np.arange(30, 10, -1.0), 40 + rng.random(5), 1.0]
    assert [function(falling, patience) for patience in (1, 5, 6)] == [20, 20, 26]
    assert function(np.r_[3.0, 4.0, 2.0, 5.0, 1.0, 6.0], 2) == 5


@app.cell(hide_code=True)
def exercise():
    mutants = (("loss < best", "loss > best"), (">= patience", "> patience"), ("return at", "return number"))
    show.exercise(best_round, checks=(check_stop,), mutants=mutants)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/diagnosis/curves.py", "src/ninefold/select/actions/overfit.py"), "Evaluation")


@app.cell
def test_claims(flattered, memories, path, shares, stopped, truth):
    assert truth == "far better than the majority's" and stopped[0] < 10 and stopped[1] > 50 and flattered > 0.01
    assert path[-1, 0, 1] > shares[0, 1] > path[0, 0, 1] and path[-1, 1, 1] > shares[1, 1] + 0.1
    (known, new, nonsense), pruned = memories.values()
    assert nonsense > 0.9 and known > 0.95 and new > pruned[1] - 0.01 and known - new > pruned[0] - pruned[1] + 0.05


if __name__ == "__main__":
    app.run()
