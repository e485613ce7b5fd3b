"""Question 26: layers, what bends buy, and how weights are found."""

import marimo

app = marimo.App()

with app.setup:
    import marimo as mo
    import numpy as np
    from sklearn.datasets import make_circles
    from sklearn.linear_model import LogisticRegression

    from ninefold.guide import show
    from ninefold.networks.backpropagation import TwoLayers


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 26 · How do neural networks work?

    **In thirty seconds.** A layer multiplies its input by weights, adds biases, and bends each sum by an activation
    function; layers follow each other, so that features are learned and not given. A loss (cross-entropy for classes,
    squared error for numbers) says how wrong the answers are, backpropagation how it changes with each weight, and an
    optimiser (gradient descent, momentum, Adam) moves the weights a little, batch after batch. With enough units one
    bent layer can come near any continuous function (Cybenko 1989; Hornik 1991); nobody says that training finds it.
    A forward pass as it is often written down:
    """)


@app.function
def forward(x, layers):
    for w, b in layers:
        x = np.maximum(0, np.dot(x, w) + b)
    return x


@app.function
def adam(w, gradient, mean, square, t, rate=0.001, b1=0.9, b2=0.999):
    """Step t, from 1 on, of Adam (Kingma, Ba 2015) for an array w. Give the new w, and the running means of gradients
    (share b1 of the old) and of their squares (b2), which both begin as 0; a step divides one by the root of the other
    (+ 1e-8), both freed from that beginning."""
    mean = b1 * mean + (1 - b1) * gradient
    square = b2 * square + (1 - b2) * gradient**2
    return w - rate * (mean / (1 - b1**t)) / (np.sqrt(square / (1 - b2**t)) + 1e-8), mean, square


@app.cell
def examined():
    _rng = np.random.default_rng(0)
    _x, layers = _rng.normal(size=(1000, 5)), [(_rng.normal(size=(5, 5)), _rng.normal(size=5)) for _ in range(3)]
    lowest = forward(_x, layers).min()  # the last layer is bent as well: no number below 0, no score for a softmax
    (first, _), (second, _), (third, _) = layers
    gap = abs(_x @ first @ second @ third - _x @ (first @ second @ third)).max()
    told = {"lowest answer of the listed code": lowest, "three layers without bends, less one": gap}
    show.table("No bends, no layers; and no answer below 0", [{"what": k, "is": v} for k, v in told.items()])
    return gap, lowest


@app.cell(hide_code=True)
def predict():
    options = ("about half of the points", "three quarters", "nearly all of them")
    guess = show.ask("Two rings, one in the other. Many layers, but no activation function. Right are …", options)
    guess
    return (guess,)


@app.cell
def experiment():
    x, y = make_circles(600, factor=0.5, noise=0.08, random_state=0)
    linear = LogisticRegression().fit(x[:300], y[:300])  # layers without bends get no further
    straight = linear.score(x[300:], y[300:])
    units, bent = (1, 2, 3, 4, 8, 16), []
    for hidden in units:
        net = TwoLayers.drawn(2, hidden, 2, np.random.default_rng(0))
        for _ in range(2000):
            net = net.moved(net.gradients(x[:300], y[:300]), 1.0)
        bent.append((net.probabilities(x[300:]).argmax(axis=1) == y[300:]).mean())
    paths, shares = {"tanh": (units, bent), "no bend": (units, [straight] * 6)}, "share right of 300 new points"
    show.lines("Three bent units close a ring; a line cannot", paths, x="hidden units", y=shares)
    return bent, straight


@app.cell
def optimisers():
    steep = np.array([1.0, 100.0])  # a narrow valley: half of steep * w squared

    def descend(step, count=100):
        w, state = np.array([1.0, 1.0]), (0.0, 0.0)
        for t in range(1, count + 1):
            w, *state = step(w, steep * w, *state, t)
        return (steep * w**2).sum() / 2

    def momentum(w, g, v, *rest):
        return w - 0.01 * (0.9 * v + g), 0.9 * v + g, rest[0]

    valley = {f"gradient descent, rate {r}": descend(lambda w, g, *s, r=r: (w - r * g, *s[:2])) for r in (0.019, 0.021)}
    valley["momentum 0.9, rate 0.01"] = descend(momentum)
    valley["Adam, rate 0.1"] = descend(lambda *state: adam(*state, rate=0.1))
    show.table("From a loss of 50.5, after 100 steps", [{"optimiser": k, "loss": v} for k, v in valley.items()])
    return (valley,)


@app.cell(hide_code=True)
def reveal(bent, guess, straight, valley):
    truth = tuple(guess.options)[(straight > 0.65) + (straight > 0.9)]
    losses = list(valley.values())
    text = f"""Without bends it is a linear model, however deep: {straight:.2f} of the new points. With tanh, one unit
        gets {bent[0]:.2f}, three get {bent[2]:.2f}. Finding weights is another matter. At rate 0.019 the loss in the
        valley falls to {losses[0]:.2g}, with momentum to {losses[2]:.2g}; at 0.021, past 2 / curvature, it explodes."""
    show.reveal(guess, truth, text)
    return losses, truth


@app.cell(hide_code=True)
def follow_ups():
    mo.md(r"""
    ## What an interviewer asks next

    - **Why not start with all weights 0?** The units of a layer would stay alike; random weights make them differ.
    - **Why cross-entropy and not squared error for classes?** It pulls hardest where the answer is worst: question 28.
    - **Deep or wide?** Width suffices in principle, at the price of units; depth builds on what earlier layers found.
    - **SGD or Adam?** Adam divides each weight's step by the size of its gradients, so that one rate fits the valley
      above; AdamW decays weights apart from that (Loshchilov, Hutter 2019).
    """)


@app.function
def check_steps(function, rng):
    w, gradient, state, scaled = rng.normal(size=4), rng.normal(size=4), (0.0, 0.0), (0.0, 0.0)
    for t in range(1, 6):  # steps along one gradient are all of the length of the rate, whatever the gradient's
        moved, *state = function(w, gradient, *state, t, rate=0.1)
        np.testing.assert_allclose(moved, w - 0.1 * np.sign(gradient), atol=1e-5)
        other, *scaled = function(w, 100 * gradient, *scaled, t, rate=0.1)
        np.testing.assert_allclose(moved, other, atol=1e-5)


@app.cell(hide_code=True)
def exercise():
    mutants = (("b1 * mean +", "mean +"), (" / (1 - b1**t)", ""), ("np.sqrt(square / (1 - b2**t))", "np.sqrt(square)"))
    show.exercise(adam, checks=(check_steps,), mutants=(*mutants, ("w - rate", "w + rate")))


@app.cell(hide_code=True)
def where():
    show.where(("src/ninefold/learners/mlp.py", "src/ninefold/networks/training/optimisers.py"), "Diagnosis")


@app.cell
def test_claims(bent, gap, losses, lowest, straight, truth):
    assert truth == "about half of the points" and straight < 0.6 and bent[0] < 0.8 and bent[2] > 0.95
    assert lowest == 0 and gap < 1e-12 and losses[2] < losses[0] < 50.5 and losses[1] > 1e6


if __name__ == "__main__":
    app.run()
