"""Question 28: backpropagation, by hand, by a small autodiff, and what it costs."""

import marimo

app = marimo.App()

with app.setup:
    import marimo as mo
    import numpy as np
    from sklearn.datasets import load_digits

    from ninefold.guide import show
    from ninefold.networks.backpropagation import TwoLayers, softmax


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 28 · What is backpropagation?

    **In thirty seconds.** The chain rule, from the loss backwards. A layer gets the change of the loss with its output
    and makes of it the change with its weights and its input: for $Y = XW$ these are $X^\top \partial Y$ and
    $\partial Y W^\top$. What the forward pass computed is used again, so that one pass gives all derivatives
    (Rumelhart, Hinton, Williams 1986). It gives a gradient; it does not learn by itself. Often written down so:
    """)


@app.function
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


@app.function
def train_step(X, y, w1, w2, lr=0.1):
    hidden = sigmoid(np.dot(X, w1))
    output = sigmoid(np.dot(hidden, w2))
    d_output = (y - output) * output * (1 - output)
    d_hidden = np.dot(d_output, w2.T) * hidden * (1 - hidden)
    w2 = w2 + lr * np.dot(hidden.T, d_output)
    w1 = w1 + lr * np.dot(X.T, d_hidden)
    return w1, w2


@app.function
def slopes(loss, w, step=1e-6):
    moves = step * np.eye(w.size).reshape(-1, *w.shape)  # two forward passes for each number of w
    return np.reshape([(loss(w + move) - loss(w - move)) / (2 * step) for move in moves], w.shape)


@app.function
def backward(x, y, w, v):
    """The network says softmax(tanh(x W) V) for rows x [N, D], with w [D, H] and v [H, K]; its loss is the mean over
    rows of -log of the share of the right class, y [N]. Give the derivatives of the loss: those of w, then of v."""
    a = np.tanh(x @ w)
    p = softmax(a @ v)
    d_scores = (p - np.eye(v.shape[1])[y]) / len(y)
    d_sums = (d_scores @ v.T) * (1 - a**2)
    return x.T @ d_sums, a.T @ d_scores


@app.cell
def examined():
    _rng = np.random.default_rng(0)
    _x, _y, w1, w2 = (_rng.normal(size=size) for size in ((20, 3), (20, 1), (3, 4), (4, 1)))
    exact = slopes(lambda w: ((_y - sigmoid(sigmoid(_x @ w) @ w2)) ** 2).sum() / 2, w1)
    after = train_step(_x, _y, w1, w2, lr=1.0)  # a step of 1 is the gradient itself
    error = abs(w1 - after[0] - exact).max()
    hasty = abs(w1 - train_step(_x, _y, w1, after[1], lr=1.0)[0] - exact).max()
    pulls = (1 - sigmoid(-8)) * sigmoid(-8) * (1 - sigmoid(-8)), 1 - sigmoid(-8)
    told = {"largest error of the listed gradient": error, "the same if w2 is updated first": hasty}
    told |= {"pull of squared error on a score of -8, label 1": pulls[0], "pull of the log loss on it": pulls[1]}
    show.table("Right, but hardly a pull where the answer is worst", [{"what": k, "value": v} for k, v in told.items()])
    return error, hasty, pulls


@app.cell(hide_code=True)
def predict():
    options = ("one or two forward passes", "about 100 forward passes", "as many forward passes as there are weights")
    guess = show.ask("64 inputs, 10 classes, thousands of weights. All derivatives by backpropagation cost …", options)
    guess
    return (guess,)


@app.cell
def experiment():
    class Counted(np.ndarray):
        made = 0  # multiplications in matrix products

        def __matmul__(self, other):
            Counted.made += self.shape[0] * self.shape[1] * other.shape[1]
            return (np.asarray(self) @ np.asarray(other)).view(Counted)

        def __rmatmul__(self, other):
            return other.view(Counted) @ self

    x, y, costs = *(part[:200] for part in load_digits(return_X_y=True)), []
    for units in (8, 32, 128, 512):
        net = TwoLayers.drawn(64, units, 10, np.random.default_rng(units))
        Counted.made = 0
        backward(x.view(Counted), y, net.w.view(Counted), net.v.view(Counted))
        back = Counted.made / (200 * units * 74) - 1  # it begins with a forward pass, of 64 + 10 columns
        costs.append({"weights": units * 74, "backpropagation": back, "finite differences": 2.0 * units * 74})
    show.table("Multiplications, in forward passes: little more than one on the way back, whatever the size", costs)
    return costs, net, x, y


@app.cell(hide_code=True)
def reveal(costs, guess):
    most, tried = max(cost["backpropagation"] for cost in costs), costs[-1]["weights"]
    truth = "one or two forward passes" if 0.5 < most < 3 else "about 100 forward passes"
    text = f"""At most {most:.2f} more than the forward pass itself: each matrix takes part in two products on the way
        back, but nobody asks for the change with the input. Trying each of {tried:,} weights both ways takes
        {2 * tried:,} forward passes. The price is memory, for all that the forward pass computed."""
    show.reveal(guess, truth, text)
    return most, truth


@app.cell(hide_code=True)
def follow_ups():
    mo.md(r"""
    ## What an interviewer asks next

    - **What is wrong with the listed code?** No biases; sums, so that the step grows with the rows; and squared error
      behind a sigmoid, which hardly corrects what is surely wrong. The log loss does.
    - **When are weights updated?** When all derivatives are known; the first table has the error otherwise.
    - **How is a gradient checked?** Against central differences, in double precision, on a few weights.
    - **Why do gradients vanish or explode?** They are products with a factor for each layer: see questions 27 and 32.
    """)


@app.function
def check_differences(function, rng):
    x, y, w, v = rng.normal(size=(7, 3)), rng.integers(0, 4, 7), rng.normal(size=(3, 5)), rng.normal(size=(5, 4))
    d_w, d_v = function(x, y, w, v)
    net = lambda w, v: TwoLayers(w, 0, v, 0).loss(x, y)  # noqa: E731
    assert abs(d_w - slopes(lambda w: net(w, v), w)).max() + abs(d_v - slopes(lambda v: net(w, v), v)).max() < 1e-6


@app.cell(hide_code=True)
def exercise():
    mutants = (("(1 - a**2)", "(1 - a)"), (" / len(y)", ""), ("p - np", "p + np"), ("a.T @", "np.abs(a).T @"))
    show.exercise(backward, checks=(check_differences,), mutants=mutants)


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/networks/backpropagation.py", "src/ninefold/networks/training/loop.py"), "Diagnosis")


@app.cell
def test_claims(costs, error, hasty, most, net, pulls, truth, x, y):
    assert truth == "one or two forward passes" and 1 < most < 2 and error < 1e-7
    assert hasty > 1e-3 and pulls[0] < 0.001 and pulls[1] > 0.99
    for made, ours in zip(backward(x, y, net.w, net.v), (net.gradients(x, y).w, net.gradients(x, y).v), strict=True):
        np.testing.assert_allclose(made, ours, atol=1e-12)


if __name__ == "__main__":
    app.run()
