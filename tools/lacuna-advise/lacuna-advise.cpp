// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lacuna-advise: what the weights of a checkpoint are like, and which layouts
// would pay.

#include "lacuna/Advise/Advise.h"

#include "llvm/Support/InitLLVM.h"

#include <csignal>

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  // A write beyond the limit of file sizes fails, and is said like any other.
  std::signal(SIGXFSZ, SIG_IGN);
  llvm::FailureOr<lacuna::AdviseOptions> options =
      lacuna::parseAdviseCommandLine(argc, argv);
  if (failed(options))
    return 2;
  return failed(lacuna::runAdvise(*options)) ? 1 : 0;
}
