"""A signed copy of the public tables for the watchdog: JSON lines, a manifest of hashes, one signature.

The manifest names each file with its SHA-256, bytes and records; manifest.json.sig is the Ed25519
signature (RFC 8032) of the manifest's bytes in base64. Who holds the public key can check, without
scopewatch, that nothing was added, removed or changed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from data.clock import now, to_text
from data.errors import InputError, ScopewatchError, UsageError
from data.licence import LICENCE, NOT_COVERED
from data.store.export import TABLES, one_moment, records

KEY_VARIABLE = "SCOPEWATCH_SIGNING_KEY"
"""Names the environment variable with the path of the private key (PEM, PKCS #8, no passphrase)."""
FORMAT = "scopewatch-export-1"
LONGEST_MANIFEST = 1_000_000


class TamperedError(ScopewatchError):
    """An export is not what was signed; the message says which file and how."""


def write_export(watch_db: Path, directory: Path, key: Ed25519PrivateKey | None) -> dict[str, Any]:
    """Write the public tables as of now into the empty or new `directory`; gives the manifest.

    The manifest is written last and by renaming, so that an export that was cut short has none.
    Raises `UsageError` when the directory holds something, `InputError` without a database.
    """
    prepare(directory)
    with one_moment(watch_db) as database:
        files = [
            _write_table(directory / f"{table}.jsonl", records(database, table)) for table in TABLES
        ]
    manifest = {
        "format": FORMAT,
        "made_at": to_text(now()),
        "licence": LICENCE,
        "not_covered": {f"{table}.jsonl": names for table, names in NOT_COVERED.items()},
        "signed_by": fingerprint(key.public_key()) if key else None,
        "files": files,
    }
    text = (json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    if key:
        _put(directory / "manifest.json.sig", base64.b64encode(key.sign(text)) + b"\n")
    _put(directory / "manifest.json", text)
    return manifest


def prepare(directory: Path) -> None:
    """Make `directory`, or take it if it is empty; raises `UsageError` otherwise."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if any(directory.iterdir()):
            raise UsageError(f"{directory}: is not empty; name a new directory")
    except OSError as error:
        raise UsageError(f"{directory}: cannot be written: {error.strerror}") from error


def _write_table(path: Path, rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    digest, size, count = hashlib.sha256(), 0, 0
    with path.open("wb") as file:
        for row in rows:
            line = (json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n").encode()
            file.write(line)
            digest.update(line)
            size += len(line)
            count += 1
    return {"name": path.name, "sha256": digest.hexdigest(), "bytes": size, "records": count}


def _put(path: Path, content: bytes) -> None:
    waiting = path.with_name(path.name + ".part")
    waiting.write_bytes(content)
    waiting.replace(path)


def verify_export(directory: Path, key: Ed25519PublicKey) -> dict[str, Any]:
    """Check signature, hashes and that no file is missing or too many; gives the manifest.

    Raises `TamperedError` with the first difference, `InputError` when this is no export.
    """
    text = _read(directory / "manifest.json")
    try:
        signature = base64.b64decode(_read(directory / "manifest.json.sig").strip(), validate=True)
        key.verify(signature, text)
    except (InvalidSignature, ValueError) as error:
        raise TamperedError(f"{directory}: the manifest was not signed by this key") from error
    manifest: dict[str, Any] = json.loads(text)  # signed, so it is what write_export wrote
    if manifest.get("format") != FORMAT:
        raise InputError(f"{directory}: is of another format than {FORMAT}")
    listed = {entry["name"]: entry for entry in manifest["files"]}
    present = {path.name for path in directory.iterdir()} - {"manifest.json", "manifest.json.sig"}
    for name in sorted(present ^ listed.keys()):
        fault = "is missing" if name in listed else "is in no manifest"
        raise TamperedError(f"{directory}: {name} {fault}")
    for name, entry in listed.items():
        with (directory / name).open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != entry["sha256"]:
                raise TamperedError(f"{directory}: {name} is not what was signed")
    return manifest


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST_MANIFEST + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    if len(content) > LONGEST_MANIFEST:
        raise InputError(f"{path}: is too long to be one of scopewatch's")
    return content


def make_key(path: Path) -> str:
    """Write a new private key to `path` (mode 600) and its public key to `path`.pub; gives the fingerprint."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(private)
        path.with_name(path.name + ".pub").write_bytes(public)
    except FileExistsError as error:
        raise UsageError(f"{path}: is there already; a key is never overwritten") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
    return fingerprint(key.public_key())


def signing_key() -> Ed25519PrivateKey:
    """The private key that `SCOPEWATCH_SIGNING_KEY` names; raises `UsageError`, never with key material."""
    named = os.environ.get(KEY_VARIABLE)
    if not named:
        raise UsageError(
            f"{KEY_VARIABLE} is not set; `scopewatch export key PATH` makes a key to name in it"
        )
    try:
        key = serialization.load_pem_private_key(_read(Path(named)), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UsageError(f"{named}: is not a private key without passphrase in PEM") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"{named}: is not an Ed25519 key")
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """The public key in the PEM file `path`; raises `UsageError`."""
    try:
        key = serialization.load_pem_public_key(_read(path))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UsageError(f"{path}: is not a public key in PEM") from error
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{path}: is not an Ed25519 key")
    return key


def fingerprint(key: Ed25519PublicKey) -> str:
    """`ed25519:` and the SHA-256 of the raw public key in hex: what people compare by telephone."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return f"ed25519:{hashlib.sha256(raw).hexdigest()}"
