"""The data are what the README says they are."""

import base64
import json
import unittest

import numpy as np

import bodies
import data
from collection import hits
from data import Dataset


class DataTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dataset = Dataset.make(3_000, 48)

    def test_the_same_seed_makes_the_same_data(self):
        again = Dataset.make(3_000, 48)
        np.testing.assert_array_equal(self.dataset.vectors, again.vectors)
        self.assertEqual(self.dataset.documents, again.documents)
        self.assertEqual(self.dataset.metadatas, again.metadatas)

    def test_real_text_differs_in_its_vectors_alone(self):
        real = Dataset.make(500, 32, "text")
        self.assertEqual(real.vectors.shape, (500, 32))
        self.assertEqual(len(real.queries), data.QUERIES)
        np.testing.assert_allclose(np.linalg.norm(real.vectors, axis=1), 1, atol=1e-3)
        self.assertEqual(real.documents, data.documents(500)[0])

    def test_neighbours_are_nearer_than_strangers_but_no_copies(self):
        similarity = self.dataset.queries @ self.dataset.vectors.T
        self.assertLess(np.median(similarity), 0.3)
        nearest = np.median(similarity.max(axis=1))
        self.assertGreater(nearest, np.median(similarity) + 0.2)
        self.assertLess(nearest, 0.99)

    def test_filters_admit_the_share_they_are_named_for(self):
        for key in ["bucket", "side"]:
            self.assertAlmostEqual(self.dataset.below(key, 500).mean(), 0.50, delta=0.03)
            self.assertAlmostEqual(self.dataset.below(key, 100).mean(), 0.10, delta=0.03)
            self.assertAlmostEqual(self.dataset.below(key, 10).mean(), 0.01, delta=0.01)
        for share, word in data.PLANTED_WORDS.items():
            texts = [word in document.lower() for document in self.dataset.documents]
            np.testing.assert_array_equal(texts, self.dataset.holding[share])
            self.assertAlmostEqual(np.mean(texts), share / 100, delta=0.03)

    def test_a_correlated_filter_admits_rows_that_lie_together(self):
        admitted = self.dataset.vectors[self.dataset.below("side", 100)]
        strangers = self.dataset.vectors[self.dataset.below("bucket", 100)]
        self.assertGreater(
            np.linalg.norm(admitted.mean(axis=0) - self.dataset.vectors.mean(axis=0)),
            3 * np.linalg.norm(strangers.mean(axis=0) - self.dataset.vectors.mean(axis=0)),
        )

    def test_the_truth_agrees_with_sorting_every_distance(self):
        self.check_truth(None)

    def test_the_truth_under_a_filter_knows_only_what_it_admits(self):
        self.check_truth(self.dataset.below("bucket", 100))

    def check_truth(self, mask):
        found = self.dataset.nearest_distances(self.dataset.queries[:20], 10, mask)
        rows = self.dataset.vectors if mask is None else self.dataset.vectors[mask]
        for query, distances in zip(self.dataset.queries, found):
            all_distances = ((rows.astype(np.float64) - query) ** 2).sum(axis=1)
            np.testing.assert_allclose(distances, np.sort(all_distances)[:10], atol=1e-5)

    def test_too_few_admitted_records_leave_infinite_distances(self):
        mask = np.zeros(len(self.dataset), dtype=bool)
        mask[[5, 9]] = True
        found = self.dataset.nearest_distances(self.dataset.queries[:3], 10, mask)
        self.assertEqual(np.isfinite(found).sum(), 6)


class RecallTests(unittest.TestCase):
    def setUp(self):
        self.dataset = Dataset.make(500, 16)
        self.query = self.dataset.queries[0]
        self.order = np.argsort(-(self.dataset.vectors @ self.query))
        self.truth = self.dataset.nearest_distances(self.dataset.queries[:1], 10)[0]

    def hits(self, rows, mask=None) -> int:
        ids = [Dataset.id(row) for row in rows]
        return hits(self.dataset, self.query, ids, self.truth, mask)

    def test_the_nearest_records_are_all_right(self):
        self.assertEqual(self.hits(self.order[:10]), 10)

    def test_a_farther_record_is_wrong(self):
        self.assertEqual(self.hits([*self.order[:9], self.order[100]]), 9)

    def test_a_record_given_twice_counts_once(self):
        self.assertEqual(self.hits([*self.order[:5], *self.order[:5]]), 5)

    def test_a_record_that_the_filter_refuses_is_wrong(self):
        mask = np.ones(500, dtype=bool)
        mask[self.order[0]] = False
        self.assertEqual(self.hits(self.order[:10], mask), 9)


class BodyTests(unittest.TestCase):
    def test_embeddings_of_an_add_read_back_as_they_were(self):
        dataset = Dataset.make(700, 8)
        batches = [json.loads(body) for body in bodies.batches(dataset, 300)]
        self.assertEqual([len(batch["ids"]) for batch in batches], [300, 300, 100])
        encoded = base64.b64decode(batches[1]["embeddings"][4])
        np.testing.assert_array_equal(np.frombuffer(encoded, "<f4"), dataset.vectors[304])
