// RUN: lacuna-opt %s --verify-host-code=target=sm_80 --split-input-file --verify-diagnostics

func.func @scalar(%x: memref<f32>) {
  // expected-error@+1 {{the host would read a scalar from the memory of target sm_80; expected a tensor of rank 0}}
  %v = memref.load %x[] : memref<f32>
  return
}

// -----

func.func @element(%x: memref<4xf32>, %f: f32) {
  %c0 = arith.constant 0 : index
  // expected-error@+1 {{the host would write an element in the memory of target sm_80 (tensor.insert or from_elements outside of linalg operations); expected slices of tensors, which kernels read and write: write this line of the model with operations on tensors}}
  memref.store %f, %x[%c0] : memref<4xf32>
  return
}

// -----

func.func @read(%x: memref<4xf32>) {
  %c0 = arith.constant 0 : index
  // expected-error@+1 {{the host would read an element in the memory of target sm_80 (tensor.extract outside of linalg operations)}}
  %v = memref.load %x[%c0] : memref<4xf32>
  return
}

// -----

func.func @operation(%x: memref<4xf32>, %f: f32) {
  // expected-error@+1 {{'linalg.fill' would access the memory of target sm_80 from the host}}
  linalg.fill ins(%f : f32) outs(%x : memref<4xf32>)
  return
}

// -----

memref.global "private" constant @table : memref<2xf32> = dense<[1.0, 2.0]>
func.func @constant(%x: memref<2xf32>) {
  // expected-error@+1 {{the constant @table is used outside of kernels, and lies in memory that target sm_80 cannot read}}
  %t = memref.get_global @table : memref<2xf32>
  memref.copy %t, %x : memref<2xf32> to memref<2xf32>
  return
}

// -----

func.func private @dispatch(%x: memref<4xf32>) attributes {lacuna.dispatch} {
  // expected-error@+1 {{'bufferization.to_tensor' has no kernel on target sm_80: no route of the GPU lowers this dispatch}}
  %t = bufferization.to_tensor %x restrict : memref<4xf32> to tensor<4xf32>
  return
}
