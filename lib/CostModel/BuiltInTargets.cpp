// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The target files that are built in, and which target reads which.

#include "lacuna/CostModel/TargetModel.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"

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

static const BuiltIn *findByName(StringRef name) {
  const BuiltIn *file =
      find_if(kBuiltIn, [&](const BuiltIn &file) { return file.name == name; });
  return file == std::end(kBuiltIn) ? nullptr : file;
}

static const BuiltIn *find(StringRef target, StringRef features) {
  if (target == "cpu") {
    SmallVector<StringRef> list;
    features.split(list, ',');
    bool isOlder = !features.empty() && !is_contained(list, "avx512f") &&
                   !is_contained(list, "+avx512f");
    return findByName(isOlder ? "cpu-avx2" : "cpu-avx512");
  }
  if (const BuiltIn *exact = findByName(target))
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

static Expected<TargetModel> read(const BuiltIn &file) {
  auto model =
      parseTargetModel(file.text, (file.name + ".json (built in)").str());
  if (model)
    model->name = file.name.str();
  return model;
}

Expected<TargetModel> lacuna::getTargetModel(StringRef target,
                                             StringRef features) {
  const BuiltIn *file = find(target, features);
  if (!file)
    return createStringError("unknown target '" + target +
                             "'; expected cpu or one of " +
                             join(getTargetModelNames(), ", "));
  return read(*file);
}

/// Whether a model of one describes the other.
static Error checkFits(const TargetModel &model, StringRef target) {
  if (model.isGPU != (target != "cpu"))
    return createStringError(model.file + " describes a " +
                             (model.isGPU ? "GPU" : "CPU") +
                             ", and the target is " + target);
  if (model.isGPU && getNumber(model.target) != getNumber(target))
    return createStringError(model.file + " describes " + model.target + " (" +
                             model.description + "), and the target is " +
                             target + "; expected constants of that, or " +
                             "--target=" + model.target);
  return Error::success();
}

Expected<TargetModel> lacuna::getTargetModel(StringRef target,
                                             StringRef features,
                                             const std::string &choice) {
  if (choice.empty())
    return getTargetModel(target, features);
  const BuiltIn *file = findByName(choice);
  if (!file && !sys::fs::exists(choice))
    return createStringError("cannot read target file '" + choice +
                             "': No such file or directory; the built-in ones "
                             "are " +
                             join(getTargetModelNames(), ", "));
  Expected<TargetModel> model = file ? read(*file) : readTargetModel(choice);
  if (!model)
    return model.takeError();
  if (Error error = checkFits(*model, target))
    return std::move(error);
  return model;
}
