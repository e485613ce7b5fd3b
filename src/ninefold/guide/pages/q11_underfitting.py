"""Question 11: underfitting, as four patients with one symptom."""

import marimo

app = marimo.App()

with app.setup:
    from dataclasses import replace

    import marimo as mo
    import numpy as np

    from ninefold.guide import show, tools


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 11 · What is underfitting, and what helps?

    **In thirty seconds.** A model underfits when it misses what its training rows do tell: it is poor on them, and
    about as poor on others (bias). Against it: a more flexible learner, more or better columns, less regularisation,
    longer training. Each cures one cause, and none cures noise, which looks just the same: the best possible model is
    poor there, too. More rows rarely help.

    A verdict from two scores, as one hears it in interviews. What can it not see?
    """)


@app.function
def verdict(train, validation):
    """overfit, underfit or good; skills from 0 (baseline) to 1 (perfect) on rows learned from and on others."""
    if train - validation > 0.25:
        return "overfit"
    return "underfit" if train < 0.5 else "good"


@app.function
def noisy(data, share):
    """The same rows with a share of the labels turned round."""
    turned = np.random.default_rng(len(data.y)).random(len(data.y)) < share
    return replace(data, y=np.where(turned, 1 - data.y, data.y))


@app.cell
def patients():
    patients = {
        "wrong shape": ("rings", "logistic_regression", {"c": 1.0}, 0.0),
        "held too tight": ("halfspace", "logistic_regression", {"c": 0.001}, 0.0),
        "stopped too soon": ("halfspace", "lightgbm", {"trees": 12, "learning_rate": 0.01}, 0.0),
        "noise": ("halfspace", "logistic_regression", {"c": 1.0}, 0.3),
    }

    def treated(world, learner, settings, share, rows=400, squares=False):
        """Log-loss of the rows that it knows, and of new ones: means of 3 draws."""
        losses = []
        for seed in range(3):
            known, new = (noisy(tools.world(world, n, n + seed), share) for n in (rows, 4010))
            if squares:
                known, new = (replace(d, x=np.hstack([d.x, d.x**2])) for d in (known, new))
            form = tools.fit(learner, known, seed, **settings)
            losses.append([tools.score("log_loss", form, data) for data in (known, new)])
        return np.mean(losses, axis=0)

    before = {name: treated(*case) for name, case in patients.items()}
    said = {name: verdict(*(1 - np.array(losses) / np.log(2))) for name, losses in before.items()}
    _heads = ("patient", "rows it knows", "new rows (a coin has 0.693)", "verdict")
    show.table(
        "One symptom: log-loss, means of 3 draws",
        [dict(zip(_heads, (n, *before[n], said[n]), strict=True)) for n in patients],
    )
    return before, patients, said, treated


@app.cell(hide_code=True)
def predict():
    options = ("one of the four", "two of the four", "three of the four", "all four")
    guess = show.ask("All get a far more flexible learner, a forest. How many are cured (log-loss halved)?", options)
    guess
    return (guess,)


@app.cell
def experiment(before, patients, treated):
    def after(world, learner, settings, share):
        free = {"c": 100.0} if "c" in settings else settings | {"l2": 0.001, "min_rows": 1}
        long = settings | ({"iterations": 40_000} if "c" in settings else {"trees": 400})
        return {
            "a forest": treated(world, "random_forest", {"trees": 50}, share)[1],
            "squares as columns": treated(world, learner, settings, share, squares=True)[1],
            "hardly a penalty": treated(world, learner, free, share)[1],
            "30 to 100 times the steps": treated(world, learner, long, share)[1],
            "ten times the rows": treated(world, learner, settings, share, rows=4000)[1],
        }

    results = {name: {"as it was": before[name][1], **after(*case)} for name, case in patients.items()}
    _rows = [{"treatment": how} | {name: results[name][how] for name in results} for how in results["noise"]]
    show.table("Log-loss on new rows: each treatment cures its own cause", _rows)
    return (results,)


@app.cell(hide_code=True)
def reveal(guess, results):
    _cured = [name for name, found in results.items() if found["a forest"] < found["as it was"] / 2]
    truth = guess.options[len(_cured) - 1]
    _least = -(0.3 * np.log(0.3) + 0.7 * np.log(0.7))
    _noise, _tight, _rings = results["noise"], results["held too tight"], results["wrong shape"]
    _told = f"""The forest cures {", ".join(_cured)}. It is not always the best cure: the one held too tight gets down
    to {_tight["hardly a penalty"]:.3f} without the penalty, the forest to {_tight["a forest"]:.3f}. For the wrong shape
    two columns do it ({_rings["squares as columns"]:.3f}); neither rows, steps nor freedom do. And with noise the
    forest is worse than before ({_noise["a forest"]:.3f} after {_noise["as it was"]:.3f}): of labels that are wrong
    three times in ten nobody can do better than {_least:.3f}. That patient was healthy."""
    show.reveal(guess, truth, _told)
    return (truth,)


@app.cell(hide_code=True)
def follow_ups(results):
    _slow = results["stopped too soon"]
    mo.md(rf"""
    ## What an interviewer asks next

    - **How do you tell noise from underfitting?** By treatment: if nothing flexible does better on new rows, it is
      noise, or a column that is not there. Repeated rows with different labels are a sign.
    - **Do more rows help?** Not the wrong shape. They do where they weaken a fixed penalty: above,
      {results["held too tight"]["ten times the rows"]:.3f} in place of {results["held too tight"]["as it was"]:.3f}.
    - **Train longer?** For who was stopped: {_slow["as it was"]:.3f} becomes {_slow["30 to 100 times the steps"]:.3f}.
      A convex fit that has converged does not move.
    - **Can a model underfit and overfit at once?** Yes: wrong in shape in one column, led by noise in another.
    """)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/diagnosis/curves.py", "src/ninefold/select/actions/underfit.py"), "Evaluation")


@app.cell
def test_claims(before, results, said, truth):
    assert truth == "three of the four" and all(0.55 < loss < 0.72 for losses in before.values() for loss in losses)
    assert set(said.values()) == {"underfit"}
    assert results["noise"]["a forest"] > results["noise"]["as it was"] and results["noise"]["as it was"] < 0.65
    shape, tight, slow, _ = results.values()
    assert shape["squares as columns"] < 0.2 and tight["hardly a penalty"] < tight["a forest"] < 0.3
    assert min(shape[how] for how in ("hardly a penalty", "30 to 100 times the steps", "ten times the rows")) > 0.65
    assert slow["30 to 100 times the steps"] < slow["as it was"] / 2


if __name__ == "__main__":
    app.run()
