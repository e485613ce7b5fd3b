"""What ``generate`` writes, for every command line: the prompt, and what follows it while it comes."""

from __future__ import annotations

import codecs
import sys

from ninefold_runtime.bundle import Bundle
from ninefold_runtime.errors import SpeechError
from ninefold_runtime.language.generating import Asked, checked, generate
from ninefold_runtime.language.voice import Voice


def tell(bundle: Bundle, asked: Asked) -> None:
    """Write to stdout token by token.

    Raises:
        SpeechError: NF-R601 a setting out of bounds, NF-R602 the bundle holds no language model. BundleError: it
            cannot be used.
    """
    task = bundle.schema.target.task
    if task != "language-model":
        hint = "make one with: ninefold run FILE.txt --task language-model"
        raise SpeechError("NF-R602", f"{bundle.folder} is made for {task}: it holds no language model", hint=hint)
    voice, text = Voice.of(bundle), codecs.getincrementaldecoder("utf-8")("replace")
    checked(asked)
    sys.stdout.write(asked.prompt)
    for token in generate(voice, asked):
        sys.stdout.write(text.decode(voice.tokenizer.utf8([token])))
        sys.stdout.flush()
    sys.stdout.write("\n")
