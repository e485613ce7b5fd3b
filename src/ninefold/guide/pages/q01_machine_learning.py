"""Question 1: a rule written by hand against rules that are found, on the passengers of the Titanic."""

import marimo

app = marimo.App()

with app.setup:
    import marimo as mo
    import numpy as np

    from ninefold.guide import lab, show, tables


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 1 · What is machine learning?

    **In thirty seconds.** Programming by example. Nobody writes the rule: people choose a family of rules and a
    measure of error, and the machine takes the rule that errs least on examples. It has *learned* if, with more
    experience, it does better on examples it has **not** seen (Mitchell, *Machine Learning*, 1997: task T, performance
    P, experience E). A good answer names the unseen examples, and something simple that has to be beaten.

    Who survived the Titanic? Here is the rule that a person writes down, from the order given at the boats, and the
    smallest learner there is: it says of each value of a column what was most often true (the "1R" of Holte 1993).
    """)


@app.function
def women_and_children(sex, age):
    return (sex == "female") | (age < 13)


@app.function
def one_rule(column, y):
    """For each value of a column [N], the class that most of its rows have, by value; y [N] is 0 or 1, a tie says 0."""
    return {value: int(y[column == value].mean() > 0.5) for value in np.unique(column)}


@app.cell
def passengers():
    _table = tables.titanic()
    sex, fare, age, y = (_table[name].to_numpy() for name in ("sex", "fare", "age", "survived"))
    X = np.column_stack([sex == "female", age, fare, _table.select("pclass", "sibsp", "parch")])
    by_hand = women_and_children(sex, age) == y
    return X, by_hand, fare, sex, y


@app.cell
def by_heart(fare, sex, y):
    # Of the price of a ticket it finds a rule as well, on one half of the passengers. What is it worth on the other?
    def _tried(column, seed):
        known, new = np.split(np.random.default_rng(seed).permutation(len(y)), [len(y) // 2])
        rule = one_rule(column[known], y[known])
        right = np.array([rule.get(value, 0) for value in column]) == y
        return right[known].mean(), right[new].mean()

    _two = {"sex": sex, "fare": fare}
    halves = {name: np.mean([_tried(of, seed) for seed in range(20)], axis=0) for name, of in _two.items()}
    _rows = [{"column": name, "half it saw": h[0], "other half": h[1]} for name, h in halves.items()]
    show.table("A rule for every price is learned by heart; share told rightly, mean of 20 halves", _rows)
    return (halves,)


@app.cell(hide_code=True)
def predict():
    guess = show.ask(
        "Boosted trees see sex, age, class, fare and family. From how many passengers must they learn until they are "
        "better than “women and children first”, beyond doubt?",
        ("about 20", "about 100", "several hundred"),
    )
    guess
    return (guess,)


@app.cell
def experiment(X, by_hand, y):
    sizes, draws = (12, 25, 50, 100, 200, 400, 640), 30
    gain = np.empty((draws, len(sizes)))
    for _draw in range(draws):
        _rng = np.random.default_rng(_draw)
        _new, _rest = np.split(_rng.permutation(len(y)), [250])
        for _i, _n in enumerate(sizes):
            _form = lab.fit("lightgbm", X[_rest[:_n]], y[_rest[:_n]], trees=60, seed=_draw)
            gain[_draw, _i] = np.mean(_form.predict(X[_new]).argmax(axis=1) == y[_new]) - by_hand[_new].mean()
    middle, doubt = 100 * gain.mean(axis=0), 196 * gain.std(axis=0, ddof=1) / np.sqrt(draws)
    show.intervals(
        "Experience pays: with few examples the rule by hand is better, with many the learner",
        {f"{n:.0f} passengers": (m - d, m, m + d) for n, m, d in np.column_stack([sizes, middle, doubt])},
        x="points of accuracy beyond the rule by hand",
        note="Mean of 30 draws with its 95 % interval, both judged on the same 250 passengers.",
    )
    return doubt, middle, sizes


@app.cell(hide_code=True)
def reveal(by_hand, doubt, guess, middle, sizes, y):
    crossing = sizes[np.argmax(middle > doubt)]
    truth = "about 20" if crossing < 50 else "about 100" if crossing <= 100 else "several hundred"
    _text = f"""
    From {sizes[1]} passengers they are {-middle[1]:.0f} points worse than one line of code, from {sizes[3]} still
    {-middle[3]:.1f}; from {crossing} on they are surely ahead, with {sizes[-1]} by {middle[-1]:.1f} ± {doubt[-1]:.1f}
    points. The line itself is right in {by_hand.mean():.1%}; saying "died" of everybody would be in
    {1 - y.mean():.1%}. Most of what can be known here a person can write down. Machine learning earns the rest, if it
    has examples."""
    show.reveal(guess, truth, _text)
    return crossing, truth


@app.cell(hide_code=True)
def follow_ups(halves):
    mo.md(rf"""
    ## What an interviewer asks next

    - **Is it "learning without being explicitly programmed"?** That phrase goes by the name of Samuel (1959). Much
      *is* programmed: the columns, the family of rules, the error that counts. What the machine finds are the numbers
      in it.
    - **Why must the examples be new?** The rule of the fares is right for {halves["fare"][0]:.0%} of the passengers it
      saw, more than that of the sexes ({halves["sex"][0]:.0%}), and for {halves["fare"][1]:.0%} of others.
    - **When would you not use it?** When a rule that can be read does as well, when examples are few, or when nobody
      can say which error is worse. Write the rule down first: it is the baseline.
    """)


@app.function
def check_no_other_answer_is_better(function, rng):
    column, y = rng.integers(5, size=200), rng.integers(2, size=200)
    rule = function(column, y)
    assert set(rule) == set(column)
    assert all(np.sum(y[column == value] == said) >= np.sum(y[column == value] != said) for value, said in rule.items())
    assert function(np.array(["a", "a", "b"]), np.array([0, 1, 1])) == {"a": 0, "b": 1}


@app.cell(hide_code=True)
def exercise():
    _mutants = (("> 0.5", ">= 0.5"), ("> 0.5", "< 0.5"), ("y[column == value]", "y"))
    show.exercise(one_rule, checks=(check_no_other_answer_is_better,), mutants=_mutants)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/learners/baseline.py", "src/ninefold/learners/rules.py"), "Models")


@app.cell
def test_claims(by_hand, crossing, doubt, halves, middle, truth, y):
    assert truth == "several hundred" and crossing >= 200
    assert (middle + doubt)[:4].max() < 0 < (middle - doubt)[-1]
    assert by_hand.mean() - (1 - y.mean()) > 5 * middle[-1] / 100  # "most of what can be known"
    assert halves["fare"][0] > halves["sex"][0] > halves["fare"][1] + 0.08


if __name__ == "__main__":
    app.run()
