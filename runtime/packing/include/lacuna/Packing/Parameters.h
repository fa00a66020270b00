// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parameters file: how the names of a model's weights map to the tensors
// of a checkpoint. lacuna-import writes it where names differ, weights are
// tied, or one weight is made of several tensors.
//
//   {"lacuna_params": 1, "tensors": {
//      "lm_head.weight": {"op": "identity", "sources": ["embed.weight"]},
//      "qkv": {"op": "concat", "dim": 0, "sources": ["q", "k", "v"]},
//      "w1":  {"op": "stack", "sources": ["e.0.w1", "e.1.w1"]},
//      "up":  {"op": "transpose", "sources": ["c_fc.weight"]}}}

#ifndef LACUNA_PACKING_PARAMETERS_H
#define LACUNA_PACKING_PARAMETERS_H

#include "lacuna/Packing/SafeTensors.h"

namespace lacuna::packing {

struct Parameter {
  enum class Op {
    Identity,  ///< The one source.
    Concat,    ///< Sources joined along `dim`, which exists in them.
    Stack,     ///< Sources of one shape, joined along a new dimension `dim`.
    Transpose, ///< The one source with its dimensions permuted.
  };
  Op op = Op::Identity;
  unsigned dim = 0; ///< "dim" in the file; 0 when left out.
  /// "permutation": dimension i of the result is dimension permutation[i] of
  /// the source. Empty when left out: the dimensions in reverse.
  std::vector<unsigned> permutation;
  std::vector<std::string> sources;
};

/// The content of a parameters file. Names that are not listed map to
/// themselves.
class ParameterMap {
public:
  static Result<ParameterMap> open(const std::string &path);
  static Result<ParameterMap> parse(std::string_view json,
                                    const std::string &name);

  /// Null when the name is not listed.
  const Parameter *find(std::string_view name) const;

  const std::map<std::string, Parameter, std::less<>> &parameters() const {
    return entries;
  }

private:
  std::map<std::string, Parameter, std::less<>> entries;
};

/// A checkpoint seen through a parameters file.
class ParameterSource {
public:
  /// Without a parameters file every name maps to itself.
  explicit ParameterSource(SafeTensorsSet files, ParameterMap map = {});

  /// The weight `name` of the model; zero-copy for identity. An error names
  /// the files and the nearest names when a tensor is missing.
  Result<Tensor> resolve(const std::string &name) const;

  /// Type and shape of what resolve() returns, without its bytes: nothing is
  /// read or joined, but everything that can be missing is found.
  Result<Tensor> describe(const std::string &name) const;

  /// The checkpoint's name that `name` is identical to; nothing when it is
  /// made by another operation.
  std::optional<std::string> identity(const std::string &name) const;

  const SafeTensorsSet &files() const { return checkpoint; }

private:
  Result<Tensor> make(const std::string &name, bool withBytes) const;

  SafeTensorsSet checkpoint;
  ParameterMap map;
};

/// "; did you mean 'a' or 'b'?" with at most three of `names` near to `name`
/// by edit distance; empty when none is near. Also for rule files and flags.
std::string suggestNames(std::string_view name,
                         const std::vector<std::string> &names);

} // namespace lacuna::packing

#endif // LACUNA_PACKING_PARAMETERS_H
