// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The weight store: either stored form to either asked form, files written in
// canonical form, and everything in which a file and a model can disagree.

#include "lacuna/Packing/Weights.h"
#include "Reference.h"
#include "TestFiles.h"

#include <thread>

using namespace lacuna::packing;
using namespace testfiles;
using reference::Bytes;

namespace {
const NMLayout layout24 = {2, 4, 1};

/// Two threads, and an odd number of ranges.
void twoThreads(uint64_t count,
                const std::function<void(uint64_t, uint64_t)> &body) {
  std::thread other([&] { body(0, count / 3); });
  body(count / 3, count / 2);
  body(count / 2, count);
  other.join();
}

/// A checkpoint with "fc" f32 [70, 30], which is 2:4 along dimension 1, and
/// "bias" f32 [70]; `packedPath` has the same, written by writeWeights.
class Weights : public testing::Test {
protected:
  void SetUp() override {
    uint64_t seed = reference::seed();
    RecordProperty("seed", std::to_string(seed));
    std::mt19937_64 random(seed);
    fc = reference::prune(
        layout24, ElementType::F32, {70, 30},
        reference::randomDense(ElementType::F32, 2100, 0.2, random));
    bias = reference::randomDense(ElementType::F32, 70, 0.2, random);
    densePath = writeDense("dense.safetensors", fc);
    packedPath = folder.file("packed.safetensors");
    Status status =
        writeWeights(packedPath, open({densePath}), {fcSpec, biasSpec});
    ASSERT_TRUE(status.ok()) << status.message();
  }

  std::string writeDense(const std::string &name, const Bytes &weight) {
    SafeTensorsWriter writer;
    EXPECT_TRUE(
        writer
            .add("fc",
                 {ElementType::F32, {70, 30}, reference::view(weight), nullptr})
            .ok());
    EXPECT_TRUE(
        writer
            .add("bias",
                 {ElementType::F32, {70}, reference::view(bias), nullptr})
            .ok());
    EXPECT_TRUE(writer.write(folder.file(name)).ok());
    return folder.file(name);
  }

  static WeightStore open(const std::vector<std::string> &paths,
                          const std::string &parameters = "") {
    Result<WeightStore> store = WeightStore::open(paths, parameters);
    EXPECT_TRUE(store.ok()) << store.message();
    return *store;
  }

  void expectPacked(const Result<PackedWeight> &weight) {
    ASSERT_TRUE(weight.ok()) << weight.message();
    auto expected = *reference::pack(layout24, ElementType::F32, {70, 30}, fc);
    EXPECT_EQ(weight->values.shape, (Shape{70, 8, 2}));
    EXPECT_EQ(weight->coordinates.shape, (Shape{70, 8, 2}));
    EXPECT_EQ(weight->coordinates.type, ElementType::U8);
    EXPECT_EQ(text(weight->values.bytes),
              text(reference::view(expected.values)));
    EXPECT_EQ(text(weight->coordinates.bytes),
              text(reference::view(expected.coordinates)));
  }

  /// Equal as numbers are: a zero that was not stored lost its sign.
  void expectDense(const Result<Tensor> &tensor) {
    ASSERT_TRUE(tensor.ok()) << tensor.message();
    EXPECT_EQ(tensor->shape, (Shape{70, 30}));
    ASSERT_EQ(tensor->bytes.size, fc.size());
    for (size_t i = 0; i < fc.size(); i += 4) {
      const uint8_t *found = tensor->bytes.data + i;
      ASSERT_TRUE(std::equal(found, found + 4, &fc[i]) ||
                  (reference::isZero(ElementType::F32, found) &&
                   reference::isZero(ElementType::F32, &fc[i])))
          << i;
    }
  }

  Folder folder;
  Bytes fc, bias;
  std::string densePath, packedPath;
  WeightSpec fcSpec = {"fc", ElementType::F32, {70, 30}, layout24};
  WeightSpec biasSpec = {"bias", ElementType::F32, {70}, std::nullopt};
};
} // namespace

TEST_F(Weights, EitherFormFromEitherForm) {
  for (const std::string &path : {densePath, packedPath}) {
    SCOPED_TRACE(path);
    WeightStore store = open({path});
    for (const ParallelFor &parallel :
         {ParallelFor(), ParallelFor(twoThreads)}) {
      expectPacked(store.packed(fcSpec, parallel));
      expectDense(store.dense(fcSpec, parallel));
      EXPECT_EQ(text(store.dense(biasSpec, parallel)->bytes),
                text(reference::view(bias)));
    }
    EXPECT_TRUE(store.check(fcSpec).ok());
    EXPECT_EQ(store.stored("fc")->layout.has_value(), path == packedPath);
    EXPECT_EQ(store.stored("fc")->shape, (Shape{70, 30}));
    EXPECT_FALSE(store.stored("bias")->layout);
    expectMessage(store.stored("none").status(), {"weight 'none'", "not in"});
  }
  // Without a layout in the model, a packed file still gives the same weight.
  WeightSpec plain = fcSpec;
  plain.layout.reset();
  expectDense(open({packedPath}).dense(plain));
}

TEST_F(Weights, WrittenFile) {
  SafeTensorsFile file = *SafeTensorsFile::open(packedPath);
  EXPECT_EQ(file.tensors().size(), 3u);
  EXPECT_TRUE(file.find("fc.values") && file.find("fc.coordinates") &&
              file.find("bias"));
  EXPECT_EQ(file.metadata().at("lacuna.layout.fc"),
            "{\"layout\":\"nm<2:4, dim = 1>\",\"shape\":[70, 30],"
            "\"dtype\":\"F32\"}");
  // Zero-copy and the same file again from the packed one.
  WeightStore store = open({packedPath});
  EXPECT_EQ(store.packed(fcSpec)->values.bytes.data,
            store.source().files().find("fc.values")->bytes.data);
  std::string again = folder.file("again.safetensors");
  ASSERT_TRUE(writeWeights(again, store, {biasSpec, fcSpec}).ok());
  EXPECT_EQ(read(again), read(packedPath));
  // Onto itself, while it is mapped.
  ASSERT_TRUE(writeWeights(packedPath, store, {biasSpec, fcSpec}).ok());
  EXPECT_EQ(read(again), read(packedPath));
}

// More rows than fit into the buffer that packed weights are streamed through.
TEST_F(Weights, StreamsInRanges) {
  Shape shape = {3, 8, 600000};
  NMLayout layout = {1, 4, 1};
  Bytes dense(3 * 8 * 600000);
  for (size_t i = 0; i < dense.size(); ++i)
    dense[i] = (i / 600000) % 4 == i % 4 ? 1 + i % 255 : 0;
  SafeTensorsWriter writer;
  ASSERT_TRUE(
      writer.add("w", {ElementType::I8, shape, reference::view(dense), nullptr})
          .ok());
  ASSERT_TRUE(writer.write(folder.file("w")).ok());
  WeightSpec spec = {"w", ElementType::I8, shape, layout};
  ASSERT_TRUE(
      writeWeights(folder.file("p"), open({folder.file("w")}), {spec}).ok());
  Result<Tensor> back = open({folder.file("p")}).dense(spec);
  ASSERT_TRUE(back.ok()) << back.message();
  EXPECT_TRUE(std::equal(dense.begin(), dense.end(), back->bytes.data));
}

// A weight that is another one, pruned, is the same made at load and made when
// the file was written.
TEST_F(Weights, PrunedFromAnother) {
  std::mt19937_64 random(reference::seed());
  Bytes full = reference::randomDense(ElementType::F32, 2100, 0.9, random);
  WeightStore store = open({writeDense("full.safetensors", full)});
  fc = reference::prune(layout24, ElementType::F32, {70, 30}, full);
  WeightSpec spec = fcSpec;
  spec.name = "fc, pruned";
  spec.prunes = "fc";
  EXPECT_TRUE(store.check(spec).ok());
  EXPECT_TRUE(store.isMade(spec));
  for (const ParallelFor &parallel : {ParallelFor(), ParallelFor(twoThreads)}) {
    expectPacked(store.packed(spec, parallel));
    expectDense(store.dense(spec, parallel));
  }
  WeightSpec plain = {"fc", ElementType::F32, {70, 30}, std::nullopt};
  EXPECT_EQ(text(store.dense(plain)->bytes), text(reference::view(full)));

  std::string path = folder.file("pruned.safetensors");
  ASSERT_TRUE(writeWeights(path, store, {spec}).ok());
  SafeTensorsFile file = *SafeTensorsFile::open(path);
  EXPECT_EQ(file.tensors().size(), 2u);
  EXPECT_TRUE(file.find("fc, pruned.values"));
  WeightStore written = open({path});
  EXPECT_FALSE(written.isMade(spec));
  expectPacked(written.packed(spec));

  spec.prunes = "cf";
  expectMessage(store.check(spec), {"weight 'cf'", "not in"});
  expectMessage(store.packed(spec).status(), {"weight 'cf'", "not in"});
  spec.prunes = "bias";
  expectMessage(store.packed(spec).status(), {"weight 'bias'", "[70]"});
  spec.prunes = "fc";
  spec.layout.reset();
  expectMessage(store.packed(spec).status(), {"fc, pruned", "no layout"});
}

TEST_F(Weights, ThroughParameters) {
  std::string parameters = folder.write(
      "p.json", "{\"lacuna_params\":1,\"tensors\":{"
                "\"w\":{\"op\":\"identity\",\"sources\":[\"fc\"]},"
                "\"t\":{\"op\":\"transpose\",\"sources\":[\"fc\"]},"
                "\"twice\":{\"op\":\"concat\",\"sources\":[\"fc\",\"fc\"]}}}");
  WeightStore dense = open({densePath}, parameters);
  WeightStore packed = open({packedPath}, parameters);
  WeightSpec named = fcSpec;
  named.name = "w";
  expectPacked(dense.packed(named));
  expectPacked(packed.packed(named));
  EXPECT_TRUE(packed.stored("w")->layout);
  WeightSpec transposed = {"t", ElementType::F32, {30, 70}, NMLayout{2, 4, 0}};
  Result<PackedWeight> t = dense.packed(transposed);
  ASSERT_TRUE(t.ok()) << t.message();
  EXPECT_EQ(text(t->values.bytes),
            text(dense.packed(named)->values.bytes)); // Rows are the same.
  WeightSpec twice = {"twice", ElementType::F32, {140, 30}, layout24};
  ASSERT_TRUE(
      writeWeights(folder.file("x"), dense, {named, transposed, twice}).ok());
  WeightStore written = open({folder.file("x")});
  EXPECT_EQ(text(written.packed(twice)->values.bytes),
            text(dense.packed(twice)->values.bytes));
  expectMessage(packed.dense(transposed).status(),
                {"weight 't'", "stored packed", "dense checkpoint"});
}

TEST_F(Weights, BreaksItsLayout) {
  Bytes bad = fc;
  // Row 50, group 3: a third nonzero; and one in a later row.
  for (unsigned column : {12, 13, 14})
    bad[(50 * 30 + column) * 4 + 3] = 0x40;
  for (unsigned column : {0, 1, 2})
    bad[(60 * 30 + column) * 4 + 3] = 0x40;
  bad[(50 * 30 + 15) * 4 + 3] = bad[(50 * 30 + 15) * 4 + 2] =
      bad[(50 * 30 + 15) * 4 + 1] = bad[(50 * 30 + 15) * 4] = 0;
  WeightStore store = open({writeDense("bad", bad)});
  for (const ParallelFor &parallel : {ParallelFor(), ParallelFor(twoThreads)}) {
    std::vector<std::string> parts = {"weight 'fc'", "[50, 12:16]",
                                      "first too many is at [50, 14]"};
    expectMessage(store.packed(fcSpec, parallel).status(), parts);
    expectMessage(store.dense(fcSpec, parallel).status(), parts);
  }
  std::string out = folder.file("out");
  expectMessage(writeWeights(out, store, {fcSpec, biasSpec}),
                {"weight 'fc'", "[50, 14]"});
  EXPECT_FALSE(std::filesystem::exists(out));
  EXPECT_TRUE(writeWeights(out, store, {biasSpec}).ok());
}

TEST_F(Weights, DiffersFromTheModel) {
  auto refuse = [&](const std::string &path, const WeightSpec &spec,
                    std::vector<std::string> parts) {
    parts.push_back("'" + spec.name + "'");
    WeightStore store = open({path});
    expectMessage(store.check(spec), parts);
    expectMessage(store.dense(spec).status(), parts);
    expectMessage(writeWeights(folder.file("out"), store, {spec}), parts);
    if (spec.layout)
      expectMessage(store.packed(spec).status(), parts);
    EXPECT_FALSE(std::filesystem::exists(folder.file("out")));
  };
  WeightSpec other = fcSpec;
  other.type = ElementType::F16;
  for (const std::string &path : {densePath, packedPath})
    refuse(path, other, {"file has f32 [70, 30]", "expected f16 [70, 30]"});
  other = fcSpec;
  other.shape = {30, 70};
  for (const std::string &path : {densePath, packedPath})
    refuse(path, other, {"f32 [70, 30]", "expected f32 [30, 70]"});
  other = fcSpec;
  other.layout = NMLayout{1, 4, 1};
  refuse(packedPath, other,
         {"stored as nm<2:4, dim = 1>", "has it as nm<1:4, dim = 1>"});
  other.name = "fc2";
  refuse(densePath, other, {"did you mean 'fc'?"});
  expectMessage(open({densePath}).packed(biasSpec).status(),
                {"'bias' has no layout"});
  // One weight in both forms.
  std::string alone = folder.file("alone");
  ASSERT_TRUE(writeWeights(alone, open({packedPath}), {fcSpec}).ok());
  expectMessage(open({densePath, alone}).check(fcSpec), {"dense and packed"});
}
