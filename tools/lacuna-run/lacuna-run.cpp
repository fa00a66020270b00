// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lacuna-run: runs a compiled model on tensors from files, compares outputs
// with references and times runs. --help describes it.

#include "Runner.h"
#include "lacuna/Runtime.h"

#include <csignal>
#include <cstdio>
#include <exception>

using namespace lacuna::run;

int main(int argc, char **argv) {
  // A write beyond the limit of file sizes fails, and is said like any other.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    Options options = parseOptions(argc, argv);
    if (options.help) {
      std::fputs(usage(), stdout);
      return Success;
    }
    if (options.version) {
      std::printf("lacuna-run %s\n", lacuna_version());
      return Success;
    }
    return runModel(options);
  } catch (const Failure &failure) {
    std::fprintf(stderr, "lacuna-run: error: %s\n", failure.what());
    return failure.code;
  } catch (const std::exception &error) {
    std::fprintf(stderr, "lacuna-run: error: %s\n", error.what());
    return BadUse;
  }
}
