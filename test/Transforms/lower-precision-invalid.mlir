// RUN: lacuna-opt %s --lower-precision=precision=f8 --verify-diagnostics

// expected-error @+1 {{unknown precision 'f8'; the precisions are f32, tf32, bf16 and f16}}
module {
}
