// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looking up a form of mma or mma.sp by its modifiers.

#include "MmaDecode.h"

using namespace lacuna::emulator;

bool lacuna::emulator::hasWideVectors() {
#if defined(__x86_64__)
  static const bool has = __builtin_cpu_supports("avx2");
  return has;
#else
  return false;
#endif
}

const MmaForm *
lacuna::emulator::decodeMmaForm(Decoder &decoder, Modifiers &modifiers,
                                const std::vector<MmaForm> &forms,
                                Instruction &out) {
  if (modifiers.takeNext() != "sync" || modifiers.takeNext() != "aligned")
    return nullptr;
  std::string_view shape = modifiers.takeNext();
  if (modifiers.takeNext() != "row" || modifiers.takeNext() != "col")
    return nullptr;
  bool saturate = modifiers.take("satfinite");
  // Of D, A, B and C, in this order.
  std::string_view types[4];
  for (std::string_view &type : types)
    type = modifiers.takeNext();
  for (const MmaForm &form : forms) {
    if (form.shape != shape || form.a != types[1] || form.b != types[2] ||
        form.accumulator != types[0] || form.accumulator != types[3])
      continue;
    out.execute = saturate ? form.saturating : form.execute;
    if (!out.execute)
      return nullptr;
    out.sync = Sync::Warp;
    std::vector<Operand> list;
    decoder.writeVector(0, form.accumulatorType, form.counts[2], list);
    decoder.readVector(1, form.abType, form.counts[0], list);
    decoder.readVector(2, form.abType, form.counts[1], list);
    decoder.readVector(3, form.accumulatorType, form.counts[2], list);
    decoder.finishList(list, out);
    return &form;
  }
  return nullptr;
}
