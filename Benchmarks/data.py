"""Data shaped like text embeddings, made from fixed seeds: the same on every machine.

Vectors are a Gaussian mixture: topics of unequal size, subtopics inside them, and noise whose
variance decays by direction, as in sentence embeddings; all of unit length. Every record has a
document of Zipf-distributed words and metadata with values of known selectivity.
"""

from __future__ import annotations

import dataclasses
import functools

import numpy as np

import text

SEED = 7_041_776
QUERIES = 1_000
TOPICS, SUBTOPICS = 96, 12
# Lengths of the parts a vector is the sum of; unrelated pairs come out near cosine 0.1, nearest
# neighbours of a query near 0.7.
COMMON, TOPIC, SUBTOPIC, NOISE = 0.35, 0.55, 0.45, 0.75
TOPIC_DECAY, NOISE_DECAY = 0.6, 0.5
VOCABULARY = 20_000
WORDS_MIN, WORDS_MAX = 40, 90
# Words that stand in a known share of the documents, in percent, each independent of the others.
PLANTED_WORDS = {10: "obsidian", 1: "quartzite", 0.1: "feldspar"}
# Rows compared at a time when the exact answer is computed: bounds the memory of big data sets.
TRUTH_ROWS = 50_000


def random(*stream: int) -> np.random.Generator:
    """An independent generator for each purpose, so that one more draw disturbs no other."""
    return np.random.default_rng([SEED, *stream])


class Mixture:
    """Where the topics lie; `sample` draws unit vectors from it."""

    def __init__(self, dimension: int):
        generator = random(1, dimension)
        self.dimension = dimension
        # Without the rotation every coordinate would have its own scale, which no embedding has.
        normal = generator.standard_normal((dimension, dimension))
        self.rotation = np.linalg.qr(normal)[0].astype(np.float32)
        self.noise = NOISE * spectrum(dimension, NOISE_DECAY)
        directions = spectrum(dimension, TOPIC_DECAY)
        common = COMMON * generator.standard_normal(dimension) / np.sqrt(dimension)
        topics = TOPIC * generator.standard_normal((TOPICS, 1, dimension)) * directions
        subtopics = SUBTOPIC * generator.standard_normal((TOPICS, SUBTOPICS, dimension))
        self.centres = common + topics + subtopics * directions
        self.spread = np.exp(0.25 * generator.standard_normal((TOPICS, SUBTOPICS)))
        self.weights = zipf(TOPICS, 0.7)

    def sample(self, generator: np.random.Generator, count: int):
        """(vectors of shape (count, dimension) as float32, the topic of each)."""
        topic = generator.choice(TOPICS, count, p=self.weights)
        subtopic = generator.integers(SUBTOPICS, size=count)
        noise = generator.standard_normal((count, self.dimension), dtype=np.float32)
        noise *= self.noise * self.spread[topic, subtopic][:, None]
        vectors = (self.centres[topic, subtopic] + noise).astype(np.float32) @ self.rotation
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors, topic


def spectrum(count: int, decay: float) -> np.ndarray:
    """Standard deviations falling as a power law; their squares add up to one."""
    scale = np.arange(1, count + 1, dtype=np.float64) ** -decay
    return (scale / np.linalg.norm(scale)).astype(np.float32)


def zipf(count: int, exponent: float) -> np.ndarray:
    weights = np.arange(1, count + 1, dtype=np.float64) ** -exponent
    return weights / weights.sum()


@functools.cache
def vocabulary() -> list[str]:
    """Pronounceable made-up words, the short ones first as in real text."""
    generator = random(2)
    syllables = [c + v for c in "b c d f g k l m n p r s t v w".split() for v in "aeiou"]
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        picks = generator.integers(len(syllables), size=generator.integers(1, 5))
        words["".join(syllables[i] for i in picks)] = None
    return sorted(words, key=len)


def documents(count: int) -> tuple[list[str], dict[float, np.ndarray]]:
    """(documents, for each share of PLANTED_WORDS which of them hold its word)."""
    generator = random(3)
    lengths = generator.integers(WORDS_MIN, WORDS_MAX + 1, count)
    holding = {share: generator.random(count) < share / 100 for share in PLANTED_WORDS}
    words = vocabulary()
    picks = generator.choice(len(words), int(lengths.sum()), p=zipf(len(words), 1.05))
    texts, start = [], 0
    for row, length in enumerate(lengths):
        text = [words[i] for i in picks[start : start + length]]
        start += length
        for place, (share, word) in enumerate(PLANTED_WORDS.items(), start=1):
            if holding[share][row]:
                text[place * length // 4] = word
        texts.append(" ".join(text).capitalize() + ".")
    return texts, holding


def sides(vectors: np.ndarray) -> np.ndarray:
    """The rank of each vector along one direction of the data, in 0..<1000.

    A bound on it is a selectivity like a bound on `bucket`, but the rows that it admits lie
    together, and most queries lie elsewhere: the filter that misleads an index most.
    """
    along = vectors @ vectors[random(8).integers(len(vectors))]
    ranks = np.empty(len(vectors), dtype=np.int64)
    ranks[np.argsort(along)] = np.arange(len(vectors))
    return ranks * 1_000 // max(len(vectors), 1)


def metadatas(topics: np.ndarray, side: np.ndarray) -> list[dict]:
    """One of every scalar type; `bucket` is uniform in 0..<1000, so a bound is a selectivity."""
    generator = random(4)
    buckets = generator.integers(1_000, size=len(topics))
    scores = generator.random(len(topics)).round(6)
    return [
        {
            "topic": f"topic-{topic:03d}",
            "bucket": int(bucket),
            "side": int(place),
            "score": float(score),
            "archived": bool(score < 0.5),
        }
        for topic, bucket, score, place in zip(topics, buckets, scores, side)
    ]


def mixed_vectors(count: int, dimension: int):
    """(vectors, the topic of each, queries)"""
    mixture = Mixture(dimension)
    vectors, topics = mixture.sample(random(5, dimension), count)
    queries, _ = mixture.sample(random(6, dimension), QUERIES)
    return vectors, topics, queries


def text_vectors(count: int, dimension: int):
    """The same of real text, as far as there is enough of it on this machine."""
    rows = text.vectors(count + QUERIES, dimension)
    if len(rows) < count + QUERIES:
        raise SystemExit(f"There is text for {len(rows) - QUERIES} records only: set N to that.")
    topics = random(9).integers(TOPICS, size=count)
    return rows[:count], topics, rows[count:]


@dataclasses.dataclass
class Dataset:
    vectors: np.ndarray
    queries: np.ndarray
    documents: list[str]
    metadatas: list[dict]
    # For each share of PLANTED_WORDS, which documents hold its word.
    holding: dict[float, np.ndarray]

    @classmethod
    def make(cls, count: int, dimension: int, kind: str = "mixture") -> Dataset:
        """`kind` is where the vectors are from; the rest is the same."""
        make = {"mixture": mixed_vectors, "text": text_vectors}[kind]
        vectors, topics, queries = make(count, dimension)
        texts, holding = documents(count)
        return cls(vectors, queries, texts, metadatas(topics, sides(vectors)), holding)

    def __len__(self) -> int:
        return len(self.vectors)

    @staticmethod
    def id(row: int) -> str:
        return f"record-{row:08d}"

    @staticmethod
    def row(record_id: str) -> int:
        return int(record_id.removeprefix("record-"))

    def below(self, key: str, bound: int) -> np.ndarray:
        """Which rows have a `bucket` or a `side` below a bound."""
        return np.array([metadata[key] < bound for metadata in self.metadatas])

    def nearest_distances(self, queries: np.ndarray, count: int, mask=None) -> np.ndarray:
        """Exact squared distances, ascending, of the `count` rows nearest to each query.

        With a mask only the rows it selects are candidates; missing ones are infinite.
        """
        rows = np.arange(len(self)) if mask is None else np.flatnonzero(mask)
        best = np.full((len(queries), count), np.inf, dtype=np.float32)
        for start in range(0, len(rows), TRUTH_ROWS):
            block = self.vectors[rows[start : start + TRUTH_ROWS]]
            candidates = np.concatenate([best, 2 - 2 * (queries @ block.T)], axis=1)
            best = np.partition(candidates, count - 1, axis=1)[:, :count]
        return np.sort(best, axis=1)

    def distances(self, query: np.ndarray, record_ids: list[str]) -> np.ndarray:
        rows = [self.row(record_id) for record_id in record_ids]
        return 2 - 2 * (self.vectors[rows] @ query)
