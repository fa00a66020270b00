// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs each artifact on its cases and compares every element with its float64
// reference, within the bound that make.py gave it.

#include "Model.h"
#include "Numbers.h"
#include "Runner.h"
#include "lacuna/Packing/SafeTensors.h"

#include <cstdio>
#include <filesystem>

using namespace lacuna;
using namespace lacuna::bundle;
using nlohmann::json;

namespace {
using packing::SafeTensorsFile;
using packing::Tensor;

/// The worst that was found in a test.
struct Worst {
  double error = 0, ofBound = 0;
  uint64_t elements = 0;
};

std::string place(uint64_t index, const packing::Shape &shape) {
  packing::Shape position(shape.size());
  for (size_t i = shape.size(); i-- > 0;) {
    position[i] = static_cast<int64_t>(index % uint64_t(shape[i]));
    index /= uint64_t(shape[i]);
  }
  return packing::toString(position);
}

const Tensor &find(const SafeTensorsFile &file, const std::string &name) {
  const Tensor *tensor = file.find(name);
  if (!tensor)
    throw Failure("'" + file.path() + "' has no tensor '" + name + "'");
  return *tensor;
}

/// Throws a Failure that tells how many elements are wrong, and the first.
void compare(const std::string &what, const Tensor &found,
             const Tensor &expected, const Tensor *bound, Worst &worst) {
  if (found.shape != expected.shape)
    throw Failure(what + " has the shape " + packing::toString(found.shape) +
                      ", expected " + packing::toString(expected.shape),
                  Failed);
  std::string type(packing::getName(found.type));
  unsigned bytes = packing::getByteWidth(found.type);
  uint64_t count = found.bytes.size / bytes, wrong = 0, first = 0;
  if (type == "i1")
    type = "u8";
  auto valueAt = [&](uint64_t i) {
    return decode(type, loadBits(found.bytes.data, i, bytes));
  };
  auto wantedAt = [&](uint64_t i) {
    return decode("f64", loadBits(expected.bytes.data, i, 8));
  };
  for (uint64_t i = 0; i < count; ++i) {
    double value = valueAt(i), wanted = wantedAt(i);
    if (value == wanted || (std::isnan(value) && std::isnan(wanted)))
      continue;
    double allowed =
        bound ? decode("f32", loadBits(bound->bytes.data, i, 4)) : 0;
    double error = std::fabs(value - wanted);
    if (error <= allowed) {
      worst.error = std::max(worst.error, error);
      worst.ofBound = std::max(worst.ofBound, error / allowed);
    } else if (wrong++ == 0) {
      first = i;
    }
  }
  worst.elements += count;
  if (!wrong)
    return;
  char text[160];
  std::snprintf(text, sizeof(text), "%.9g, expected %.9g within %.3g",
                valueAt(first), wantedAt(first),
                bound ? decode("f32", loadBits(bound->bytes.data, first, 4))
                      : 0.0);
  throw Failure(what + ": " + std::to_string(wrong) + " of " +
                    std::to_string(count) + " elements are wrong, the first " +
                    place(first, found.shape) + ": " + text,
                Failed);
}

std::vector<Tensor> inputsOf(const SafeTensorsFile &file, unsigned number) {
  std::vector<Tensor> inputs;
  for (unsigned i = 0;; ++i) {
    const Tensor *tensor =
        file.find(std::to_string(number) + "/in" + std::to_string(i));
    if (!tensor)
      return inputs;
    inputs.push_back(*tensor);
  }
}

void runTest(Run &run, const Test &test, const std::string &scratch,
             json &entry) {
  auto file = SafeTensorsFile::open(run.bundle.path(test.cases));
  if (!file.ok())
    throw Failure(file.message());
  std::string path = run.bundle.path(test.model);
  std::vector<std::string> params = weightFiles(run.bundle, test, scratch);
  Worst worst;
  std::vector<Tensor> largest;
  uint64_t largestBytes = 0, used = 0;
  {
    Model model(run.device, path, params);
    for (unsigned number = 0; number < test.numCases; ++number) {
      std::vector<Tensor> inputs = inputsOf(*file, number);
      model.prepare(inputs);
      model.resetCounters();
      model.run();
      std::vector<Tensor> outputs = model.outputs();
      for (unsigned i = 0; i < outputs.size(); ++i) {
        std::string name = std::to_string(number) + "/";
        compare("case " + std::to_string(number) + ", output " +
                    std::to_string(i),
                outputs[i], find(*file, name + "out" + std::to_string(i)),
                file->find(name + "bound" + std::to_string(i)), worst);
      }
      if (!test.uses.empty() && !run.device.isGPU())
        used += model.counters()[test.uses];
      if (largest.empty() || model.ioBytes() > largestBytes) {
        largest = inputs;
        largestBytes = model.ioBytes();
      }
    }
  }
  entry["elements"] = worst.elements;
  entry["max_abs_error"] = worst.error;
  entry["max_error_of_bound"] = worst.ofBound;
  if (!test.uses.empty() && !run.device.isGPU()) {
    entry["executed"] = {{test.uses, used}};
    if (used == 0)
      throw Failure("no " + test.uses + " was executed", Failed);
  }
  // On the emulator there is no time worth knowing.
  if (run.device.isGPU() && !largest.empty()) {
    Rotation rotation(run.device, path, params, largest, run.options);
    addTimes(entry, rotation);
  }
}
} // namespace

void lacuna::bundle::runTests(Run &run) {
  std::string scratch = run.options.out + "/scratch";
  for (const Test &test : run.bundle.tests) {
    if (!run.wanted(test.name))
      continue;
    json entry = {{"name", test.name},
                  {"group", test.group},
                  {"cases", test.numCases},
                  {"status", "passed"}};
    std::filesystem::create_directories(scratch);
    try {
      runTest(run, test, scratch, entry);
    } catch (const std::exception &error) { // The others still run.
      entry["status"] = "failed";
      entry["message"] = error.what();
    }
    std::filesystem::remove_all(scratch);
    run.add("tests", entry);
  }
}
