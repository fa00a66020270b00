// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The manifest of a compiled model: the targets it was compiled for, their
// functions and the weights that these want. runtime/README.md describes the
// JSON.

#ifndef LACUNA_RUNTIME_LIB_MANIFEST_H
#define LACUNA_RUNTIME_LIB_MANIFEST_H

#include "Architecture.h"
#include "lacuna/Packing/Convert.h"
#include "lacuna/Packing/Panels.h"

#include <string>
#include <tuple>
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
  std::string prunes; ///< The weight that this is, pruned; or empty.
};

/// A tensor that lives in the session and that runs change.
struct StateSpec {
  TensorSpec tensor; ///< Of static shape.
  /// The weight that holds its initial value; zeros where there is none.
  std::optional<size_t> weight;
};

/// The buffer of a weight that a function reads, or a state that it updates.
enum class View {
  Dense,
  Values,
  Coordinates,
  MmaValues,
  MmaMetadata,
  Panels,
  VectorValues,
  VectorCoordinates,
  State
};
const char *getName(View view);

struct Binding {
  /// Index into Manifest::weights; of View::State, into Manifest::state.
  size_t weight;
  View view;
  /// What its elements are rounded to before; not set for `coordinates`.
  std::optional<packing::Precision> precision;
  packing::PanelShape panels; ///< Of view Panels.

  bool operator<(const Binding &other) const {
    return std::tie(weight, view, precision, panels) <
           std::tie(other.weight, other.view, other.precision, other.panels);
  }
};

struct FunctionSpec {
  std::string name;
  std::string symbol; ///< What its symbols' names end in.
  std::vector<TensorSpec> inputs;
  std::vector<TensorSpec> outputs;
  std::vector<Binding> bindings;
  bool hasArena = false; ///< Its temporaries have a place before it runs.
  /// How many temporaries it allocates while it runs, which graphs of some
  /// devices cannot record.
  int64_t allocations = 0;

  /// Whether a run reads or changes the session's state.
  bool usesState() const;
  /// The sum of the outputs' ranks.
  size_t numOutputDims() const;
};

/// What the model was compiled for: the CPU or a GPU architecture.
struct TargetSpec {
  std::string name;   ///< "cpu", "cpu:x86-64-v3", "sm_80".
  std::string prefix; ///< Of its functions in the symbols' names.
  std::string cpu;    ///< The processor of its host code.
  std::vector<std::string> features;
  std::vector<std::string> kernels; ///< By index in lacuna_rt_launch.
  std::vector<std::string> regions; ///< With their routes, to be shown.
  std::vector<FunctionSpec> functions;
  std::optional<Architecture> architecture; ///< Of a GPU.

  bool isCpu() const { return name == "cpu" || name.rfind("cpu:", 0) == 0; }
};

struct Manifest {
  std::string producer;
  /// At least one, each with the same functions.
  std::vector<TargetSpec> targets;
  std::vector<TensorSpec> weights;
  std::vector<StateSpec> state;

  /// Throws an Error that names what is wrong. Checks everything that later
  /// code relies on; unknown keys are ignored.
  static Manifest parse(std::string_view text);
};

/// No real network comes near; descriptors stay small.
constexpr size_t maxRank = 32;

} // namespace lacuna::runtime

#endif // LACUNA_RUNTIME_LIB_MANIFEST_H
