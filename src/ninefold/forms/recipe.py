"""A fitted recipe: raw columns to the matrix of one view, as a graph, which is also how training matrices are made."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ninefold.core import parts
from ninefold.core.protocols import Block, FittedStep, Known, Step
from ninefold.core.recipe import Branch, Recipe, StepSpec
from ninefold.core.table import Array, Rows
from ninefold.forms.onnx import Session, Var, block_input, compiled, const, op, raw_input, stack
from ninefold_runtime.schema import Column

INNER_FOLDS = 5


@dataclass(frozen=True, eq=False)
class FittedBranch:
    """Stacked columns and the fitted steps their block goes through; ``shape`` as in `Block`."""

    columns: tuple[str, ...]
    steps: tuple[FittedStep, ...]
    shape: tuple[int, ...] = ()

    def graph(self, inputs: Mapping[str, Var]) -> Var:
        return _nodes(self.steps, _stacked([inputs[name] for name in self.columns], self.shape))


@dataclass(frozen=True, eq=False)
class FittedRecipe:
    """``graph`` maps raw columns [N] to the view's matrix [N, D], described by ``names`` and ``categorical``.

    ``after`` are the fitted steps that the branches' blocks go through side by side.
    """

    columns: tuple[Column, ...]
    branches: tuple[FittedBranch, ...]
    names: tuple[str, ...]
    categorical: tuple[int, ...]
    after: tuple[FittedStep, ...] = ()
    shape: tuple[int, ...] = ()
    """What a row reshapes to, where it is an image or series as they are."""

    def graph(self, inputs: Mapping[str, Var]) -> Var:
        blocks = [branch.graph(inputs) for branch in self.branches]
        return _nodes(self.after, blocks[0] if len(blocks) == 1 else op.concat(blocks, axis=1))

    def compiled(self) -> bytes:
        """The view alone as a graph: raw columns by name to ``x`` [N, D]."""
        inputs = {column.name: raw_input(column) for column in self.columns}
        return compiled(inputs, {"x": self.graph(inputs)})


@dataclass(frozen=True, eq=False)
class Fitting:
    """A fitted recipe and the matrix [N, D] of the rows it was fitted on, target-using steps made out of fold."""

    recipe: FittedRecipe
    matrix: Array = field(repr=False)


def fit_recipe(
    recipe: Recipe, columns: Mapping[str, Column], rows: Rows, known: Known, rng: np.random.Generator
) -> Fitting:
    """Fit every branch on ``rows``, then the steps over all of them. ``columns`` are the schema's, by name."""
    pairs = [_fit_branch(branch, rows, known, rng) for branch in recipe.branches]
    branches, blocks = zip(*pairs, strict=True)
    after, block = _fit_steps(recipe.after, _side_by_side(blocks), known, rng)
    used = tuple(columns[name] for name in recipe.columns)
    return Fitting(FittedRecipe(used, branches, block.names, block.categorical, after, block.shape), block.values)


def chooses(recipe: Recipe) -> bool:
    """Whether a step over the whole matrix makes or keeps columns by what they say about the target."""
    return any(parts.find(step.package, step.name).uses_target == "choice" for step in recipe.after)


def _fit_branch(branch: Branch, rows: Rows, known: Known, rng: np.random.Generator) -> tuple[FittedBranch, Block]:
    block = _block(branch, rows)
    steps, made = _fit_steps(branch.steps, block, known, rng)
    return FittedBranch(branch.columns, steps, block.shape), made


def _block(branch: Branch, rows: Rows) -> Block:
    arrays = [rows.columns[name] for name in branch.columns]
    if arrays[0].ndim == 1:
        return Block(np.column_stack(arrays), branch.columns)
    cells = arrays[0] if arrays[0].ndim > 2 else np.stack(arrays, axis=-1)
    names = branch.columns[0] if len(branch.columns) == 1 else "+".join(branch.columns)
    values = cells.reshape(len(cells), -1)
    return Block(values, tuple(f"{names}[{i}]" for i in range(values.shape[1])), (), cells.shape[1:])


def _stacked(columns: list[Var], shape: tuple[int, ...]) -> Var:
    """What `_block` does, as nodes."""
    if not shape:
        return stack(columns)
    last = const([-1], np.int64)
    cells = columns[0] if len(shape) > 2 else op.concat([op.unsqueeze(column, last) for column in columns], axis=-1)
    return op.reshape(cells, const([-1, math.prod(shape)], np.int64))


def _side_by_side(blocks: Sequence[Block]) -> Block:
    if len(blocks) == 1:
        return blocks[0]
    starts = np.cumsum([0, *(len(block.names) for block in blocks)])
    codes = tuple(int(start) + i for start, block in zip(starts, blocks, strict=False) for i in block.categorical)
    names = tuple(name for block in blocks for name in block.names)
    return Block(np.concatenate([block.values for block in blocks], axis=1), names, codes)


def _fit_steps(
    specs: Sequence[StepSpec], block: Block, known: Known, rng: np.random.Generator
) -> tuple[tuple[FittedStep, ...], Block]:
    """Each step fitted on what the one before makes of the block, and what the last one makes of it; a block without
    columns goes through no more steps."""
    steps = []
    for spec in specs:
        if not block.names:
            break
        step: Step = parts.make(spec.package, spec.name, spec.settings)
        fitted = step.fit(block, known, rng=rng)
        cross = step.uses_target is True
        values = _out_of_fold(step, block, known, rng) if cross else apply_step(fitted, block.values)
        block = Block(values, fitted.names, fitted.categorical, getattr(fitted, "shape", ()))
        steps.append(fitted)
    return tuple(steps), block


def _nodes(steps: Sequence[FittedStep], block: Var) -> Var:
    for step in steps:
        block = step.graph(block)
    return block


def apply_step(step: FittedStep, values: Array) -> Array:
    """Run one fitted step's graph on a block [N, k]."""
    if not len(step.names):
        return np.empty((len(values), 0))
    block = block_input(np.str_ if values.dtype.kind == "O" else values.dtype.type, values.shape[1])
    graph = compiled({"block": block}, {"out": step.graph(block)})
    return Session(graph).rows({"block": values})["out"]


def _out_of_fold(step: Step, block: Block, known: Known, rng: np.random.Generator) -> Array:
    """The block of training rows where each row's own target was not used (cross-fitting)."""
    inner = rng.permutation(len(known.y)) % INNER_FOLDS
    out: Array | None = None
    for fold in range(INNER_FOLDS):
        inside, outside = inner != fold, inner == fold
        if not inside.any() or not outside.any():
            continue
        part = Known(known.y[inside], known.task, known.outputs)
        fitted = step.fit(Block(block.values[inside], block.names, block.categorical), part, rng=rng)
        values = apply_step(fitted, block.values[outside])
        out = np.full((len(inner), values.shape[1]), np.nan) if out is None else out
        out[outside] = values
    return apply_step(step.fit(block, known, rng=rng), block.values) if out is None else out
