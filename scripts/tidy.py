#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 Linchpin contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""tidy.py CHECKOUT BUILD_DIRECTORY STAMPS [FILE...]

Runs clang-tidy on the sources of a compilation database, several at a time.
A file that passed gets a stamp, named after all that its result depends on
(its text and that of the project's headers it includes, the compiler's options
and clang-tidy's), and is not looked at again until any of that changes.

Most of the time goes into Qt's headers, so many files are checked together,
included into one. Those that do not fit in (they have a function
of the same name as another) are put together once more, without the others.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import threading

CLANG_TIDY = "clang-tidy-19"

# How many files to check as one.
BATCH = 40

# Options of the compiler used for building that clang does not know.
UNKNOWN = ("-fmodules-ts", "-fmodule-mapper=", "-fdeps-format=", "-fconcepts", "-Wlogical-op",
           "-Wduplicated-", "-Wuseless-cast", "-fhardened", "-ftrivial-auto-var-init-padding",
           "-mno-direct-extern-access")

# Not asked of tests: after QVERIFY an optional is known to hold something, but not to clang-tidy, and
# one that is empty ends the test all the same; "private Q_SLOTS:" is an access specifier of its own.
NOT_OF_TESTS = "--checks=-bugprone-unchecked-optional-access,-readability-redundant-access-specifiers"

FINDING = re.compile(r"^(/[^:]+):\d+:\d+: (?:warning|error): .*\[(.*)\]$", re.MULTILINE)


def project_dependencies(build, checkout):
    """Maps every object file to the files of the project it was made from."""
    listing = subprocess.run(["ninja", "-C", build, "-t", "deps"], capture_output=True, text=True,
                             check=False).stdout
    result, current = {}, None
    for line in listing.splitlines():
        if line and not line.startswith(" "):
            current = result.setdefault(line.split(": #deps")[0], [])
        elif line.strip() and current is not None:
            path = os.path.normpath(os.path.join(build, line.strip()))
            if path.startswith(checkout + os.sep):
                current.append(path)
    return result


def exceptions(entry):
    return [NOT_OF_TESTS] if "/tests/" in entry["file"] else []


class Tidy:
    def __init__(self, checkout, build, stamps):
        self.checkout, self.build, self.stamps = checkout, build, pathlib.Path(stamps)
        self.stamps.mkdir(parents=True, exist_ok=True)
        self.version = subprocess.run([CLANG_TIDY, "--version"], capture_output=True, text=True,
                                      check=True).stdout
        self.dependencies = project_dependencies(build, checkout)
        self.digests = {}
        self.database = pathlib.Path(build) / "tidy"
        self.database.mkdir(exist_ok=True)

    def digest(self, path):
        if path not in self.digests:
            try:
                self.digests[path] = hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
            except OSError:
                self.digests[path] = ""
        return self.digests[path]

    def options_files(self, source):
        directory = os.path.dirname(source)
        while directory.startswith(self.checkout):
            path = os.path.join(directory, ".clang-tidy")
            if os.path.exists(path):
                yield path
            directory = os.path.dirname(directory)

    def key(self, entry):
        source = entry["file"]
        parts = ["2", self.version, " ".join(entry["arguments"]).replace(self.checkout, ""), *exceptions(entry)]
        for path in sorted({source, *self.dependencies.get(entry.get("output", ""), []),
                            *self.options_files(source)}):
            parts.append(f"{os.path.relpath(path, self.checkout)} {self.digest(path)}")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def entries(self):
        with open(os.path.join(self.build, "compile_commands.json"), encoding="utf-8") as file:
            for entry in json.load(file):
                source = os.path.normpath(os.path.join(entry["directory"], entry["file"]))
                if not source.startswith(self.checkout + os.sep) or source.startswith(self.build + os.sep):
                    continue
                arguments = entry.get("arguments") or shlex.split(entry["command"])
                if "ccache" in os.path.basename(arguments[0]):
                    arguments = arguments[1:]
                yield {"file": source, "output": entry.get("output", ""), "directory": entry["directory"],
                       "arguments": [a for a in arguments if not a.startswith(UNKNOWN)]}

    def has_passed(self, entry):
        return (self.stamps / self.key(entry)).exists()

    def options(self, entry):
        """What the compiler is told about a file, without the file and what becomes of it: first
        what decides how the language is read, then where headers are and what is defined. The
        precompiled headers are left out: Clang does not know those of GCC, and reading all of Qt
        in their stead takes long."""
        language, places, rest = [], [], iter(entry["arguments"])
        for argument in rest:
            if argument in ("-o", "-MT", "-MF"):
                next(rest)
            elif argument == "-include":
                path = next(rest)
                if "cmake_pch" not in path:
                    language += [(argument, path)]
            elif argument == "-isystem":
                places.append((argument, next(rest)))
            elif argument.startswith(("-I", "-D")):
                places.append((argument,))
            elif argument not in ("-c", entry["file"], "-Winvalid-pch", "-MD") and not argument.startswith("-U"):
                language.append((argument,))
        return language, places

    def command(self, batch):
        """One command for files of several targets. No two of the project's targets define the
        same macro differently."""
        told = {}
        for entry in batch:
            language, places = self.options(entry)
            told.update(dict.fromkeys([*language, *places]))
        return [word for words in told for word in words]

    def clang_tidy(self, batch, *checks):
        """Returns whether clang-tidy is content with the files, and what it says."""
        # The files of a batch are headers to clang-tidy; its expressions know no look-ahead.
        name = hashlib.sha256("\n".join(e["file"] for e in batch).encode()).hexdigest()[:16]
        folder = self.database / name
        folder.mkdir(exist_ok=True)
        source = batch[0]["file"]
        if len(batch) > 1:
            source = str(folder / "batch.cpp")
            lines = []
            for number, entry in enumerate(batch):
                lines += [f"#define main main{number}", f'#include "{entry["file"]}" // NOLINT', "#undef main"]
            pathlib.Path(source).write_text("\n".join([*lines, ""]), encoding="utf-8")
        (folder / "compile_commands.json").write_text(json.dumps([{
            "file": source, "directory": batch[0]["directory"],
            "arguments": [*self.command(batch), "-c", source]}]), encoding="utf-8")
        done = subprocess.run(
            [CLANG_TIDY, "-p", str(folder), "--quiet", "--warnings-as-errors=*", *checks,
             f"--config-file={next(self.options_files(batch[0]['file']))}",
             f"--header-filter=^{self.checkout}/(app|core|protocols|tests|ui)/",
             "--extra-arg=-Wno-unknown-warning-option", "--extra-arg=-Wno-unknown-pragmas",
             # The signals called event: GCC sees that they are no attempt to override QObject::event.
             "--extra-arg=-Wno-overloaded-virtual", source],
            capture_output=True, text=True, check=False)
        errors = "\n".join(line for line in done.stderr.splitlines() if "warnings generated" not in line)
        return done.returncode == 0, done.stdout + errors

    def run(self, batch, fits=False):
        """Returns the files that passed, and what clang-tidy has to say."""
        if len(batch) > 1 and not fits:
            _, text = self.clang_tidy(batch, "--checks=-*,misc-static-assert")
            wrong = {path for path, check in FINDING.findall(text) if "clang-diagnostic-error" in check}
            misfits = [e for e in batch if e["file"] in wrong]
            if wrong and not misfits:  # a header that two of them use
                misfits = batch[len(batch) // 2:]
            if misfits == batch:
                misfits = batch[1:]
            if misfits:
                halves = [self.run([e for e in batch if e not in misfits], len(wrong) > 0), self.run(misfits)]
                return [e for half in halves for e in half[0]], "".join(half[1] for half in halves)
        passed, text = self.clang_tidy(batch, *exceptions(batch[0]))
        findings = FINDING.findall(text)
        if not passed and len(batch) > 1 and (
                not findings or any("clang-diagnostic-error" in check for _, check in findings)):
            half = len(batch) // 2
            halves = [self.run(batch[:half]), self.run(batch[half:])]
            return [e for half in halves for e in half[0]], "".join(half[1] for half in halves)
        blamed = {path for path, _ in findings}
        clean = [e for e in batch if e["file"] not in blamed]
        if not passed and not blamed <= {e["file"] for e in batch}:
            clean = []  # a header's fault is that of whoever includes it
        for entry in clean:
            (self.stamps / self.key(entry)).touch()
        return clean, "" if passed else text


def batches_of(tidy, entries):
    kinds = {}
    for entry in sorted(entries, key=lambda e: e["file"]):
        language, _ = tidy.options(entry)
        key = (*language, *exceptions(entry), *tidy.options_files(entry["file"]))
        kinds.setdefault(key, []).append(entry)
    for files in kinds.values():
        count = -(-len(files) // BATCH)
        size = -(-len(files) // count)
        yield from (files[i:i + size] for i in range(0, len(files), size))


def main():
    checkout, build, stamps = (os.path.realpath(a) for a in sys.argv[1:4])
    only = {os.path.realpath(a) for a in sys.argv[4:]}
    tidy = Tidy(checkout, build, stamps)
    entries = {}
    for entry in tidy.entries():
        if not only or entry["file"] in only:
            entries.setdefault(entry["file"], entry)
    pending = [e for e in entries.values() if not tidy.has_passed(e)]
    # Tests last: they take longest, for few of them fit together.
    batches = sorted(batches_of(tidy, pending), key=lambda batch: (bool(exceptions(batch[0])), -len(batch)))
    done = passed = 0
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("LINCHPIN_JOBS") or os.cpu_count())) as pool:
        running = {pool.submit(tidy.run, batch): batch for batch in batches}
        for future in concurrent.futures.as_completed(running):
            clean, text = future.result()
            done += len(running[future])
            passed += len(clean)
            print(f"dev: clang-tidy: {done}/{len(pending)}", file=sys.stderr, flush=True)
            if text:
                print(text, flush=True)
    print(f"dev: clang-tidy: {len(entries)} files, {len(entries) - len(pending)} of them unchanged, "
          f"{len(pending) - passed} not in order", file=sys.stderr)
    return 1 if passed < len(pending) else 0


if __name__ == "__main__":
    sys.exit(main())
