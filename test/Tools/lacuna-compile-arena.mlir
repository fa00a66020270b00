// What is said about the memory of temporaries.
// RUN: lacuna-compile %s --emit=llvm -o %t.ll --verbose 2>&1 | FileCheck %s

// CHECK: arena of 'chain' on cpu: 2 temporaries in 2 slots, 4096 bytes (at one time at most 4096, the sum is 4096) where each dynamic dimension is 64
// CHECK-NEXT: arena of 'none' on cpu: none{{$}}
// CHECK-NEXT: arena of 'data' on cpu: none; 3 allocated while it runs

func.func @chain(%x: tensor<?x8xf32>, %a: tensor<8x8xf32>) -> tensor<?x8xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 0.0 : f32
  %n = tensor.dim %x, %c0 : tensor<?x8xf32>
  %e = tensor.empty(%n) : tensor<?x8xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x8xf32>) -> tensor<?x8xf32>
  %0 = linalg.matmul ins(%x, %a : tensor<?x8xf32>, tensor<8x8xf32>) outs(%f : tensor<?x8xf32>) -> tensor<?x8xf32>
  %1 = linalg.matmul ins(%0, %a : tensor<?x8xf32>, tensor<8x8xf32>) outs(%f : tensor<?x8xf32>) -> tensor<?x8xf32>
  %2 = linalg.matmul ins(%1, %a : tensor<?x8xf32>, tensor<8x8xf32>) outs(%f : tensor<?x8xf32>) -> tensor<?x8xf32>
  return %2 : tensor<?x8xf32>
}

func.func @none(%x: tensor<8xf32>) -> tensor<8xf32> {
  return %x : tensor<8xf32>
}

func.func @data(%x: tensor<8x8xf32>, %n: index) -> tensor<8x8xf32> {
  %zero = arith.constant 0.0 : f32
  %c8 = arith.constant 8 : index
  %m = arith.minui %n, %c8 : index
  %s = tensor.extract_slice %x[0, 0] [%m, 8] [1, 1] : tensor<8x8xf32> to tensor<?x8xf32>
  %t = tensor.extract_slice %x[0, 0] [8, %m] [1, 1] : tensor<8x8xf32> to tensor<8x?xf32>
  %e = tensor.empty(%m) : tensor<8x?xf32>
  %b = tensor.empty() : tensor<8x8xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<8x?xf32>) -> tensor<8x?xf32>
  %0 = linalg.matmul ins(%x, %t : tensor<8x8xf32>, tensor<8x?xf32>) outs(%f : tensor<8x?xf32>) -> tensor<8x?xf32>
  %g = linalg.fill ins(%zero : f32) outs(%b : tensor<8x8xf32>) -> tensor<8x8xf32>
  %1 = linalg.matmul ins(%0, %s : tensor<8x?xf32>, tensor<?x8xf32>) outs(%g : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %1 : tensor<8x8xf32>
}
