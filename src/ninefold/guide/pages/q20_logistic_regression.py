"""Question 20: logistic regression, from a few lines of NumPy to what is missing in them."""

import marimo

app = marimo.App()

with app.setup:
    import marimo as mo
    import numpy as np
    from sklearn.datasets import load_breast_cancer
    from sklearn.linear_model import LogisticRegression

    from ninefold.guide import show


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 20 · How does logistic regression learn?

    **In thirty seconds.** It is a linear model of the log-odds, $\log\frac{p}{1-p} = w^\top x + b$, so
    $p = \sigma(w^\top x + b)$. The weights are those under which the labels are most likely: they minimise the log
    loss. That loss is convex, its gradient is $X^\top(p - y)/n$, and any careful descent reaches the same lowest
    value (Hastie, Tibshirani, Friedman, *The Elements of Statistical Learning*, section 4.4).

    This is how it is often written down in an interview. It runs. What does it leave out?
    """)


@app.function
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


@app.function
def logistic_regression(X, y, lr=0.01, epochs=1000):
    weights = np.zeros(X.shape[1])
    for _ in range(epochs):
        z = np.dot(X, weights)
        preds = sigmoid(z)
        gradient = np.dot(X.T, (preds - y)) / len(y)
        weights -= lr * gradient
    return weights


@app.function
def safe_sigmoid(z):
    """The logistic function of each number in an array z, without overflow for any finite one."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, small) / (1 + small)


@app.cell(hide_code=True)
def predict():
    guess = show.ask(
        "30 standardised columns and an intercept, `lr=0.01`, 1,000 epochs. The training loss …",
        ("diverges", "is at its lowest", "is still far from its lowest"),
    )
    guess
    return (guess,)


@app.cell
def experiment():
    raw, y = load_breast_cancer(return_X_y=True)
    ones, scaled = np.ones(len(y)), (raw - raw.mean(axis=0)) / raw.std(axis=0)
    X = np.c_[ones, scaled]  # the column of ones is the intercept, which the listed code lacks
    best = LogisticRegression(C=np.inf, max_iter=5000, fit_intercept=False).fit(X, y)

    def loss(w):
        return np.logaddexp(0, np.where(y == 1, -(X @ w), X @ w)).mean()

    epochs, lowest = (1, 3, 10, 30, 100, 300, 1000), loss(best.coef_[0])
    losses = {lr: [loss(logistic_regression(X, y, lr, n)) for n in epochs] for lr in (0.01, 0.1, 1.0)}
    show.lines(
        "A hundred times the step does not reach the bottom in 1,000 epochs either",
        {f"lr = {lr}": (np.log10(epochs), path) for lr, path in losses.items()},
        x="epochs, as a power of 10",
        y="training log loss",
    )
    return X, best, loss, losses, lowest, ones, raw, y


@app.cell(hide_code=True)
def reveal(X, best, guess, losses, lowest, ones, raw, y):
    first, last = losses[0.01][0], losses[0.01][-1]
    reached = "is at its lowest" if last < 2 * lowest else "is still far from its lowest"
    truth, accuracy = "diverges" if last > first else reached, best.score(X, y)
    steep = [np.log10(np.linalg.cond(A.T @ A)) for A in (np.c_[ones, raw], X)]
    show.reveal(
        guess,
        truth,
        f"""After 1,000 epochs it is {last:.3f}. L-BFGS goes down to {lowest:.4f} and classifies a share of
        {accuracy:.3f} of these rows rightly: a plane parts the classes; without a penalty the weights grow for ever.

        Scaling matters: the condition number of $X^\\top X$, which sets the pace of gradient descent, is
        $10^{{{steep[0]:.0f}}}$ for the raw columns and $10^{{{steep[1]:.0f}}}$ for the standardised ones.""",
    )
    return accuracy, steep, truth


@app.cell(hide_code=True)
def follow_ups():
    mo.md(r"""
    ## What an interviewer asks next

    - **Where is the intercept?** Nowhere: the boundary passes through the origin. Append a column of ones.
    - **And at z = −1000?** `np.exp(1000)` overflows; 0 comes out by luck. `scipy.special.expit` is safe.
    - **The classes can be parted. The weights?** They grow without bound. A penalty (L2, `C`) keeps them finite.
    - **When is it done?** When the gradient is small, not after 1,000 epochs. L-BFGS uses curvature, and is fast.
    """)


@app.function
def check_symmetry(function, rng):
    z = rng.normal(0, 5, 50)
    np.testing.assert_allclose(function(-z), 1 - function(z), atol=1e-12)
    assert (np.diff(function(np.sort(z))) >= 0).all()


@app.function
def check_extremes(function, rng):
    with np.errstate(over="raise"):
        np.testing.assert_allclose(function(np.array([-1000.0, 0.0, 1000.0])), [0, 0.5, 1], atol=1e-12)


@app.cell(hide_code=True)
def exercise():
    mutants = (("-np.abs(z)", "-z"), ("z >= 0", "z < 0"), ("(1 + small)", "(1 + 2 * small)"))
    show.exercise(safe_sigmoid, checks=(check_symmetry, check_extremes), mutants=mutants)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/learners/logistic_regression.py", "src/ninefold/learners/_logistic.py"), "Models")


@app.cell
def test_claims(X, accuracy, best, loss, losses, lowest, steep, truth, y):
    assert truth == "is still far from its lowest"
    assert round(losses[0.01][-1], 3) == 0.103 and lowest < 0.001 and losses[1.0][-1] > 0.01
    assert accuracy == 1.0 and [round(power) for power in steep] == [12, 5]
    w, step = best.coef_[0] / 100, 1e-6
    slope = [(loss(w + step * e) - loss(w - step * e)) / (2 * step) for e in np.eye(len(w))]
    np.testing.assert_allclose(X.T @ (sigmoid(X @ w) - y) / len(y), slope, atol=1e-6)


if __name__ == "__main__":
    app.run()
