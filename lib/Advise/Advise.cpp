// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lacuna-advise: reads the inputs, asks the cost model, writes. Outputs appear
// at the end, all together.

#include "lacuna/Advise/Advise.h"

#include "Inputs.h"

#include "../Driver/OutputFiles.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/WithColor.h"

using namespace lacuna;
using namespace lacuna::advise;

static llvm::Error write(const AdviseOptions &options, const Report &report) {
  OutputFiles outputs;
  auto writeFile = [&](const std::string &path, auto writeTo) {
    return path.empty() || path == "-"
               ? llvm::Error::success()
               : outputs.write(
                     path, [&](llvm::raw_ostream &os) { writeTo(report, os); });
  };
  if (llvm::Error error = writeFile(options.json, writeJSON))
    return error;
  if (llvm::Error error = writeFile(options.html, writeHTML))
    return error;
  if (llvm::Error error = outputs.commit())
    return error;
  return writeStandardOutput([&](llvm::raw_ostream &os) {
    if (options.json == "-")
      writeJSON(report, os);
    else if (options.html == "-")
      writeHTML(report, os);
    else
      writeText(report, options.top, os);
  });
}

static llvm::Error run(const AdviseOptions &options) {
  Report report;
  report.input = llvm::join(options.inputs, ", ");
  report.target = options.target;
  report.batches = options.batches;
  llvm::StringRef first = options.inputs.front();
  bool isModel = first.ends_with(".mlir") || first.ends_with(".mlirbc");
  if (llvm::Error error = isModel ? readModelAndWeights(options, report)
                                  : readCheckpoint(options, report))
    return error;
  if (llvm::Error error = recommend(options, report))
    return error;
  return write(options, report);
}

llvm::LogicalResult lacuna::runAdvise(const AdviseOptions &options) {
  llvm::Error error = run(options);
  if (!error)
    return llvm::success();
  // Diagnostics of a model have been printed.
  std::string message = llvm::toString(std::move(error));
  if (!message.empty())
    llvm::WithColor::error(llvm::errs(), "lacuna-advise") << message << "\n";
  return llvm::failure();
}
