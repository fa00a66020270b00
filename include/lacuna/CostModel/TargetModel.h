// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a target can do, as numbers from a data file (lib/CostModel/targets,
// docs/Plan.md). Knows no MLIR: lacuna-advise reads it without compiling
// anything.

#ifndef LACUNA_COSTMODEL_TARGETMODEL_H
#define LACUNA_COSTMODEL_TARGETMODEL_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <map>
#include <string>
#include <vector>

namespace lacuna {

/// A number of a target file, or a curve: values at ascending points of threads
/// or columns, between which it is interpolated on logarithmic axes.
struct Constant {
  std::vector<double> at; ///< empty: one value holds everywhere
  std::vector<double> values;
  std::string unit;   ///< such as "bytes/s"
  std::string source; ///< where the value is from: a run, or a public figure
  bool calibrated = false; ///< measured on hardware of this target

  double get() const { return values.front(); }
  /// The value at `x`; beyond the ends, that of the end.
  double get(double x) const;
};

/// How fast a CPU route computes: multiply-adds a second on the elements that
/// the layout leaves, over columns, packing not counted.
struct RateTable {
  std::string route;    ///< "dense", "sparse-tensor", "vector"
  std::string element;  ///< "f32", "bf16", "f16", "i8"
  int64_t n = 0, m = 0; ///< the layout n:m; 0 on route dense
  int64_t threads = 1;
  Constant rate; ///< over columns
};

/// A target file.
struct TargetModel {
  std::string name;   ///< of the built-in file, "h200"; of others, `target`
  std::string target; ///< what it describes: "cpu-avx512", "sm_90a"
  std::string file;   ///< "cpu-avx512.json (built in)", or the path given
  std::string description;
  bool isGPU = false;
  std::map<std::string, Constant> constants;
  std::vector<RateTable> rates; ///< CPUs

  /// A constant that the file was checked to have.
  const Constant &operator[](llvm::StringRef constant) const {
    return constants.at(constant.str());
  }
  /// The names of constants and routes that are not calibrated.
  std::vector<std::string> getUncalibrated() const;
  /// Multiply-adds a second of a CPU route: from the table of that element type
  /// (else f32) and of the n:m nearest in density. More threads than the
  /// last table has count in proportion.
  double getRate(llvm::StringRef route, llvm::StringRef element, int64_t n,
                 int64_t m, int64_t threads, double columns,
                 bool *calibrated = nullptr) const;
};

/// Reads a target file. An error names the file, the constant, what was found
/// and what is expected.
llvm::Expected<TargetModel> parseTargetModel(llvm::StringRef text,
                                             llvm::StringRef file);
llvm::Expected<TargetModel> readTargetModel(const std::string &path);

/// The names of the files that are built in.
std::vector<llvm::StringRef> getTargetModelNames();

/// The built-in model of `target`: "cpu", whose vector instructions `features`
/// tells ("avx512f,..."; empty: AVX-512), or a GPU such as "sm_90a". A GPU
/// without a file of its own gets that of the nearest architecture before it;
/// `name` of the result says which. Fails for unknown targets, listing the
/// known ones.
llvm::Expected<TargetModel> getTargetModel(llvm::StringRef target,
                                           llvm::StringRef features = "");

/// The model of `target` that --target-model chooses: the name of a built-in
/// file ("h200"), or a path; empty: as above. Fails where it describes another
/// kind of target, or a GPU of another architecture.
llvm::Expected<TargetModel> getTargetModel(llvm::StringRef target,
                                           llvm::StringRef features,
                                           const std::string &choice);

} // namespace lacuna

#endif // LACUNA_COSTMODEL_TARGETMODEL_H
