// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s

// CHECK: #lacuna.schedule<tile_m = 64, tile_n = 16, tile_k = 64, warps_m = 4, warps_n = 1, stages = 4>
module attributes {lacuna.schedule = #lacuna.schedule<tile_m = 64, tile_n = 16, tile_k = 64, warps_m = 4, warps_n = 1, stages = 4>} {}

// CHECK: #lacuna.schedule<tile_m = 16, tile_n = 8, tile_k = 64, warps_m = 1, warps_n = 1, stages = 3, warps_k = 4>
module attributes {lacuna.schedule = #lacuna.schedule<tile_m = 16, tile_n = 8, tile_k = 64, warps_m = 1, warps_n = 1, stages = 3, warps_k = 4>} {}
