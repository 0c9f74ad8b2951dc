"""The collection that a server is measured on, and how well it answers from it."""

from __future__ import annotations

import json

import numpy as np

import bodies
from connection import Connection
from data import Dataset
from settings import RESULTS

# Queries that recall is computed from. A filtered one takes the peer up to half a second.
RECALL_QUERIES, RECALL_QUERIES_FILTERED = 1_000, 100
# Rounding of float32 sums: a row this much farther than the k-th nearest is as good as it.
DISTANCE_TOLERANCE = 1e-5


class Collection:
    """A new, empty collection of a running server, with the server's default index."""

    def __init__(self, server, name: str):
        self.server = server
        connection = Connection(server.url, server.token)
        body = {
            "name": name,
            "metadata": None,
            "configuration": None,
            "schema": None,
            "get_or_create": False,
        }
        path = f"{server.database_path()}/collections"
        created = connection.post(path, bodies.encode(body))
        connection.close()
        self.path = f"{path}/{created['id']}"

    def count(self) -> int:
        connection = Connection(self.server.url, self.server.token)
        count = json.loads(connection.send("GET", f"{self.path}/count"))
        connection.close()
        return count

    def recall(self, dataset: Dataset, where=None, where_document=None, mask=None) -> float:
        """Share of the true nearest records among those answered, over many queries."""
        queries = dataset.queries[: RECALL_QUERIES if mask is None else RECALL_QUERIES_FILTERED]
        truth = dataset.nearest_distances(queries, RESULTS, mask)
        connection = Connection(self.server.url, self.server.token)
        found = 0
        for query, nearest in zip(queries, truth):
            body = bodies.query(query, RESULTS, where, where_document)
            answer = connection.post(f"{self.path}/query", body)["ids"][0]
            found += hits(dataset, query, answer, nearest, mask)
        connection.close()
        return found / int(np.isfinite(truth).sum())


def hits(dataset: Dataset, query, answer: list[str], nearest: np.ndarray, mask) -> int:
    """How many ids of an answer are right: admitted by the filter, and near enough."""
    unique = list(dict.fromkeys(answer))
    if mask is not None:
        unique = [record_id for record_id in unique if mask[dataset.row(record_id)]]
    farthest = nearest[np.isfinite(nearest)].max(initial=-np.inf)
    near_enough = dataset.distances(query, unique) <= farthest + DISTANCE_TOLERANCE
    return int(near_enough.sum())
