"""Vectors of real text that is on every machine with Python: the standard library's sources.

Pieces of sixty words, as TF-IDF over hashed words, reduced by a random projection and made of
unit length. Many pieces are near duplicates, as in real collections.
"""

from __future__ import annotations

import pathlib
import re
import sysconfig
import zlib

import numpy as np

FEATURES = 1 << 14
WORDS, STEP = 60, 20


def pieces(count: int) -> list[list[int]]:
    found: list[list[int]] = []
    root = pathlib.Path(sysconfig.get_paths()["stdlib"])
    for path in sorted(root.rglob("*.py")):
        words = re.findall(r"[A-Za-z]{3,}", path.read_text(errors="ignore").lower())
        hashes = [zlib.crc32(word.encode()) % FEATURES for word in words]
        found += [hashes[i : i + WORDS] for i in range(0, len(hashes) - WORDS, STEP)]
        if len(found) >= 4 * count:
            break
    np.random.default_rng(7).shuffle(found)
    return found[:count]


def vectors(count: int, dimension: int) -> np.ndarray:
    """(at most count, dimension) rows as float32, of unit length."""
    texts = pieces(count)
    frequency = np.zeros(FEATURES)
    for text in texts:
        frequency[np.unique(text)] += 1
    weight = np.log((1 + len(texts)) / (1 + frequency))
    projection = np.random.default_rng(8).standard_normal((FEATURES, dimension))
    projection = (projection * weight[:, None]).astype(np.float32)
    rows = np.stack([projection[text].sum(axis=0) for text in texts])
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
