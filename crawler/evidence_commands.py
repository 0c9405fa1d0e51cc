"""The verbs `evidence …`: pack the proof of a document or finding, and check such a pack anywhere."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from crawler.evidence import package
from crawler.manifest import hash_of, manifests
from crawler.manifest import verify as check_chain
from crawler.verification import OtherFormat
from crawler.verification import verify as check_file
from data.config import load_config
from data.errors import InputError
from data.store.connection import open_store
from data.store.proofs import proof_of

_VERDICTS = {
    (False, False): "holds",
    (False, True): "holds, but for what is not shown",
    (True, False): "BROKEN",
    (True, True): "BROKEN",
}
_OUTCOMES = {True: "holds", False: "BROKEN", None: "not shown"}


class PackByDefault(click.Group):
    """`evidence ID` is `evidence pack ID`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["pack", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=PackByDefault,
    epilog="Examples: scopewatch evidence 0f3a9c…; scopewatch evidence verify evidence-0f3a9c….zip",
)
def evidence() -> None:
    """Pack the proof of a document or finding, and check such a pack on any machine."""


@evidence.command(epilog="Example: scopewatch evidence pack 0f3a9c5d7b1e2f4a6c8d -o proof.zip")
@click.argument("identity", metavar="DOCUMENT|FINDING")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The zip to write.")
def pack(identity: str, output: Path | None) -> None:
    """Write a zip: record, text, sentence with offsets, hashes, manifests, a cover sheet in ja and en."""
    config = load_config()
    with open_store(config) as store:
        proof = proof_of(store, identity)
    path = output or Path(f"evidence-{identity}.zip")
    try:
        path.write_bytes(package(proof, config.archive))
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error
    click.echo(str(path))


@evidence.command(
    epilog="Examples: scopewatch evidence verify proof.zip; scopewatch evidence verify proof.zip --known 3b0f…"
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--known",
    metavar="HASH",
    help="The hash of a manifest that was kept elsewhere: the pack's chain must hold it.",
)
@click.option("--strict", is_flag=True, help="End with 1 also when something is not shown.")
def verify(file: Path, known: str | None, strict: bool) -> None:
    """Check a pack; needs nothing but the file. Ends with 1 when something in it does not hold.

    What this pack does not show is `not shown`; what no pack can show by itself is a `note`. The last line is
    the verdict.
    """
    try:
        checks = check_file(file, known)
    except InputError as error:
        if isinstance(error, OtherFormat) or not file.exists():
            raise
        click.echo(f"BROKEN: {error}")
        sys.exit(1)
    for check in checks:
        click.echo(f"{'note' if check.remark else _OUTCOMES[check.holds]}: {check.what}")
    broken = any(check.holds is False for check in checks)
    unshown = any(check.holds is None and not check.remark for check in checks)
    click.echo(f"VERDICT: {_VERDICTS[broken, unshown]}")
    sys.exit(1 if broken or (strict and unshown) else 0)


@evidence.command(epilog="Example: scopewatch evidence chain")
def chain() -> None:
    """Check the archive's own manifests; print the last with its hash. Keep that elsewhere, for `verify --known`."""
    config = load_config()
    count = check_chain(config.archive)
    if not count:
        raise InputError(
            f"{config.archive}: no day is sealed yet; the first crawl of the next day seals this one"
        )
    last = manifests(config.archive)[-1]
    click.echo(f"{hash_of(last.read_bytes())}  {last.name}  ({count} manifests hold)")
