// RUN: lacuna-opt %s --launches-to-runtime --split-input-file --verify-diagnostics

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @k() kernel { gpu.return }
  }
  func.func @tokens() {
    %c1 = arith.constant 1 : index
    // expected-error@+1 {{has tokens or a stream of its own; expected a launch on the stream of the call}}
    %t = gpu.launch_func async @kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
    return
  }
}

// -----

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @k() kernel { gpu.return }
  }
  func.func @clusters() {
    %c1 = arith.constant 1 : index
    // expected-error@+1 {{has clusters of blocks}}
    gpu.launch_func @kernels::@k clusters in (%c1, %c1, %c1) blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1)
    return
  }
}

// -----

module attributes {gpu.container_module} {
  gpu.module @kernels {
    gpu.func @k(%x: memref<*xf32>) kernel { gpu.return }
  }
  func.func @unranked(%x: memref<*xf32>) {
    %c1 = arith.constant 1 : index
    // expected-error@+1 {{gives its kernel a value of type 'memref<*xf32>'; expected ranked memrefs and scalars}}
    gpu.launch_func @kernels::@k blocks in (%c1, %c1, %c1) threads in (%c1, %c1, %c1) args(%x : memref<*xf32>)
    return
  }
}

// -----

module attributes {gpu.container_module} {
  gpu.module @one {
    gpu.func @k() kernel { gpu.return }
  }
  gpu.module @two {
    // expected-error@+1 {{kernel @k has the name of another}}
    gpu.func @k() kernel { gpu.return }
  }
}
