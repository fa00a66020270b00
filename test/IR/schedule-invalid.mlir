// RUN: lacuna-opt %s --split-input-file --verify-diagnostics

// expected-error @below {{schedule_c1: expected tile_m to be a multiple of 16 rows for each of 4 warps, found 32}}
module attributes {schedule_c1 = #lacuna.schedule<tile_m = 32, tile_n = 16, tile_k = 64, warps_m = 4, warps_n = 1, stages = 4>} {}

// -----

// expected-error @below {{schedule_c2: expected tile_n to be a multiple of 8 columns for each of 2 warps, found 8}}
module attributes {schedule_c2 = #lacuna.schedule<tile_m = 64, tile_n = 8, tile_k = 64, warps_m = 4, warps_n = 2, stages = 4>} {}

// -----

// expected-error @below {{schedule_c3: expected at most 32 warps, found 64}}
module attributes {schedule_c3 = #lacuna.schedule<tile_m = 128, tile_n = 64, tile_k = 64, warps_m = 8, warps_n = 8, stages = 4>} {}

// -----

// expected-error @below {{schedule_c3: expected at most 32 warps, found 64}}
module attributes {schedule_c3 = #lacuna.schedule<tile_m = 128, tile_n = 64, tile_k = 64, warps_m = 8, warps_n = 2, stages = 4, warps_k = 4>} {}

// -----

// expected-error @below {{schedule_c5: expected warps_k to be positive, found 0}}
module attributes {schedule_c5 = #lacuna.schedule<tile_m = 64, tile_n = 8, tile_k = 64, warps_m = 4, warps_n = 1, stages = 2, warps_k = 0>} {}

// -----

// expected-error @below {{schedule_c4: expected at least 2 stages, found 1}}
module attributes {schedule_c4 = #lacuna.schedule<tile_m = 64, tile_n = 8, tile_k = 64, warps_m = 4, warps_n = 1, stages = 1>} {}
