// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// f32 and f64 arithmetic under every rounding mode (.rn, .rz, .rm, .rp). The
// processor rounds; Directed.cpp is compiled so that the compiler leaves the
// operations between the changes of mode. Round-to-nearest code elsewhere uses
// plain operators.

#ifndef LACUNA_EMULATOR_ISA_DIRECTED_H
#define LACUNA_EMULATOR_ISA_DIRECTED_H

#include "Formats.h"

namespace lacuna::emulator::isa {

float addRounded(float a, float b, Rounding mode);
float multiplyRounded(float a, float b, Rounding mode);
float fmaRounded(float a, float b, float c, Rounding mode);
float divideRounded(float a, float b, Rounding mode);
float sqrtRounded(float a, Rounding mode);
double addRounded(double a, double b, Rounding mode);
double multiplyRounded(double a, double b, Rounding mode);
double fmaRounded(double a, double b, double c, Rounding mode);
double divideRounded(double a, double b, Rounding mode);
double sqrtRounded(double a, Rounding mode);

} // namespace lacuna::emulator::isa

#endif // LACUNA_EMULATOR_ISA_DIRECTED_H
