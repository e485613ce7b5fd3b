"""Question 27: what bends a network, and what becomes of gradients on the way back through many bends."""

import marimo

app = marimo.App()

with app.setup:
    import marimo as mo
    import numpy as np
    from scipy.special import erf

    from ninefold.guide import show


@app.cell(hide_code=True)
def answer():
    mo.md(r"""
    # 27 · Which activation functions are there?

    **In thirty seconds.** Sigmoid goes to (0, 1) and is for probabilities at the output; tanh goes to (−1, 1) and is
    centred; both are flat at their ends, where little gradient comes through. ReLU, $\max(0, x)$, is not flat on one
    side and is cheap: the default between layers. It does saturate on the other side, where units can die; leaky ReLU,
    GELU and SiLU leave something there (Glorot, Bordes, Bengio 2011; Hendrycks, Gimpel 2016).
    """)


@app.function
def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@app.function
def relu(x):
    return np.maximum(0, x)


@app.function
def gelu(x):
    """Each number of the array x times the probability that a standard normal number lies below it; exact, by erf."""
    return x * 0.5 * (1 + erf(x / np.sqrt(2)))


@app.function
def slope(f, x, step=1e-6):
    return (f(x + step) - f(x - step)) / (2 * step)


@app.function
def backwards(f, gain, layers=12, units=64):
    """The size of the gradient at each layer, that of the last being 1. Weights have the variance gain / units."""
    rng = np.random.default_rng(0)
    a, weights, sums = rng.normal(size=(200, units)), [], []
    for _ in range(layers):
        weights.append(rng.normal(size=(units, units)) * np.sqrt(gain / units))
        sums.append(a @ weights[-1])
        a = f(sums[-1])
    gradient, sizes = rng.normal(size=a.shape), []
    for w, s in zip(weights[::-1], sums[::-1], strict=True):
        gradient = gradient * slope(f, s)
        sizes.append(np.linalg.norm(gradient))
        gradient = gradient @ w.T
    return np.array(sizes[::-1]) / sizes[0]


@app.cell
def shapes():
    x, normal = np.linspace(-30, 30, 60_001), np.random.default_rng(0).normal(size=100_000)
    known = {"sigmoid": sigmoid, "tanh": np.tanh, "ReLU": relu, "GELU": gelu}
    heads = ("function", "lowest", "highest", "steepest", "slope at -5", "mean answer")
    told = [(f(x).min(), f(x).max(), slope(f, x).max(), slope(f, -5.0), f(normal).mean()) for f in known.values()]
    rows = [dict(zip(heads, (name, *values), strict=True)) for name, values in zip(known, told, strict=True)]
    show.table("Only tanh answers around 0; a sigmoid lets a quarter of a gradient through at best", rows)
    return known, rows


@app.cell(hide_code=True)
def predict():
    options = ("about 1", "about a hundredth", "less than a millionth")
    guess = show.ask("Twelve layers of 64 sigmoids. The gradient at the first is that of the last times …", options)
    guess
    return (guess,)


@app.cell
def experiment(known):
    gains = {"sigmoid": 1, "tanh": 1, "ReLU": 2, "GELU": 2}  # Glorot, Bengio 2010; He and others 2015
    sizes = {name: backwards(f, gains[name]) for name, f in known.items()}
    paths = {name: (range(1, 13), np.log10(size)) for name, size in sizes.items()}
    title, axis = "Through sigmoids nothing comes back, through the others much of it", "gradient, as a power of 10"
    show.lines(title, paths, x="layer", y=axis)
    return (sizes,)


@app.cell(hide_code=True)
def reveal(guess, sizes):
    first = sizes["sigmoid"][0]
    truth = "less than a millionth" if first < 1e-6 else "about a hundredth" if first < 0.1 else "about 1"
    one_gain, _rng = backwards(relu, 1)[0], np.random.default_rng(1)
    centred = _rng.normal(size=(500, 64)) @ _rng.normal(size=(64, 400)) / 8
    pushed = centred - 4 * (_rng.random(400) < 0.3)  # what one far too large step may do to the biases of 3 in 10 units
    dead = [(relu(sums).max(axis=0) == 0).mean() for sums in (centred, pushed)]
    text = f"""It is $10^{{{np.log10(first):.0f}}}$ times as large: the first layers do not learn. Tanh keeps
        {sizes["tanh"][0]:.2f} of it, ReLU {sizes["ReLU"][0]:.2f}. Weights belong to the function: with those of tanh,
        ReLU keeps {one_gain:.2f}. And ReLU can die: of 400 units {dead[0]:.0%} are 0 for all of 500 rows; after a bad
        step, which pushes the biases of 3 in 10 to −4, {dead[1]:.0%} are. No gradient reaches them any more."""
    show.reveal(guess, truth, text)
    return dead, first, one_gain, truth


@app.cell(hide_code=True)
def follow_ups():
    mo.md(r"""
    ## What an interviewer asks next

    - **Why not sigmoids between layers?** Steepest slope 1/4, and answers around 1/2: see both tables.
    - **And at the output?** Sigmoid for yes or no, softmax for classes, nothing for numbers, exp for counts.
    - **What does a network do without any?** Products of matrices are a matrix: it is linear (question 26).
    - **What helps a dying ReLU?** A smaller rate or a warm-up, clipping, normalisation, or a leaky variant.
    """)


@app.function
def check_values(function, rng):
    x, draws = rng.normal(0, 3, 1000), rng.normal(size=20_000)
    np.testing.assert_allclose(function(x), x * np.array([(draws < value).mean() for value in x]), atol=0.1)
    np.testing.assert_allclose(function(np.abs(x)) - function(-np.abs(x)), np.abs(x), atol=1e-12)


@app.cell(hide_code=True)
def exercise():
    mutants = (("x / np.sqrt(2)", "x / 2"), ("1 + erf", "1 - erf"), ("0.5 * ", ""), ("x * 0.5", "np.abs(x) * 0.5"))
    show.exercise(gelu, checks=(check_values,), mutants=mutants)


@app.cell(hide_code=True)
def where():
    show.where(
        ("src/ninefold/networks/layers/activation.py", "src/ninefold/evaluate/findings/silent_units.py"), "Diagnosis"
    )


@app.cell
def test_claims(dead, first, known, one_gain, rows, sizes, truth):
    sigmoids, tanhs, relus, gelus = rows
    assert truth == "less than a millionth" and sizes["tanh"][0] > 0.1 and sizes["ReLU"][0] > 0.1 and one_gain < 0.05
    assert dead[0] == 0 and 0.2 < dead[1] < 0.4
    assert 0 <= sigmoids["lowest"] < sigmoids["highest"] <= 1 and abs(sigmoids["steepest"] - 0.25) < 1e-6
    assert (
        tanhs["lowest"] >= -1 and tanhs["highest"] <= 1 and abs(tanhs["mean answer"]) < 0.01 < sigmoids["mean answer"]
    )
    assert relus["lowest"] == 0 and relus["slope at -5"] == 0 and gelus["slope at -5"] != 0
    assert abs(gelu(0.0)) == 0 and all(np.isfinite(f(np.array([-30.0, 30.0]))).all() for f in known.values())


if __name__ == "__main__":
    app.run()
