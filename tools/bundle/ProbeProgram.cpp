// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The PTX around a probe's statements.

#include "Probe.h"

using namespace lacuna::bundle;

std::string lacuna::bundle::names(const char *prefix, unsigned first,
                                  unsigned count) {
  std::string text = "{";
  for (unsigned i = 0; i < count; ++i)
    text += (i ? ", %" : "%") + (prefix + std::to_string(first + i));
  return text + "}";
}

/// Block b is warp b. A register takes 256 bytes, 8 for each lane, so register
/// r of it lies at (b * registers + r) * 256.
std::string Probe::ptx() const {
  std::string text = ".version " + version + "\n.target " + target +
                     "\n.address_size 64\n\n"
                     ".visible .entry probe(.param .u64 in, .param .u64 out, "
                     ".param .u64 bytes)\n{\n"
                     "  .reg .b64 %from, %to, %data, %offset, %start;\n"
                     "  .reg .b32 %lane, %warp;\n";
  if (sharedBytes)
    text += "  .shared .align 128 .b8 buffer[" + std::to_string(sharedBytes) +
            "];\n";
  auto declare = [&](const char *prefix, const std::vector<std::string> &all) {
    for (size_t i = 0; i < all.size(); ++i)
      text += "  .reg ." + all[i] + " %" + prefix + std::to_string(i) + ";\n";
  };
  declare("i", inputs);
  declare("o", outputs);
  auto place = [&](const char *reg, const char *param, size_t stride) {
    text += "  mul.wide.u32 %start, %warp, " + std::to_string(stride) +
            ";\n  ld.param.u64 " + reg + ", [" + param + "];\n  add.s64 " +
            reg + ", " + reg + ", %start;\n";
  };
  text += "  mov.u32 %lane, %tid.x;\n  mov.u32 %warp, %ctaid.x;\n";
  place("%from", "in", 256 * inputs.size());
  place("%to", "out", 256 * outputs.size());
  place("%data", "bytes", dataBytes);
  text += "  mul.wide.u32 %offset, %lane, 8;\n"
          "  add.s64 %from, %from, %offset;\n  add.s64 %to, %to, %offset;\n";
  for (size_t i = 0; i < inputs.size(); ++i)
    text += "  ld.global." + inputs[i] + " %i" + std::to_string(i) +
            ", [%from+" + std::to_string(256 * i) + "];\n";
  text += "\n" + statements + "\n\n";
  for (size_t i = 0; i < outputs.size(); ++i)
    text += "  st.global." + outputs[i] + " [%to+" + std::to_string(256 * i) +
            "], %o" + std::to_string(i) + ";\n";
  return text + "  ret;\n}\n";
}

Probes lacuna::bundle::allProbes() {
  Probes probes;
  addMmaProbes(probes);
  addMoveProbes(probes);
  addArithmeticProbes(probes);
  return probes;
}
