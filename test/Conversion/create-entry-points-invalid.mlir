// RUN: lacuna-opt %s --create-entry-points --split-input-file --verify-diagnostics

// expected-error@+1 {{has no shape function; expected create-shape-functions to run before add-destinations}}
func.func @main(%x: memref<4xf32>) {
  return
}

// -----

// expected-error@+1 {{uses the name "fffe" (in hexadecimal), which is not valid UTF-8 without NUL; rename it}}
func.func @main(%x: memref<4xf32> {lacuna.name = "\FF\FE"}) {
  return
}

// -----

// expected-error@+1 {{argument 0 has an incomplete lacuna.binding; expected weight, view and type}}
func.func @main(%x: memref<4xf32> {lacuna.binding = {weight = "w"}}) {
  return
}
