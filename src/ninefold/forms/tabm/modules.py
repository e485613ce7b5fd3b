"""TabM's network as PyTorch modules of the library ``tabm``. Loads torch: import this inside functions only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import rtdl_num_embeddings
import tabm
import torch

from ninefold.core.table import Array
from ninefold.forms.alone import alone
from ninefold.forms.tabm.layout import Inputs, Shape

ROWS = 512
"""Rows that predictions are made of at once."""


@dataclass(frozen=True, eq=False)
class Network:
    """``modules`` are the library's: ``embed`` (absent where no column is embedded), ``backbone`` and ``head``.
    ``embedded`` and ``plain`` are column numbers as tensors."""

    modules: Any
    embedded: Any
    plain: Any

    @classmethod
    def of(cls, inputs: Inputs, shape: Shape, dropout: float) -> Network:
        """A new network, its weights drawn from torch's generator."""
        found = len(inputs.edges)
        chunks = [shape.embedding] * found + [1] * len(inputs.plain)
        modules = torch.nn.ModuleDict({"embed": _embedding(inputs, shape.embedding)} if found else {})
        modules["backbone"] = tabm.make_tabm_backbone(
            d_in=sum(chunks),
            n_blocks=shape.blocks,
            d_block=shape.width,
            dropout=dropout,
            k=shape.members,
            start_scaling_init="normal" if found else "random-signs",
            start_scaling_init_chunks=chunks,
        )
        modules["head"] = tabm.LinearEnsemble(shape.width, shape.scores, k=shape.members)
        return cls(modules, torch.from_numpy(inputs.embedded), torch.from_numpy(inputs.plain))

    def scores(self, x: Any) -> Any:
        """[N, D] to [N, members, scores]."""
        parts = [x[:, self.plain]]
        if len(self.embedded):
            parts.insert(0, self.modules["embed"](x[:, self.embedded]).flatten(1))
        seen = tabm.ensemble_view(torch.cat(parts, 1), self.modules["backbone"].k, True)
        return self.modules["head"](self.modules["backbone"](seen))

    def mean(self, x: Any, *, softmax: bool) -> Any:
        """[N, D] to [N, scores]: the mean of the members' probabilities, or of their values, without dropout."""
        self.modules.eval()
        with torch.inference_mode():
            scores = [self.scores(rows) for rows in x.split(ROWS)]
            return torch.cat([(s.softmax(2) if softmax else s).mean(1) for s in scores])

    def weights(self) -> tuple[tuple[str, Array], ...]:
        """Copies of the learned weights by the library's names."""
        return tuple((name, w.detach().numpy().copy()) for name, w in self.modules.named_parameters())

    def load(self, weights: tuple[tuple[str, Array], ...]) -> None:
        """What `weights` gave."""
        self.modules.load_state_dict({name: torch.from_numpy(w) for name, w in weights}, strict=False)


def _embedding(inputs: Inputs, width: int) -> Any:
    bins = [torch.from_numpy(edges) for edges in inputs.edges]
    return rtdl_num_embeddings.PiecewiseLinearEmbeddings(bins, width, activation=False, version="B")


def predicted(
    inputs: Inputs, shape: Shape, weights: tuple[tuple[str, Array], ...], x: Array, *, softmax: bool
) -> Array:
    """`Network.mean` of float64 rows [N, D], by the library in float64."""
    with alone(0):
        network = Network.of(inputs, shape, 0.0)
        network.load(weights)
        network.modules.double()
        return np.asarray(network.mean(torch.tensor(x), softmax=softmax).numpy())
