"""Writes files with the libraries that people use: python make_files.py FOLDER"""

import sys
from pathlib import Path

import tables
import texts
import types_of_values

if __name__ == "__main__":
    into = Path(sys.argv[1])
    into.mkdir(parents=True, exist_ok=True)
    for part in (texts, tables, types_of_values):
        part.write(into)
