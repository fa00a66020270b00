// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A probe is a kernel around one instruction: a warp loads registers, executes
// it, and stores registers. What it has to compute is known without a device:
// exactly, or within a bound.

#ifndef LACUNA_BUNDLE_PROBE_H
#define LACUNA_BUNDLE_PROBE_H

#include <array>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace lacuna::bundle {

/// A register of all lanes, as bits.
using Register = std::array<uint64_t, 32>;
/// Of the warps of a launch, [warp][register].
using Registers = std::vector<std::vector<Register>>;

/// What an output has to be.
struct Expected {
  unsigned warp, reg, lane;
  /// "f32", "b32": how to read its bits, from bit `shift` on.
  std::string type;
  unsigned shift = 0;
  /// `value` within `bound` for floats; else exactly `bits`.
  double value = 0, bound = 0;
  uint64_t bits = 0;
};

class Probe {
public:
  virtual ~Probe() = default;

  /// Unique; also the name of its file.
  std::string name;
  /// PTX types of the registers %i0, %i1, ... and %o0, %o1, ...
  std::vector<std::string> inputs, outputs;
  /// Uses those, and %lane (.b32), %data (.b64, the warp's bytes in global
  /// memory), and the shared memory `buffer`.
  std::string statements;
  unsigned sharedBytes = 0, dataBytes = 0;
  /// Lowest version of PTX and architecture.
  std::string version = "7.0", target = "sm_80";
  /// Sums of floats in an order that no document fixes: their bits are worth
  /// keeping.
  bool golden = false;

  /// The inputs of one warp; `round` counts the warps, for kinds of data.
  virtual std::vector<Register> draw(std::mt19937_64 &random,
                                     unsigned round) const = 0;
  /// Appends what each output of a warp with these inputs has to be.
  virtual void expect(unsigned warp, const std::vector<Register> &inputs,
                      const std::vector<uint8_t> &data,
                      std::vector<Expected> &result) const = 0;

  std::string ptx() const;
};

using Probes = std::vector<std::unique_ptr<Probe>>;
void addMmaProbes(Probes &probes);
void addMoveProbes(Probes &probes);
void addArithmeticProbes(Probes &probes);
Probes allProbes();

/// "{%i0, %i1}" for names("i", 0, 2).
std::string names(const char *prefix, unsigned first, unsigned count);

} // namespace lacuna::bundle

#endif // LACUNA_BUNDLE_PROBE_H
