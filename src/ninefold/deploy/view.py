"""What stage 8 has to say."""

from __future__ import annotations

from ninefold.core.results import Bundle
from ninefold.core.section import Fact, Section, Table
from ninefold.core.words import size
from ninefold_runtime.reading import DOCUMENTS

_WHAT = {
    "model.onnx": "raw columns in, predictions out; ONNX Runtime alone can run it",
    "encoder.onnx": "a source in, what it means out, for model.onnx to speak about",
    "tokenizer.json": "how texts become numbers, and numbers texts",
    "speech.json": "how answers are searched for",
    "reader.json": "which words are known, and how much is read at once",
    DOCUMENTS: "the passages that are searched, as you asked",
    "contributions.onnx": "raw columns in, what each adds to the prediction out",
    "maps.onnx": "an image in, what each place of it gives to each output out",
    "network.json": "the layers of the heaviest network, for others to go on from",
    "network.safetensors": "its weights",
    "schema.json": "the columns, their kinds, and how they are read",
    "example.json": "a request to try",
    "card.md": "the model card",
    "background.json": "made-up rows that explanations compare with",
    "sketches.json": "what training looked like, for the monitor",
}


def view(bundle: Bundle) -> Section:
    return Section(
        title="Deployment",
        sentence=f"{bundle.folder.name}/ with {len(bundle.files)} sealed files, {size(bundle.bytes)}, "
        + ("training rows inside, as allowed" if bundle.keeps_rows else "no training row")
        + (", the documents to search" if DOCUMENTS in bundle.files else ""),
        questions=(7,),
        facts=(Fact("bundle", size(bundle.bytes), "no code in it, nothing to unpickle"),),
        tables=(_files(bundle),),
        text=("The runtime compares every file with its digest before it reads it.",),
    )


def _files(bundle: Bundle) -> Table:
    rows = tuple((name, _WHAT.get(name, ""), digest[:16]) for name, digest in sorted(bundle.files.items()))
    return Table("Files of the bundle", ("file", "what it is", "SHA-256 begins"), rows, wide=True)
