"""One file for a bundle, and a signature over it."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

import bundles
from ninefold.cli.main import app
from ninefold_runtime.bundle import pack, read_bundle, seal, sign
from ninefold_runtime.cli import main
from ninefold_runtime.errors import BundleError, BundleFault
from ninefold_runtime.loaded import load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return bundles.write(tmp_path / "bundle", sketched=200, background=5)


def written(place: Path, key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey, name: str = "key") -> tuple[Path, Path]:
    """A private and a public key as PEM files."""
    private, public = place / f"{name}.pem", place / f"{name}.pub"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    return written(tmp_path, ed25519.Ed25519PrivateKey.generate())


def code_of(place: Path, *trusted: Path) -> str:
    with pytest.raises(BundleError) as refused:
        read_bundle(place, trusted)
    return refused.value.code


def test_a_packed_bundle_says_what_the_folder_says(folder: Path, tmp_path: Path) -> None:
    pack(folder, tmp_path / "one.zip")
    rows = bundles.table(20)
    packed, plain = (load(place).predict(rows).predictions.tolist() for place in (tmp_path / "one.zip", folder))
    assert packed == plain
    assert read_bundle(tmp_path / "one.zip").manifest == read_bundle(folder).manifest


def test_the_same_files_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    size = pack(folder, tmp_path / "one.zip")
    (folder / "schema.json").touch()
    pack(folder, tmp_path / "two.zip")
    pack(tmp_path / "one.zip", tmp_path / "three.zip")
    made = {(tmp_path / f"{name}.zip").read_bytes() for name in ("one", "two", "three")}
    assert [len(data) for data in made] == [size]


def test_common_tools_read_what_is_packed_and_their_files_are_read(folder: Path, tmp_path: Path) -> None:
    pack(folder, tmp_path / "one.zip")
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        assert archive.testzip() is None
        assert set(archive.namelist()) == {path.name for path in folder.iterdir()}
    with zipfile.ZipFile(tmp_path / "other.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    assert read_bundle(tmp_path / "other.zip").manifest == read_bundle(folder).manifest


def test_what_packs_very_small_is_read_again(folder: Path, tmp_path: Path) -> None:
    (folder / "notes.md").write_text(" " * 3_000_000)
    seal(folder)
    pack(folder, tmp_path / "one.zip")
    assert read_bundle(tmp_path / "one.zip").manifest.files["notes.md"].bytes == 3_000_000


def test_a_damaged_bundle_is_not_packed(folder: Path, tmp_path: Path) -> None:
    (folder / "schema.json").write_text("{}")
    with pytest.raises(BundleError):
        pack(folder, tmp_path / "one.zip")
    assert not (tmp_path / "one.zip").exists()


def test_a_signed_bundle_is_trusted_also_packed(folder: Path, tmp_path: Path, keys: tuple[Path, Path]) -> None:
    sign(folder, keys[0])
    pack(folder, tmp_path / "one.zip")
    for place in (folder, tmp_path / "one.zip"):
        assert read_bundle(place, [keys[1]]).schema == read_bundle(place).schema


def test_one_of_several_keys_is_enough(folder: Path, tmp_path: Path, keys: tuple[Path, Path]) -> None:
    _, other = written(tmp_path, ed25519.Ed25519PrivateKey.generate(), "other")
    sign(folder, keys[0])
    read_bundle(folder, [other, keys[1]])
    assert code_of(folder, other) == "NF-R118"


def test_unsigned_altered_and_foreign_bundles_are_refused(folder: Path, keys: tuple[Path, Path]) -> None:
    assert code_of(folder, keys[1]) == "NF-R118"
    sign(folder, keys[0])
    manifest = json.loads((folder / "MANIFEST.json").read_text())
    (folder / "MANIFEST.json").write_text(json.dumps(manifest))
    assert code_of(folder, keys[1]) == "NF-R118"
    for odd in (b"", b"{}", b'{"algorithm": "none", "signature": ""}', b'{"algorithm": "ed25519", "signature": "?"}'):
        (folder / "SIGNATURE.json").write_bytes(odd)
        assert code_of(folder, keys[1]) == "NF-R118"


def test_sealing_anew_removes_the_signature(folder: Path, keys: tuple[Path, Path]) -> None:
    sign(folder, keys[0])
    seal(folder)
    assert not (folder / "SIGNATURE.json").exists()


def test_keys_of_other_kinds_are_refused(folder: Path, tmp_path: Path, keys: tuple[Path, Path]) -> None:
    private, public = written(tmp_path, rsa.generate_private_key(65537, 2048), "rsa")
    assert code_of(folder, public) == "NF-R119"
    assert code_of(folder, tmp_path / "none.pub") == "NF-R119"
    assert code_of(folder, keys[0]) == "NF-R119"
    with pytest.raises(BundleError, match="Ed25519"):
        sign(folder, private)


def test_without_the_package_it_is_said_which_one_is_needed(
    folder: Path, keys: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric", None)
    with pytest.raises(BundleError, match="package cryptography") as refused:
        read_bundle(folder, [keys[1]])
    assert refused.value.code == "NF-R119"


def test_reading_without_trust_does_not_load_the_package(folder: Path) -> None:
    code = "import sys, ninefold_runtime as r; r.load(sys.argv[1]); print('cryptography' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


@pytest.mark.parametrize("command", ["predict", "watch", "explain"])
def test_the_runtime_trusts_by_option(
    folder: Path, tmp_path: Path, keys: tuple[Path, Path], command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("age\n30\n41\n")
    assert main([command, str(folder), str(rows), "--trust", str(keys[1])]) == 2
    assert "NF-R118" in capsys.readouterr().err
    sign(folder, keys[0])
    pack(folder, tmp_path / "one.zip")
    assert main([command, str(tmp_path / "one.zip"), str(rows), "--trust", str(keys[1])]) in {0, 1}
    assert "NF-R118" not in capsys.readouterr().err


def test_the_commands_pack_and_sign(folder: Path, tmp_path: Path, keys: tuple[Path, Path]) -> None:
    packed = tmp_path / "one.zip"
    app(["sign", str(folder), "--key", str(keys[0])], standalone_mode=False)
    app(["pack", str(folder), str(packed)], standalone_mode=False)
    assert read_bundle(packed, [keys[1]]).manifest == read_bundle(folder).manifest
    rows = tmp_path / "rows.csv"
    rows.write_text("age\n30\n41\n")
    answers = tmp_path / "answers.csv"
    app(["predict", str(packed), str(rows), "--trust", str(keys[1]), "--output", str(answers)], standalone_mode=False)
    assert len(answers.read_text().splitlines()) == 3
    _, other = written(tmp_path, ed25519.Ed25519PrivateKey.generate(), "other")
    for command in (["predict", str(packed), str(rows)], ["watch", str(packed), str(rows)], ["explain", str(packed)]):
        with pytest.raises(BundleError, match=r"not signed by other\.pub"):
            app([*command, "--trust", str(other)], standalone_mode=False)
    with pytest.raises(BundleFault, match=r"not signed by other\.pub"):  # a worker said so, in words
        app(["serve", str(packed), "--port", "0", "--trust", str(other)], standalone_mode=False)
