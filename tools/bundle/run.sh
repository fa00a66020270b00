#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Runs the bundle's tests, probes and benchmarks. ./run.sh --help lists options.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
needed=@GLIBC@

fail() { echo "bundle: error: $1" >&2; exit 2; }
machine=$(uname -sm)
[ "$machine" = "Linux x86_64" ] || fail "found $machine, the bundle's programs are for Linux x86_64"
found=$(getconf GNU_LIBC_VERSION 2>/dev/null | sed -n 's/^glibc //p')
[ -n "$found" ] || fail "found no GNU C library, the bundle's programs need glibc $needed or later"
oldest=$(printf '%s\n%s\n' "$needed" "$found" | sort -V | head -n 1)
[ "$oldest" = "$needed" ] || fail "the C library is too old: found glibc $found, expected $needed or later"
[ -x "$here/bin/lacuna-bundle" ] || fail "$here/bin/lacuna-bundle is missing or not executable: unpack the whole archive, on a file system that allows programs"
exec "$here/bin/lacuna-bundle" --bundle="$here" "$@"
