#!/usr/bin/env python3
"""Keeps the repository tidy: line lengths, banned words, and the levels of the package.

Prints every finding and exits 1 when there is one. Standard library only.
"""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINE_COLUMNS_MAX = 100
FILE_LINES_MAX = 600
# The whole of all migrations, whatever its length.
WHOLE_SCHEMA = "schema.sql"

# What may not stand in Swift code outside tests, and what to write instead.
BANNED = {
    r"\btry!": "handle the error or throw it on",
    r"\bas!": "use as? and throw",
    r"\bfatalError\(": "throw ServiceError",
    r"\bNSRegularExpression\b": "user patterns go through TextIndex",
    r"\b(TODO|FIXME|XXX)\b": "do it, or write it in an issue",
}


def tracked(*patterns):
    names = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, check=True, capture_output=True
    ).stdout.decode()
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).exists()]


def is_generated(path):
    return "Generated" in path.parts


def lines_of(path):
    return path.read_text(encoding="utf-8").splitlines()


def long_lines():
    for path in tracked("*.swift", "*.py", "*.sh", "*.c", "*.cc", "*.h", "*.proto", "*.sql"):
        if is_generated(path):
            continue
        lines = lines_of(path)
        if len(lines) > FILE_LINES_MAX and path.name != WHOLE_SCHEMA:
            yield f"{path}: {len(lines)} lines; split it below {FILE_LINES_MAX}"
        for number, line in enumerate(lines, 1):
            if len(line) > LINE_COLUMNS_MAX:
                yield f"{path}:{number}: {len(line)} columns; at most {LINE_COLUMNS_MAX}"


def banned_words():
    for path in tracked("Sources/*.swift"):
        if is_generated(path):
            continue
        for number, line in enumerate(lines_of(path), 1):
            code = line.split("//")[0]
            for pattern, advice in BANNED.items():
                if re.search(pattern, code if "TODO" not in pattern else line):
                    yield f"{path}:{number}: {pattern} is not used here; {advice}"


def placeholders():
    for path in tracked("Sources/*/Placeholder.swift", "Tests/*/Placeholder.swift"):
        yield f"{path}: a target without code"


def levels_in_map():
    """Target name -> level, from the table in ARCHITECTURE.md."""
    levels = {}
    for line in lines_of(ROOT / "ARCHITECTURE.md"):
        row = re.match(r"\| (\d) \| ((?:`\w+`(?:, )?)+)", line)
        if row:
            for name in re.findall(r"`(\w+)`", row.group(2)):
                levels[name] = int(row.group(1))
    return levels


def dependencies(target):
    for dependency in target["dependencies"]:
        for kind in ("byName", "target"):
            if kind in dependency:
                yield dependency[kind][0]


def upward_imports(package, levels):
    """Every target that is not on the map or depends on one that isn't below it."""
    for target in package["targets"]:
        name = target["name"]
        if target["type"] == "test" or name == "TestSupport":
            continue
        if name not in levels:
            yield f"ARCHITECTURE.md: target {name} has no level in the map"
            continue
        for other in dependencies(target):
            if other in levels and levels[other] >= levels[name]:
                yield (
                    f"Package.swift: {name} (level {levels[name]}) depends on "
                    f"{other} (level {levels[other]}); dependencies point downwards"
                )


def package_levels():
    dump = subprocess.run(
        ["swift", "package", "dump-package"], cwd=ROOT, check=True, capture_output=True
    ).stdout
    yield from upward_imports(json.loads(dump), levels_in_map())


def main():
    checks = [long_lines, banned_words, placeholders, package_levels]
    findings = [finding for check in checks for finding in check()]
    for finding in findings:
        print(finding.replace(f"{ROOT}/", ""), file=sys.stderr)
    print(f"tidy: {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
