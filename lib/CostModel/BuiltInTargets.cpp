// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The target files that are built in, and which target reads which.

#include "lacuna/CostModel/TargetModel.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace lacuna;

namespace {
struct BuiltIn {
  StringLiteral name, text;
};
} // namespace

// From the files in targets/, by CMake.
static constexpr BuiltIn kBuiltIn[] = {
#include "BuiltInTargets.inc"
};

std::vector<StringRef> lacuna::getTargetModelNames() {
  std::vector<StringRef> names;
  for (const BuiltIn &file : kBuiltIn)
    names.push_back(file.name);
  return names;
}

/// 90 of "sm_90a"; 0 of what is no GPU.
static unsigned getNumber(StringRef name) {
  unsigned number = 0;
  if (!name.consume_front("sm_"))
    return 0;
  name.consume_back("a");
  return name.getAsInteger(10, number) ? 0 : number;
}

static const BuiltIn *find(StringRef target, StringRef features) {
  auto byName = [](StringRef name) {
    return find_if(kBuiltIn,
                   [&](const BuiltIn &file) { return file.name == name; });
  };
  if (target == "cpu") {
    SmallVector<StringRef> list;
    features.split(list, ',');
    bool isOlder = !features.empty() && !is_contained(list, "avx512f") &&
                   !is_contained(list, "+avx512f");
    return byName(isOlder ? "cpu-avx2" : "cpu-avx512");
  }
  if (const BuiltIn *exact = byName(target); exact != std::end(kBuiltIn))
    return exact;
  const BuiltIn *nearest = nullptr;
  for (const BuiltIn &file : kBuiltIn) {
    unsigned number = getNumber(file.name);
    if (number && number <= getNumber(target) &&
        (!nearest || number > getNumber(nearest->name)))
      nearest = &file;
  }
  return nearest;
}

Expected<TargetModel> lacuna::getTargetModel(StringRef target,
                                             StringRef features) {
  const BuiltIn *file = find(target, features);
  if (!file)
    return createStringError("unknown target '" + target +
                             "'; expected cpu or one of " +
                             join(getTargetModelNames(), ", "));
  return parseTargetModel(file->text, (file->name + ".json (built in)").str());
}
