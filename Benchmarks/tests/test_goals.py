"""A goal is met when what was measured lies on the right side of its bound, and is right."""

from __future__ import annotations

import types
import unittest

import goals
import index
import report
from rounds import Results
from steps import Measurement, Step


def measurement(rate: float, p99_ms: float = 1, recall: float | None = None) -> Measurement:
    return Measurement(rate, 1, p99_ms, 1, 0, 0.1, recall)


class GoalTests(unittest.TestCase):
    def setUp(self):
        servers = [types.SimpleNamespace(name=name) for name in ("ours", "peer")]
        names = ["query4", "query16", "filter10", "indexed"]
        self.results = Results(servers, [Step(name, name, "req/s", None) for name in names])

    def add(self, step: str, ours: Measurement, peers: Measurement):
        self.results.runs[step]["ours"].append(ours)
        self.results.runs[step]["peer"].append(peers)

    def judge(self, indexes=None, records=100_000) -> dict[str, goals.Verdict]:
        verdicts = goals.judge(self.results, indexes or {}, records)
        return {verdict.says: verdict for verdict in verdicts}

    def test_what_was_not_measured_has_no_verdict(self):
        self.assertEqual(self.judge(), {})

    def test_a_rate_is_judged_by_its_ratio_to_the_peers(self):
        for rate, is_met in [(2_500, True), (2_499, False)]:
            self.setUp()
            self.add("query16", measurement(rate), measurement(100))
            verdict = self.judge()["queries at 16, recall no less than the peer's"]
            self.assertEqual((verdict.measured, verdict.met), (rate / 100, is_met))

    def test_fast_queries_that_find_less_than_the_peers_miss_the_goal(self):
        self.add("query16", measurement(9_000, recall=0.98), measurement(100, recall=0.99))
        verdict = self.judge()["queries at 16, recall no less than the peer's"]
        self.assertEqual((verdict.recall, verdict.met), (0.98, False))

    def test_filtered_queries_need_a_recall_whatever_the_peers(self):
        for recall, is_met in [(0.98, True), (0.979, False)]:
            self.setUp()
            self.add("filter10", measurement(9_000, recall=recall), measurement(9, recall=1.0))
            self.assertEqual(self.judge()["filter at random, 10 %"].met, is_met)

    def test_latencies_are_to_be_below_their_bound(self):
        for p99_ms, is_met in [(5, True), (5.1, False)]:
            self.setUp()
            self.add("query16", measurement(1, p99_ms), measurement(1, 100))
            self.assertEqual(self.judge()["their p99"].met, is_met)

    def test_rounds_count_by_the_median_of_their_ratios(self):
        for ours, peers in [(3_000, 100), (100, 100), (2_600, 100)]:
            self.add("query16", measurement(ours), measurement(peers))
        (verdict, _) = self.judge().values()
        self.assertEqual(verdict.measured, 26)

    def test_only_small_collections_promise_to_be_exact(self):
        self.add("query4", measurement(1, recall=0.999), measurement(1, recall=0.9))
        self.assertEqual(self.judge(records=20_001), {})
        (verdict,) = self.judge(records=20_000).values()
        self.assertFalse(verdict.met)

    def test_costs_are_judged_beside_the_peers(self):
        self.results.small["ours"].append(dict.fromkeys(report.SMALL, 10.0))
        self.results.small["peer"].append(dict.fromkeys(report.SMALL, 100.0))
        seen = {name: verdict.met for name, verdict in self.judge().items()}
        self.assertEqual(
            seen, {
                "small collections, filling": False, "their first query": False,
                "their memory": True, "their disk": True,
            },
        )

    def test_the_index_is_judged_beside_hnswlib(self):
        at_recall = index.rate_name(0.98)
        ours = {at_recall: 310.0, index.BUILD: 400.0, index.HOT_BYTES: 100.0}
        peer = {at_recall: 100.0, index.BUILD: 100.0, index.HOT_BYTES: 400.0}
        seen = self.judge({"mixture-384": {"figures": {"ours": ours, "hnswlib": peer}}})
        self.assertEqual(
            {name: (verdict.measured, verdict.met) for name, verdict in seen.items()}, {
                "index, 384-d, recall 0.98": (3.1, True),
                "index, 384-d, build": (4.0, False),
                "index, 384-d, hot bytes": (0.25, True),
            },
        )

    def test_a_goal_is_a_line_with_its_figure_and_its_bound(self):
        self.add("query16", measurement(2_000, 5), measurement(100, 100))
        about = {"records": 5_000, "dimension": 64, "collections": 7}
        rate, p99, *_ = report.goal_lines(goals.judge(self.results, {}, 100_000), about)[4:]
        for cell in ["queries at 16", "at least 25", " 20 ", "MISSED"]:
            self.assertIn(cell, rate)
        for cell in ["their p99", "at most 0.05", " 0.05 ", " met "]:
            self.assertIn(cell, p99)
