// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A loaded model.so: its manifest, its entries, and the handle that callers
// hold. Immutable once loaded.

#ifndef LACUNA_RUNTIME_LIB_MODEL_H
#define LACUNA_RUNTIME_LIB_MODEL_H

#include "Manifest.h"
#include "lacuna/Runtime.h"

#include <deque>
#include <memory>

namespace lacuna::runtime {

using EntryFn = void (*)(void **descriptors);
using ShapesFn = void (*)(void **descriptors, int64_t *dims);

/// A function with its code and its description for callers.
struct Function {
  const FunctionSpec *spec = nullptr;
  EntryFn entry = nullptr;
  ShapesFn shapes = nullptr;
  lacuna_function_info info = {};
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
  const std::vector<Function> &functions() const { return table; }
  const std::vector<lacuna_tensor_info> &weights() const { return weightInfos; }

  /// As lacuna_model_function finds it; throws an Error.
  const Function &function(const char *name) const;

private:
  Model() = default;
  void open(const std::string &path);
  void readManifest();
  void resolveFunctions();
  void describe();
  const lacuna_tensor_info *describe(const std::vector<TensorSpec> &specs);
  lacuna_tensor_info describe(const TensorSpec &spec);

  std::string file;
  void *handle = nullptr;
  std::string text;
  Manifest content;
  std::vector<Function> table;
  std::vector<lacuna_tensor_info> weightInfos;
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
