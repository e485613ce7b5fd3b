"""The order of the nine stages, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ninefold.collect.chunks import chunked
from ninefold.collect.images import cells, classes_of
from ninefold.collect.source import Source, open_source
from ninefold.collect.stage import collect, peek
from ninefold.collect.view import view as dataset_view
from ninefold.core.book import Book, Context
from ninefold.core.problem import Peek, Problem, Wishes
from ninefold.core.recipe import Features, Preparation
from ninefold.core.results import Bundle, Evaluation, Leaderboard, Model, Watch
from ninefold.core.table import Dataset
from ninefold.deploy.stage import deploy
from ninefold.deploy.view import view as bundle_view
from ninefold.evaluate.stage import evaluate
from ninefold.evaluate.view import view as evaluation_view
from ninefold.features.stage import engineer
from ninefold.features.view import view as features_view
from ninefold.monitor.stage import watch
from ninefold.monitor.view import view as watch_view
from ninefold.prepare.stage import prepare
from ninefold.prepare.view import view as preparation_view
from ninefold.problem.stage import define
from ninefold.problem.view import view as problem_view
from ninefold.select.stage import select
from ninefold.select.view import view as leaderboard_view
from ninefold.train.stage import train
from ninefold.train.view import view as model_view

__all__ = ["Source", "cells", "chunked", "classes_of", "define", "open_source", "peek", "problem_view", "walk"]


def walk(book: Book, source: Callable[[], Source], wishes: Wishes) -> None:
    """Take one problem through the nine stages; each noun is a chapter of ``book``, made from the nouns before it."""

    def collected(problem: Problem, look: Peek, *, context: Context) -> Dataset:
        return collect(source(), problem, look, context=context)

    first_look = cache(lambda: peek(source(), wishes))
    problem = book.chapter(1, define, problem_view, Problem, first_look, wishes)
    dataset = book.chapter(2, collected, dataset_view, Dataset, problem, first_look)
    preparation = book.chapter(3, prepare, preparation_view, Preparation, problem, dataset)
    features = book.chapter(4, engineer, features_view, Features, problem, dataset, preparation)
    leaderboard = book.chapter(5, select, leaderboard_view, Leaderboard, problem, dataset, features)
    model = book.chapter(6, train, model_view, Model, problem, dataset, leaderboard)
    evaluation = book.chapter(7, evaluate, evaluation_view, Evaluation, problem, dataset, leaderboard, model)
    bundle = book.chapter(8, deploy, bundle_view, Bundle, problem, dataset, model, evaluation)
    book.chapter(9, watch, watch_view, Watch, problem, dataset, model, evaluation, bundle)
