"""The table says what was measured."""

import types
import unittest

import report
from rounds import Results
from steps import Measurement, Part, Step

ABOUT = dict.fromkeys(
    "commit chroma records dimension data rounds cpu cores memory_gb kernel".split(), 1
)


def results(*rates_by_server: list) -> Results:
    servers = [types.SimpleNamespace(name=name) for name in "xy"[: len(rates_by_server)]]
    made = Results(servers, [Step("get", "get by one id", "req/s", None)])
    for server, rates in zip(servers, rates_by_server):
        for rate in rates:
            made.runs["get"][server.name].append(Measurement(rate, 1.5, 9, 1e6 / rate, 0, 0.1))
        made.footprints[server.name].append(dict.fromkeys(report.FOOTPRINT, 7.0))
    return made


class ReportTests(unittest.TestCase):
    def test_a_ratio_is_the_median_of_the_ratios_of_rounds(self):
        self.assertEqual(report.ratio([[10, 40, 30], [10, 10, 10]]), "3.00 (1.00-4.00)")

    def test_a_table_has_both_sides_and_their_ratio(self):
        shown = report.table(results([400, 300], [100, 100]), ABOUT)
        row = next(line for line in shown.splitlines() if "get by one id" in line)
        for cell in ["350", "100", "3.50 (3.00-4.00)", "1.50, 1.50"]:
            self.assertIn(cell, row)

    def test_kinds_of_requests_that_a_step_tells_apart_have_rows_of_their_own(self):
        made = results([400, 300], [100, 100])
        for measured in made.runs["get"]["x"] + made.runs["get"]["y"]:
            measured.parts = [Part("adds", measured.rate / 10, 2.5, 7.5)]
        row = next(line for line in report.table(made, ABOUT).splitlines() if "the adds" in line)
        for cell in ["35", "10", "3.50 (3.00-4.00)", "2.50, 2.50", "7.50, 7.50"]:
            self.assertIn(cell, row)

    def test_a_server_alone_has_no_ratio(self):
        shown = report.table(results([400, 300]), ABOUT)
        self.assertIn("A = x", shown)
        self.assertNotIn("(3.", shown)

    def test_cpu_outside_search_is_stated_where_it_is_known(self):
        known = results([400, 300])
        self.assertNotIn("outside search", report.table(known, ABOUT))
        for share, seen in zip([0.2, 0.4], known.runs["get"]["x"]):
            seen.outside_search = share
        self.assertIn("get, x: 30% of the CPU", report.table(known, ABOUT))

    def test_a_step_that_failed_on_one_side_is_shown_as_missing(self):
        broken = results([400], [])
        broken.footprints["y"].append(dict.fromkeys(report.FOOTPRINT, 7.0))
        broken.problems.append("y, get: 500")
        shown = report.table(broken, ABOUT)
        self.assertIn("PROBLEM: y, get: 500", shown)
        self.assertIn(" - ", shown)
