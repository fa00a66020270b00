// Crashes where an expansion makes two dynamic dimensions of one, as rows to
// batch x length. lower-expand-shapes runs before it and leaves none.
// RUN: not --crash mlir-opt-22 %s --expand-strided-metadata
// RUN: lacuna-opt %s --lower-expand-shapes | mlir-opt-22 --expand-strided-metadata -o /dev/null

func.func @f(%m: memref<?x8xf32>, %b: index, %l: index) -> memref<?x?x8xf32> {
  %0 = memref.expand_shape %m [[0, 1], [2]] output_shape [%b, %l, 8]
      : memref<?x8xf32> into memref<?x?x8xf32>
  return %0 : memref<?x?x8xf32>
}
