#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 Linchpin contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""tidy.py CHECKOUT BUILD_DIRECTORY STAMPS [FILE...]

Runs clang-tidy on the sources of a compilation database, several at a time.
A file that passed gets a stamp, named after all that its result depends on
(its text and that of the project's headers it includes, the compiler's options
and clang-tidy's), and is not looked at again until any of that changes.
"""

import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys
import threading

CLANG_TIDY = "clang-tidy-19"

# Used where the project has no .clang-tidy of its own.
DEFAULT_CHECKS = "-*,bugprone-*,-bugprone-easily-swappable-parameters,performance-*,clang-analyzer-*"

# Options of the compiler used for building that clang does not know.
UNKNOWN = ("-fmodules-ts", "-fmodule-mapper=", "-fdeps-format=", "-fconcepts", "-Wlogical-op",
           "-Wduplicated-", "-Wuseless-cast", "-fhardened", "-ftrivial-auto-var-init-padding",
           "-mno-direct-extern-access")


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
        self.lock = threading.Lock()
        self.configured = os.path.exists(os.path.join(checkout, ".clang-tidy"))

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
        parts = [self.version, DEFAULT_CHECKS if not self.configured else "",
                 " ".join(entry["arguments"]).replace(self.checkout, "")]
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
                arguments = [a for a in arguments if not a.startswith(UNKNOWN)]
                yield {**entry, "file": source, "arguments": arguments}

    def run(self, entry):
        """Returns what clang-tidy has to say, or nothing."""
        stamp = self.stamps / self.key(entry)
        if stamp.exists():
            return True, ""
        command = [CLANG_TIDY, "-p", str(self.database), "--quiet", "--warnings-as-errors=*",
                   f"--header-filter=^{self.checkout}/(?!build)",
                   "--extra-arg=-Wno-unknown-warning-option", "--extra-arg=-Wno-ignored-gch",
                   "--extra-arg=-Wno-unknown-pragmas"]
        if not self.configured:
            command.append(f"--checks={DEFAULT_CHECKS}")
        done = subprocess.run([*command, entry["file"]], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            stamp.touch()
            return True, ""
        errors = "\n".join(line for line in done.stderr.splitlines() if "warnings generated" not in line)
        return False, done.stdout + errors


def main():
    checkout, build, stamps = (os.path.realpath(a) for a in sys.argv[1:4])
    only = {os.path.realpath(a) for a in sys.argv[4:]}
    tidy = Tidy(checkout, build, stamps)
    entries, seen = [], set()
    for entry in tidy.entries():
        if entry["file"] not in seen and (not only or entry["file"] in only):
            seen.add(entry["file"])
            entries.append(entry)
    (tidy.database / "compile_commands.json").write_text(
        json.dumps([{k: v for k, v in e.items() if k != "command"} for e in entries]), encoding="utf-8")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("LINCHPIN_JOBS") or os.cpu_count())) as pool:
        for number, (entry, (passed, text)) in enumerate(zip(entries, pool.map(tidy.run, entries)), 1):
            if not passed:
                failed += 1
                print(f"{os.path.relpath(entry['file'], checkout)}:\n{text}", flush=True)
            if sys.stderr.isatty():
                print(f"\rdev: {number}/{len(entries)}", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    print(f"dev: clang-tidy: {len(entries)} files, {failed} with findings", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
