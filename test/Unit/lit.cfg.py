# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# The GoogleTest programs that lacuna_unittest() in test/CMakeLists.txt builds.
import os

import lit.formats

params = lit_config.params
root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
build = f"{root}/.lacuna/build/{params.get('preset', 'release')}"
build = params.get("build", build)

config.name = "Lacuna unit"
config.suffixes = []
config.test_source_root = f"{build}/test/Unit"
config.test_exec_root = config.test_source_root
config.test_format = lit.formats.GoogleTest(".", "Tests")
# Of sanitized builds: tests ask for more memory than there is.
config.environment["ASAN_OPTIONS"] = "allocator_may_return_null=1"
for name in ("LACUNA_TEST_SEED", "ASAN_OPTIONS", "UBSAN_OPTIONS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]
