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
    %cst_112 = arith.constant 0.000000e+00 : f32
    %c512 = arith.constant 512 : index
    %c2 = arith.constant 2 : index
    %c30522 = arith.constant 30522 : index
    %c0_i64 = arith.constant 0 : i64
    %c12 = arith.constant 12 : index
    %cst_113 = arith.constant 0xFF800000 : f32
    %c1 = arith.constant 1 : index
    %c0 = arith.constant 0 : index
    %dim = tensor.dim %arg0, %c0 : tensor<?x?xi64>
    %dim_114 = tensor.dim %arg0, %c1 : tensor<?x?xi64>
    %dim_115 = tensor.dim %arg1, %c0 : tensor<?x?xi64>
    %0 = arith.cmpi eq, %dim_115, %dim : index
    cf.assert %0, "dimension 'batch' of 'attention_mask' differs from that of 'input_ids'"
    %dim_116 = tensor.dim %arg1, %c1 : tensor<?x?xi64>
    %1 = arith.cmpi eq, %dim_116, %dim_114 : index
    cf.assert %1, "dimension 'length' of 'attention_mask' differs from that of 'input_ids'"
    %2 = arith.index_cast %dim : index to i64
    %3 = arith.index_cast %dim_114 : index to i64
    %4 = tensor.empty(%dim_114) : tensor<?xi64>
    %5 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel"]} outs(%4 : tensor<?xi64>) {
    ^bb0(%out: i64):
      %423 = linalg.index 0 : index
      %424 = arith.index_cast %423 : index to i64
      linalg.yield %424 : i64
    } -> tensor<?xi64>
    %expanded = tensor.expand_shape %5 [[0, 1]] output_shape [1, %dim_114] : tensor<?xi64> into tensor<1x?xi64>
    %6 = tensor.empty(%dim, %dim_114) : tensor<?x?xi64>
    %7 = linalg.generic {indexing_maps = [#map1, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst : tensor<i64>) outs(%6 : tensor<?x?xi64>) {
    ^bb0(%in: i64, %out: i64):
      linalg.yield %in : i64
    } -> tensor<?x?xi64>
    %8 = tensor.empty(%dim, %dim_114) : tensor<?x?x384xf32>
    %9 = linalg.generic {indexing_maps = [#map3, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg0 : tensor<?x?xi64>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: i64, %out: f32):
      %423 = arith.index_cast %in : i64 to index
      %424 = linalg.index 2 : index
      %425 = arith.cmpi slt, %423, %c30522 : index
      cf.assert %425, "index must be smaller than dim size"
      %426 = arith.cmpi sge, %in, %c0_i64 : i64
      cf.assert %426, "index must be larger or equal to 0"
      %extracted = tensor.extract %cst_4[%423, %424] : tensor<30522x384xf32>
      linalg.yield %extracted : f32
    } -> tensor<?x?x384xf32>
    %10 = linalg.generic {indexing_maps = [#map3, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%7 : tensor<?x?xi64>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: i64, %out: f32):
      %423 = arith.index_cast %in : i64 to index
      %424 = linalg.index 2 : index
      %425 = arith.cmpi slt, %423, %c2 : index
      cf.assert %425, "index must be smaller than dim size"
      %426 = arith.cmpi sge, %in, %c0_i64 : i64
      cf.assert %426, "index must be larger or equal to 0"
      %extracted = tensor.extract %cst_5[%423, %424] : tensor<2x384xf32>
      linalg.yield %extracted : f32
    } -> tensor<?x?x384xf32>
    %11 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%9, %10 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %12 = tensor.empty(%dim_114) : tensor<1x?x384xf32>
    %13 = linalg.generic {indexing_maps = [#map3, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded : tensor<1x?xi64>) outs(%12 : tensor<1x?x384xf32>) {
    ^bb0(%in: i64, %out: f32):
      %423 = arith.index_cast %in : i64 to index
      %424 = linalg.index 2 : index
      %425 = arith.cmpi slt, %423, %c512 : index
      cf.assert %425, "index must be smaller than dim size"
      %426 = arith.cmpi sge, %in, %c0_i64 : i64
      cf.assert %426, "index must be larger or equal to 0"
      %extracted = tensor.extract %cst_6[%423, %424] : tensor<512x384xf32>
      linalg.yield %extracted : f32
    } -> tensor<1x?x384xf32>
    %14 = linalg.generic {indexing_maps = [#map4, #map5, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%11, %13 : tensor<?x?x384xf32>, tensor<1x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %15 = tensor.empty(%dim, %dim_114) : tensor<?x?x1xf32>
    %16 = linalg.fill ins(%cst_112 : f32) outs(%15 : tensor<?x?x1xf32>) -> tensor<?x?x1xf32>
    %17 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%14 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %18 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%17 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %19 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%14, %18 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.subf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %20 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%19, %19 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %21 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%20 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %22 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%21 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %23 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%22 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_7 : f64 to f32
      %424 = arith.addf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x?x1xf32>
    %24 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%23 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.rsqrt %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %25 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%19, %24 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %26 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%25, %cst_8 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %27 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%26, %cst_9 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %28 = tensor.empty(%dim, %dim_114) : tensor<?x?xi1>
    %29 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%arg1 : tensor<?x?xi64>) outs(%28 : tensor<?x?xi1>) {
    ^bb0(%in: i64, %out: i1):
      %423 = arith.cmpi ne, %in, %c0_i64 : i64
      linalg.yield %423 : i1
    } -> tensor<?x?xi1>
    %30 = tensor.empty(%dim) : tensor<?xi64>
    %31 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel"]} outs(%30 : tensor<?xi64>) {
    ^bb0(%out: i64):
      %423 = linalg.index 0 : index
      %424 = arith.index_cast %423 : index to i64
      linalg.yield %424 : i64
    } -> tensor<?xi64>
    %expanded_117 = tensor.expand_shape %31 [[0, 1, 2, 3]] output_shape [%dim, 1, 1, 1] : tensor<?xi64> into tensor<?x1x1x1xi64>
    %expanded_118 = tensor.expand_shape %5 [[0, 1, 2, 3]] output_shape [1, 1, %dim_114, 1] : tensor<?xi64> into tensor<1x1x?x1xi64>
    %expanded_119 = tensor.expand_shape %5 [[0, 1, 2, 3]] output_shape [1, 1, 1, %dim_114] : tensor<?xi64> into tensor<1x1x1x?xi64>
    %32 = tensor.empty(%dim_114) : tensor<1x1x?x1xi1>
    %33 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_118 : tensor<1x1x?x1xi64>) outs(%32 : tensor<1x1x?x1xi1>) {
    ^bb0(%in: i64, %out: i1):
      %423 = arith.cmpi sge, %in, %c0_i64 : i64
      linalg.yield %423 : i1
    } -> tensor<1x1x?x1xi1>
    %34 = linalg.generic {indexing_maps = [#map9, #map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%cst_109, %33 : tensor<i1>, tensor<1x1x?x1xi1>) outs(%32 : tensor<1x1x?x1xi1>) {
    ^bb0(%in: i1, %in_276: i1, %out: i1):
      %423 = arith.andi %in, %in_276 : i1
      linalg.yield %423 : i1
    } -> tensor<1x1x?x1xi1>
    %35 = tensor.empty(%dim, %dim_114) : tensor<?x1x1x?xi1>
    %36 = linalg.generic {indexing_maps = [#map10, #map11, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_117, %expanded_119 : tensor<?x1x1x1xi64>, tensor<1x1x1x?xi64>) outs(%35 : tensor<?x1x1x?xi1>) {
    ^bb0(%in: i64, %in_276: i64, %out: i1):
      %423 = arith.cmpi slt, %in, %c0_i64 : i64
      %424 = arith.addi %in, %2 : i64
      %425 = arith.select %423, %424, %in : i64
      %426 = arith.index_cast %425 : i64 to index
      %427 = arith.cmpi slt, %in_276, %c0_i64 : i64
      %428 = arith.addi %in_276, %3 : i64
      %429 = arith.select %427, %428, %in_276 : i64
      %430 = arith.index_cast %429 : i64 to index
      %extracted = tensor.extract %29[%426, %430] : tensor<?x?xi1>
      linalg.yield %extracted : i1
    } -> tensor<?x1x1x?xi1>
    %37 = tensor.empty(%dim, %dim_114, %dim_114) : tensor<?x1x?x?xi1>
    %38 = linalg.generic {indexing_maps = [#map12, #map13, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%34, %36 : tensor<1x1x?x1xi1>, tensor<?x1x1x?xi1>) outs(%37 : tensor<?x1x?x?xi1>) {
    ^bb0(%in: i1, %in_276: i1, %out: i1):
      %423 = arith.andi %in, %in_276 : i1
      linalg.yield %423 : i1
    } -> tensor<?x1x?x?xi1>
    %39 = tensor.empty(%dim, %dim_114, %dim_114) : tensor<?x1x?x?xf32>
    %40 = linalg.generic {indexing_maps = [#map8, #map9, #map9, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%38, %cst_110, %cst_111 : tensor<?x1x?x?xi1>, tensor<f32>, tensor<f32>) outs(%39 : tensor<?x1x?x?xf32>) {
    ^bb0(%in: i1, %in_276: f32, %in_277: f32, %out: f32):
      %423 = arith.select %in, %in_276, %in_277 : f32
      linalg.yield %423 : f32
    } -> tensor<?x1x?x?xf32>
    %41 = arith.muli %2, %3 : i64
    %collapsed = tensor.collapse_shape %27 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %42 = tensor.empty() : tensor<384x384xf32>
    %transposed = linalg.transpose ins(%cst_10 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %43 = affine.apply #map14()[%dim, %dim_114]
    %44 = tensor.empty(%43) : tensor<?x384xf32>
    %45 = linalg.fill ins(%cst_112 : f32) outs(%44 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %46 = linalg.matmul ins(%collapsed, %transposed : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %47 = arith.index_cast %41 : i64 to index
    %48 = tensor.empty(%47) : tensor<?x384xf32>
    %49 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_11 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %50 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%46, %49 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_120 = tensor.expand_shape %50 [[0, 1], [2, 3]] output_shape [%dim, %dim_114, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %51 = tensor.empty(%dim, %dim_114) : tensor<?x12x?x32xf32>
    %transposed_121 = linalg.transpose ins(%expanded_120 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %transposed_122 = linalg.transpose ins(%cst_12 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %52 = linalg.matmul ins(%collapsed, %transposed_122 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %53 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_13 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %54 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%52, %53 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_123 = tensor.expand_shape %54 [[0, 1], [2, 3]] output_shape [%dim, %dim_114, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_124 = linalg.transpose ins(%cst_14 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %55 = linalg.matmul ins(%collapsed, %transposed_124 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %56 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_15 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %57 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%55, %56 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_125 = tensor.expand_shape %57 [[0, 1], [2, 3]] output_shape [%dim, %dim_114, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_126 = linalg.transpose ins(%expanded_125 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %58 = tensor.empty(%dim, %dim_114) : tensor<?x12x32x?xf32>
    %transposed_127 = linalg.transpose ins(%expanded_123 : tensor<?x?x12x32xf32>) outs(%58 : tensor<?x12x32x?xf32>) permutation = [0, 2, 3, 1] 
    %collapsed_128 = tensor.collapse_shape %transposed_121 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %collapsed_129 = tensor.collapse_shape %transposed_127 [[0, 1], [2], [3]] : tensor<?x12x32x?xf32> into tensor<?x32x?xf32>
    %59 = affine.apply #map16()[%dim]
    %60 = tensor.empty(%59, %dim_114, %dim_114) : tensor<?x?x?xf32>
    %61 = linalg.fill ins(%cst_112 : f32) outs(%60 : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
    %62 = linalg.batch_matmul ins(%collapsed_128, %collapsed_129 : tensor<?x?x32xf32>, tensor<?x32x?xf32>) outs(%61 : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
    %63 = arith.divui %59, %c12 : index
    %expanded_130 = tensor.expand_shape %62 [[0, 1], [2], [3]] output_shape [%63, 12, %dim_114, %dim_114] : tensor<?x?x?xf32> into tensor<?x12x?x?xf32>
    %64 = tensor.empty(%63, %dim_114, %dim_114) : tensor<?x12x?x?xf32>
    %65 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_130 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_16 : f64 to f32
      %424 = arith.mulf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x12x?x?xf32>
    %66 = linalg.generic {indexing_maps = [#map8, #map17, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%65, %40 : tensor<?x12x?x?xf32>, tensor<?x1x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %67 = tensor.empty(%63, %dim_114) : tensor<?x12x?x1xf32>
    %68 = linalg.fill ins(%cst_113 : f32) outs(%67 : tensor<?x12x?x1xf32>) -> tensor<?x12x?x1xf32>
    %69 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%66 : tensor<?x12x?x?xf32>) outs(%68 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.maximumf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x1xf32>
    %70 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%66, %69 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.subf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %71 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%70 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.exp %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %72 = linalg.fill ins(%cst_112 : f32) outs(%67 : tensor<?x12x?x1xf32>) -> tensor<?x12x?x1xf32>
    %73 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%71 : tensor<?x12x?x?xf32>) outs(%72 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x1xf32>
    %74 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%71, %73 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.divf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %collapsed_131 = tensor.collapse_shape %74 [[0, 1], [2], [3]] : tensor<?x12x?x?xf32> into tensor<?x?x?xf32>
    %collapsed_132 = tensor.collapse_shape %transposed_126 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %75 = affine.apply #map16()[%63]
    %76 = tensor.empty(%75, %dim_114) : tensor<?x?x32xf32>
    %77 = linalg.fill ins(%cst_112 : f32) outs(%76 : tensor<?x?x32xf32>) -> tensor<?x?x32xf32>
    %78 = linalg.batch_matmul ins(%collapsed_131, %collapsed_132 : tensor<?x?x?xf32>, tensor<?x?x32xf32>) outs(%77 : tensor<?x?x32xf32>) -> tensor<?x?x32xf32>
    %79 = arith.divui %75, %c12 : index
    %expanded_133 = tensor.expand_shape %78 [[0, 1], [2], [3]] output_shape [%79, 12, %dim_114, 32] : tensor<?x?x32xf32> into tensor<?x12x?x32xf32>
    %80 = tensor.empty(%79, %dim_114) : tensor<?x?x12x32xf32>
    %transposed_134 = linalg.transpose ins(%expanded_133 : tensor<?x12x?x32xf32>) outs(%80 : tensor<?x?x12x32xf32>) permutation = [0, 2, 1, 3] 
    %collapsed_135 = tensor.collapse_shape %transposed_134 [[0, 1], [2, 3]] : tensor<?x?x12x32xf32> into tensor<?x384xf32>
    %transposed_136 = linalg.transpose ins(%cst_17 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %81 = affine.apply #map14()[%79, %dim_114]
    %82 = tensor.empty(%81) : tensor<?x384xf32>
    %83 = linalg.fill ins(%cst_112 : f32) outs(%82 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %84 = linalg.matmul ins(%collapsed_135, %transposed_136 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%83 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %85 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_18 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %86 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%84, %85 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%82 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_137 = tensor.expand_shape %86 [[0, 1], [2]] output_shape [%dim, %dim_114, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %87 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_137, %27 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %88 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%87 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %89 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%88 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %90 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%87, %89 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.subf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %91 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%90, %90 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %92 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%91 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %93 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%92 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %94 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%93 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_7 : f64 to f32
      %424 = arith.addf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x?x1xf32>
    %95 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%94 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.rsqrt %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %96 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%90, %95 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %97 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%96, %cst_19 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %98 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%97, %cst_20 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %collapsed_138 = tensor.collapse_shape %98 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %99 = tensor.empty() : tensor<384x1536xf32>
    %transposed_139 = linalg.transpose ins(%cst_21 : tensor<1536x384xf32>) outs(%99 : tensor<384x1536xf32>) permutation = [1, 0] 
    %100 = tensor.empty(%43) : tensor<?x1536xf32>
    %101 = linalg.fill ins(%cst_112 : f32) outs(%100 : tensor<?x1536xf32>) -> tensor<?x1536xf32>
    %102 = linalg.matmul ins(%collapsed_138, %transposed_139 : tensor<?x384xf32>, tensor<384x1536xf32>) outs(%101 : tensor<?x1536xf32>) -> tensor<?x1536xf32>
    %103 = tensor.empty(%47) : tensor<?x1536xf32>
    %104 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_22 : tensor<1536xf32>) outs(%103 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x1536xf32>
    %105 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%102, %104 : tensor<?x1536xf32>, tensor<?x1536xf32>) outs(%100 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x1536xf32>
    %expanded_140 = tensor.expand_shape %105 [[0, 1], [2]] output_shape [%dim, %dim_114, 1536] : tensor<?x1536xf32> into tensor<?x?x1536xf32>
    %106 = tensor.empty(%dim, %dim_114) : tensor<?x?x1536xf32>
    %107 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_140 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.mulf %in, %cst_2 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %108 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_140 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_23 : f64 to f32
      %424 = arith.mulf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x?x1536xf32>
    %109 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%108 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.erf %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %110 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%109 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %cst_1 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %111 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%107, %110 : tensor<?x?x1536xf32>, tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %collapsed_141 = tensor.collapse_shape %111 [[0, 1], [2]] : tensor<?x?x1536xf32> into tensor<?x1536xf32>
    %112 = tensor.empty() : tensor<1536x384xf32>
    %transposed_142 = linalg.transpose ins(%cst_24 : tensor<384x1536xf32>) outs(%112 : tensor<1536x384xf32>) permutation = [1, 0] 
    %113 = linalg.matmul ins(%collapsed_141, %transposed_142 : tensor<?x1536xf32>, tensor<1536x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %114 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_25 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %115 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%113, %114 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_143 = tensor.expand_shape %115 [[0, 1], [2]] output_shape [%dim, %dim_114, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %116 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_143, %98 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %117 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%116 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %118 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%117 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %119 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%116, %118 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.subf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %120 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%119, %119 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %121 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%120 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %122 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%121 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %123 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%122 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_7 : f64 to f32
      %424 = arith.addf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x?x1xf32>
    %124 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%123 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.rsqrt %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %125 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%119, %124 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %126 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%125, %cst_26 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %127 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%126, %cst_27 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %collapsed_144 = tensor.collapse_shape %127 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %transposed_145 = linalg.transpose ins(%cst_28 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %128 = linalg.matmul ins(%collapsed_144, %transposed_145 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %129 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_29 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %130 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%128, %129 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_146 = tensor.expand_shape %130 [[0, 1], [2, 3]] output_shape [%dim, %dim_114, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_147 = linalg.transpose ins(%expanded_146 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %transposed_148 = linalg.transpose ins(%cst_30 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %131 = linalg.matmul ins(%collapsed_144, %transposed_148 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %132 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_31 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %133 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%131, %132 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_149 = tensor.expand_shape %133 [[0, 1], [2, 3]] output_shape [%dim, %dim_114, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_150 = linalg.transpose ins(%cst_32 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %134 = linalg.matmul ins(%collapsed_144, %transposed_150 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %135 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_33 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %136 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%134, %135 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_151 = tensor.expand_shape %136 [[0, 1], [2, 3]] output_shape [%dim, %dim_114, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_152 = linalg.transpose ins(%expanded_151 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %transposed_153 = linalg.transpose ins(%expanded_149 : tensor<?x?x12x32xf32>) outs(%58 : tensor<?x12x32x?xf32>) permutation = [0, 2, 3, 1] 
    %collapsed_154 = tensor.collapse_shape %transposed_147 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %collapsed_155 = tensor.collapse_shape %transposed_153 [[0, 1], [2], [3]] : tensor<?x12x32x?xf32> into tensor<?x32x?xf32>
    %137 = linalg.batch_matmul ins(%collapsed_154, %collapsed_155 : tensor<?x?x32xf32>, tensor<?x32x?xf32>) outs(%61 : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
    %expanded_156 = tensor.expand_shape %137 [[0, 1], [2], [3]] output_shape [%63, 12, %dim_114, %dim_114] : tensor<?x?x?xf32> into tensor<?x12x?x?xf32>
    %138 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_156 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_16 : f64 to f32
      %424 = arith.mulf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x12x?x?xf32>
    %139 = linalg.generic {indexing_maps = [#map8, #map17, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%138, %40 : tensor<?x12x?x?xf32>, tensor<?x1x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %140 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%139 : tensor<?x12x?x?xf32>) outs(%68 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.maximumf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x1xf32>
    %141 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%139, %140 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.subf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %142 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%141 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.exp %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %143 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%142 : tensor<?x12x?x?xf32>) outs(%72 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x1xf32>
    %144 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%142, %143 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.divf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %collapsed_157 = tensor.collapse_shape %144 [[0, 1], [2], [3]] : tensor<?x12x?x?xf32> into tensor<?x?x?xf32>
    %collapsed_158 = tensor.collapse_shape %transposed_152 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %145 = linalg.batch_matmul ins(%collapsed_157, %collapsed_158 : tensor<?x?x?xf32>, tensor<?x?x32xf32>) outs(%77 : tensor<?x?x32xf32>) -> tensor<?x?x32xf32>
    %expanded_159 = tensor.expand_shape %145 [[0, 1], [2], [3]] output_shape [%79, 12, %dim_114, 32] : tensor<?x?x32xf32> into tensor<?x12x?x32xf32>
    %transposed_160 = linalg.transpose ins(%expanded_159 : tensor<?x12x?x32xf32>) outs(%80 : tensor<?x?x12x32xf32>) permutation = [0, 2, 1, 3] 
    %collapsed_161 = tensor.collapse_shape %transposed_160 [[0, 1], [2, 3]] : tensor<?x?x12x32xf32> into tensor<?x384xf32>
    %transposed_162 = linalg.transpose ins(%cst_34 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %146 = linalg.matmul ins(%collapsed_161, %transposed_162 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%83 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %147 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_35 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %148 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%146, %147 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%82 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_163 = tensor.expand_shape %148 [[0, 1], [2]] output_shape [%dim, %dim_114, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %149 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_163, %127 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %150 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%149 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %151 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%150 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %152 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%149, %151 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.subf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %153 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%152, %152 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %154 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%153 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %155 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%154 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %156 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%155 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_7 : f64 to f32
      %424 = arith.addf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x?x1xf32>
    %157 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%156 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.rsqrt %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %158 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%152, %157 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %159 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%158, %cst_36 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %160 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%159, %cst_37 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %collapsed_164 = tensor.collapse_shape %160 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %transposed_165 = linalg.transpose ins(%cst_38 : tensor<1536x384xf32>) outs(%99 : tensor<384x1536xf32>) permutation = [1, 0] 
    %161 = linalg.matmul ins(%collapsed_164, %transposed_165 : tensor<?x384xf32>, tensor<384x1536xf32>) outs(%101 : tensor<?x1536xf32>) -> tensor<?x1536xf32>
    %162 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_39 : tensor<1536xf32>) outs(%103 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x1536xf32>
    %163 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%161, %162 : tensor<?x1536xf32>, tensor<?x1536xf32>) outs(%100 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x1536xf32>
    %expanded_166 = tensor.expand_shape %163 [[0, 1], [2]] output_shape [%dim, %dim_114, 1536] : tensor<?x1536xf32> into tensor<?x?x1536xf32>
    %164 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_166 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.mulf %in, %cst_2 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %165 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_166 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_23 : f64 to f32
      %424 = arith.mulf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x?x1536xf32>
    %166 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%165 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.erf %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %167 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%166 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %cst_1 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %168 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%164, %167 : tensor<?x?x1536xf32>, tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %collapsed_167 = tensor.collapse_shape %168 [[0, 1], [2]] : tensor<?x?x1536xf32> into tensor<?x1536xf32>
    %transposed_168 = linalg.transpose ins(%cst_40 : tensor<384x1536xf32>) outs(%112 : tensor<1536x384xf32>) permutation = [1, 0] 
    %169 = linalg.matmul ins(%collapsed_167, %transposed_168 : tensor<?x1536xf32>, tensor<1536x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %170 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_41 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %171 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%169, %170 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_169 = tensor.expand_shape %171 [[0, 1], [2]] output_shape [%dim, %dim_114, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %172 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_169, %160 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %173 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%172 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %174 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%173 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %175 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%172, %174 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.subf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %176 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%175, %175 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %177 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%176 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %178 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%177 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %179 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%178 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_7 : f64 to f32
      %424 = arith.addf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x?x1xf32>
    %180 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%179 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.rsqrt %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %181 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%175, %180 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %182 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%181, %cst_42 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %183 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%182, %cst_43 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %collapsed_170 = tensor.collapse_shape %183 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %transposed_171 = linalg.transpose ins(%cst_44 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %184 = linalg.matmul ins(%collapsed_170, %transposed_171 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %185 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_45 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %186 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%184, %185 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_172 = tensor.expand_shape %186 [[0, 1], [2, 3]] output_shape [%dim, %dim_114, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_173 = linalg.transpose ins(%expanded_172 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %transposed_174 = linalg.transpose ins(%cst_46 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %187 = linalg.matmul ins(%collapsed_170, %transposed_174 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %188 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_47 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %189 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%187, %188 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_175 = tensor.expand_shape %189 [[0, 1], [2, 3]] output_shape [%dim, %dim_114, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_176 = linalg.transpose ins(%cst_48 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %190 = linalg.matmul ins(%collapsed_170, %transposed_176 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %191 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_49 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %192 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%190, %191 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_177 = tensor.expand_shape %192 [[0, 1], [2, 3]] output_shape [%dim, %dim_114, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_178 = linalg.transpose ins(%expanded_177 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %transposed_179 = linalg.transpose ins(%expanded_175 : tensor<?x?x12x32xf32>) outs(%58 : tensor<?x12x32x?xf32>) permutation = [0, 2, 3, 1] 
    %collapsed_180 = tensor.collapse_shape %transposed_173 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %collapsed_181 = tensor.collapse_shape %transposed_179 [[0, 1], [2], [3]] : tensor<?x12x32x?xf32> into tensor<?x32x?xf32>
    %193 = linalg.batch_matmul ins(%collapsed_180, %collapsed_181 : tensor<?x?x32xf32>, tensor<?x32x?xf32>) outs(%61 : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
    %expanded_182 = tensor.expand_shape %193 [[0, 1], [2], [3]] output_shape [%63, 12, %dim_114, %dim_114] : tensor<?x?x?xf32> into tensor<?x12x?x?xf32>
    %194 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_182 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_16 : f64 to f32
      %424 = arith.mulf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x12x?x?xf32>
    %195 = linalg.generic {indexing_maps = [#map8, #map17, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%194, %40 : tensor<?x12x?x?xf32>, tensor<?x1x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %196 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%195 : tensor<?x12x?x?xf32>) outs(%68 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.maximumf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x1xf32>
    %197 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%195, %196 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.subf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %198 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%197 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.exp %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %199 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%198 : tensor<?x12x?x?xf32>) outs(%72 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x1xf32>
    %200 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%198, %199 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.divf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %collapsed_183 = tensor.collapse_shape %200 [[0, 1], [2], [3]] : tensor<?x12x?x?xf32> into tensor<?x?x?xf32>
    %collapsed_184 = tensor.collapse_shape %transposed_178 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %201 = linalg.batch_matmul ins(%collapsed_183, %collapsed_184 : tensor<?x?x?xf32>, tensor<?x?x32xf32>) outs(%77 : tensor<?x?x32xf32>) -> tensor<?x?x32xf32>
    %expanded_185 = tensor.expand_shape %201 [[0, 1], [2], [3]] output_shape [%79, 12, %dim_114, 32] : tensor<?x?x32xf32> into tensor<?x12x?x32xf32>
    %transposed_186 = linalg.transpose ins(%expanded_185 : tensor<?x12x?x32xf32>) outs(%80 : tensor<?x?x12x32xf32>) permutation = [0, 2, 1, 3] 
    %collapsed_187 = tensor.collapse_shape %transposed_186 [[0, 1], [2, 3]] : tensor<?x?x12x32xf32> into tensor<?x384xf32>
    %transposed_188 = linalg.transpose ins(%cst_50 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %202 = linalg.matmul ins(%collapsed_187, %transposed_188 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%83 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %203 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_51 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %204 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%202, %203 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%82 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_189 = tensor.expand_shape %204 [[0, 1], [2]] output_shape [%dim, %dim_114, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %205 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_189, %183 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %206 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%205 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %207 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%206 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %208 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%205, %207 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.subf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %209 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%208, %208 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %210 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%209 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %211 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%210 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %212 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%211 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_7 : f64 to f32
      %424 = arith.addf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x?x1xf32>
    %213 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%212 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.rsqrt %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %214 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%208, %213 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %215 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%214, %cst_52 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %216 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%215, %cst_53 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %collapsed_190 = tensor.collapse_shape %216 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %transposed_191 = linalg.transpose ins(%cst_54 : tensor<1536x384xf32>) outs(%99 : tensor<384x1536xf32>) permutation = [1, 0] 
    %217 = linalg.matmul ins(%collapsed_190, %transposed_191 : tensor<?x384xf32>, tensor<384x1536xf32>) outs(%101 : tensor<?x1536xf32>) -> tensor<?x1536xf32>
    %218 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_55 : tensor<1536xf32>) outs(%103 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x1536xf32>
    %219 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%217, %218 : tensor<?x1536xf32>, tensor<?x1536xf32>) outs(%100 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x1536xf32>
    %expanded_192 = tensor.expand_shape %219 [[0, 1], [2]] output_shape [%dim, %dim_114, 1536] : tensor<?x1536xf32> into tensor<?x?x1536xf32>
    %220 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_192 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.mulf %in, %cst_2 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %221 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_192 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_23 : f64 to f32
      %424 = arith.mulf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x?x1536xf32>
    %222 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%221 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.erf %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %223 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%222 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %cst_1 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %224 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%220, %223 : tensor<?x?x1536xf32>, tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %collapsed_193 = tensor.collapse_shape %224 [[0, 1], [2]] : tensor<?x?x1536xf32> into tensor<?x1536xf32>
    %transposed_194 = linalg.transpose ins(%cst_56 : tensor<384x1536xf32>) outs(%112 : tensor<1536x384xf32>) permutation = [1, 0] 
    %225 = linalg.matmul ins(%collapsed_193, %transposed_194 : tensor<?x1536xf32>, tensor<1536x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %226 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_57 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %227 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%225, %226 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_195 = tensor.expand_shape %227 [[0, 1], [2]] output_shape [%dim, %dim_114, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %228 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_195, %216 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %229 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%228 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %230 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%229 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %231 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%228, %230 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.subf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %232 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%231, %231 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %233 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%232 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %234 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%233 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %235 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%234 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_7 : f64 to f32
      %424 = arith.addf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x?x1xf32>
    %236 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%235 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.rsqrt %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %237 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%231, %236 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %238 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%237, %cst_58 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %239 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%238, %cst_59 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %collapsed_196 = tensor.collapse_shape %239 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %transposed_197 = linalg.transpose ins(%cst_60 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %240 = linalg.matmul ins(%collapsed_196, %transposed_197 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %241 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_61 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %242 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%240, %241 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_198 = tensor.expand_shape %242 [[0, 1], [2, 3]] output_shape [%dim, %dim_114, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_199 = linalg.transpose ins(%expanded_198 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %transposed_200 = linalg.transpose ins(%cst_62 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %243 = linalg.matmul ins(%collapsed_196, %transposed_200 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %244 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_63 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %245 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%243, %244 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_201 = tensor.expand_shape %245 [[0, 1], [2, 3]] output_shape [%dim, %dim_114, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_202 = linalg.transpose ins(%cst_64 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %246 = linalg.matmul ins(%collapsed_196, %transposed_202 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %247 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_65 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %248 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%246, %247 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_203 = tensor.expand_shape %248 [[0, 1], [2, 3]] output_shape [%dim, %dim_114, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_204 = linalg.transpose ins(%expanded_203 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %transposed_205 = linalg.transpose ins(%expanded_201 : tensor<?x?x12x32xf32>) outs(%58 : tensor<?x12x32x?xf32>) permutation = [0, 2, 3, 1] 
    %collapsed_206 = tensor.collapse_shape %transposed_199 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %collapsed_207 = tensor.collapse_shape %transposed_205 [[0, 1], [2], [3]] : tensor<?x12x32x?xf32> into tensor<?x32x?xf32>
    %249 = linalg.batch_matmul ins(%collapsed_206, %collapsed_207 : tensor<?x?x32xf32>, tensor<?x32x?xf32>) outs(%61 : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
    %expanded_208 = tensor.expand_shape %249 [[0, 1], [2], [3]] output_shape [%63, 12, %dim_114, %dim_114] : tensor<?x?x?xf32> into tensor<?x12x?x?xf32>
    %250 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_208 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_16 : f64 to f32
      %424 = arith.mulf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x12x?x?xf32>
    %251 = linalg.generic {indexing_maps = [#map8, #map17, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%250, %40 : tensor<?x12x?x?xf32>, tensor<?x1x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %252 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%251 : tensor<?x12x?x?xf32>) outs(%68 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.maximumf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x1xf32>
    %253 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%251, %252 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.subf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %254 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%253 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.exp %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %255 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%254 : tensor<?x12x?x?xf32>) outs(%72 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x1xf32>
    %256 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%254, %255 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.divf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %collapsed_209 = tensor.collapse_shape %256 [[0, 1], [2], [3]] : tensor<?x12x?x?xf32> into tensor<?x?x?xf32>
    %collapsed_210 = tensor.collapse_shape %transposed_204 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %257 = linalg.batch_matmul ins(%collapsed_209, %collapsed_210 : tensor<?x?x?xf32>, tensor<?x?x32xf32>) outs(%77 : tensor<?x?x32xf32>) -> tensor<?x?x32xf32>
    %expanded_211 = tensor.expand_shape %257 [[0, 1], [2], [3]] output_shape [%79, 12, %dim_114, 32] : tensor<?x?x32xf32> into tensor<?x12x?x32xf32>
    %transposed_212 = linalg.transpose ins(%expanded_211 : tensor<?x12x?x32xf32>) outs(%80 : tensor<?x?x12x32xf32>) permutation = [0, 2, 1, 3] 
    %collapsed_213 = tensor.collapse_shape %transposed_212 [[0, 1], [2, 3]] : tensor<?x?x12x32xf32> into tensor<?x384xf32>
    %transposed_214 = linalg.transpose ins(%cst_66 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %258 = linalg.matmul ins(%collapsed_213, %transposed_214 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%83 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %259 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_67 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %260 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%258, %259 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%82 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_215 = tensor.expand_shape %260 [[0, 1], [2]] output_shape [%dim, %dim_114, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %261 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_215, %239 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %262 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%261 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %263 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%262 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %264 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%261, %263 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.subf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %265 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%264, %264 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %266 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%265 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %267 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%266 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %268 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%267 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_7 : f64 to f32
      %424 = arith.addf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x?x1xf32>
    %269 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%268 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.rsqrt %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %270 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%264, %269 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %271 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%270, %cst_68 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %272 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%271, %cst_69 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %collapsed_216 = tensor.collapse_shape %272 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %transposed_217 = linalg.transpose ins(%cst_70 : tensor<1536x384xf32>) outs(%99 : tensor<384x1536xf32>) permutation = [1, 0] 
    %273 = linalg.matmul ins(%collapsed_216, %transposed_217 : tensor<?x384xf32>, tensor<384x1536xf32>) outs(%101 : tensor<?x1536xf32>) -> tensor<?x1536xf32>
    %274 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_71 : tensor<1536xf32>) outs(%103 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x1536xf32>
    %275 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%273, %274 : tensor<?x1536xf32>, tensor<?x1536xf32>) outs(%100 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x1536xf32>
    %expanded_218 = tensor.expand_shape %275 [[0, 1], [2]] output_shape [%dim, %dim_114, 1536] : tensor<?x1536xf32> into tensor<?x?x1536xf32>
    %276 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_218 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.mulf %in, %cst_2 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %277 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_218 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_23 : f64 to f32
      %424 = arith.mulf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x?x1536xf32>
    %278 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%277 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.erf %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %279 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%278 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %cst_1 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %280 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%276, %279 : tensor<?x?x1536xf32>, tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %collapsed_219 = tensor.collapse_shape %280 [[0, 1], [2]] : tensor<?x?x1536xf32> into tensor<?x1536xf32>
    %transposed_220 = linalg.transpose ins(%cst_72 : tensor<384x1536xf32>) outs(%112 : tensor<1536x384xf32>) permutation = [1, 0] 
    %281 = linalg.matmul ins(%collapsed_219, %transposed_220 : tensor<?x1536xf32>, tensor<1536x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %282 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_73 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %283 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%281, %282 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_221 = tensor.expand_shape %283 [[0, 1], [2]] output_shape [%dim, %dim_114, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %284 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_221, %272 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %285 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%284 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %286 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%285 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %287 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%284, %286 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.subf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %288 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%287, %287 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %289 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%288 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %290 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%289 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %291 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%290 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_7 : f64 to f32
      %424 = arith.addf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x?x1xf32>
    %292 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%291 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.rsqrt %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %293 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%287, %292 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %294 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%293, %cst_74 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %295 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%294, %cst_75 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %collapsed_222 = tensor.collapse_shape %295 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %transposed_223 = linalg.transpose ins(%cst_76 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %296 = linalg.matmul ins(%collapsed_222, %transposed_223 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %297 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_77 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %298 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%296, %297 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_224 = tensor.expand_shape %298 [[0, 1], [2, 3]] output_shape [%dim, %dim_114, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_225 = linalg.transpose ins(%expanded_224 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %transposed_226 = linalg.transpose ins(%cst_78 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %299 = linalg.matmul ins(%collapsed_222, %transposed_226 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %300 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_79 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %301 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%299, %300 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_227 = tensor.expand_shape %301 [[0, 1], [2, 3]] output_shape [%dim, %dim_114, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_228 = linalg.transpose ins(%cst_80 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %302 = linalg.matmul ins(%collapsed_222, %transposed_228 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %303 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_81 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %304 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%302, %303 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_229 = tensor.expand_shape %304 [[0, 1], [2, 3]] output_shape [%dim, %dim_114, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_230 = linalg.transpose ins(%expanded_229 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %transposed_231 = linalg.transpose ins(%expanded_227 : tensor<?x?x12x32xf32>) outs(%58 : tensor<?x12x32x?xf32>) permutation = [0, 2, 3, 1] 
    %collapsed_232 = tensor.collapse_shape %transposed_225 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %collapsed_233 = tensor.collapse_shape %transposed_231 [[0, 1], [2], [3]] : tensor<?x12x32x?xf32> into tensor<?x32x?xf32>
    %305 = linalg.batch_matmul ins(%collapsed_232, %collapsed_233 : tensor<?x?x32xf32>, tensor<?x32x?xf32>) outs(%61 : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
    %expanded_234 = tensor.expand_shape %305 [[0, 1], [2], [3]] output_shape [%63, 12, %dim_114, %dim_114] : tensor<?x?x?xf32> into tensor<?x12x?x?xf32>
    %306 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_234 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_16 : f64 to f32
      %424 = arith.mulf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x12x?x?xf32>
    %307 = linalg.generic {indexing_maps = [#map8, #map17, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%306, %40 : tensor<?x12x?x?xf32>, tensor<?x1x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %308 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%307 : tensor<?x12x?x?xf32>) outs(%68 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.maximumf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x1xf32>
    %309 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%307, %308 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.subf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %310 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%309 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.exp %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %311 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%310 : tensor<?x12x?x?xf32>) outs(%72 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x1xf32>
    %312 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%310, %311 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.divf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %collapsed_235 = tensor.collapse_shape %312 [[0, 1], [2], [3]] : tensor<?x12x?x?xf32> into tensor<?x?x?xf32>
    %collapsed_236 = tensor.collapse_shape %transposed_230 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %313 = linalg.batch_matmul ins(%collapsed_235, %collapsed_236 : tensor<?x?x?xf32>, tensor<?x?x32xf32>) outs(%77 : tensor<?x?x32xf32>) -> tensor<?x?x32xf32>
    %expanded_237 = tensor.expand_shape %313 [[0, 1], [2], [3]] output_shape [%79, 12, %dim_114, 32] : tensor<?x?x32xf32> into tensor<?x12x?x32xf32>
    %transposed_238 = linalg.transpose ins(%expanded_237 : tensor<?x12x?x32xf32>) outs(%80 : tensor<?x?x12x32xf32>) permutation = [0, 2, 1, 3] 
    %collapsed_239 = tensor.collapse_shape %transposed_238 [[0, 1], [2, 3]] : tensor<?x?x12x32xf32> into tensor<?x384xf32>
    %transposed_240 = linalg.transpose ins(%cst_82 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %314 = linalg.matmul ins(%collapsed_239, %transposed_240 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%83 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %315 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_83 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %316 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%314, %315 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%82 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_241 = tensor.expand_shape %316 [[0, 1], [2]] output_shape [%dim, %dim_114, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %317 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_241, %295 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %318 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%317 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %319 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%318 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %320 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%317, %319 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.subf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %321 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%320, %320 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %322 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%321 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %323 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%322 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %324 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%323 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_7 : f64 to f32
      %424 = arith.addf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x?x1xf32>
    %325 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%324 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.rsqrt %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %326 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%320, %325 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %327 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%326, %cst_84 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %328 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%327, %cst_85 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %collapsed_242 = tensor.collapse_shape %328 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %transposed_243 = linalg.transpose ins(%cst_86 : tensor<1536x384xf32>) outs(%99 : tensor<384x1536xf32>) permutation = [1, 0] 
    %329 = linalg.matmul ins(%collapsed_242, %transposed_243 : tensor<?x384xf32>, tensor<384x1536xf32>) outs(%101 : tensor<?x1536xf32>) -> tensor<?x1536xf32>
    %330 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_87 : tensor<1536xf32>) outs(%103 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x1536xf32>
    %331 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%329, %330 : tensor<?x1536xf32>, tensor<?x1536xf32>) outs(%100 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x1536xf32>
    %expanded_244 = tensor.expand_shape %331 [[0, 1], [2]] output_shape [%dim, %dim_114, 1536] : tensor<?x1536xf32> into tensor<?x?x1536xf32>
    %332 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_244 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.mulf %in, %cst_2 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %333 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_244 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_23 : f64 to f32
      %424 = arith.mulf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x?x1536xf32>
    %334 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%333 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.erf %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %335 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%334 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %cst_1 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %336 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%332, %335 : tensor<?x?x1536xf32>, tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %collapsed_245 = tensor.collapse_shape %336 [[0, 1], [2]] : tensor<?x?x1536xf32> into tensor<?x1536xf32>
    %transposed_246 = linalg.transpose ins(%cst_88 : tensor<384x1536xf32>) outs(%112 : tensor<1536x384xf32>) permutation = [1, 0] 
    %337 = linalg.matmul ins(%collapsed_245, %transposed_246 : tensor<?x1536xf32>, tensor<1536x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %338 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_89 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %339 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%337, %338 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_247 = tensor.expand_shape %339 [[0, 1], [2]] output_shape [%dim, %dim_114, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %340 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_247, %328 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %341 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%340 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %342 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%341 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %343 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%340, %342 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.subf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %344 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%343, %343 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %345 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%344 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %346 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%345 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %347 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%346 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_7 : f64 to f32
      %424 = arith.addf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x?x1xf32>
    %348 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%347 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.rsqrt %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %349 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%343, %348 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %350 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%349, %cst_90 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %351 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%350, %cst_91 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %collapsed_248 = tensor.collapse_shape %351 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %transposed_249 = linalg.transpose ins(%cst_92 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %352 = linalg.matmul ins(%collapsed_248, %transposed_249 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %353 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_93 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %354 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%352, %353 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_250 = tensor.expand_shape %354 [[0, 1], [2, 3]] output_shape [%dim, %dim_114, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_251 = linalg.transpose ins(%expanded_250 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %transposed_252 = linalg.transpose ins(%cst_94 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %355 = linalg.matmul ins(%collapsed_248, %transposed_252 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %356 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_95 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %357 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%355, %356 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_253 = tensor.expand_shape %357 [[0, 1], [2, 3]] output_shape [%dim, %dim_114, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_254 = linalg.transpose ins(%cst_96 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %358 = linalg.matmul ins(%collapsed_248, %transposed_254 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %359 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_97 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %360 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%358, %359 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_255 = tensor.expand_shape %360 [[0, 1], [2, 3]] output_shape [%dim, %dim_114, 12, 32] : tensor<?x384xf32> into tensor<?x?x12x32xf32>
    %transposed_256 = linalg.transpose ins(%expanded_255 : tensor<?x?x12x32xf32>) outs(%51 : tensor<?x12x?x32xf32>) permutation = [0, 2, 1, 3] 
    %transposed_257 = linalg.transpose ins(%expanded_253 : tensor<?x?x12x32xf32>) outs(%58 : tensor<?x12x32x?xf32>) permutation = [0, 2, 3, 1] 
    %collapsed_258 = tensor.collapse_shape %transposed_251 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %collapsed_259 = tensor.collapse_shape %transposed_257 [[0, 1], [2], [3]] : tensor<?x12x32x?xf32> into tensor<?x32x?xf32>
    %361 = linalg.batch_matmul ins(%collapsed_258, %collapsed_259 : tensor<?x?x32xf32>, tensor<?x32x?xf32>) outs(%61 : tensor<?x?x?xf32>) -> tensor<?x?x?xf32>
    %expanded_260 = tensor.expand_shape %361 [[0, 1], [2], [3]] output_shape [%63, 12, %dim_114, %dim_114] : tensor<?x?x?xf32> into tensor<?x12x?x?xf32>
    %362 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%expanded_260 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_16 : f64 to f32
      %424 = arith.mulf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x12x?x?xf32>
    %363 = linalg.generic {indexing_maps = [#map8, #map17, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%362, %40 : tensor<?x12x?x?xf32>, tensor<?x1x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %364 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%363 : tensor<?x12x?x?xf32>) outs(%68 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.maximumf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x1xf32>
    %365 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%363, %364 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.subf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %366 = linalg.generic {indexing_maps = [#map8, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%365 : tensor<?x12x?x?xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.exp %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %367 = linalg.generic {indexing_maps = [#map8, #map18], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%366 : tensor<?x12x?x?xf32>) outs(%72 : tensor<?x12x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x1xf32>
    %368 = linalg.generic {indexing_maps = [#map8, #map18, #map8], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%366, %367 : tensor<?x12x?x?xf32>, tensor<?x12x?x1xf32>) outs(%64 : tensor<?x12x?x?xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.divf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x12x?x?xf32>
    %collapsed_261 = tensor.collapse_shape %368 [[0, 1], [2], [3]] : tensor<?x12x?x?xf32> into tensor<?x?x?xf32>
    %collapsed_262 = tensor.collapse_shape %transposed_256 [[0, 1], [2], [3]] : tensor<?x12x?x32xf32> into tensor<?x?x32xf32>
    %369 = linalg.batch_matmul ins(%collapsed_261, %collapsed_262 : tensor<?x?x?xf32>, tensor<?x?x32xf32>) outs(%77 : tensor<?x?x32xf32>) -> tensor<?x?x32xf32>
    %expanded_263 = tensor.expand_shape %369 [[0, 1], [2], [3]] output_shape [%79, 12, %dim_114, 32] : tensor<?x?x32xf32> into tensor<?x12x?x32xf32>
    %transposed_264 = linalg.transpose ins(%expanded_263 : tensor<?x12x?x32xf32>) outs(%80 : tensor<?x?x12x32xf32>) permutation = [0, 2, 1, 3] 
    %collapsed_265 = tensor.collapse_shape %transposed_264 [[0, 1], [2, 3]] : tensor<?x?x12x32xf32> into tensor<?x384xf32>
    %transposed_266 = linalg.transpose ins(%cst_98 : tensor<384x384xf32>) outs(%42 : tensor<384x384xf32>) permutation = [1, 0] 
    %370 = linalg.matmul ins(%collapsed_265, %transposed_266 : tensor<?x384xf32>, tensor<384x384xf32>) outs(%83 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %371 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_99 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %372 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%370, %371 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%82 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_267 = tensor.expand_shape %372 [[0, 1], [2]] output_shape [%dim, %dim_114, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %373 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_267, %351 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %374 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%373 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %375 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%374 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %376 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%373, %375 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.subf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %377 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%376, %376 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %378 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%377 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %379 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%378 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %380 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%379 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_7 : f64 to f32
      %424 = arith.addf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x?x1xf32>
    %381 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%380 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.rsqrt %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %382 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%376, %381 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %383 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%382, %cst_100 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %384 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%383, %cst_101 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %collapsed_268 = tensor.collapse_shape %384 [[0, 1], [2]] : tensor<?x?x384xf32> into tensor<?x384xf32>
    %transposed_269 = linalg.transpose ins(%cst_102 : tensor<1536x384xf32>) outs(%99 : tensor<384x1536xf32>) permutation = [1, 0] 
    %385 = linalg.matmul ins(%collapsed_268, %transposed_269 : tensor<?x384xf32>, tensor<384x1536xf32>) outs(%101 : tensor<?x1536xf32>) -> tensor<?x1536xf32>
    %386 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_103 : tensor<1536xf32>) outs(%103 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x1536xf32>
    %387 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%385, %386 : tensor<?x1536xf32>, tensor<?x1536xf32>) outs(%100 : tensor<?x1536xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x1536xf32>
    %expanded_270 = tensor.expand_shape %387 [[0, 1], [2]] output_shape [%dim, %dim_114, 1536] : tensor<?x1536xf32> into tensor<?x?x1536xf32>
    %388 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_270 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.mulf %in, %cst_2 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %389 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_270 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_23 : f64 to f32
      %424 = arith.mulf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x?x1536xf32>
    %390 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%389 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.erf %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %391 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%390 : tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %cst_1 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %392 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%388, %391 : tensor<?x?x1536xf32>, tensor<?x?x1536xf32>) outs(%106 : tensor<?x?x1536xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1536xf32>
    %collapsed_271 = tensor.collapse_shape %392 [[0, 1], [2]] : tensor<?x?x1536xf32> into tensor<?x1536xf32>
    %transposed_272 = linalg.transpose ins(%cst_104 : tensor<384x1536xf32>) outs(%112 : tensor<1536x384xf32>) permutation = [1, 0] 
    %393 = linalg.matmul ins(%collapsed_271, %transposed_272 : tensor<?x1536xf32>, tensor<1536x384xf32>) outs(%45 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %394 = linalg.generic {indexing_maps = [#map15, #map2], iterator_types = ["parallel", "parallel"]} ins(%cst_105 : tensor<384xf32>) outs(%48 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %395 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%393, %394 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%44 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %expanded_273 = tensor.expand_shape %395 [[0, 1], [2]] output_shape [%dim, %dim_114, 384] : tensor<?x384xf32> into tensor<?x?x384xf32>
    %396 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_273, %384 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %397 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%396 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %398 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%397 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %399 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%396, %398 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.subf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %400 = linalg.generic {indexing_maps = [#map4, #map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%399, %399 : tensor<?x?x384xf32>, tensor<?x?x384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %401 = linalg.generic {indexing_maps = [#map4, #map6], iterator_types = ["parallel", "parallel", "reduction"]} ins(%400 : tensor<?x?x384xf32>) outs(%16 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %402 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%401 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.divf %in, %cst_3 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %403 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%402 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_7 : f64 to f32
      %424 = arith.addf %in, %423 : f32
      linalg.yield %424 : f32
    } -> tensor<?x?x1xf32>
    %404 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%403 : tensor<?x?x1xf32>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.rsqrt %in : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %405 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%399, %404 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %406 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%405, %cst_106 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %407 = linalg.generic {indexing_maps = [#map4, #map7, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%406, %cst_107 : tensor<?x?x384xf32>, tensor<384xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.addf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %expanded_274 = tensor.expand_shape %arg1 [[0], [1, 2]] output_shape [%dim, %dim_114, 1] : tensor<?x?xi64> into tensor<?x?x1xi64>
    %408 = linalg.generic {indexing_maps = [#map4, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%expanded_274 : tensor<?x?x1xi64>) outs(%15 : tensor<?x?x1xf32>) {
    ^bb0(%in: i64, %out: f32):
      %423 = arith.sitofp %in : i64 to f32
      linalg.yield %423 : f32
    } -> tensor<?x?x1xf32>
    %409 = linalg.generic {indexing_maps = [#map4, #map6, #map4], iterator_types = ["parallel", "parallel", "parallel"]} ins(%407, %408 : tensor<?x?x384xf32>, tensor<?x?x1xf32>) outs(%8 : tensor<?x?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.mulf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x?x384xf32>
    %410 = tensor.empty(%dim) : tensor<?x384xf32>
    %411 = linalg.fill ins(%cst_112 : f32) outs(%410 : tensor<?x384xf32>) -> tensor<?x384xf32>
    %412 = linalg.generic {indexing_maps = [#map4, #map19], iterator_types = ["parallel", "reduction", "parallel"]} ins(%409 : tensor<?x?x384xf32>) outs(%411 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %413 = tensor.empty(%dim) : tensor<?x1xf32>
    %414 = linalg.fill ins(%cst_112 : f32) outs(%413 : tensor<?x1xf32>) -> tensor<?x1xf32>
    %415 = linalg.generic {indexing_maps = [#map4, #map19], iterator_types = ["parallel", "reduction", "parallel"]} ins(%408 : tensor<?x?x1xf32>) outs(%414 : tensor<?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.addf %in, %out : f32
      linalg.yield %423 : f32
    } -> tensor<?x1xf32>
    %416 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%415 : tensor<?x1xf32>) outs(%413 : tensor<?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_108 : f64 to f32
      %424 = arith.cmpf ult, %in, %423 : f32
      %425 = arith.select %424, %423, %in : f32
      linalg.yield %425 : f32
    } -> tensor<?x1xf32>
    %417 = linalg.generic {indexing_maps = [#map2, #map20, #map2], iterator_types = ["parallel", "parallel"]} ins(%412, %416 : tensor<?x384xf32>, tensor<?x1xf32>) outs(%410 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.divf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    %418 = linalg.generic {indexing_maps = [#map2, #map20], iterator_types = ["parallel", "reduction"]} ins(%417 : tensor<?x384xf32>) outs(%414 : tensor<?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.absf %in : f32
      %424 = math.powf %423, %cst_0 : f32
      %425 = arith.addf %424, %out : f32
      linalg.yield %425 : f32
    } -> tensor<?x1xf32>
    %419 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%418 : tensor<?x1xf32>) outs(%413 : tensor<?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = math.powf %in, %cst_2 : f32
      linalg.yield %423 : f32
    } -> tensor<?x1xf32>
    %420 = linalg.generic {indexing_maps = [#map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%419 : tensor<?x1xf32>) outs(%413 : tensor<?x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %423 = arith.truncf %cst_7 : f64 to f32
      %424 = arith.cmpf ult, %in, %423 : f32
      %425 = arith.select %424, %423, %in : f32
      linalg.yield %425 : f32
    } -> tensor<?x1xf32>
    %collapsed_275 = tensor.collapse_shape %420 [[0, 1]] : tensor<?x1xf32> into tensor<?xf32>
    %421 = linalg.generic {indexing_maps = [#map21, #map2], iterator_types = ["parallel", "parallel"]} ins(%collapsed_275 : tensor<?xf32>) outs(%410 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<?x384xf32>
    %422 = linalg.generic {indexing_maps = [#map2, #map2, #map2], iterator_types = ["parallel", "parallel"]} ins(%417, %421 : tensor<?x384xf32>, tensor<?x384xf32>) outs(%410 : tensor<?x384xf32>) {
    ^bb0(%in: f32, %in_276: f32, %out: f32):
      %423 = arith.divf %in, %in_276 : f32
      linalg.yield %423 : f32
    } -> tensor<?x384xf32>
    return %422 : tensor<?x384xf32>
  }
}

