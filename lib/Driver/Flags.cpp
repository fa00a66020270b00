// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "Flags.h"

#include "Target.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/WithColor.h"

using namespace llvm;
using namespace lacuna;

LogicalResult lacuna::usageError(StringRef tool, const Twine &message) {
  WithColor::error(errs(), tool) << message << "\n";
  return failure();
}

std::string lacuna::listNames(ArrayRef<StringRef> names) {
  std::string text = join(names.drop_back(), ", ");
  return text.empty() ? names.back().str() : text + " or " + names.back().str();
}

LogicalResult lacuna::parseFlags(StringRef tool, cl::OptionCategory &category,
                                 int argc, char **argv, StringRef overview) {
  cl::HideUnrelatedOptions(category);
  cl::SetVersionPrinter(
      [](raw_ostream &os) { os << "lacuna " LACUNA_VERSION "\n"; });
  if (!cl::ParseCommandLineOptions(argc, argv, overview, &errs()))
    return failure();
  // LLVM takes the last.
  for (auto &[name, option] : cl::getRegisteredOptions())
    if (is_contained(option->Categories, &category) &&
        option->getNumOccurrencesFlag() == cl::Optional &&
        option->getValueExpectedFlag() == cl::ValueRequired &&
        option->getNumOccurrences() > 1)
      return usageError(tool, (name.size() > 1 ? "--" : "-") + name +
                                  " is given " +
                                  Twine(option->getNumOccurrences()) +
                                  " times; expected it once");
  return success();
}

LogicalResult lacuna::checkTarget(StringRef tool, StringRef target) {
  if (is_contained(getTargetNames(), target))
    return success();
  return usageError(tool, "unknown target '" + target + "'; expected " +
                              listNames(getTargetNames()));
}

LogicalResult lacuna::checkPrecision(StringRef tool, StringRef precision) {
  if (is_contained({"", "f32", "tf32", "bf16", "f16"}, precision))
    return success();
  return usageError(tool, "unknown precision '" + precision +
                              "'; expected f32, tf32, bf16 or f16");
}
