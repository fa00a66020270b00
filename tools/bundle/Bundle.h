// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the folder holds, as make.py wrote it to bundle.json.

#ifndef LACUNA_BUNDLE_BUNDLE_H
#define LACUNA_BUNDLE_BUNDLE_H

#include "Options.h"
#include "lacuna/Packing/Tensor.h"

#include <string>
#include <vector>

namespace lacuna::bundle {

/// A weight whose elements are offset + scale * random, in [-1, 1) (see
/// Numbers.h), with zeros where it keeps `kept` of each `group` of the last
/// dimension.
struct GeneratedWeight {
  std::string name, type;
  packing::Shape shape;
  uint64_t seed = 0;
  double scale = 1, offset = 0;
  unsigned kept = 0, group = 0;
};
packing::Tensor generate(const GeneratedWeight &weight);

/// An artifact and its weights: files, or generated here.
struct Artifact {
  std::string name, model;
  std::string params;
  std::vector<GeneratedWeight> weights;
};

/// Its inputs and references are in `cases`: "0/in0", "0/out0" (the float64
/// that NumPy computed), "0/bound0" (how far off an element may be; no such
/// tensor: not at all), "1/in0" and so on.
struct Test : Artifact {
  std::string group, cases;
  unsigned numCases = 0;
  /// The instruction that has to be executed, "mma.sp", where that is counted.
  std::string uses;
};

/// y[n, m] = x[n, k] w[m, k]^T, for several n.
struct Benchmark : Artifact {
  std::string type, out, route;
  int64_t m = 0, k = 0;
  std::vector<int64_t> sizes;
  GeneratedWeight weight() const { return weights.at(0); }
};

struct Bundle {
  std::string folder, producer, ptx, cuda;
  std::vector<Test> tests;
  std::vector<Benchmark> benchmarks;

  std::string path(const std::string &file) const {
    return folder + "/" + file;
  }
};

/// Reads FOLDER/bundle.json; checks that all files are there, whole (the loader
/// does not survive a library that is cut short). Throws a Failure.
Bundle readBundle(const std::string &folder);

/// The files of weights to give to a session; generated ones are written to
/// `scratch` first.
std::vector<std::string> weightFiles(const Bundle &bundle,
                                     const Artifact &artifact,
                                     const std::string &scratch);

} // namespace lacuna::bundle

#endif // LACUNA_BUNDLE_BUNDLE_H
