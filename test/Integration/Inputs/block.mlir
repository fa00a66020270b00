// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The transformer block of test/Import/Inputs/block.py as lacuna-import gives it,
// without locations: 4 heads of 16, dynamic batch and length.
#map = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
#map1 = affine_map<(d0, d1, d2) -> (d0, d1, 0)>
#map2 = affine_map<(d0, d1, d2) -> (d2)>
#map3 = affine_map<()[s0, s1] -> (s0 * s1)>
#map4 = affine_map<(d0, d1) -> (d1)>
#map5 = affine_map<(d0, d1) -> (d0, d1)>
#map6 = affine_map<()[s0] -> (s0 * 4)>
#map7 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#map8 = affine_map<(d0, d1, d2, d3) -> (d0, 0, 0, d3)>
#map9 = affine_map<(d0, d1, d2, d3) -> ()>
#map10 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>
module {
  func.func @main(%arg0: tensor<?x?x64xf32> {lacuna.dims = ["batch", "length", ""], lacuna.name = "hidden"}, %arg1: tensor<?x?xi1> {lacuna.dims = ["batch", "length"], lacuna.name = "mask"}) -> (tensor<?x?x64xf32> {lacuna.name = "hidden"}) {
    %cst = arith.constant 1.000000e+00 : f32
    %cst_0 = arith.constant 5.000000e-01 : f32
    %cst_1 = arith.constant 4.000000e+00 : f32
    %cst_2 = arith.constant 6.400000e+01 : f32
    %cst_3 = arith.constant 1.000000e-05 : f64
    %cst_4 = arith.constant dense_resource<norm1.weight> : tensor<64xf32>
    %cst_5 = arith.constant dense_resource<norm1.bias> : tensor<64xf32>
    %cst_6 = arith.constant dense_resource<qkv.weight> : tensor<192x64xf32>
    %cst_7 = arith.constant dense_resource<qkv.bias> : tensor<192xf32>
    %cst_8 = arith.constant dense_resource<out.weight> : tensor<64x64xf32>
    %cst_9 = arith.constant dense_resource<out.bias> : tensor<64xf32>
    %cst_10 = arith.constant dense_resource<norm2.weight> : tensor<64xf32>
    %cst_11 = arith.constant dense_resource<norm2.bias> : tensor<64xf32>
    %cst_12 = arith.constant dense_resource<ffn.0.weight> : tensor<128x64xf32>
    %cst_13 = arith.constant dense_resource<ffn.0.bias> : tensor<128xf32>
    %cst_14 = arith.constant 0.70710678118654757 : f64
    %cst_15 = arith.constant dense_resource<ffn.2.weight> : tensor<64x128xf32>
    %cst_16 = arith.constant dense_resource<ffn.2.bias> : tensor<64xf32>
    %cst_17 = arith.constant dense<-1.000000e+09> : tensor<f32>
    %true = arith.constant true
    %cst_18 = arith.constant 0.000000e+00 : f32
    %c4 = arith.constant 4 : index
    %cst_19 = arith.constant 0xFF800000 : f32
    %c1 = arith.constant 1 : index
    %c0 = arith.constant 0 : index
    %dim = tensor.dim %arg0, %c0 : tensor<?x?x64xf32>
    %dim_20 = tensor.dim %arg0, %c1 : tensor<?x?x64xf32>
    %dim_21 = tensor.dim %arg1, %c0 : tensor<?x?xi1>
    %0 = arith.cmpi eq, %dim_21, %dim : index
    cf.assert %0, "dimension 'batch' of 'mask' differs from that of 'hidden'"
    %dim_22 = tensor.dim %arg1, %c1 : tensor<?x?xi1>
    %1 = arith.cmpi eq, %dim_22, %dim_20 : index
    cf.assert %1, "dimension 'length' of 'mask' differs from that of 'hidden'"
    %2 = arith.index_cast %dim : index to i64
    %3 = arith.index_cast %dim_20 : index to i64
    %4 = tensor.empty(%dim, %dim_20) : tensor<?x?x1xf32>
    %5 = linalg.fill ins(%cst_18 : f32) outs(%4 : tensor<?x?x1xf32>) -> tensor<?x?x1xf32>
    %6 = linalg.generic {indexing_maps = [#map, #map1], iterator_types = ["parallel", "parallel", "reduction"]} ins(%arg0 : tensor<?x?x64xf32>) outs(%5 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %93 = arith.addf %in, %out : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x1xf32>
    %7 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%6 : tensor<?x?x1xf32>) outs(%4 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %93 = arith.divf %in, %cst_2 : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x1xf32>
    %8 = tensor.empty(%dim, %dim_20) : tensor<?x?x64xf32>
    %9 = linalg.generic {indexing_maps = [#map, #map1, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg0, %7 : tensor<?x?x64xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x64xf32>) {
    ^bb0(%in: f32, %in_48: f32, %out: f32):
      %93 = arith.subf %in, %in_48 : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x64xf32>
    %10 = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%9, %9 : tensor<?x?x64xf32>, tensor<?x?x64xf32>) outs(%8 : tensor<?x?x64xf32>) {
    ^bb0(%in: f32, %in_48: f32, %out: f32):
      %93 = arith.mulf %in, %in_48 : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x64xf32>
    %11 = linalg.generic {indexing_maps = [#map, #map1], iterator_types = ["parallel", "parallel", "reduction"]} ins(%10 : tensor<?x?x64xf32>) outs(%5 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %93 = arith.addf %in, %out : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x1xf32>
    %12 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%11 : tensor<?x?x1xf32>) outs(%4 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %93 = arith.divf %in, %cst_2 : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x1xf32>
    %13 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%12 : tensor<?x?x1xf32>) outs(%4 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %93 = arith.truncf %cst_3 : f64 to f32
      %94 = arith.addf %in, %93 : f32
      linalg.yield %94 : f32
    } -> tensor<?x?x1xf32>
    %14 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%13 : tensor<?x?x1xf32>) outs(%4 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %93 = math.rsqrt %in : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x1xf32>
    %15 = linalg.generic {indexing_maps = [#map, #map1, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%9, %14 : tensor<?x?x64xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x64xf32>) {
    ^bb0(%in: f32, %in_48: f32, %out: f32):
      %93 = arith.mulf %in, %in_48 : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x64xf32>
    %16 = linalg.generic {indexing_maps = [#map, #map2, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%15, %cst_4 : tensor<?x?x64xf32>, tensor<64xf32>) outs(%8 : tensor<?x?x64xf32>) {
    ^bb0(%in: f32, %in_48: f32, %out: f32):
      %93 = arith.mulf %in, %in_48 : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x64xf32>
    %17 = linalg.generic {indexing_maps = [#map, #map2, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%16, %cst_5 : tensor<?x?x64xf32>, tensor<64xf32>) outs(%8 : tensor<?x?x64xf32>) {
    ^bb0(%in: f32, %in_48: f32, %out: f32):
      %93 = arith.addf %in, %in_48 : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x64xf32>
    %18 = arith.muli %2, %3 : i64
    %collapsed = tensor.collapse_shape %17 [[0, 1], [2]] : tensor<?x?x64xf32> into tensor<?x64xf32>
    %19 = tensor.empty() : tensor<64x192xf32>
    %transposed = linalg.transpose ins(%cst_6 : tensor<192x64xf32>) outs(%19 : tensor<64x192xf32>) permutation = [1, 0] 
    %20 = affine.apply #map3()[%dim, %dim_20]
    %21 = tensor.empty(%20) : tensor<?x192xf32>
    %22 = linalg.fill ins(%cst_18 : f32) outs(%21 : tensor<?x192xf32>) -> tensor<?x192xf32>
    %23 = linalg.matmul ins(%collapsed, %transposed : tensor<?x64xf32>, tensor<64x192xf32>) outs(%22 : tensor<?x192xf32>) -> tensor<?x192xf32>
    %24 = arith.index_cast %18 : i64 to index
    %25 = tensor.empty(%24) : tensor<?x192xf32>
    %26 = linalg.generic {indexing_maps = [#map4, #map5], iterator_types = ["parallel", "parallel"]} ins(%cst_7 : tensor<192xf32>) outs(%25 : tensor<?x192xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x192xf32>
    %27 = linalg.generic {indexing_maps = [#map5, #map5, #map5], iterator_types = ["parallel", "parallel"]} ins(%23, %26 : tensor<?x192xf32>, tensor<?x192xf32>) outs(%21 : tensor<?x192xf32>) {
    ^bb0(%in: f32, %in_48: f32, %out: f32):
      %93 = arith.addf %in, %in_48 : f32
      linalg.yield %93 : f32
    } -> tensor<?x192xf32>
    %expanded = tensor.expand_shape %27 [[0, 1], [2]] output_shape [%dim, %dim_20, 192] : tensor<?x192xf32> into tensor<?x?x192xf32>
    %extracted_slice = tensor.extract_slice %expanded[0, 0, 0] [%dim, %dim_20, 64] [1, 1, 1] : tensor<?x?x192xf32> to tensor<?x?x64xf32>
    %extracted_slice_23 = tensor.extract_slice %expanded[0, 0, 64] [%dim, %dim_20, 64] [1, 1, 1] : tensor<?x?x192xf32> to tensor<?x?x64xf32>
    %extracted_slice_24 = tensor.extract_slice %expanded[0, 0, 128] [%dim, %dim_20, 64] [1, 1, 1] : tensor<?x?x192xf32> to tensor<?x?x64xf32>
    %expanded_25 = tensor.expand_shape %extracted_slice [[0], [1], [2, 3]] output_shape [%dim, %dim_20, 4, 16] : tensor<?x?x64xf32> into tensor<?x?x4x16xf32>
    %28 = tensor.empty(%dim, %dim_20) : tensor<?x4x?x16xf32>
    %transposed_26 = linalg.transpose ins(%expanded_25 : tensor<?x?x4x16xf32>) outs(%28 : tensor<?x4x?x16xf32>) permutation = [0, 2, 1, 3] 
    %expanded_27 = tensor.expand_shape %extracted_slice_23 [[0], [1], [2, 3]] output_shape [%dim, %dim_20, 4, 16] : tensor<?x?x64xf32> into tensor<?x?x4x16xf32>
    %expanded_28 = tensor.expand_shape %extracted_slice_24 [[0], [1], [2, 3]] output_shape [%dim, %dim_20, 4, 16] : tensor<?x?x64xf32> into tensor<?x?x4x16xf32>
    %transposed_29 = linalg.transpose ins(%expanded_28 : tensor<?x?x4x16xf32>) outs(%28 : tensor<?x4x?x16xf32>) permutation = [0, 2, 1, 3] 
    %29 = tensor.empty(%dim, %dim_20) : tensor<?x4x16x?xf32>
    %transposed_30 = linalg.transpose ins(%expanded_27 : tensor<?x?x4x16xf32>) outs(%29 : tensor<?x4x16x?xf32>) permutation = [0, 2, 3, 1] 
    %collapsed_31 = tensor.collapse_shape %transposed_26 [[0, 1], [2], [3]] : tensor<?x4x?x16xf32> into tensor<?x?x16xf32>
    %collapsed_32 = tensor.collapse_shape %transposed_30 [[0, 1], [2], [3]] : tensor<?x4x16x?xf32> into tensor<?x16x?xf32>
    %30 = affine.apply #map6()[%dim]
    %31 = tensor.empty(%30, %dim_20, %dim_20) : tensor<?x?x?xf32>
    %32 = linalg.fill ins(%cst_18 : f32) outs(%31 : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
    %33 = linalg.batch_matmul ins(%collapsed_31, %collapsed_32 : tensor<?x?x16xf32>, tensor<?x16x?xf32>) outs(%32 : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
    %34 = arith.divui %30, %c4 : index
    %expanded_33 = tensor.expand_shape %33 [[0, 1], [2], [3]] output_shape [%34, 4, %dim_20, %dim_20] : tensor<?x?x?xf32> into tensor<?x4x?x?xf32>
    %35 = tensor.empty(%34, %dim_20, %dim_20) : tensor<?x4x?x?xf32>
    %36 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_33 : tensor<?x4x?x?xf32>) outs(%35 : tensor<?x4x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %93 = arith.divf %in, %cst_1 : f32
      linalg.yield %93 : f32
    } -> tensor<?x4x?x?xf32>
    %expanded_34 = tensor.expand_shape %arg1 [[0], [1, 2, 3]] output_shape [%dim, 1, 1, %dim_20] : tensor<?x?xi1> into tensor<?x1x1x?xi1>
    %37 = tensor.empty(%dim, %dim_20) : tensor<?x1x1x?xi1>
    %38 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_34 : tensor<?x1x1x?xi1>) outs(%37 : tensor<?x1x1x?xi1>) {
    ^bb0(%in: i1, %out: i1):
      %93 = arith.xori %in, %true : i1
      linalg.yield %93 : i1
    } -> tensor<?x1x1x?xi1>
    %39 = tensor.empty(%dim, %dim_20, %dim_20) : tensor<?x4x?x?xf32>
    %40 = linalg.generic {indexing_maps = [#map8, #map9, #map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%38, %cst_17, %36 : tensor<?x1x1x?xi1>, tensor<f32>, tensor<?x4x?x?xf32>) outs(%39 : tensor<?x4x?x?xf32>) {
    ^bb0(%in: i1, %in_48: f32, %in_49: f32, %out: f32):
      %93 = arith.select %in, %in_48, %in_49 : f32
      linalg.yield %93 : f32
    } -> tensor<?x4x?x?xf32>
    %41 = tensor.empty(%dim, %dim_20) : tensor<?x4x?x1xf32>
    %42 = linalg.fill ins(%cst_19 : f32) outs(%41 : tensor<?x4x?x1xf32>) -> tensor<?x4x?x1xf32>
    %43 = linalg.generic {indexing_maps = [#map7, #map10], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%40 : tensor<?x4x?x?xf32>) outs(%42 : tensor<?x4x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %93 = arith.maximumf %in, %out : f32
      linalg.yield %93 : f32
    } -> tensor<?x4x?x1xf32>
    %44 = linalg.generic {indexing_maps = [#map7, #map10, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%40, %43 : tensor<?x4x?x?xf32>, tensor<?x4x?x1xf32>) outs(%39 : tensor<?x4x?x?xf32>) {
    ^bb0(%in: f32, %in_48: f32, %out: f32):
      %93 = arith.subf %in, %in_48 : f32
      linalg.yield %93 : f32
    } -> tensor<?x4x?x?xf32>
    %45 = linalg.generic {indexing_maps = [#map7, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%44 : tensor<?x4x?x?xf32>) outs(%39 : tensor<?x4x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %93 = math.exp %in : f32
      linalg.yield %93 : f32
    } -> tensor<?x4x?x?xf32>
    %46 = linalg.fill ins(%cst_18 : f32) outs(%41 : tensor<?x4x?x1xf32>) -> tensor<?x4x?x1xf32>
    %47 = linalg.generic {indexing_maps = [#map7, #map10], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%45 : tensor<?x4x?x?xf32>) outs(%46 : tensor<?x4x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %93 = arith.addf %in, %out : f32
      linalg.yield %93 : f32
    } -> tensor<?x4x?x1xf32>
    %48 = linalg.generic {indexing_maps = [#map7, #map10, #map7], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%45, %47 : tensor<?x4x?x?xf32>, tensor<?x4x?x1xf32>) outs(%39 : tensor<?x4x?x?xf32>) {
    ^bb0(%in: f32, %in_48: f32, %out: f32):
      %93 = arith.divf %in, %in_48 : f32
      linalg.yield %93 : f32
    } -> tensor<?x4x?x?xf32>
    %collapsed_35 = tensor.collapse_shape %48 [[0, 1], [2], [3]] : tensor<?x4x?x?xf32> into tensor<?x?x?xf32>
    %collapsed_36 = tensor.collapse_shape %transposed_29 [[0, 1], [2], [3]] : tensor<?x4x?x16xf32> into tensor<?x?x16xf32>
    %49 = tensor.empty(%30, %dim_20) : tensor<?x?x16xf32>
    %50 = linalg.fill ins(%cst_18 : f32) outs(%49 : tensor<?x?x16xf32>) -> tensor<?x?x16xf32>
    %51 = linalg.batch_matmul ins(%collapsed_35, %collapsed_36 : tensor<?x?x?xf32>, tensor<?x?x16xf32>) outs(%50 : tensor<?x?x16xf32>) -> tensor<?x?x16xf32>
    %expanded_37 = tensor.expand_shape %51 [[0, 1], [2], [3]] output_shape [%34, 4, %dim_20, 16] : tensor<?x?x16xf32> into tensor<?x4x?x16xf32>
    %52 = tensor.empty(%34, %dim_20) : tensor<?x?x4x16xf32>
    %transposed_38 = linalg.transpose ins(%expanded_37 : tensor<?x4x?x16xf32>) outs(%52 : tensor<?x?x4x16xf32>) permutation = [0, 2, 1, 3] 
    %collapsed_39 = tensor.collapse_shape %transposed_38 [[0, 1], [2, 3]] : tensor<?x?x4x16xf32> into tensor<?x64xf32>
    %53 = tensor.empty() : tensor<64x64xf32>
    %transposed_40 = linalg.transpose ins(%cst_8 : tensor<64x64xf32>) outs(%53 : tensor<64x64xf32>) permutation = [1, 0] 
    %54 = affine.apply #map3()[%34, %dim_20]
    %55 = tensor.empty(%54) : tensor<?x64xf32>
    %56 = linalg.fill ins(%cst_18 : f32) outs(%55 : tensor<?x64xf32>) -> tensor<?x64xf32>
    %57 = linalg.matmul ins(%collapsed_39, %transposed_40 : tensor<?x64xf32>, tensor<64x64xf32>) outs(%56 : tensor<?x64xf32>) -> tensor<?x64xf32>
    %58 = tensor.empty(%24) : tensor<?x64xf32>
    %59 = linalg.generic {indexing_maps = [#map4, #map5], iterator_types = ["parallel", "parallel"]} ins(%cst_9 : tensor<64xf32>) outs(%58 : tensor<?x64xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x64xf32>
    %60 = linalg.generic {indexing_maps = [#map5, #map5, #map5], iterator_types = ["parallel", "parallel"]} ins(%57, %59 : tensor<?x64xf32>, tensor<?x64xf32>) outs(%55 : tensor<?x64xf32>) {
    ^bb0(%in: f32, %in_48: f32, %out: f32):
      %93 = arith.addf %in, %in_48 : f32
      linalg.yield %93 : f32
    } -> tensor<?x64xf32>
    %expanded_41 = tensor.expand_shape %60 [[0, 1], [2]] output_shape [%dim, %dim_20, 64] : tensor<?x64xf32> into tensor<?x?x64xf32>
    %61 = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg0, %expanded_41 : tensor<?x?x64xf32>, tensor<?x?x64xf32>) outs(%8 : tensor<?x?x64xf32>) {
    ^bb0(%in: f32, %in_48: f32, %out: f32):
      %93 = arith.addf %in, %in_48 : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x64xf32>
    %62 = linalg.generic {indexing_maps = [#map, #map1], iterator_types = ["parallel", "parallel", "reduction"]} ins(%61 : tensor<?x?x64xf32>) outs(%5 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %93 = arith.addf %in, %out : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x1xf32>
    %63 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%62 : tensor<?x?x1xf32>) outs(%4 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %93 = arith.divf %in, %cst_2 : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x1xf32>
    %64 = linalg.generic {indexing_maps = [#map, #map1, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%61, %63 : tensor<?x?x64xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x64xf32>) {
    ^bb0(%in: f32, %in_48: f32, %out: f32):
      %93 = arith.subf %in, %in_48 : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x64xf32>
    %65 = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%64, %64 : tensor<?x?x64xf32>, tensor<?x?x64xf32>) outs(%8 : tensor<?x?x64xf32>) {
    ^bb0(%in: f32, %in_48: f32, %out: f32):
      %93 = arith.mulf %in, %in_48 : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x64xf32>
    %66 = linalg.generic {indexing_maps = [#map, #map1], iterator_types = ["parallel", "parallel", "reduction"]} ins(%65 : tensor<?x?x64xf32>) outs(%5 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %93 = arith.addf %in, %out : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x1xf32>
    %67 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%66 : tensor<?x?x1xf32>) outs(%4 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %93 = arith.divf %in, %cst_2 : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x1xf32>
    %68 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%67 : tensor<?x?x1xf32>) outs(%4 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %93 = arith.truncf %cst_3 : f64 to f32
      %94 = arith.addf %in, %93 : f32
      linalg.yield %94 : f32
    } -> tensor<?x?x1xf32>
    %69 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%68 : tensor<?x?x1xf32>) outs(%4 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %93 = math.rsqrt %in : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x1xf32>
    %70 = linalg.generic {indexing_maps = [#map, #map1, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%64, %69 : tensor<?x?x64xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x64xf32>) {
    ^bb0(%in: f32, %in_48: f32, %out: f32):
      %93 = arith.mulf %in, %in_48 : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x64xf32>
    %71 = linalg.generic {indexing_maps = [#map, #map2, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%70, %cst_10 : tensor<?x?x64xf32>, tensor<64xf32>) outs(%8 : tensor<?x?x64xf32>) {
    ^bb0(%in: f32, %in_48: f32, %out: f32):
      %93 = arith.mulf %in, %in_48 : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x64xf32>
    %72 = linalg.generic {indexing_maps = [#map, #map2, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%71, %cst_11 : tensor<?x?x64xf32>, tensor<64xf32>) outs(%8 : tensor<?x?x64xf32>) {
    ^bb0(%in: f32, %in_48: f32, %out: f32):
      %93 = arith.addf %in, %in_48 : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x64xf32>
    %collapsed_42 = tensor.collapse_shape %72 [[0, 1], [2]] : tensor<?x?x64xf32> into tensor<?x64xf32>
    %73 = tensor.empty() : tensor<64x128xf32>
    %transposed_43 = linalg.transpose ins(%cst_12 : tensor<128x64xf32>) outs(%73 : tensor<64x128xf32>) permutation = [1, 0] 
    %74 = tensor.empty(%20) : tensor<?x128xf32>
    %75 = linalg.fill ins(%cst_18 : f32) outs(%74 : tensor<?x128xf32>) -> tensor<?x128xf32>
    %76 = linalg.matmul ins(%collapsed_42, %transposed_43 : tensor<?x64xf32>, tensor<64x128xf32>) outs(%75 : tensor<?x128xf32>) -> tensor<?x128xf32>
    %77 = tensor.empty(%24) : tensor<?x128xf32>
    %78 = linalg.generic {indexing_maps = [#map4, #map5], iterator_types = ["parallel", "parallel"]} ins(%cst_13 : tensor<128xf32>) outs(%77 : tensor<?x128xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x128xf32>
    %79 = linalg.generic {indexing_maps = [#map5, #map5, #map5], iterator_types = ["parallel", "parallel"]} ins(%76, %78 : tensor<?x128xf32>, tensor<?x128xf32>) outs(%74 : tensor<?x128xf32>) {
    ^bb0(%in: f32, %in_48: f32, %out: f32):
      %93 = arith.addf %in, %in_48 : f32
      linalg.yield %93 : f32
    } -> tensor<?x128xf32>
    %expanded_44 = tensor.expand_shape %79 [[0, 1], [2]] output_shape [%dim, %dim_20, 128] : tensor<?x128xf32> into tensor<?x?x128xf32>
    %80 = tensor.empty(%dim, %dim_20) : tensor<?x?x128xf32>
    %81 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_44 : tensor<?x?x128xf32>) outs(%80 : tensor<?x?x128xf32>) {
    ^bb0(%in: f32, %out: f32):
      %93 = arith.mulf %in, %cst_0 : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x128xf32>
    %82 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_44 : tensor<?x?x128xf32>) outs(%80 : tensor<?x?x128xf32>) {
    ^bb0(%in: f32, %out: f32):
      %93 = arith.truncf %cst_14 : f64 to f32
      %94 = arith.mulf %in, %93 : f32
      linalg.yield %94 : f32
    } -> tensor<?x?x128xf32>
    %83 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%82 : tensor<?x?x128xf32>) outs(%80 : tensor<?x?x128xf32>) {
    ^bb0(%in: f32, %out: f32):
      %93 = math.erf %in : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x128xf32>
    %84 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%83 : tensor<?x?x128xf32>) outs(%80 : tensor<?x?x128xf32>) {
    ^bb0(%in: f32, %out: f32):
      %93 = arith.addf %in, %cst : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x128xf32>
    %85 = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%81, %84 : tensor<?x?x128xf32>, tensor<?x?x128xf32>) outs(%80 : tensor<?x?x128xf32>) {
    ^bb0(%in: f32, %in_48: f32, %out: f32):
      %93 = arith.mulf %in, %in_48 : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x128xf32>
    %collapsed_45 = tensor.collapse_shape %85 [[0, 1], [2]] : tensor<?x?x128xf32> into tensor<?x128xf32>
    %86 = tensor.empty() : tensor<128x64xf32>
    %transposed_46 = linalg.transpose ins(%cst_15 : tensor<64x128xf32>) outs(%86 : tensor<128x64xf32>) permutation = [1, 0] 
    %87 = tensor.empty(%20) : tensor<?x64xf32>
    %88 = linalg.fill ins(%cst_18 : f32) outs(%87 : tensor<?x64xf32>) -> tensor<?x64xf32>
    %89 = linalg.matmul ins(%collapsed_45, %transposed_46 : tensor<?x128xf32>, tensor<128x64xf32>) outs(%88 : tensor<?x64xf32>) -> tensor<?x64xf32>
    %90 = linalg.generic {indexing_maps = [#map4, #map5], iterator_types = ["parallel", "parallel"]} ins(%cst_16 : tensor<64xf32>) outs(%58 : tensor<?x64xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x64xf32>
    %91 = linalg.generic {indexing_maps = [#map5, #map5, #map5], iterator_types = ["parallel", "parallel"]} ins(%89, %90 : tensor<?x64xf32>, tensor<?x64xf32>) outs(%87 : tensor<?x64xf32>) {
    ^bb0(%in: f32, %in_48: f32, %out: f32):
      %93 = arith.addf %in, %in_48 : f32
      linalg.yield %93 : f32
    } -> tensor<?x64xf32>
    %expanded_47 = tensor.expand_shape %91 [[0, 1], [2]] output_shape [%dim, %dim_20, 64] : tensor<?x64xf32> into tensor<?x?x64xf32>
    %92 = linalg.generic {indexing_maps = [#map, #map, #map], iterator_types = ["parallel", "parallel", "parallel"]} ins(%61, %expanded_47 : tensor<?x?x64xf32>, tensor<?x?x64xf32>) outs(%8 : tensor<?x?x64xf32>) {
    ^bb0(%in: f32, %in_48: f32, %out: f32):
      %93 = arith.addf %in, %in_48 : f32
      linalg.yield %93 : f32
    } -> tensor<?x?x64xf32>
    return %92 : tensor<?x?x64xf32>
  }
}

