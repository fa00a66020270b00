// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The manifest of a compiled model: what it was compiled for, its functions
// and the weights that they want. runtime/README.md describes the JSON.

#ifndef LACUNA_RUNTIME_LIB_MANIFEST_H
#define LACUNA_RUNTIME_LIB_MANIFEST_H

#include "lacuna/Packing/NM.h"

#include <string>
#include <vector>

namespace lacuna::runtime {

/// An input, an output or a weight.
struct TensorSpec {
  std::string name;
  packing::ElementType type = packing::ElementType::F32;
  packing::Shape shape;             ///< -1 where dynamic.
  std::vector<std::string> symbols; ///< Empty, or a name ("": none) each.
  std::string layoutText;
  std::optional<packing::NMLayout> layout; ///< Weights only.
};

/// The buffer of a weight that a function reads.
enum class View { Dense, Values, Coordinates };
const char *getName(View view);

struct Binding {
  size_t weight; ///< Index into Manifest::weights.
  View view;
};

struct FunctionSpec {
  std::string name;
  std::vector<TensorSpec> inputs;
  std::vector<TensorSpec> outputs;
  std::vector<Binding> bindings;

  /// The sum of the outputs' ranks.
  size_t numOutputDims() const;
};

struct Manifest {
  std::string producer;
  std::string target;
  std::string cpu;
  std::vector<std::string> features;
  std::vector<FunctionSpec> functions;
  std::vector<TensorSpec> weights;

  /// Throws an Error that names what is wrong. Checks everything that later
  /// code relies on; unknown keys are ignored.
  static Manifest parse(std::string_view text);
};

/// No real network comes near; descriptors stay small.
constexpr size_t maxRank = 32;

} // namespace lacuna::runtime

#endif // LACUNA_RUNTIME_LIB_MANIFEST_H
