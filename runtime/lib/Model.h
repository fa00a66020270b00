// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A loaded model.so: its manifest, the entries of each target, its fatbin, and
// the handle that callers hold. Immutable once loaded.

#ifndef LACUNA_RUNTIME_LIB_MODEL_H
#define LACUNA_RUNTIME_LIB_MODEL_H

#include "Manifest.h"
#include "lacuna/Runtime.h"

#include <deque>
#include <memory>

namespace lacuna::runtime {

using EntryFn = void (*)(void **descriptors);
using ShapesFn = void (*)(void **descriptors, int64_t *dims);
using WorkspaceFn = void (*)(void **descriptors, int64_t *bytes);

/// A function with its code and its description for callers.
struct Function {
  const FunctionSpec *spec = nullptr;
  EntryFn entry = nullptr;
  ShapesFn shapes = nullptr;
  WorkspaceFn workspace = nullptr; ///< Null without an arena.
  lacuna_function_info info = {};
};

/// A target with the code of its functions.
struct Target {
  const TargetSpec *spec = nullptr;
  std::vector<Function> functions;
  /// The CPU features that its host code needs and this host lacks.
  std::vector<std::string> missing;
  /// Why this host cannot run it; empty when it can.
  std::string unusable;
  lacuna_target_info info = {};
  std::vector<const char *> kernels; ///< Those of `info`.

  /// As lacuna_model_function finds it; throws an Error.
  const Function &function(const char *name) const;
};

class Model {
public:
  /// Opens and checks the file; throws an Error.
  static std::shared_ptr<const Model> load(const std::string &path);
  Model(const Model &) = delete;
  ~Model();

  const std::string &path() const { return file; }
  const std::string &manifestText() const { return text; }
  const Manifest &manifest() const { return content; }
  /// In the order of the manifest; at least one is usable.
  const std::vector<Target> &targets() const { return table; }
  /// Of any target: signatures are the same.
  const std::vector<Function> &functions() const {
    return table.front().functions;
  }
  /// The bytes of the model's fatbin; {nullptr, 0} when it has none.
  const void *fatbin() const { return fatbinData; }
  size_t fatbinSize() const { return fatbinBytes; }
  const std::vector<lacuna_tensor_info> &weights() const { return weightInfos; }
  const std::vector<lacuna_tensor_info> &state() const { return stateInfos; }

private:
  Model() = default;
  void open(const std::string &path);
  void readManifest();
  void resolveFunctions();
  void findFatbin();
  void describe();
  const lacuna_tensor_info *describe(const std::vector<TensorSpec> &specs);
  lacuna_tensor_info describe(const TensorSpec &spec);

  std::string file;
  void *handle = nullptr;
  std::string text;
  Manifest content;
  std::vector<Target> table;
  const void *fatbinData = nullptr;
  size_t fatbinBytes = 0;
  std::vector<lacuna_tensor_info> weightInfos, stateInfos;
  // What the descriptions point to; deques keep addresses.
  std::deque<std::vector<lacuna_tensor_info>> infos;
  std::deque<std::vector<const char *>> symbols;
};

/// How DLPack calls the type.
DLDataType getDLType(packing::ElementType type);

} // namespace lacuna::runtime

struct lacuna_model {
  std::shared_ptr<const lacuna::runtime::Model> model;
};

#endif // LACUNA_RUNTIME_LIB_MODEL_H
