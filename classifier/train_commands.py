"""The verb `train`: make the shipped weights again from the labelled texts."""

from __future__ import annotations

from pathlib import Path

import click

from classifier.gold import FOLDER as GOLD
from classifier.gold import read_all, training_files
from classifier.model import FOLDER
from classifier.train import train as train_model
from data.errors import InputError


@click.command(epilog="Example: scopewatch train --output /somewhere/else")
@click.option(
    "--gold", type=click.Path(path_type=Path), default=GOLD, help="Folder of labelled texts."
)
@click.option(
    "--output", type=click.Path(path_type=Path), default=FOLDER, help="Folder of the weights."
)
def train(gold: Path, output: Path) -> None:
    """Train the learned layer from the labelled texts and write its weights.

    The blind set is never read. The same texts on the same machine give the same bytes.
    """
    files = training_files(gold)
    if not files:
        raise InputError(f"{gold}: no labelled texts (*.jsonl) to train on")
    train_model(read_all(files), output, lambda line: click.echo(line, err=True))
