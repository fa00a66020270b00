#map = affine_map<(d0) -> (d0)>
#map1 = affine_map<(d0, d1) -> ()>
#map2 = affine_map<(d0, d1) -> (d0, d1)>
#map3 = affine_map<(d0, d1, d2) -> (d0, d1)>
#map4 = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
#map5 = affine_map<(d0, d1, d2) -> (0, d1, d2)>
#map6 = affine_map<(d0, d1, d2) -> (d0, d1, 0)>
#map7 = affine_map<(d0, d1, d2) -> (d2)>
#map8 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#map9 = affine_map<(d0, d1, d2, d3) -> ()>
#map10 = affine_map<(d0, d1, d2, d3) -> (d0, 0, 0, 0)>
#map11 = affine_map<(d0, d1, d2, d3) -> (0, 0, 0, d3)>
#map12 = affine_map<(d0, d1, d2, d3) -> (0, d1, d2, 0)>
#map13 = affine_map<(d0, d1, d2, d3) -> (d0, d1, 0, d3)>
#map14 = affine_map<()[s0, s1] -> (s0 * s1)>
#map15 = affine_map<(d0, d1) -> (d1)>
#map16 = affine_map<()[s0] -> (s0 * 12)>
#map17 = affine_map<(d0, d1, d2, d3) -> (d0, 0, d2, d3)>
#map18 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, 0)>
#map19 = affine_map<(d0, d1, d2) -> (d0, d2)>
#map20 = affine_map<(d0, d1) -> (d0, 0)>
#map21 = affine_map<(d0, d1) -> (d0)>
module {
  func.func @main(%arg0: tensor<?x?xi64> {lacuna.dims = ["batch", "length"], lacuna.name = "input_ids"}, %arg1: tensor<?x?xi64> {lacuna.dims = ["batch", "length"], lacuna.name = "attention_mask"}) -> (tensor<?x384xf32> {lacuna.name = "embedding"}) {
    %cst = arith.constant dense<0> : tensor<i64>
    %cst_0 = arith.constant 2.000000e+00 : f32
    %cst_1 = arith.constant 1.000000e+00 : f32
    %cst_2 = arith.constant 5.000000e-01 : f32
    %cst_3 = arith.constant 3.840000e+02 : f32
    %cst_4 = arith.constant dense_resource<embeddings.word_embeddings.weight> : tensor<30522x384xf32>
    %cst_5 = arith.constant dense_resource<embeddings.token_type_embeddings.weight> : tensor<2x384xf32>
    %cst_6 = arith.constant dense_resource<embeddings.position_embeddings.weight> : tensor<512x384xf32>
    %cst_7 = arith.constant 9.9999999999999998E-13 : f64
    %cst_8 = arith.constant dense_resource<embeddings.LayerNorm.weight> : tensor<384xf32>
    %cst_9 = arith.constant dense_resource<embeddings.LayerNorm.bias> : tensor<384xf32>
    %cst_10 = arith.constant dense_resource<encoder.layer.0.attention.self.query.weight> : tensor<384x384xf32>
    %cst_11 = arith.constant dense_resource<encoder.layer.0.attention.self.query.bias> : tensor<384xf32>
    %cst_12 = arith.constant dense_resource<encoder.layer.0.attention.self.key.weight> : tensor<384x384xf32>
    %cst_13 = arith.constant dense_resource<encoder.layer.0.attention.self.key.bias> : tensor<384xf32>
    %cst_14 = arith.constant dense_resource<encoder.layer.0.attention.self.value.weight> : tensor<384x384xf32>
    %cst_15 = arith.constant dense_resource<encoder.layer.0.attention.self.value.bias> : tensor<384xf32>
    %cst_16 = arith.constant 0.17677669529663689 : f64
    %cst_17 = arith.constant dense_resource<encoder.layer.0.attention.output.dense.weight> : tensor<384x384xf32>
    %cst_18 = arith.constant dense_resource<encoder.layer.0.attention.output.dense.bias> : tensor<384xf32>
    %cst_19 = arith.constant dense_resource<encoder.layer.0.attention.output.LayerNorm.weight> : tensor<384xf32>
    %cst_20 = arith.constant dense_resource<encoder.layer.0.attention.output.LayerNorm.bias> : tensor<384xf32>
    %cst_21 = arith.constant dense_resource<encoder.layer.0.intermediate.dense.weight> : tensor<1536x384xf32>
    %cst_22 = arith.constant dense_resource<encoder.layer.0.intermediate.dense.bias> : tensor<1536xf32>
    %cst_23 = arith.constant 0.70710678118654757 : f64
    %cst_24 = arith.constant dense_resource<encoder.layer.0.output.dense.weight> : tensor<384x1536xf32>
    %cst_25 = arith.constant dense_resource<encoder.layer.0.output.dense.bias> : tensor<384xf32>
    %cst_26 = arith.constant dense_resource<encoder.layer.0.output.LayerNorm.weight> : tensor<384xf32>
    %cst_27 = arith.constant dense_resource<encoder.layer.0.output.LayerNorm.bias> : tensor<384xf32>
    %cst_28 = arith.constant dense_resource<encoder.layer.1.attention.self.query.weight> : tensor<384x384xf32>
    %cst_29 = arith.constant dense_resource<encoder.layer.1.attention.self.query.bias> : tensor<384xf32>
    %cst_30 = arith.constant dense_resource<encoder.layer.1.attention.self.key.weight> : tensor<384x384xf32>
    %cst_31 = arith.constant dense_resource<encoder.layer.1.attention.self.key.bias> : tensor<384xf32>
    %cst_32 = arith.constant dense_resource<encoder.layer.1.attention.self.value.weight> : tensor<384x384xf32>
    %cst_33 = arith.constant dense_resource<encoder.layer.1.attention.self.value.bias> : tensor<384xf32>
    %cst_34 = arith.constant dense_resource<encoder.layer.1.attention.output.dense.weight> : tensor<384x384xf32>
    %cst_35 = arith.constant dense_resource<encoder.layer.1.attention.output.dense.bias> : tensor<384xf32>
    %cst_36 = arith.constant dense_resource<encoder.layer.1.attention.output.LayerNorm.weight> : tensor<384xf32>
    %cst_37 = arith.constant dense_resource<encoder.layer.1.attention.output.LayerNorm.bias> : tensor<384xf32>
    %cst_38 = arith.constant dense_resource<encoder.layer.1.intermediate.dense.weight> : tensor<1536x384xf32>
    %cst_39 = arith.constant dense_resource<encoder.layer.1.intermediate.dense.bias> : tensor<1536xf32>
    %cst_40 = arith.constant dense_resource<encoder.layer.1.output.dense.weight> : tensor<384x1536xf32>
    %cst_41 = arith.constant dense_resource<encoder.layer.1.output.dense.bias> : tensor<384xf32>
    %cst_42 = arith.constant dense_resource<encoder.layer.1.output.LayerNorm.weight> : tensor<384xf32>
    %cst_43 = arith.constant dense_resource<encoder.layer.1.output.LayerNorm.bias> : tensor<384xf32>
    %cst_44 = arith.constant dense_resource<encoder.layer.2.attention.self.query.weight> : tensor<384x384xf32>
    %cst_45 = arith.constant dense_resource<encoder.layer.2.attention.self.query.bias> : tensor<384xf32>
    %cst_46 = arith.constant dense_resource<encoder.layer.2.attention.self.key.weight> : tensor<384x384xf32>
    %cst_47 = arith.constant dense_resource<encoder.layer.2.attention.self.key.bias> : tensor<384xf32>
    %cst_48 = arith.constant dense_resource<encoder.layer.2.attention.self.value.weight> : tensor<384x384xf32>
    %cst_49 = arith.constant dense_resource<encoder.layer.2.attention.self.value.bias> : tensor<384xf32>
    %cst_50 = arith.constant dense_resource<encoder.layer.2.attention.output.dense.weight> : tensor<384x384xf32>
    %cst_51 = arith.constant dense_resource<encoder.layer.2.attention.output.dense.bias> : tensor<384xf32>
    %cst_52 = arith.constant dense_resource<encoder.layer.2.attention.output.LayerNorm.weight> : tensor<384xf32>
    %cst_53 = arith.constant dense_resource<encoder.layer.2.attention.output.LayerNorm.bias> : tensor<384xf32>
    %cst_54 = arith.constant dense_resource<encoder.layer.2.intermediate.dense.weight> : tensor<1536x384xf32>
    %cst_55 = arith.constant dense_resource<encoder.layer.2.intermediate.dense.bias> : tensor<1536xf32>
    %cst_56 = arith.constant dense_resource<encoder.layer.2.output.dense.weight> : tensor<384x1536xf32>
    %cst_57 = arith.constant dense_resource<encoder.layer.2.output.dense.bias> : tensor<384xf32>
    %cst_58 = arith.constant dense_resource<encoder.layer.2.output.LayerNorm.weight> : tensor<384xf32>
    %cst_59 = arith.constant dense_resource<encoder.layer.2.output.LayerNorm.bias> : tensor<384xf32>
    %cst_60 = arith.constant dense_resource<encoder.layer.3.attention.self.query.weight> : tensor<384x384xf32>
    %cst_61 = arith.constant dense_resource<encoder.layer.3.attention.self.query.bias> : tensor<384xf32>
    %cst_62 = arith.constant dense_resource<encoder.layer.3.attention.self.key.weight> : tensor<384x384xf32>
    %cst_63 = arith.constant dense_resource<encoder.layer.3.attention.self.key.bias> : tensor<384xf32>
    %cst_64 = arith.constant dense_resource<encoder.layer.3.attention.self.value.weight> : tensor<384x384xf32>
    %cst_65 = arith.constant dense_resource<encoder.layer.3.attention.self.value.bias> : tensor<384xf32>
    %cst_66 = arith.constant dense_resource<encoder.layer.3.attention.output.dense.weight> : tensor<384x384xf32>
    %cst_67 = arith.constant dense_resource<encoder.layer.3.attention.output.dense.bias> : tensor<384xf32>
    %cst_68 = arith.constant dense_resource<encoder.layer.3.attention.output.LayerNorm.weight> : tensor<384xf32>
    %cst_69 = arith.constant dense_resource<encoder.layer.3.attention.output.LayerNorm.bias> : tensor<384xf32>
    %cst_70 = arith.constant dense_resource<encoder.layer.3.intermediate.dense.weight> : tensor<1536x384xf32>
    %cst_71 = arith.constant dense_resource<encoder.layer.3.intermediate.dense.bias> : tensor<1536xf32>
    %cst_72 = arith.constant dense_resource<encoder.layer.3.output.dense.weight> : tensor<384x1536xf32>
    %cst_73 = arith.constant dense_resource<encoder.layer.3.output.dense.bias> : tensor<384xf32>
    %cst_74 = arith.constant dense_resource<encoder.layer.3.output.LayerNorm.weight> : tensor<384xf32>
    %cst_75 = arith.constant dense_resource<encoder.layer.3.output.LayerNorm.bias> : tensor<384xf32>
    %cst_76 = arith.constant dense_resource<encoder.layer.4.attention.self.query.weight> : tensor<384x384xf32>
    %cst_77 = arith.constant dense_resource<encoder.layer.4.attention.self.query.bias> : tensor<384xf32>
    %cst_78 = arith.constant dense_resource<encoder.layer.4.attention.self.key.weight> : tensor<384x384xf32>
    %cst_79 = arith.constant dense_resource<encoder.layer.4.attention.self.key.bias> : tensor<384xf32>
    %cst_80 = arith.constant dense_resource<encoder.layer.4.attention.self.value.weight> : tensor<384x384xf32>
    %cst_81 = arith.constant dense_resource<encoder.layer.4.attention.self.value.bias> : tensor<384xf32>
    %cst_82 = arith.constant dense_resource<encoder.layer.4.attention.output.dense.weight> : tensor<384x384xf32>
    %cst_83 = arith.constant dense_resource<encoder.layer.4.attention.output.dense.bias> : tensor<384xf32>
    %cst_84 = arith.constant dense_resource<encoder.layer.4.attention.output.LayerNorm.weight> : tensor<384xf32>
    %cst_85 = arith.constant dense_resource<encoder.layer.4.attention.output.LayerNorm.bias> : tensor<384xf32>
    %cst_86 = arith.constant dense_resource<encoder.layer.4.intermediate.dense.weight> : tensor<1536x384xf32>
    %cst_87 = arith.constant dense_resource<encoder.layer.4.intermediate.dense.bias> : tensor<1536xf32>
    %cst_88 = arith.constant dense_resource<encoder.layer.4.output.dense.weight> : tensor<384x1536xf32>
    %cst_89 = arith.constant dense_resource<encoder.layer.4.output.dense.bias> : tensor<384xf32>
    %cst_90 = arith.constant dense_resource<encoder.layer.4.output.LayerNorm.weight> : tensor<384xf32>
    %cst_91 = arith.constant dense_resource<encoder.layer.4.output.LayerNorm.bias> : tensor<384xf32>
    %cst_92 = arith.constant dense_resource<encoder.layer.5.attention.self.query.weight> : tensor<384x384xf32>
    %cst_93 = arith.constant dense_resource<encoder.layer.5.attention.self.query.bias> : tensor<384xf32>
    %cst_94 = arith.constant dense_resource<encoder.layer.5.attention.self.key.weight> : tensor<384x384xf32>
    %cst_95 = arith.constant dense_resource<encoder.layer.5.attention.self.key.bias> : tensor<384xf32>
    %cst_96 = arith.constant dense_resource<encoder.layer.5.attention.self.value.weight> : tensor<384x384xf32>
    %cst_97 = arith.constant dense_resource<encoder.layer.5.attention.self.value.bias> : tensor<384xf32>
    %cst_98 = arith.constant dense_resource<encoder.layer.5.attention.output.dense.weight> : tensor<384x384xf32>
    %cst_99 = arith.constant dense_resource<encoder.layer.5.attention.output.dense.bias> : tensor<384xf32>
    %cst_100 = arith.constant dense_resource<encoder.layer.5.attention.output.LayerNorm.weight> : tensor<384xf32>
    %cst_101 = arith.constant dense_resource<encoder.layer.5.attention.output.LayerNorm.bias> : tensor<384xf32>
    %cst_102 = arith.constant dense_resource<encoder.layer.5.intermediate.dense.weight> : tensor<1536x384xf32>
    %cst_103 = arith.constant dense_resource<encoder.layer.5.intermediate.dense.bias> : tensor<1536xf32>
    %cst_104 = arith.constant dense_resource<encoder.layer.5.output.dense.weight> : tensor<384x1536xf32>
    %cst_105 = arith.constant dense_resource<encoder.layer.5.output.dense.bias> : tensor<384xf32>
    %cst_106 = arith.constant dense_resource<encoder.layer.5.output.LayerNorm.weight> : tensor<384xf32>
    %cst_107 = arith.constant dense_resource<encoder.layer.5.output.LayerNorm.bias> : tensor<384xf32>
    %cst_108 = arith.constant 1.000000e-09 : f64
    %cst_109 = arith.constant dense<true> : tensor<i1>
    %cst_110 = arith.constant dense<0.000000e+00> : tensor<f32>
    %cst_111 = arith.constant dense<-3.40282347E+38> : tensor<f32>
    %cst_112 = arith.constant dense<9.99999971E-10> : tensor<f32>
    %cst_113 = arith.constant dense<9.99999996E-13> : tensor<f32>
    %cst_114 = arith.constant 0.000000e+00 : f32
    %c512 = arith.constant 512 : index
    %c2 = arith.constant 2 : index
    %c30522 = arith.constant 30522 : index
    %c0_i64 = arith.constant 0 : i64
    %c12 = arith.constant 12 : index
    %cst_115 = arith.constant 0xFF800000 : f32
    %c1 = arith.constant 1 : index
    %c0 = arith.constant 0 : index
    %dim = tensor.dim %arg0, %c0 : tensor<?x?xi64>
    %dim_116 = tensor.dim %arg0, %c1 : tensor<?x?xi64>
    %dim_117 = tensor.dim %arg1, %c0 : tensor<?x?xi64>
    %0 = arith.cmpi eq, %dim_117, %dim : index
    cf.assert %0, "dimension 'batch' of 'attention_mask' differs from that of 'input_ids'"
    %dim_118 = tensor.dim %arg1, %c1 : tensor<?x?xi64>
    %1 = arith.cmpi eq, %dim_118, %dim_116 : index
    cf.assert %1, "dimension 'length' of 'attention_mask' differs from that of 'input_ids'"
    %2 = arith.index_cast %dim : index to i64
    %3 = arith.index_cast %dim_116 : index to i64
    %4 = tensor.empty(%dim_116) : tensor<?xi64>
    %5 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel"]} outs(%4 : tensor<?xi64>) {
    ^bb0(%out: i64):
      %426 = linalg.index 0 : index
      %427 = arith.index_cast %426 : index to i64
      linalg.yield %427 : i64
    } -> tensor<?xi64>
    %expanded = tensor.expand_shape %5 [[0, 1]] output_shape [1, %dim_116] : tensor<?xi64> into tensor<1x?xi64>
    %6 = tensor.empty(%dim, %dim_116) : tensor<?x?xi64>
    %7 = linalg.generic {indexing_maps = [#map1, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst : tensor<i64>) outs(%6 : tensor<?x?xi64>) {
    ^bb0(%in: i64, %out: i64):
      linalg.yield %in : i64
    } -> tensor<?x?xi64>
    %8 = tensor.empty(%dim, %dim_116) : tensor<?x?x384xf32>
    %9 = linalg.generic {indexing_maps = [#map3, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg0 : tensor<?x?xi64>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: i64, %out: f32):
      %426 = arith.index_cast %in : i64 to index
      %427 = linalg.index 2 : index
      %428 = arith.cmpi slt, %426, %c30522 : index
      cf.assert %428, "index must be smaller than dim size"
      %429 = arith.cmpi sge, %in, %c0_i64 : i64
      cf.assert %429, "index must be larger or equal to 0"
      %extracted = tensor.extract %cst_4[%426, %427] : tensor<30522x384xf32>
      linalg.yield %extracted : f32
    } -> tensor<?x?x384xf32>
    %10 = linalg.generic {indexing_maps = [#map3, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%7 : tensor<?x?xi64>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: i64, %out: f32):
      %426 = arith.index_cast %in : i64 to index
      %427 = linalg.index 2 : index
      %428 = arith.cmpi slt, %426, %c2 : index
      cf.assert %428, "index must be smaller than dim size"
      %429 = arith.cmpi sge, %in, %c0_i64 : i64
      cf.assert %429, "index must be larger or equal to 0"
      %extracted = tensor.extract %cst_5[%426, %427] : tensor<2x384xf32>
      linalg.yield %extracted : f32
    } -> tensor<?x?x384xf32>
    %11 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%9, %10 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %12 = tensor.empty(%dim_116) : tensor<1x?x384xf32>
    %13 = linalg.generic {indexing_maps = [#map3, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded : tensor<1x?xi64>) outs(%12 : tensor<1x?x384xf32>) {
    ^bb0(%in: i64, %out: f32):
      %426 = arith.index_cast %in : i64 to index
      %427 = linalg.index 2 : index
      %428 = arith.cmpi slt, %426, %c512 : index
      cf.assert %428, "index must be smaller than dim size"
      %429 = arith.cmpi sge, %in, %c0_i64 : i64
      cf.assert %429, "index must be larger or equal to 0"
      %extracted = tensor.extract %cst_6[%426, %427] : tensor<512x384xf32>
      linalg.yield %extracted : f32
    } -> tensor<1x?x384xf32>
    %14 = linalg.generic {indexing_maps = [#map4, #map5, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%11, %13 : tensor<?x?x384xf32>, tensor<1x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %15 = tensor.empty(%dim, %dim_116) : tensor<?x?x1xf32>
    %16 = linalg.fill ins(%cst_114 : f32) outs(%15 : tensor<?x?x1xf32>) -> tensor<?x?x1xf32>
    %17 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%14 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %18 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%17 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %19 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%14, %18 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.subf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %20 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%19, %19 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %21 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%20 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %22 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%21 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %23 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%22 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_7 : f64 to f32
      %427 = arith.addf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x?x1xf32>
    %24 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%23 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.rsqrt %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %25 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%19, %24 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %26 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%25, %cst_8 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %27 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%26, %cst_9 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %28 = tensor.empty(%dim, %dim_116) : tensor<?x?xi1>
    %29 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%arg1 : tensor<?x?xi64>) outs(%28 : tensor<?x?xi1>) {
    ^bb0(%in: i64, %out: i1):
      %426 = arith.cmpi ne, %in, %c0_i64 : i64
      linalg.yield %426 : i1
    } -> tensor<?x?xi1>
    %30 = tensor.empty(%dim) : tensor<?xi64>
    %31 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel"]} outs(%30 : tensor<?xi64>) {
    ^bb0(%out: i64):
      %426 = linalg.index 0 : index
      %427 = arith.index_cast %426 : index to i64
      linalg.yield %427 : i64
    } -> tensor<?xi64>
    %expanded_119 = tensor.expand_shape %31 [[0, 1, 2, 3]] output_shape [%dim, 1, 1, 1] : tensor<?xi64> into tensor<?x1x1x1xi64>
    %expanded_120 = tensor.expand_shape %5 [[0, 1, 2, 3]] output_shape [1, 1, %dim_116, 1] : tensor<?xi64> into tensor<1x1x?x1xi64>
    %expanded_121 = tensor.expand_shape %5 [[0, 1, 2, 3]] output_shape [1, 1, 1, %dim_116] : tensor<?xi64> into tensor<1x1x1x?xi64>
    %32 = tensor.empty(%dim_116) : tensor<1x1x?x1xi1>
    %33 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_120 : tensor<1x1x?x1xi64>) outs(%32 : tensor<1x1x?x1xi1>) {
    ^bb0(%in: i64, %out: i1):
      %426 = arith.cmpi sge, %in, %c0_i64 : i64
      linalg.yield %426 : i1
    } -> tensor<1x1x?x1xi1>
    %34 = linalg.generic {indexing_maps = [#map9, #map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%cst_109, %33 : tensor<i1>, tensor<1x1x?x1xi1>) outs(%32 : tensor<1x1x?x1xi1>) {
    ^bb0(%in: i1, %in_278: i1, %out: i1):
      %426 = arith.andi %in, %in_278 : i1
      linalg.yield %426 : i1
    } -> tensor<1x1x?x1xi1>
    %35 = tensor.empty(%dim, %dim_116) : tensor<?x1x1x?xi1>
    %36 = linalg.generic {indexing_maps = [#map10, #map11, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_119, %expanded_121 : tensor<?x1x1x1xi64>, tensor<1x1x1x?xi64>) outs(%35 : tensor<?x1x1x?xi1>) {
    ^bb0(%in: i64, %in_278: i64, %out: i1):
      %426 = arith.cmpi slt, %in, %c0_i64 : i64
      %427 = arith.addi %in, %2 : i64
      %428 = arith.select %426, %427, %in : i64
      %429 = arith.index_cast %428 : i64 to index
      %430 = arith.cmpi slt, %in_278, %c0_i64 : i64
      %431 = arith.addi %in_278, %3 : i64
      %432 = arith.select %430, %431, %in_278 : i64
      %433 = arith.index_cast %432 : i64 to index
      %extracted = tensor.extract %29[%429, %433] : tensor<?x?xi1>
      linalg.yield %extracted : i1
    } -> tensor<?x1x1x?xi1>
    %37 = tensor.empty(%dim, %dim_116, %dim_116) : tensor<?x1x?x?xi1>
    %38 = linalg.generic {indexing_maps = [#map12, #map13, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%34, %36 : tensor<1x1x?x1xi1>, tensor<?x1x1x?xi1>) outs(%37 : tensor<?x1x?x?xi1>) {
    ^bb0(%in: i1, %in_278: i1, %out: i1):
      %426 = arith.andi %in, %in_278 : i1
      linalg.yield %426 : i1
    } -> tensor<?x1x?x?xi1>
    %39 = tensor.empty(%dim, %dim_116, %dim_116) : tensor<?x1x?x?xf32>
    %40 = linalg.generic {indexing_maps = [#map8, #map9, #map9, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%38, %cst_110, %cst_111 : tensor<?x1x?x?xi1>, tensor<f32>, tensor<f32>) outs(%39 : tensor<?x1x?x?xf32>) {
    ^bb0(%in: i1, %in_278: f32, %in_279: f32, %out: f32):
      %426 = arith.select %in, %in_278, %in_279 : f32
      linalg.yield %426 : f32
    } -> tensor<?x1x?x?xf32>
    %41 = arith.muli %2, %3 : i64
    %collapsed = tensor.collapse_shape %27 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %42 = tensor.empty() : tensor<384x384xf32>
    %transposed = linalg.transpose ins(%cst_10 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %43 = affine.apply #map14()[%dim, %dim_116]
    %44 = tensor.empty(%43) : tensor<?x384xf32>
    %45 = linalg.fill ins(%cst_114 : f32) outs(%44 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %46 = linalg.matmul ins(%collapsed, %transposed : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %47 = arith.index_cast %41 : i64 to index
    %48 = tensor.empty(%47) : tensor<?x384xf32>
    %49 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_11 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %50 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%46, %49 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_122 = tensor.expand_shape %50 [[0, 1], [2, 3]] output_shape [%dim, %dim_116, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %51 = tensor.empty(%dim, %dim_116) : tensor<?x12x?x32xf32>
    %transposed_123 = linalg.transpose ins(%expanded_122 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %transposed_124 = linalg.transpose ins(%cst_12 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %52 = linalg.matmul ins(%collapsed, %transposed_124 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %53 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_13 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %54 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%52, %53 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_125 = tensor.expand_shape %54 [[0, 1], [2, 3]] output_shape [%dim, %dim_116, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_126 = linalg.transpose ins(%cst_14 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %55 = linalg.matmul ins(%collapsed, %transposed_126 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %56 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_15 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %57 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%55, %56 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_127 = tensor.expand_shape %57 [[0, 1], [2, 3]] output_shape [%dim, %dim_116, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_128 = linalg.transpose ins(%expanded_127 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %58 = tensor.empty(%dim, %dim_116) : tensor<?x12x32x?xf32>
    %transposed_129 = linalg.transpose ins(%expanded_125 : tensor<?x?x12x32xf32>) outs(%58 : tensor<?x12x32x?xf32>) permutation = [0, 2, 3, 1] 
    %collapsed_130 = tensor.collapse_shape %transposed_123 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %collapsed_131 = tensor.collapse_shape %transposed_129 [[0, 1], [2], [3]] : tensor<?x12x32x?xf32> into tensor<?x32x?xf32>
    %59 = affine.apply #map16()[%dim]
    %60 = tensor.empty(%59, %dim_116, %dim_116) : tensor<?x?x?xf32>
    %61 = linalg.fill ins(%cst_114 : f32) outs(%60 : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
    %62 = linalg.batch_matmul ins(%collapsed_130, %collapsed_131 : tensor<?x?x32xf32>, tensor<?x32x?xf32>) outs(%61 : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
    %63 = arith.divui %59, %c12 : index
    %expanded_132 = tensor.expand_shape %62 [[0, 1], [2], [3]] output_shape [%63, 12, %dim_116, %dim_116] : tensor<?x?x?xf32> into tensor<?x12x?x?xf32>
    %64 = tensor.empty(%63, %dim_116, %dim_116) : tensor<?x12x?x?xf32>
    %65 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_132 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_16 : f64 to f32
      %427 = arith.mulf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x12x?x?xf32>
    %66 = linalg.generic {indexing_maps = [#map8, #map17, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%65, %40 : tensor<?x12x?x?xf32>, tensor<?x1x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %67 = tensor.empty(%63, %dim_116) : tensor<?x12x?x1xf32>
    %68 = linalg.fill ins(%cst_115 : f32) outs(%67 : tensor<?x12x?x1xf32>) -> tensor<?x12x?x1xf32>
    %69 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%66 : tensor<?x12x?x?xf32>) outs(%68 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.maximumf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x1xf32>
    %70 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%66, %69 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.subf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %71 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%70 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.exp %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %72 = linalg.fill ins(%cst_114 : f32) outs(%67 : tensor<?x12x?x1xf32>) -> tensor<?x12x?x1xf32>
    %73 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%71 : tensor<?x12x?x?xf32>) outs(%72 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x1xf32>
    %74 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%71, %73 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.divf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %collapsed_133 = tensor.collapse_shape %74 [[0, 1], [2], [3]] : tensor<?x12x?x?xf32> into tensor<?x?x?xf32>
    %collapsed_134 = tensor.collapse_shape %transposed_128 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %75 = affine.apply #map16()[%63]
    %76 = tensor.empty(%75, %dim_116) : tensor<?x?x32xf32>
    %77 = linalg.fill ins(%cst_114 : f32) outs(%76 : tensor<?x?x32xf32>) -> tensor<?x?x32xf32>
    %78 = linalg.batch_matmul ins(%collapsed_133, %collapsed_134 : tensor<?x?x?xf32>, tensor<?x?x32xf32>) outs(%77 : tensor<?x?x32xf32>) -> tensor<?x?x32xf32>
    %79 = arith.divui %75, %c12 : index
    %expanded_135 = tensor.expand_shape %78 [[0, 1], [2], [3]] output_shape [%79, 12, %dim_116, 32] : tensor<?x?x32xf32> into tensor<?x12x?x32xf32>
    %80 = tensor.empty(%79, %dim_116) : tensor<?x?x12x32xf32>
    %transposed_136 = linalg.transpose ins(%expanded_135 : tensor<?x12x?x32xf32>) outs(%80 : tensor<?x?x12x32xf32>) permutation = [0, 2, 1, 3] 
    %collapsed_137 = tensor.collapse_shape %transposed_136 [[0, 1], [2, 3]] : tensor<?x?x12x32xf32> into tensor<?x384xf32>
    %transposed_138 = linalg.transpose ins(%cst_17 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %81 = affine.apply #map14()[%79, %dim_116]
    %82 = tensor.empty(%81) : tensor<?x384xf32>
    %83 = linalg.fill ins(%cst_114 : f32) outs(%82 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %84 = linalg.matmul ins(%collapsed_137, %transposed_138 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%83 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %85 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_18 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %86 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%84, %85 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%82 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_139 = tensor.expand_shape %86 [[0, 1], [2]] output_shape [%dim, %dim_116, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %87 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_139, %27 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %88 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%87 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %89 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%88 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %90 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%87, %89 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.subf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %91 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%90, %90 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %92 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%91 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %93 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%92 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %94 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%93 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_7 : f64 to f32
      %427 = arith.addf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x?x1xf32>
    %95 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%94 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.rsqrt %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %96 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%90, %95 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %97 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%96, %cst_19 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %98 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%97, %cst_20 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %collapsed_140 = tensor.collapse_shape %98 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %99 = tensor.empty() : tensor<384x1536xf32>
    %transposed_141 = linalg.transpose ins(%cst_21 : tensor<1536x384xf32>) outs(%99 : tensor<384x1536xf32>) permutation = [1, 0] 
    %100 = tensor.empty(%43) : tensor<?x1536xf32>
    %101 = linalg.fill ins(%cst_114 : f32) outs(%100 : tensor<?x1536xf32>) -> tensor<?x1536xf32>
    %102 = linalg.matmul ins(%collapsed_140, %transposed_141 : tensor<?x384xf32>, tensor<384x1536xf32>) outs(%101 : tensor<?x1536xf32>) -> tensor<?x1536xf32>
    %103 = tensor.empty(%47) : tensor<?x1536xf32>
    %104 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_22 : tensor<1536xf32>) outs(%103 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x1536xf32>
    %105 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%102, %104 : tensor<?x1536xf32>, tensor<?x1536xf32>) outs(%100 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x1536xf32>
    %expanded_142 = tensor.expand_shape %105 [[0, 1], [2]] output_shape [%dim, %dim_116, 1536] : tensor<?x1536xf32> into tensor<?x?x1536xf32>
    %106 = tensor.empty(%dim, %dim_116) : tensor<?x?x1536xf32>
    %107 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_142 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.mulf %in, %cst_2 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %108 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_142 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_23 : f64 to f32
      %427 = arith.mulf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x?x1536xf32>
    %109 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%108 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.erf %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %110 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%109 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %cst_1 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %111 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%107, %110 : tensor<?x?x1536xf32>, tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %collapsed_143 = tensor.collapse_shape %111 [[0, 1], [2]] : tensor<?x?x1536xf32> into tensor<?x1536xf32>
    %112 = tensor.empty() : tensor<1536x384xf32>
    %transposed_144 = linalg.transpose ins(%cst_24 : tensor<384x1536xf32>) outs(%112 : tensor<1536x384xf32>) permutation = [1, 0] 
    %113 = linalg.matmul ins(%collapsed_143, %transposed_144 : tensor<?x1536xf32>, tensor<1536x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %114 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_25 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %115 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%113, %114 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_145 = tensor.expand_shape %115 [[0, 1], [2]] output_shape [%dim, %dim_116, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %116 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_145, %98 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %117 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%116 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %118 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%117 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %119 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%116, %118 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.subf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %120 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%119, %119 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %121 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%120 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %122 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%121 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %123 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%122 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_7 : f64 to f32
      %427 = arith.addf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x?x1xf32>
    %124 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%123 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.rsqrt %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %125 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%119, %124 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %126 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%125, %cst_26 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %127 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%126, %cst_27 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %collapsed_146 = tensor.collapse_shape %127 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %transposed_147 = linalg.transpose ins(%cst_28 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %128 = linalg.matmul ins(%collapsed_146, %transposed_147 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %129 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_29 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %130 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%128, %129 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_148 = tensor.expand_shape %130 [[0, 1], [2, 3]] output_shape [%dim, %dim_116, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_149 = linalg.transpose ins(%expanded_148 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %transposed_150 = linalg.transpose ins(%cst_30 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %131 = linalg.matmul ins(%collapsed_146, %transposed_150 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %132 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_31 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %133 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%131, %132 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_151 = tensor.expand_shape %133 [[0, 1], [2, 3]] output_shape [%dim, %dim_116, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_152 = linalg.transpose ins(%cst_32 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %134 = linalg.matmul ins(%collapsed_146, %transposed_152 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %135 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_33 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %136 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%134, %135 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_153 = tensor.expand_shape %136 [[0, 1], [2, 3]] output_shape [%dim, %dim_116, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_154 = linalg.transpose ins(%expanded_153 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %transposed_155 = linalg.transpose ins(%expanded_151 : tensor<?x?x12x32xf32>) outs(%58 : tensor<?x12x32x?xf32>) permutation = [0, 2, 3, 1] 
    %collapsed_156 = tensor.collapse_shape %transposed_149 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %collapsed_157 = tensor.collapse_shape %transposed_155 [[0, 1], [2], [3]] : tensor<?x12x32x?xf32> into tensor<?x32x?xf32>
    %137 = linalg.batch_matmul ins(%collapsed_156, %collapsed_157 : tensor<?x?x32xf32>, tensor<?x32x?xf32>) outs(%61 : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
    %expanded_158 = tensor.expand_shape %137 [[0, 1], [2], [3]] output_shape [%63, 12, %dim_116, %dim_116] : tensor<?x?x?xf32> into tensor<?x12x?x?xf32>
    %138 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_158 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_16 : f64 to f32
      %427 = arith.mulf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x12x?x?xf32>
    %139 = linalg.generic {indexing_maps = [#map8, #map17, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%138, %40 : tensor<?x12x?x?xf32>, tensor<?x1x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %140 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%139 : tensor<?x12x?x?xf32>) outs(%68 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.maximumf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x1xf32>
    %141 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%139, %140 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.subf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %142 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%141 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.exp %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %143 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%142 : tensor<?x12x?x?xf32>) outs(%72 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x1xf32>
    %144 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%142, %143 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.divf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %collapsed_159 = tensor.collapse_shape %144 [[0, 1], [2], [3]] : tensor<?x12x?x?xf32> into tensor<?x?x?xf32>
    %collapsed_160 = tensor.collapse_shape %transposed_154 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %145 = linalg.batch_matmul ins(%collapsed_159, %collapsed_160 : tensor<?x?x?xf32>, tensor<?x?x32xf32>) outs(%77 : tensor<?x?x32xf32>) -> tensor<?x?x32xf32>
    %expanded_161 = tensor.expand_shape %145 [[0, 1], [2], [3]] output_shape [%79, 12, %dim_116, 32] : tensor<?x?x32xf32> into tensor<?x12x?x32xf32>
    %transposed_162 = linalg.transpose ins(%expanded_161 : tensor<?x12x?x32xf32>) outs(%80 : tensor<?x?x12x32xf32>) permutation = [0, 2, 1, 3] 
    %collapsed_163 = tensor.collapse_shape %transposed_162 [[0, 1], [2, 3]] : tensor<?x?x12x32xf32> into tensor<?x384xf32>
    %transposed_164 = linalg.transpose ins(%cst_34 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %146 = linalg.matmul ins(%collapsed_163, %transposed_164 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%83 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %147 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_35 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %148 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%146, %147 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%82 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_165 = tensor.expand_shape %148 [[0, 1], [2]] output_shape [%dim, %dim_116, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %149 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_165, %127 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %150 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%149 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %151 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%150 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %152 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%149, %151 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.subf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %153 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%152, %152 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %154 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%153 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %155 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%154 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %156 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%155 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_7 : f64 to f32
      %427 = arith.addf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x?x1xf32>
    %157 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%156 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.rsqrt %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %158 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%152, %157 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %159 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%158, %cst_36 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %160 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%159, %cst_37 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %collapsed_166 = tensor.collapse_shape %160 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %transposed_167 = linalg.transpose ins(%cst_38 : tensor<1536x384xf32>) outs(%99 : tensor<384x1536xf32>) permutation = [1, 0] 
    %161 = linalg.matmul ins(%collapsed_166, %transposed_167 : tensor<?x384xf32>, tensor<384x1536xf32>) outs(%101 : tensor<?x1536xf32>) -> tensor<?x1536xf32>
    %162 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_39 : tensor<1536xf32>) outs(%103 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x1536xf32>
    %163 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%161, %162 : tensor<?x1536xf32>, tensor<?x1536xf32>) outs(%100 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x1536xf32>
    %expanded_168 = tensor.expand_shape %163 [[0, 1], [2]] output_shape [%dim, %dim_116, 1536] : tensor<?x1536xf32> into tensor<?x?x1536xf32>
    %164 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_168 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.mulf %in, %cst_2 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %165 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_168 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_23 : f64 to f32
      %427 = arith.mulf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x?x1536xf32>
    %166 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%165 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.erf %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %167 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%166 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %cst_1 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %168 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%164, %167 : tensor<?x?x1536xf32>, tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %collapsed_169 = tensor.collapse_shape %168 [[0, 1], [2]] : tensor<?x?x1536xf32> into tensor<?x1536xf32>
    %transposed_170 = linalg.transpose ins(%cst_40 : tensor<384x1536xf32>) outs(%112 : tensor<1536x384xf32>) permutation = [1, 0] 
    %169 = linalg.matmul ins(%collapsed_169, %transposed_170 : tensor<?x1536xf32>, tensor<1536x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %170 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_41 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %171 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%169, %170 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_171 = tensor.expand_shape %171 [[0, 1], [2]] output_shape [%dim, %dim_116, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %172 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_171, %160 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %173 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%172 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %174 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%173 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %175 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%172, %174 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.subf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %176 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%175, %175 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %177 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%176 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %178 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%177 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %179 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%178 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_7 : f64 to f32
      %427 = arith.addf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x?x1xf32>
    %180 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%179 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.rsqrt %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %181 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%175, %180 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %182 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%181, %cst_42 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %183 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%182, %cst_43 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %collapsed_172 = tensor.collapse_shape %183 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %transposed_173 = linalg.transpose ins(%cst_44 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %184 = linalg.matmul ins(%collapsed_172, %transposed_173 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %185 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_45 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %186 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%184, %185 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_174 = tensor.expand_shape %186 [[0, 1], [2, 3]] output_shape [%dim, %dim_116, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_175 = linalg.transpose ins(%expanded_174 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %transposed_176 = linalg.transpose ins(%cst_46 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %187 = linalg.matmul ins(%collapsed_172, %transposed_176 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %188 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_47 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %189 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%187, %188 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_177 = tensor.expand_shape %189 [[0, 1], [2, 3]] output_shape [%dim, %dim_116, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_178 = linalg.transpose ins(%cst_48 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %190 = linalg.matmul ins(%collapsed_172, %transposed_178 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %191 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_49 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %192 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%190, %191 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_179 = tensor.expand_shape %192 [[0, 1], [2, 3]] output_shape [%dim, %dim_116, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_180 = linalg.transpose ins(%expanded_179 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %transposed_181 = linalg.transpose ins(%expanded_177 : tensor<?x?x12x32xf32>) outs(%58 : tensor<?x12x32x?xf32>) permutation = [0, 2, 3, 1] 
    %collapsed_182 = tensor.collapse_shape %transposed_175 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %collapsed_183 = tensor.collapse_shape %transposed_181 [[0, 1], [2], [3]] : tensor<?x12x32x?xf32> into tensor<?x32x?xf32>
    %193 = linalg.batch_matmul ins(%collapsed_182, %collapsed_183 : tensor<?x?x32xf32>, tensor<?x32x?xf32>) outs(%61 : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
    %expanded_184 = tensor.expand_shape %193 [[0, 1], [2], [3]] output_shape [%63, 12, %dim_116, %dim_116] : tensor<?x?x?xf32> into tensor<?x12x?x?xf32>
    %194 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_184 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_16 : f64 to f32
      %427 = arith.mulf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x12x?x?xf32>
    %195 = linalg.generic {indexing_maps = [#map8, #map17, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%194, %40 : tensor<?x12x?x?xf32>, tensor<?x1x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %196 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%195 : tensor<?x12x?x?xf32>) outs(%68 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.maximumf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x1xf32>
    %197 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%195, %196 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.subf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %198 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%197 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.exp %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %199 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%198 : tensor<?x12x?x?xf32>) outs(%72 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x1xf32>
    %200 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%198, %199 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.divf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %collapsed_185 = tensor.collapse_shape %200 [[0, 1], [2], [3]] : tensor<?x12x?x?xf32> into tensor<?x?x?xf32>
    %collapsed_186 = tensor.collapse_shape %transposed_180 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %201 = linalg.batch_matmul ins(%collapsed_185, %collapsed_186 : tensor<?x?x?xf32>, tensor<?x?x32xf32>) outs(%77 : tensor<?x?x32xf32>) -> tensor<?x?x32xf32>
    %expanded_187 = tensor.expand_shape %201 [[0, 1], [2], [3]] output_shape [%79, 12, %dim_116, 32] : tensor<?x?x32xf32> into tensor<?x12x?x32xf32>
    %transposed_188 = linalg.transpose ins(%expanded_187 : tensor<?x12x?x32xf32>) outs(%80 : tensor<?x?x12x32xf32>) permutation = [0, 2, 1, 3] 
    %collapsed_189 = tensor.collapse_shape %transposed_188 [[0, 1], [2, 3]] : tensor<?x?x12x32xf32> into tensor<?x384xf32>
    %transposed_190 = linalg.transpose ins(%cst_50 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %202 = linalg.matmul ins(%collapsed_189, %transposed_190 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%83 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %203 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_51 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %204 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%202, %203 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%82 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_191 = tensor.expand_shape %204 [[0, 1], [2]] output_shape [%dim, %dim_116, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %205 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_191, %183 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %206 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%205 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %207 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%206 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %208 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%205, %207 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.subf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %209 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%208, %208 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %210 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%209 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %211 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%210 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %212 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%211 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_7 : f64 to f32
      %427 = arith.addf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x?x1xf32>
    %213 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%212 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.rsqrt %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %214 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%208, %213 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %215 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%214, %cst_52 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %216 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%215, %cst_53 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %collapsed_192 = tensor.collapse_shape %216 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %transposed_193 = linalg.transpose ins(%cst_54 : tensor<1536x384xf32>) outs(%99 : tensor<384x1536xf32>) permutation = [1, 0] 
    %217 = linalg.matmul ins(%collapsed_192, %transposed_193 : tensor<?x384xf32>, tensor<384x1536xf32>) outs(%101 : tensor<?x1536xf32>) -> tensor<?x1536xf32>
    %218 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_55 : tensor<1536xf32>) outs(%103 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x1536xf32>
    %219 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%217, %218 : tensor<?x1536xf32>, tensor<?x1536xf32>) outs(%100 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x1536xf32>
    %expanded_194 = tensor.expand_shape %219 [[0, 1], [2]] output_shape [%dim, %dim_116, 1536] : tensor<?x1536xf32> into tensor<?x?x1536xf32>
    %220 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_194 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.mulf %in, %cst_2 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %221 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_194 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_23 : f64 to f32
      %427 = arith.mulf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x?x1536xf32>
    %222 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%221 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.erf %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %223 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%222 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %cst_1 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %224 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%220, %223 : tensor<?x?x1536xf32>, tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %collapsed_195 = tensor.collapse_shape %224 [[0, 1], [2]] : tensor<?x?x1536xf32> into tensor<?x1536xf32>
    %transposed_196 = linalg.transpose ins(%cst_56 : tensor<384x1536xf32>) outs(%112 : tensor<1536x384xf32>) permutation = [1, 0] 
    %225 = linalg.matmul ins(%collapsed_195, %transposed_196 : tensor<?x1536xf32>, tensor<1536x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %226 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_57 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %227 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%225, %226 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_197 = tensor.expand_shape %227 [[0, 1], [2]] output_shape [%dim, %dim_116, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %228 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_197, %216 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %229 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%228 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %230 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%229 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %231 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%228, %230 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.subf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %232 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%231, %231 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %233 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%232 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %234 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%233 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %235 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%234 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_7 : f64 to f32
      %427 = arith.addf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x?x1xf32>
    %236 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%235 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.rsqrt %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %237 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%231, %236 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %238 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%237, %cst_58 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %239 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%238, %cst_59 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %collapsed_198 = tensor.collapse_shape %239 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %transposed_199 = linalg.transpose ins(%cst_60 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %240 = linalg.matmul ins(%collapsed_198, %transposed_199 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %241 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_61 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %242 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%240, %241 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_200 = tensor.expand_shape %242 [[0, 1], [2, 3]] output_shape [%dim, %dim_116, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_201 = linalg.transpose ins(%expanded_200 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %transposed_202 = linalg.transpose ins(%cst_62 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %243 = linalg.matmul ins(%collapsed_198, %transposed_202 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %244 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_63 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %245 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%243, %244 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_203 = tensor.expand_shape %245 [[0, 1], [2, 3]] output_shape [%dim, %dim_116, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_204 = linalg.transpose ins(%cst_64 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %246 = linalg.matmul ins(%collapsed_198, %transposed_204 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %247 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_65 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %248 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%246, %247 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_205 = tensor.expand_shape %248 [[0, 1], [2, 3]] output_shape [%dim, %dim_116, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_206 = linalg.transpose ins(%expanded_205 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %transposed_207 = linalg.transpose ins(%expanded_203 : tensor<?x?x12x32xf32>) outs(%58 : tensor<?x12x32x?xf32>) permutation = [0, 2, 3, 1] 
    %collapsed_208 = tensor.collapse_shape %transposed_201 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %collapsed_209 = tensor.collapse_shape %transposed_207 [[0, 1], [2], [3]] : tensor<?x12x32x?xf32> into tensor<?x32x?xf32>
    %249 = linalg.batch_matmul ins(%collapsed_208, %collapsed_209 : tensor<?x?x32xf32>, tensor<?x32x?xf32>) outs(%61 : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
    %expanded_210 = tensor.expand_shape %249 [[0, 1], [2], [3]] output_shape [%63, 12, %dim_116, %dim_116] : tensor<?x?x?xf32> into tensor<?x12x?x?xf32>
    %250 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_210 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_16 : f64 to f32
      %427 = arith.mulf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x12x?x?xf32>
    %251 = linalg.generic {indexing_maps = [#map8, #map17, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%250, %40 : tensor<?x12x?x?xf32>, tensor<?x1x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %252 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%251 : tensor<?x12x?x?xf32>) outs(%68 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.maximumf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x1xf32>
    %253 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%251, %252 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.subf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %254 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%253 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.exp %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %255 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%254 : tensor<?x12x?x?xf32>) outs(%72 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x1xf32>
    %256 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%254, %255 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.divf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %collapsed_211 = tensor.collapse_shape %256 [[0, 1], [2], [3]] : tensor<?x12x?x?xf32> into tensor<?x?x?xf32>
    %collapsed_212 = tensor.collapse_shape %transposed_206 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %257 = linalg.batch_matmul ins(%collapsed_211, %collapsed_212 : tensor<?x?x?xf32>, tensor<?x?x32xf32>) outs(%77 : tensor<?x?x32xf32>) -> tensor<?x?x32xf32>
    %expanded_213 = tensor.expand_shape %257 [[0, 1], [2], [3]] output_shape [%79, 12, %dim_116, 32] : tensor<?x?x32xf32> into tensor<?x12x?x32xf32>
    %transposed_214 = linalg.transpose ins(%expanded_213 : tensor<?x12x?x32xf32>) outs(%80 : tensor<?x?x12x32xf32>) permutation = [0, 2, 1, 3] 
    %collapsed_215 = tensor.collapse_shape %transposed_214 [[0, 1], [2, 3]] : tensor<?x?x12x32xf32> into tensor<?x384xf32>
    %transposed_216 = linalg.transpose ins(%cst_66 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %258 = linalg.matmul ins(%collapsed_215, %transposed_216 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%83 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %259 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_67 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %260 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%258, %259 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%82 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_217 = tensor.expand_shape %260 [[0, 1], [2]] output_shape [%dim, %dim_116, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %261 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_217, %239 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %262 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%261 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %263 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%262 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %264 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%261, %263 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.subf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %265 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%264, %264 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %266 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%265 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %267 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%266 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %268 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%267 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_7 : f64 to f32
      %427 = arith.addf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x?x1xf32>
    %269 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%268 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.rsqrt %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %270 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%264, %269 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %271 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%270, %cst_68 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %272 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%271, %cst_69 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %collapsed_218 = tensor.collapse_shape %272 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %transposed_219 = linalg.transpose ins(%cst_70 : tensor<1536x384xf32>) outs(%99 : tensor<384x1536xf32>) permutation = [1, 0] 
    %273 = linalg.matmul ins(%collapsed_218, %transposed_219 : tensor<?x384xf32>, tensor<384x1536xf32>) outs(%101 : tensor<?x1536xf32>) -> tensor<?x1536xf32>
    %274 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_71 : tensor<1536xf32>) outs(%103 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x1536xf32>
    %275 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%273, %274 : tensor<?x1536xf32>, tensor<?x1536xf32>) outs(%100 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x1536xf32>
    %expanded_220 = tensor.expand_shape %275 [[0, 1], [2]] output_shape [%dim, %dim_116, 1536] : tensor<?x1536xf32> into tensor<?x?x1536xf32>
    %276 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_220 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.mulf %in, %cst_2 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %277 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_220 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_23 : f64 to f32
      %427 = arith.mulf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x?x1536xf32>
    %278 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%277 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.erf %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %279 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%278 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %cst_1 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %280 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%276, %279 : tensor<?x?x1536xf32>, tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %collapsed_221 = tensor.collapse_shape %280 [[0, 1], [2]] : tensor<?x?x1536xf32> into tensor<?x1536xf32>
    %transposed_222 = linalg.transpose ins(%cst_72 : tensor<384x1536xf32>) outs(%112 : tensor<1536x384xf32>) permutation = [1, 0] 
    %281 = linalg.matmul ins(%collapsed_221, %transposed_222 : tensor<?x1536xf32>, tensor<1536x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %282 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_73 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %283 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%281, %282 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_223 = tensor.expand_shape %283 [[0, 1], [2]] output_shape [%dim, %dim_116, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %284 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_223, %272 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %285 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%284 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %286 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%285 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %287 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%284, %286 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.subf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %288 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%287, %287 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %289 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%288 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %290 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%289 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %291 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%290 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_7 : f64 to f32
      %427 = arith.addf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x?x1xf32>
    %292 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%291 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.rsqrt %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %293 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%287, %292 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %294 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%293, %cst_74 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %295 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%294, %cst_75 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %collapsed_224 = tensor.collapse_shape %295 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %transposed_225 = linalg.transpose ins(%cst_76 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %296 = linalg.matmul ins(%collapsed_224, %transposed_225 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %297 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_77 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %298 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%296, %297 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_226 = tensor.expand_shape %298 [[0, 1], [2, 3]] output_shape [%dim, %dim_116, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_227 = linalg.transpose ins(%expanded_226 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %transposed_228 = linalg.transpose ins(%cst_78 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %299 = linalg.matmul ins(%collapsed_224, %transposed_228 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %300 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_79 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %301 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%299, %300 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_229 = tensor.expand_shape %301 [[0, 1], [2, 3]] output_shape [%dim, %dim_116, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_230 = linalg.transpose ins(%cst_80 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %302 = linalg.matmul ins(%collapsed_224, %transposed_230 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %303 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_81 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %304 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%302, %303 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_231 = tensor.expand_shape %304 [[0, 1], [2, 3]] output_shape [%dim, %dim_116, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_232 = linalg.transpose ins(%expanded_231 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %transposed_233 = linalg.transpose ins(%expanded_229 : tensor<?x?x12x32xf32>) outs(%58 : tensor<?x12x32x?xf32>) permutation = [0, 2, 3, 1] 
    %collapsed_234 = tensor.collapse_shape %transposed_227 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %collapsed_235 = tensor.collapse_shape %transposed_233 [[0, 1], [2], [3]] : tensor<?x12x32x?xf32> into tensor<?x32x?xf32>
    %305 = linalg.batch_matmul ins(%collapsed_234, %collapsed_235 : tensor<?x?x32xf32>, tensor<?x32x?xf32>) outs(%61 : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
    %expanded_236 = tensor.expand_shape %305 [[0, 1], [2], [3]] output_shape [%63, 12, %dim_116, %dim_116] : tensor<?x?x?xf32> into tensor<?x12x?x?xf32>
    %306 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_236 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_16 : f64 to f32
      %427 = arith.mulf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x12x?x?xf32>
    %307 = linalg.generic {indexing_maps = [#map8, #map17, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%306, %40 : tensor<?x12x?x?xf32>, tensor<?x1x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %308 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%307 : tensor<?x12x?x?xf32>) outs(%68 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.maximumf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x1xf32>
    %309 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%307, %308 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.subf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %310 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%309 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.exp %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %311 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%310 : tensor<?x12x?x?xf32>) outs(%72 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x1xf32>
    %312 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%310, %311 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.divf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %collapsed_237 = tensor.collapse_shape %312 [[0, 1], [2], [3]] : tensor<?x12x?x?xf32> into tensor<?x?x?xf32>
    %collapsed_238 = tensor.collapse_shape %transposed_232 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %313 = linalg.batch_matmul ins(%collapsed_237, %collapsed_238 : tensor<?x?x?xf32>, tensor<?x?x32xf32>) outs(%77 : tensor<?x?x32xf32>) -> tensor<?x?x32xf32>
    %expanded_239 = tensor.expand_shape %313 [[0, 1], [2], [3]] output_shape [%79, 12, %dim_116, 32] : tensor<?x?x32xf32> into tensor<?x12x?x32xf32>
    %transposed_240 = linalg.transpose ins(%expanded_239 : tensor<?x12x?x32xf32>) outs(%80 : tensor<?x?x12x32xf32>) permutation = [0, 2, 1, 3] 
    %collapsed_241 = tensor.collapse_shape %transposed_240 [[0, 1], [2, 3]] : tensor<?x?x12x32xf32> into tensor<?x384xf32>
    %transposed_242 = linalg.transpose ins(%cst_82 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %314 = linalg.matmul ins(%collapsed_241, %transposed_242 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%83 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %315 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_83 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %316 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%314, %315 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%82 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_243 = tensor.expand_shape %316 [[0, 1], [2]] output_shape [%dim, %dim_116, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %317 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_243, %295 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %318 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%317 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %319 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%318 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %320 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%317, %319 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.subf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %321 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%320, %320 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %322 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%321 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %323 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%322 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %324 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%323 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_7 : f64 to f32
      %427 = arith.addf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x?x1xf32>
    %325 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%324 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.rsqrt %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %326 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%320, %325 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %327 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%326, %cst_84 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %328 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%327, %cst_85 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %collapsed_244 = tensor.collapse_shape %328 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %transposed_245 = linalg.transpose ins(%cst_86 : tensor<1536x384xf32>) outs(%99 : tensor<384x1536xf32>) permutation = [1, 0] 
    %329 = linalg.matmul ins(%collapsed_244, %transposed_245 : tensor<?x384xf32>, tensor<384x1536xf32>) outs(%101 : tensor<?x1536xf32>) -> tensor<?x1536xf32>
    %330 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_87 : tensor<1536xf32>) outs(%103 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x1536xf32>
    %331 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%329, %330 : tensor<?x1536xf32>, tensor<?x1536xf32>) outs(%100 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x1536xf32>
    %expanded_246 = tensor.expand_shape %331 [[0, 1], [2]] output_shape [%dim, %dim_116, 1536] : tensor<?x1536xf32> into tensor<?x?x1536xf32>
    %332 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_246 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.mulf %in, %cst_2 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %333 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_246 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_23 : f64 to f32
      %427 = arith.mulf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x?x1536xf32>
    %334 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%333 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.erf %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %335 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%334 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %cst_1 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %336 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%332, %335 : tensor<?x?x1536xf32>, tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %collapsed_247 = tensor.collapse_shape %336 [[0, 1], [2]] : tensor<?x?x1536xf32> into tensor<?x1536xf32>
    %transposed_248 = linalg.transpose ins(%cst_88 : tensor<384x1536xf32>) outs(%112 : tensor<1536x384xf32>) permutation = [1, 0] 
    %337 = linalg.matmul ins(%collapsed_247, %transposed_248 : tensor<?x1536xf32>, tensor<1536x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %338 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_89 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %339 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%337, %338 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_249 = tensor.expand_shape %339 [[0, 1], [2]] output_shape [%dim, %dim_116, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %340 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_249, %328 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %341 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%340 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %342 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%341 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %343 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%340, %342 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.subf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %344 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%343, %343 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %345 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%344 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %346 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%345 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %347 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%346 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_7 : f64 to f32
      %427 = arith.addf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x?x1xf32>
    %348 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%347 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.rsqrt %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %349 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%343, %348 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %350 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%349, %cst_90 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %351 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%350, %cst_91 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %collapsed_250 = tensor.collapse_shape %351 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %transposed_251 = linalg.transpose ins(%cst_92 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %352 = linalg.matmul ins(%collapsed_250, %transposed_251 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %353 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_93 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %354 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%352, %353 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_252 = tensor.expand_shape %354 [[0, 1], [2, 3]] output_shape [%dim, %dim_116, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_253 = linalg.transpose ins(%expanded_252 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %transposed_254 = linalg.transpose ins(%cst_94 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %355 = linalg.matmul ins(%collapsed_250, %transposed_254 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %356 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_95 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %357 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%355, %356 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_255 = tensor.expand_shape %357 [[0, 1], [2, 3]] output_shape [%dim, %dim_116, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_256 = linalg.transpose ins(%cst_96 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %358 = linalg.matmul ins(%collapsed_250, %transposed_256 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %359 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_97 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %360 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%358, %359 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_257 = tensor.expand_shape %360 [[0, 1], [2, 3]] output_shape [%dim, %dim_116, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_258 = linalg.transpose ins(%expanded_257 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %transposed_259 = linalg.transpose ins(%expanded_255 : tensor<?x?x12x32xf32>) outs(%58 : tensor<?x12x32x?xf32>) permutation = [0, 2, 3, 1] 
    %collapsed_260 = tensor.collapse_shape %transposed_253 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %collapsed_261 = tensor.collapse_shape %transposed_259 [[0, 1], [2], [3]] : tensor<?x12x32x?xf32> into tensor<?x32x?xf32>
    %361 = linalg.batch_matmul ins(%collapsed_260, %collapsed_261 : tensor<?x?x32xf32>, tensor<?x32x?xf32>) outs(%61 : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
    %expanded_262 = tensor.expand_shape %361 [[0, 1], [2], [3]] output_shape [%63, 12, %dim_116, %dim_116] : tensor<?x?x?xf32> into tensor<?x12x?x?xf32>
    %362 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_262 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_16 : f64 to f32
      %427 = arith.mulf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x12x?x?xf32>
    %363 = linalg.generic {indexing_maps = [#map8, #map17, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%362, %40 : tensor<?x12x?x?xf32>, tensor<?x1x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %364 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%363 : tensor<?x12x?x?xf32>) outs(%68 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.maximumf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x1xf32>
    %365 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%363, %364 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.subf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %366 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%365 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.exp %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %367 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%366 : tensor<?x12x?x?xf32>) outs(%72 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x1xf32>
    %368 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%366, %367 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.divf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x12x?x?xf32>
    %collapsed_263 = tensor.collapse_shape %368 [[0, 1], [2], [3]] : tensor<?x12x?x?xf32> into tensor<?x?x?xf32>
    %collapsed_264 = tensor.collapse_shape %transposed_258 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %369 = linalg.batch_matmul ins(%collapsed_263, %collapsed_264 : tensor<?x?x?xf32>, tensor<?x?x32xf32>) outs(%77 : tensor<?x?x32xf32>) -> tensor<?x?x32xf32>
    %expanded_265 = tensor.expand_shape %369 [[0, 1], [2], [3]] output_shape [%79, 12, %dim_116, 32] : tensor<?x?x32xf32> into tensor<?x12x?x32xf32>
    %transposed_266 = linalg.transpose ins(%expanded_265 : tensor<?x12x?x32xf32>) outs(%80 : tensor<?x?x12x32xf32>) permutation = [0, 2, 1, 3] 
    %collapsed_267 = tensor.collapse_shape %transposed_266 [[0, 1], [2, 3]] : tensor<?x?x12x32xf32> into tensor<?x384xf32>
    %transposed_268 = linalg.transpose ins(%cst_98 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %370 = linalg.matmul ins(%collapsed_267, %transposed_268 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%83 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %371 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_99 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %372 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%370, %371 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%82 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_269 = tensor.expand_shape %372 [[0, 1], [2]] output_shape [%dim, %dim_116, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %373 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_269, %351 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %374 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%373 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %375 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%374 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %376 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%373, %375 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.subf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %377 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%376, %376 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %378 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%377 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %379 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%378 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %380 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%379 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_7 : f64 to f32
      %427 = arith.addf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x?x1xf32>
    %381 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%380 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.rsqrt %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %382 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%376, %381 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %383 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%382, %cst_100 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %384 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%383, %cst_101 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %collapsed_270 = tensor.collapse_shape %384 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %transposed_271 = linalg.transpose ins(%cst_102 : tensor<1536x384xf32>) outs(%99 : tensor<384x1536xf32>) permutation = [1, 0] 
    %385 = linalg.matmul ins(%collapsed_270, %transposed_271 : tensor<?x384xf32>, tensor<384x1536xf32>) outs(%101 : tensor<?x1536xf32>) -> tensor<?x1536xf32>
    %386 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_103 : tensor<1536xf32>) outs(%103 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x1536xf32>
    %387 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%385, %386 : tensor<?x1536xf32>, tensor<?x1536xf32>) outs(%100 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x1536xf32>
    %expanded_272 = tensor.expand_shape %387 [[0, 1], [2]] output_shape [%dim, %dim_116, 1536] : tensor<?x1536xf32> into tensor<?x?x1536xf32>
    %388 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_272 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.mulf %in, %cst_2 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %389 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_272 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_23 : f64 to f32
      %427 = arith.mulf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x?x1536xf32>
    %390 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%389 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.erf %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %391 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%390 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %cst_1 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %392 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%388, %391 : tensor<?x?x1536xf32>, tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1536xf32>
    %collapsed_273 = tensor.collapse_shape %392 [[0, 1], [2]] : tensor<?x?x1536xf32> into tensor<?x1536xf32>
    %transposed_274 = linalg.transpose ins(%cst_104 : tensor<384x1536xf32>) outs(%112 : tensor<1536x384xf32>) permutation = [1, 0] 
    %393 = linalg.matmul ins(%collapsed_273, %transposed_274 : tensor<?x1536xf32>, tensor<1536x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %394 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_105 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %395 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%393, %394 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %expanded_275 = tensor.expand_shape %395 [[0, 1], [2]] output_shape [%dim, %dim_116, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %396 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_275, %384 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %397 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%396 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %398 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%397 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %399 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%396, %398 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.subf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %400 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%399, %399 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %401 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%400 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %402 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%401 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.divf %in, %cst_3 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %403 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%402 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.truncf %cst_7 : f64 to f32
      %427 = arith.addf %in, %426 : f32
      linalg.yield %427 : f32
    } -> tensor<?x?x1xf32>
    %404 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%403 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.rsqrt %in : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %405 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%399, %404 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %406 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%405, %cst_106 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %407 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%406, %cst_107 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.addf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %expanded_276 = tensor.expand_shape %arg1 [[0], [1, 2]] output_shape [%dim, %dim_116, 1] : tensor<?x?xi64> into tensor<?x?x1xi64>
    %408 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_276 : tensor<?x?x1xi64>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: i64, %out: f32):
      %426 = arith.sitofp %in : i64 to f32
      linalg.yield %426 : f32
    } -> tensor<?x?x1xf32>
    %409 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%407, %408 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.mulf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x?x384xf32>
    %410 = tensor.empty(%dim) : tensor<?x384xf32>
    %411 = linalg.fill ins(%cst_114 : f32) outs(%410 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %412 = linalg.generic {indexing_maps = [#map4, #map19], iterator_types = ["parallel", "reduction", "parallel"]} ins(%409 : tensor<?x?x384xf32>) outs(%411 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %413 = tensor.empty(%dim) : tensor<?x1xf32>
    %414 = linalg.fill ins(%cst_114 : f32) outs(%413 : tensor<?x1xf32>) -> tensor<?x1xf32>
    %415 = linalg.generic {indexing_maps = [#map4, #map19], iterator_types = ["parallel", "reduction", "parallel"]} ins(%408 : tensor<?x?x1xf32>) outs(%414 : tensor<?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = arith.addf %in, %out : f32
      linalg.yield %426 : f32
    } -> tensor<?x1xf32>
    %416 = tensor.empty(%dim) : tensor<?x1xi1>
    %417 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%415 : tensor<?x1xf32>) outs(%416 : tensor<?x1xi1>) {
    ^bb0(%in: f32, %out: i1):
      %426 = arith.extf %in : f32 to f64
      %427 = arith.cmpf olt, %426, %cst_108 : f64
      linalg.yield %427 : i1
    } -> tensor<?x1xi1>
    %418 = linalg.generic {indexing_maps = [#map2, #map1, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%417, %cst_112, %415 : tensor<?x1xi1>, tensor<f32>, tensor<?x1xf32>) outs(%413 : tensor<?x1xf32>) {
    ^bb0(%in: i1, %in_278: f32, %in_279: f32, %out: f32):
      %426 = arith.select %in, %in_278, %in_279 : f32
      linalg.yield %426 : f32
    } -> tensor<?x1xf32>
    %419 = linalg.generic {indexing_maps = [#map2, #map20, #map2], iterator_types = ["parallel", "parallel"]} ins(%412, %418 : tensor<?x384xf32>, tensor<?x1xf32>) outs(%410 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.divf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    %420 = linalg.generic {indexing_maps = [#map2, #map20], iterator_types = ["parallel", "reduction"]} ins(%419 : tensor<?x384xf32>) outs(%414 : tensor<?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.absf %in : f32
      %427 = math.powf %426, %cst_0 : f32
      %428 = arith.addf %427, %out : f32
      linalg.yield %428 : f32
    } -> tensor<?x1xf32>
    %421 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%420 : tensor<?x1xf32>) outs(%413 : tensor<?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %426 = math.powf %in, %cst_2 : f32
      linalg.yield %426 : f32
    } -> tensor<?x1xf32>
    %422 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%421 : tensor<?x1xf32>) outs(%416 : tensor<?x1xi1>) {
    ^bb0(%in: f32, %out: i1):
      %426 = arith.extf %in : f32 to f64
      %427 = arith.cmpf olt, %426, %cst_7 : f64
      linalg.yield %427 : i1
    } -> tensor<?x1xi1>
    %423 = linalg.generic {indexing_maps = [#map2, #map1, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%422, %cst_113, %421 : tensor<?x1xi1>, tensor<f32>, tensor<?x1xf32>) outs(%413 : tensor<?x1xf32>) {
    ^bb0(%in: i1, %in_278: f32, %in_279: f32, %out: f32):
      %426 = arith.select %in, %in_278, %in_279 : f32
      linalg.yield %426 : f32
    } -> tensor<?x1xf32>
    %collapsed_277 = tensor.collapse_shape %423 [[0, 1]] : tensor<?x1xf32> into tensor<?xf32>
    %424 = linalg.generic {indexing_maps = [#map21, #map2], iterator_types = ["parallel", "parallel"]} ins(%collapsed_277 : tensor<?xf32>) outs(%410 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %425 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%419, %424 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%410 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_278: f32, %out: f32):
      %426 = arith.divf %in, %in_278 : f32
      linalg.yield %426 : f32
    } -> tensor<?x384xf32>
    return %425 : tensor<?x384xf32>
  }
}

