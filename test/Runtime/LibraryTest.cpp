// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The library itself: what it exports, and its size.

#include "Support.h"

#include <cstdio>
#include <cstring>
#include <set>

namespace {
std::vector<std::string> readLines(const std::string &command) {
  std::vector<std::string> lines;
  FILE *pipe = popen(command.c_str(), "r");
  char line[1024];
  while (pipe && std::fgets(line, sizeof(line), pipe))
    lines.push_back(std::string(line, strcspn(line, "\n")));
  EXPECT_TRUE(pipe && pclose(pipe) == 0) << command;
  return lines;
}

TEST(LibraryTest, ExportsVersionedSymbolsOnly) {
  std::set<std::string> found;
  for (const std::string &line :
       readLines("nm -D --defined-only " LACUNA_RUNTIME_LIBRARY)) {
    std::string symbol = line.substr(line.rfind(' ') + 1);
    size_t at = symbol.find("@@LACUNA_");
    if (symbol.rfind("LACUNA_", 0) == 0 && at == std::string::npos)
      continue;
    EXPECT_NE(at, std::string::npos) << symbol;
    found.insert(symbol.substr(0, at));
  }
  std::set<std::string> expected = {"lacuna_last_error",
                                    "lacuna_status_name",
                                    "lacuna_version",
                                    "lacuna_model_load",
                                    "lacuna_model_destroy",
                                    "lacuna_model_manifest",
                                    "lacuna_model_function",
                                    "lacuna_model_num_functions",
                                    "lacuna_model_weight_at",
                                    "lacuna_model_function_at",
                                    "lacuna_session_create",
                                    "lacuna_model_num_weights",
                                    "lacuna_session_destroy",
                                    "lacuna_session_threads",
                                    "lacuna_session_run",
                                    "lacuna_session_output_shapes",
                                    "lacuna_rt_alloc",
                                    "lacuna_rt_parallel_for",
                                    "lacuna_rt_free",
                                    "lacuna_rt_threads",
                                    "lacuna_rt_fail",
                                    "lacuna_model_num_targets",
                                    "lacuna_model_target_at",
                                    "lacuna_model_region",
                                    "lacuna_model_target_unusable",
                                    "lacuna_model_fatbin",
                                    "lacuna_session_device",
                                    "lacuna_session_device_table",
                                    "lacuna_session_counters",
                                    "lacuna_session_counters_reset",
                                    "lacuna_device_open",
                                    "lacuna_device_close",
                                    "lacuna_rt_launch",
                                    "lacuna_rt_copy",
                                    "lacuna_rt_region",
                                    "lacuna_model_num_state",
                                    "lacuna_model_state_at",
                                    "lacuna_session_state_reset",
                                    "lacuna_session_state_get",
                                    "lacuna_session_state_set",
                                    "lacuna_session_workspace_size",
                                    "lacuna_session_run_with",
                                    "memrefCopy"};
  EXPECT_EQ(found, expected);
}

TEST(LibraryTest, IsSmall) {
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "sanitizers add to the size";
#endif
#endif
  std::string stripped = testing::TempDir() + "lacuna-stripped-" +
                         std::to_string(getpid()) + ".so";
  readLines("strip -o " + stripped + " " LACUNA_RUNTIME_LIBRARY);
  EXPECT_LE(std::filesystem::file_size(stripped), 1u << 20);
  std::filesystem::remove(stripped);
}
} // namespace
