"""Write the pages on speed anew from the figures that are kept: ``python -m benchmarks.pages``. Nothing is measured."""

from __future__ import annotations

import argparse
import json

from benchmarks import figures, scale, train
from benchmarks.tables import FOLDER, rewrite


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    rewrite("train", train.as_markdown(json.loads(train.FILE.read_text(encoding="utf-8"))))
    graded = json.loads(figures.FILE.read_text(encoding="utf-8"))
    rewrite("grade", figures.table(graded))
    (FOLDER / "scale.md").write_text(scale.page(graded), encoding="utf-8")


if __name__ == "__main__":
    main()
