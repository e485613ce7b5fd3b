"""Signatures: who made a bundle. Ed25519 (RFC 8032) over the bytes of MANIFEST.json, which holds all other digests.

Keys are the usual PEM files, as OpenSSL makes them. Checking needs the extra ``sign``.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from ninefold_runtime.errors import BundleError

SIGNATURE = "SIGNATURE.json"
ALGORITHM = "ed25519"


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    algorithm: str
    signature: str
    """Base64 of 64 bytes."""


def signed(manifest: bytes, key: Path) -> bytes:
    """What SIGNATURE.json says of a manifest; ``key`` is a PEM file of a private key without a password.

    Raises:
        BundleError: NF-R119 when there is no such key, or `cryptography` is not installed.
    """
    private = _key(key, "private")
    made = base64.b64encode(private.sign(manifest)).decode()
    return msgspec.json.format(msgspec.json.encode(Signature(ALGORITHM, made))) + b"\n"


def refuse_unsigned(manifest: bytes, signature: bytes | None, trusted: Sequence[Path]) -> None:
    """Raises BundleError (NF-R118) unless one of the ``trusted`` public keys has signed the manifest."""
    keys = [_key(path, "public") for path in trusted]
    if signature is None:
        raise _untrusted("unsigned", "the bundle is not signed", "ask its maker for a signed one, or leave out --trust")
    made = _decoded(signature)
    if not any(_matches(key, made, manifest) for key in keys):
        named = ", ".join(path.name for path in trusted)
        raise _untrusted("wrong-signature", f"the bundle is not signed by {named}", "do not use it unless you know why")


def _decoded(signature: bytes) -> bytes:
    try:
        told = msgspec.json.decode(signature, type=Signature)
        made = base64.b64decode(told.signature, validate=True)
    except (msgspec.DecodeError, UnicodeDecodeError, binascii.Error) as error:
        raise _untrusted("no-signature", f"{SIGNATURE} is none: {error}", "sign the bundle again") from error
    if told.algorithm != ALGORITHM:
        raise _untrusted("no-signature", f"{SIGNATURE} is not made with {ALGORITHM}", "sign the bundle again")
    return made


def _matches(key: Any, signature: bytes, manifest: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(signature, manifest)
    except InvalidSignature:
        return False
    return True


def _key(path: Path, kind: str) -> Any:
    """A key of Ed25519."""
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric import ed25519
        from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
    except ImportError as error:
        hint = "pip install cryptography"
        raise BundleError("NF-R119", "signatures need the package cryptography", hint=hint) from error
    wanted = ed25519.Ed25519PrivateKey if kind == "private" else ed25519.Ed25519PublicKey
    try:
        data = path.read_bytes()
        key = load_pem_private_key(data, None) if kind == "private" else load_pem_public_key(data)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _no_key(path, kind, getattr(error, "strerror", None) or "it is no PEM file without a password") from error
    if not isinstance(key, wanted):
        raise _no_key(path, kind, "it is of another kind")
    return key


def _no_key(path: Path, kind: str, why: str) -> BundleError:
    hint = "make one: openssl genpkey -algorithm ed25519 -out key.pem; openssl pkey -in key.pem -pubout -out key.pub"
    return BundleError("NF-R119", f"{path} is no {kind} key of Ed25519: {why}", hint=hint)


def _untrusted(name: str, message: str, hint: str) -> BundleError:
    return BundleError("NF-R118", message, hint=hint, refused=name)
