"""Request bodies byte for byte as the Python client 1.5.9 sends them."""

from __future__ import annotations

import base64
import json

import numpy as np

from data import Dataset


def encode(value) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def base64_embedding(vector: np.ndarray) -> str:
    return base64.b64encode(vector.astype("<f4").tobytes()).decode()


def add(dataset: Dataset, rows: range, ids: list[str] | None = None) -> bytes:
    """One add of several records with their documents and metadata."""
    return encode(
        {
            "ids": ids or [dataset.id(row) for row in rows],
            "embeddings": [base64_embedding(dataset.vectors[row]) for row in rows],
            "metadatas": [dataset.metadatas[row] for row in rows],
            "documents": [dataset.documents[row] for row in rows],
            "uris": None,
        }
    )


def batches(dataset: Dataset, size: int) -> list[bytes]:
    starts = range(0, len(dataset), size)
    return [add(dataset, range(start, min(start + size, len(dataset)))) for start in starts]


def query(vector: np.ndarray, results: int, where=None, where_document=None) -> bytes:
    return encode(
        {
            "ids": None,
            "query_embeddings": [vector.tolist()],
            "n_results": results,
            "where": where,
            "where_document": where_document,
            "include": ["metadatas", "documents", "distances"],
        }
    )


def get(record_id: str) -> bytes:
    return encode(
        {
            "ids": [record_id],
            "where": None,
            "limit": None,
            "offset": None,
            "where_document": None,
            "include": ["metadatas", "documents"],
        }
    )
