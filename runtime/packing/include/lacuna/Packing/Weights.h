// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Weights as a model names them: from checkpoints, a parameters file and
// packed model.safetensors files to the form that is asked for. Both
// lacuna-compile (which writes model.safetensors) and the runtime (which
// loads weights) go through here.
//
// In a file a packed weight NAME is the tensors `NAME.values` and
// `NAME.coordinates` and the metadata string `lacuna.layout.NAME`:
// {"layout": "nm<2:4, dim = 1>", "shape": [512, 64], "dtype": "F32"}.

#ifndef LACUNA_PACKING_WEIGHTS_H
#define LACUNA_PACKING_WEIGHTS_H

#include "lacuna/Packing/NM.h"
#include "lacuna/Packing/Parameters.h"

namespace lacuna::packing {

/// What a model says about one of its weights; the shape is the dense one.
struct WeightSpec {
  std::string name;
  ElementType type = ElementType::F32;
  Shape shape;
  std::optional<NMLayout> layout;
  /// Not empty: the weight is the one of this name, pruned to the layout. It is
  /// made from that one, unless the files have it under its own name.
  std::string prunes = {};
};

/// The component buffers of an n:m weight.
struct PackedWeight {
  NMGeometry geometry;
  Tensor values;
  Tensor coordinates;
};

/// Where a weight lies in files.
struct StoredWeight {
  /// As the files have it: its type, dense shape, and the layout that it is
  /// stored with, if any.
  WeightSpec spec;
  /// Stored dense: its bytes, mapped; none where it is joined from several
  /// tensors or transposed.
  Tensor dense;
  /// Stored packed: mapped, and not validated.
  std::optional<NMGeometry> geometry;
  Tensor values, coordinates;
};

/// Where weights come from. Immutable after open(), so that threads may share
/// it.
class WeightStore {
public:
  /// `paths`: as for SafeTensorsSet::open. `parametersPath`: a parameters
  /// file, or empty.
  static Result<WeightStore> open(const std::vector<std::string> &paths,
                                  const std::string &parametersPath = "");

  /// What the files say about a weight: its type, dense shape, and the layout
  /// that it is stored with, if any.
  Result<WeightSpec> stored(const std::string &name) const;

  /// The names of all weights in the files, in byte order; a packed one counts
  /// once. They live as long as the store.
  std::vector<std::string_view> names() const;

  /// Where the weight lies. Nothing of its elements is read.
  Result<StoredWeight> locate(const std::string &name) const;

  /// Whether the weight is not in the files but made by pruning another.
  bool isMade(const WeightSpec &spec) const;

  /// Whether the weight is there with the type, shape and layout that the
  /// model says; its bytes are not looked at.
  Status check(const WeightSpec &spec) const;

  /// The weight as a dense tensor: mapped where it is stored dense, unpacked
  /// where it is stored packed. Whether the stored type, shape and layout are
  /// the specification's is checked, and with a layout also whether dense
  /// values keep to it. A weight that is stored packed may be asked for
  /// without a layout: dropping one never changes what a model means. As with
  /// packed(), what lies unaligned for its type in a file is copied.
  Result<Tensor> dense(const WeightSpec &spec,
                       const ParallelFor &parallel = {}) const;

  /// The components of a weight with a layout: mapped and validated where it
  /// is stored packed, packed from the dense values otherwise; an error names
  /// the first position that breaks the layout.
  Result<PackedWeight> packed(const WeightSpec &spec,
                              const ParallelFor &parallel = {}) const;

  const ParameterSource &source() const { return parameters; }

private:
  explicit WeightStore(ParameterSource source);
  Result<StoredWeight> lookup(const std::string &name) const;
  Result<StoredWeight> lookup(const WeightSpec &spec) const;
  Result<Tensor> prune(const WeightSpec &spec,
                       const ParallelFor &parallel) const;
  const std::string *layoutEntry(const std::string &name) const;

  ParameterSource parameters;
};

/// Writes the weights to `path` in canonical form: packed where they have a
/// layout, dense otherwise, under their own names. What is stored dense is
/// streamed; what is joined or unpacked is in memory one weight at a time.
/// Atomic as SafeTensorsWriter::write.
Status writeWeights(const std::string &path, const WeightStore &store,
                    const std::vector<WeightSpec> &specs);

} // namespace lacuna::packing

#endif // LACUNA_PACKING_WEIGHTS_H
