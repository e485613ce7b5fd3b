"""``generate``: text that goes on from a prompt."""

from __future__ import annotations

import argparse
from pathlib import Path

from ninefold_runtime.cli.said import Commands, trusting


def add(commands: Commands) -> None:
    parser = commands.add_parser("generate", help="let a language model go on from a prompt")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--prompt", default="", metavar="TEXT")
    parser.add_argument("--tokens", type=int, default=200, metavar="N", help="how many to say")
    parser.add_argument("--temperature", type=float, default=1.0, help="0 takes the likeliest each time")
    parser.add_argument("--top-k", type=int, metavar="K", help="draw from the K likeliest")
    parser.add_argument("--top-p", type=float, metavar="P", help="draw from the likeliest that hold this share")
    parser.add_argument("--seed", type=int, default=0)
    trusting(parser)
    parser.set_defaults(does=_generate)


def _generate(chosen: argparse.Namespace) -> int:
    from ninefold_runtime.bundle import read_bundle
    from ninefold_runtime.language.generating import Asked
    from ninefold_runtime.language.telling import tell

    asked = Asked(
        prompt=chosen.prompt,
        tokens=chosen.tokens,
        temperature=chosen.temperature,
        top_k=chosen.top_k,
        top_p=chosen.top_p,
        seed=chosen.seed,
    )
    tell(read_bundle(chosen.bundle, chosen.trust), asked)
    return 0
