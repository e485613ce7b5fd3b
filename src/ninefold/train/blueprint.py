"""What the graph will be made of, before it is made: the same plan is carried out as nodes and in NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ninefold.core.problem import Problem
from ninefold.core.results import Calibration, Member
from ninefold.core.table import Array
from ninefold.forms.blend import blend_graph, blended
from ninefold.forms.calibration import calibrated, calibration_graph
from ninefold.forms.onnx import Var, const, op
from ninefold.forms.ranked import Scale
from ninefold.forms.stack import Stack
from ninefold.forms.windows import looked_ahead
from ninefold.train.deciding import Decision
from ninefold.train.policy import Policy


@dataclass(frozen=True)
class Blueprint:
    """``views``: the view of each member's trial. ``tolerance``: what graph and NumPy may differ by."""

    problem: Problem
    members: tuple[Member, ...]
    views: Mapping[int, str]
    calibration: Calibration
    decision: Decision
    tolerance: float
    stack: Stack | None = None
    """The second layer; without one, members are blended by their weights."""
    scale: Scale | None = None
    """Of anomalies: turns the blend of the members' shares into a share again."""
    policy: Policy | None = None
    """Where groups of rows have thresholds of their own."""
    kind: str = ""
    """Members are taken as their graphs of 8 bits of this kind, where they have such."""

    def predict(self, predictions: Mapping[int, Array]) -> Array:
        """Members' predictions [N, K] by trial to calibrated probabilities or values [N, K]."""
        blend = self._combined(predictions)
        if self.scale is not None:
            return self.scale.applied(blend)
        return calibrated(blend, self.calibration.parameters[0]) if self.calibration.kind == "temperature" else blend

    def _combined(self, predictions: Mapping[int, Array]) -> Array:
        if self.stack is not None:
            return self.stack.predict(predictions)
        return blended(predictions, {member.trial: member.weight for member in self.members})

    def own(self, columns: Mapping[str, Array]) -> Array | None:
        """The threshold of each row [N] by its raw columns; None where one is for all."""
        return None if self.policy is None else self.policy.each(columns)

    def graph(self, predictions: Mapping[int, Var], inputs: Mapping[str, Var]) -> dict[str, Var]:
        """The same as nodes, with labels: the outputs of the bundle's graph by name. ``inputs`` are raw columns."""
        blend = self._combined_nodes(predictions)
        if self.scale is not None:
            scores = self.scale.nodes(blend)
            label = self.decision.graph(scores, self.problem.classes)
            return {"prediction": op.squeeze(scores, const([1], np.int64)), "label": label}
        if any(self.problem.choices):
            return {"prediction": blend, "label": self.decision.graph(blend, self.problem.classes)}
        if not self.problem.classes and not self.problem.labels:
            several = self.problem.several or self.problem.quantiles
            folding = self.problem.folding
            if folding is not None and folding.horizon:
                return {"prediction": blend} | looked_ahead(blend, inputs[folding.target], folding)
            return {"prediction": blend if several else op.squeeze(blend, const([1], np.int64))}
        if self.calibration.kind == "temperature":
            blend = calibration_graph(blend, self.calibration.parameters[0])
        own = None if self.policy is None else self.policy.nodes(inputs)
        label = self.decision.graph(blend, self.problem.classes, self.problem.labels, own)
        return {"probability": blend, "label": label}

    def _combined_nodes(self, predictions: Mapping[int, Var]) -> Var:
        if self.stack is not None:
            return self.stack.graph(predictions)
        return blend_graph([(member.weight, predictions[member.trial]) for member in self.members])
