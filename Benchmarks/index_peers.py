"""The libraries that the index is measured beside: a graph over f32 each, built and asked by one
thread, of the same width."""

from __future__ import annotations

import importlib.util
import pathlib

# As Chroma's server builds its index, but for the breadth of construction, where all are better.
CONNECTIONS, CONSTRUCTION = 16, 200


class HNSWLib:
    module = "hnswlib"

    def build(self, base):
        import hnswlib

        index = hnswlib.Index("ip", base.shape[1])
        index.init_index(
            len(base), M=CONNECTIONS, ef_construction=CONSTRUCTION, random_seed=1
        )
        index.add_items(base, num_threads=1)
        self.index = index

    def save(self, path: pathlib.Path):
        self.index.save_index(str(path))

    def open(self, path: pathlib.Path, dimension: int):
        import hnswlib

        self.index = hnswlib.Index("ip", dimension)
        self.index.load_index(str(path))

    def widen(self, breadth: int):
        self.index.set_ef(breadth)

    def search(self, queries, count: int):
        return self.index.knn_query(queries, count, num_threads=1)[0]


class Faiss:
    module = "faiss"

    def build(self, base):
        import faiss

        faiss.omp_set_num_threads(1)
        self.index = faiss.IndexHNSWFlat(
            base.shape[1], CONNECTIONS, faiss.METRIC_INNER_PRODUCT
        )
        self.index.hnsw.efConstruction = CONSTRUCTION
        self.index.add(base)

    def save(self, path: pathlib.Path):
        import faiss

        faiss.write_index(self.index, str(path))

    def open(self, path: pathlib.Path, dimension: int):
        import faiss

        faiss.omp_set_num_threads(1)
        self.index = faiss.read_index(str(path))

    def widen(self, breadth: int):
        self.index.hnsw.efSearch = breadth

    def search(self, queries, count: int):
        return self.index.search(queries, count)[1]


class USearch:
    module = "usearch"

    def build(self, base):
        import numpy
        import usearch.index

        self.index = usearch.index.Index(
            ndim=base.shape[1], metric="ip", dtype="f32", connectivity=CONNECTIONS,
            expansion_add=CONSTRUCTION,
        )
        self.index.add(numpy.arange(len(base)), base, threads=1)

    def save(self, path: pathlib.Path):
        self.index.save(str(path))

    def open(self, path: pathlib.Path, dimension: int):
        import usearch.index

        self.index = usearch.index.Index.restore(str(path))

    def widen(self, breadth: int):
        self.index.expansion_search = breadth

    def search(self, queries, count: int):
        return self.index.search(queries, count, threads=1).keys


PEERS = {peer.module: peer for peer in (HNSWLib, Faiss, USearch)}


def installed() -> list[str]:
    """The peers of this Python; says which are missing."""
    found = [name for name in PEERS if importlib.util.find_spec(name)]
    for name in PEERS.keys() - set(found):
        print(f"{name} is left out: there is no wheel of it for this Python", flush=True)
    return found
