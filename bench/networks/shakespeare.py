"""Tiny Shakespeare, character by character, with the settings of nanoGPT on a CPU: nats a character on the last tenth.

The claim: at most 1.90 after 2,000 iterations, and less than counting models. ``--write`` writes the section.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import results
from ninefold.core import parts
from ninefold.core.clock import Clock
from ninefold.forms.speaking import SPEAKERS, Texts
from ninefold_runtime.language.generating import Asked, generate
from ninefold_runtime.language.listener import surprise
from ninefold_runtime.language.voice import Voice

MOST = 1.90
SPEAKING = ("unigrams", "bigrams", "trigrams", "causal_transformer")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    data = os.environ.get("NINEFOLD_DATA", str(results.ROOT.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=Path(data))
    parser.add_argument("--passes", type=int, default=10, help="of 200 iterations")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    text = (chosen.data / "text" / "tinyshakespeare" / "input.txt").read_text("utf-8")
    cut = int(0.9 * len(text))
    learned, asked = (part.rstrip("\n").split("\n") for part in (text[:cut], text[cut:]))
    held, rows, nats = "\n".join(asked), [], {}
    for name in SPEAKING:
        settings = {"passes": chosen.passes} if name == "causal_transformer" else {}
        began = time.process_time()
        with TemporaryDirectory() as place:
            speaker = parts.make(SPEAKERS, name, settings)
            rng = np.random.default_rng(0)
            made = speaker.fit(Texts("language-model", learned), rng=rng, clock=Clock(1e6), place=Path(place))
        taken = time.process_time() - began
        voice = Voice(made.graph, made.encoder, made.tokens, made.speech)
        nats[name] = float(surprise(voice, voice.tokenizer.encode(held)).mean())
        rows.append([speaker.card.title, f"{nats[name]:.3f}", f"{nats[name] / np.log(2):.3f}", f"{taken:.0f} s"])
    sample = voice.tokenizer.decode(generate(voice, Asked(prompt="\n", tokens=300, temperature=0.8)))
    ours = nats.pop("causal_transformer")
    holds = ours <= MOST and ours < min(nats.values())
    body = (
        f"The last tenth of tiny Shakespeare ({len(held):,} characters) as graphs read it; {200 * chosen.passes:,} "
        f"iterations of 12 windows of 64. At most {MOST:.2f} nats: {'it holds' if holds else 'it does not'}."
        f"\n\n{results.table(['speaker', 'nats', 'bits', 'CPU'], rows)}\n\n```\n{sample.strip()}\n```"
    )
    if chosen.write:
        results.write("Language model: tiny Shakespeare", body)
    else:
        print(body)
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
