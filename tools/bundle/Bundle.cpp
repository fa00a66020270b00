// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading bundle.json, and making weights that are not in the folder.

#include "Bundle.h"

#include "Numbers.h"
#include "lacuna/Packing/SafeTensors.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

using namespace lacuna;
using namespace lacuna::bundle;
using nlohmann::json;

namespace {
void readArtifact(const json &entry, Artifact &artifact) {
  entry.at("name").get_to(artifact.name);
  entry.at("model").get_to(artifact.model);
  artifact.params = entry.value("params", "");
  for (const json &given : entry.value("weights", json::array())) {
    GeneratedWeight weight;
    given.at("name").get_to(weight.name);
    given.at("type").get_to(weight.type);
    given.at("shape").get_to(weight.shape);
    given.at("seed").get_to(weight.seed);
    weight.scale = given.value("scale", 1.0);
    weight.offset = given.value("offset", 0.0);
    if (given.contains("keep")) {
      given["keep"].at(0).get_to(weight.kept);
      given["keep"].at(1).get_to(weight.group);
    }
    artifact.weights.push_back(weight);
  }
}

Bundle parse(const json &root) {
  Bundle bundle;
  root.at("producer").get_to(bundle.producer);
  root.at("ptx").get_to(bundle.ptx);
  root.at("cuda").get_to(bundle.cuda);
  for (const json &entry : root.at("tests")) {
    Test test;
    readArtifact(entry, test);
    entry.at("group").get_to(test.group);
    entry.at("cases").get_to(test.cases);
    entry.at("num_cases").get_to(test.numCases);
    test.uses = entry.value("uses", "");
    bundle.tests.push_back(test);
  }
  for (const json &entry : root.at("benchmarks")) {
    Benchmark benchmark;
    readArtifact(entry, benchmark);
    entry.at("type").get_to(benchmark.type);
    entry.at("out").get_to(benchmark.out);
    entry.at("route").get_to(benchmark.route);
    entry.at("m").get_to(benchmark.m);
    entry.at("k").get_to(benchmark.k);
    entry.at("n").get_to(benchmark.sizes);
    bundle.benchmarks.push_back(benchmark);
  }
  return bundle;
}

void checkFile(const std::string &path, uint64_t bytes) {
  std::error_code error;
  uint64_t found = std::filesystem::file_size(path, error);
  if (error)
    throw Failure("the bundle is not whole: '" + path +
                  "' cannot be read: " + error.message());
  if (found != bytes)
    throw Failure("the bundle is not whole: '" + path + "' has " +
                  std::to_string(found) + " bytes, expected " +
                  std::to_string(bytes) + ": copy it again");
}
} // namespace

Bundle lacuna::bundle::readBundle(const std::string &folder) {
  std::string path = folder + "/bundle.json";
  std::ifstream file(path);
  if (!file)
    throw Failure("found no '" + path +
                  "': expected a folder that `tools/dev bundle` made");
  try {
    json root = json::parse(file);
    Bundle bundle = parse(root);
    bundle.folder = folder;
    for (const auto &[name, bytes] : root.at("files").items())
      checkFile(bundle.path(name), bytes.get<uint64_t>());
    return bundle;
  } catch (const json::exception &error) {
    throw Failure("'" + path + "' is damaged: " + error.what());
  }
}

packing::Tensor lacuna::bundle::generate(const GeneratedWeight &weight) {
  auto type = packing::parseElementType(weight.type);
  if (!type)
    throw Failure("weight '" + weight.name + "': unknown type '" + weight.type +
                  "' in bundle.json");
  auto size = packing::getByteSize(*type, weight.shape);
  if (!size.ok())
    throw Failure("weight '" + weight.name + "': " + size.message());
  auto buffer = packing::Buffer::allocate(*size);
  if (!buffer.ok())
    throw Failure("weight '" + weight.name + "': " + buffer.message());
  unsigned bytes = packing::getByteWidth(*type);
  uint8_t *data = buffer->bytes().data;
  uint64_t count = *size / bytes;
  for (uint64_t i = 0; i < count; ++i) {
    if (weight.group) {
      // `kept` positions in a row of the group, from a random one on.
      uint64_t group = i / weight.group, at = i % weight.group;
      uint64_t first = randomBits(~weight.seed, group) % weight.group;
      if ((at + weight.group - first) % weight.group >= weight.kept)
        continue; // The buffer is zeroed.
    }
    uint64_t bits = encode(
        weight.type, weight.offset + weight.scale * randomReal(weight.seed, i));
    std::memcpy(data + i * bytes, &bits, bytes);
  }
  packing::Tensor tensor;
  tensor.type = *type;
  tensor.shape = weight.shape;
  tensor.bytes = buffer->bytes();
  tensor.owner = buffer->owner();
  return tensor;
}

std::vector<std::string>
lacuna::bundle::weightFiles(const Bundle &bundle, const Artifact &artifact,
                            const std::string &scratch) {
  if (artifact.weights.empty())
    return artifact.params.empty()
               ? std::vector<std::string>()
               : std::vector<std::string>{bundle.path(artifact.params)};
  packing::SafeTensorsWriter writer;
  for (const GeneratedWeight &weight : artifact.weights)
    if (auto status = writer.add(weight.name, generate(weight)); !status.ok())
      throw Failure(status.message());
  std::string path = scratch + "/generated.safetensors";
  if (auto status = writer.write(path); !status.ok())
    throw Failure("generated weights cannot be written: " + status.message());
  return {path};
}
