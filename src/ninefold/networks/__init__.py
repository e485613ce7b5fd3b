"""Networks: layers as plain data, one form for all of them, one training loop.

**Layers** (`networks.layers`, one file each, frozen dataclasses without weights): `Dense`, `Embedding`, `Conv2d`,
`Conv1d`, `BatchNorm`, `LayerNorm`, `Dropout`, `Activation`, `Pool2d`, `GlobalPool`, `Flatten`, `Recurrent`,
`Attention`, `CrossAttention`, `Positions`, `Sequential`, `Residual`. Widths of what comes in are never said: they
follow from the shape. Images are [N, C, H, W], sequences [N, T, C] with a mask [N, T]. A layer of your own is a file
there with ``shape``, ``module``, ``forward`` (torch) and ``nodes`` (ONNX); see `networks.layer.Layer`.

**Inputs** (`networks.inputs`): `Columns(d)`, `Pixels.of(x, shape)`, `Tokens(length)`, `Series.of(x, shape)`; each turns
the view's [N, D] into what layers take, in torch and in the graph.

**A learner's fit**, with stopping rows, clock and place taken from ``data``::

    def body(scores):
        return Sequential((Conv2d(32), BatchNorm(), Activation("relu"), Pool2d(), GlobalPool("mean"), Dense(scores)))

    plan = Plan(epochs=self.epochs, batch=128, rate=1e-3, schedule="one_cycle", decay=0.05)
    return fitted(data, Pixels.of(data.x, data.shape), body, plan, rng=rng, clock=clock, augment=flip)

`fitting.fitted` gives a `form.NetworkForm` (``.network()`` is its torch module; ``.weights`` are named arrays).
``augment(rows, targets)`` sees training batches alone; ``start=form.weights`` with ``Plan.groups`` is transfer
(``Group("0.", 0.0)`` freezes the first layer, ``Group("", 0.1)`` slows all others); ``soft=`` and ``weights=`` are
distributions and row weights.

**Another target** (tokens to tokens, several targets, masked losses): write a `training.lesson.Lesson` (``batches``,
``count``, ``loss``, ``told``) and, for stopping, a function that gives ``{"loss": …}``; then, within
`forms.alone.alone`, ``training.loop.train(module, lesson, watch, plan, clock=clock, place=data.place)``. Any torch
module will do.

`training.finder.range_test` finds a rate (or ``Plan(rate=0)``); `journal.read(place)` reads what each epoch said.
torch is imported by `networks.network` and `networks.training` alone: import those inside functions.
"""
