// What phase routed leaves of a model for a GPU, written by hand: y = sums of
// exp(sqrt(|tanh(x + bias)|)) over rows, in units of each row's first.
module attributes {gpu.container_module} {
  ml_program.global private @"fc.bias"(#ml_program.extern : tensor<4xf32>) : tensor<4xf32>
  gpu.module @kernels {
    gpu.func @"main$dispatch_0"(%x: memref<?x4xf32>, %b: memref<4xf32>, %out: memref<?x4xf32>, %n: index)
        kernel attributes {known_block_size = array<i32: 128, 1, 1>} {
      %block = gpu.block_id x
      %size = gpu.block_dim x
      %thread = gpu.thread_id x
      %first = arith.muli %block, %size : index
      %i = arith.addi %first, %thread : index
      %c0 = arith.constant 0 : index
      %inside = arith.cmpi ult, %i, %n : index
      scf.if %inside {
        %v = vector.load %x[%i, %c0] : memref<?x4xf32>, vector<4xf32>
        %w = vector.load %b[%c0] : memref<4xf32>, vector<4xf32>
        %s = arith.addf %v, %w : vector<4xf32>
        %t = math.tanh %s : vector<4xf32>
        vector.store %t, %out[%i, %c0] : memref<?x4xf32>, vector<4xf32>
      }
      gpu.return
    }
    gpu.func @"main$dispatch_1"(%x: memref<?x4xf32>, %out: memref<?xf32>)
        workgroup(%s : memref<4xf32, #gpu.address_space<workgroup>>)
        kernel attributes {known_block_size = array<i32: 128, 1, 1>} {
      %block = gpu.block_id x
      %thread = gpu.thread_id x
      %c0 = arith.constant 0 : index
      %c4 = arith.constant 4 : index
      %zero = arith.constant 0.0 : f32
      %inside = arith.cmpi ult, %thread, %c4 : index
      %e = scf.if %inside -> f32 {
        %v = memref.load %x[%block, %thread] : memref<?x4xf32>
        %a = math.absf %v : f32
        %q = math.sqrt %a : f32
        %ex = math.exp %q : f32
        memref.store %ex, %s[%thread] : memref<4xf32, #gpu.address_space<workgroup>>
        scf.yield %ex : f32
      } else {
        scf.yield %zero : f32
      }
      gpu.barrier
      %sum = gpu.all_reduce add %e uniform {} : (f32) -> (f32)
      %first = arith.cmpi eq, %thread, %c0 : index
      scf.if %first {
        %l = memref.load %s[%c0] : memref<4xf32, #gpu.address_space<workgroup>>
        %d = arith.divf %sum, %l : f32
        memref.store %d, %out[%block] : memref<?xf32>
      }
      gpu.return
    }
  }
  func.func private @"main$dispatch_0"(%x: memref<?x4xf32>, %b: memref<4xf32>, %out: memref<?x4xf32>)
      attributes {lacuna.dispatch, lacuna.route = #lacuna.route<dense>} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c128 = arith.constant 128 : index
    %n = memref.dim %x, %c0 : memref<?x4xf32>
    %blocks = arith.ceildivui %n, %c128 : index
    gpu.launch_func @kernels::@"main$dispatch_0" blocks in (%blocks, %c1, %c1) threads in (%c128, %c1, %c1)
        args(%x : memref<?x4xf32>, %b : memref<4xf32>, %out : memref<?x4xf32>, %n : index)
    return
  }
  func.func private @"main$dispatch_1"(%x: memref<?x4xf32>, %out: memref<?xf32>)
      attributes {lacuna.dispatch, lacuna.route = #lacuna.route<dense>} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c128 = arith.constant 128 : index
    %n = memref.dim %x, %c0 : memref<?x4xf32>
    gpu.launch_func @kernels::@"main$dispatch_1" blocks in (%n, %c1, %c1) threads in (%c128, %c1, %c1)
        args(%x : memref<?x4xf32>, %out : memref<?xf32>)
    return
  }
  func.func @main(%x: tensor<?x4xf32> {lacuna.name = "x"}) -> (tensor<?xf32> {lacuna.name = "y"}) {
    %c0 = arith.constant 0 : index
    %b = ml_program.global_load_const @"fc.bias" : tensor<4xf32>
    %n = tensor.dim %x, %c0 : tensor<?x4xf32>
    %e = tensor.empty(%n) : tensor<?x4xf32>
    %h = lacuna.invoke @"main$dispatch_0" ins(%x, %b : tensor<?x4xf32>, tensor<4xf32>) outs(%e : tensor<?x4xf32>) -> tensor<?x4xf32>
    %f = tensor.empty(%n) : tensor<?xf32>
    %r = lacuna.invoke @"main$dispatch_1" ins(%h : tensor<?x4xf32>) outs(%f : tensor<?xf32>) -> tensor<?xf32>
    return %r : tensor<?xf32>
  }
}
