// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// safetensors files written, streamed, read back and put together as sets.

#include "TestFiles.h"

#include <csignal>
#include <random>
#include <sys/resource.h>

using namespace lacuna::packing;
using namespace testfiles;

namespace {
const std::vector<float> ones(16, 1.0f);

/// A file with F32 tensors of shape [1], named, each holding its number.
std::string simpleFile(const Folder &folder, const std::string &file,
                       const std::vector<std::pair<std::string, float>> &all) {
  SafeTensorsWriter writer;
  std::vector<std::vector<float>> values;
  for (const auto &entry : all)
    values.push_back({entry.second});
  for (size_t i = 0; i < all.size(); ++i)
    EXPECT_TRUE(
        writer.add(all[i].first, tensorOf(ElementType::F32, {1}, values[i]))
            .ok());
  Status status = writer.write(folder.file(file));
  EXPECT_TRUE(status.ok()) << status.message();
  return folder.file(file);
}
} // namespace

TEST(SafeTensors, KnownBytes) {
  Folder folder;
  std::string data = {1, 2, 0, 0, 0, 0, 0, 64, 1};
  std::string path = folder.write(
      "a.safetensors", safeTensors("{\"__metadata__\":{\"format\":\"pt\"},"
                                   "\"b\":{\"dtype\":\"F32\",\"shape\":[1],"
                                   "\"data_offsets\":[4,8]},"
                                   "\"a\":{\"dtype\":\"U8\",\"shape\":[2,2],"
                                   "\"data_offsets\":[0,4],\"extra\":null},"
                                   "\"e\":{\"dtype\":\"I64\",\"shape\":[3,0],"
                                   "\"data_offsets\":[4,4]},"
                                   "\"c\":{\"dtype\":\"BOOL\",\"shape\":[],"
                                   "\"data_offsets\":[8,9]}} ",
                                   data));
  Result<SafeTensorsFile> file = SafeTensorsFile::open(path);
  ASSERT_TRUE(file.ok()) << file.message();
  EXPECT_EQ(file->tensors().size(), 4u);
  EXPECT_EQ(file->metadata().at("format"), "pt");
  EXPECT_EQ(file->path(), path);
  const Tensor *a = file->find("a");
  ASSERT_TRUE(a);
  EXPECT_EQ(a->type, ElementType::U8);
  EXPECT_EQ(a->shape, (Shape{2, 2}));
  EXPECT_EQ(text(a->bytes), data.substr(0, 4));
  EXPECT_EQ(elementsOf<float>(*file->find("b")), std::vector<float>{2.0f});
  EXPECT_EQ(file->find("c")->shape, Shape());
  EXPECT_EQ(file->find("e")->bytes.size, 0u);
  EXPECT_FALSE(file->find("d"));
  // Tensors keep the mapping alive.
  Tensor kept = *file->find("b");
  *file = *SafeTensorsFile::parse(view(safeTensors("{}")), "x");
  EXPECT_EQ(elementsOf<float>(kept), std::vector<float>{2.0f});
}

TEST(SafeTensors, RandomRoundtrip) {
  uint64_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (unsigned run = 0; run < 30; ++run) {
    Folder folder;
    std::map<std::string, std::pair<Tensor, std::string>> expected;
    SafeTensorsWriter writer;
    for (unsigned i = 0; i < random() % 12; ++i) {
      std::string name = "t." + std::to_string(i) + "\n\"\xc3\xa9";
      auto type = static_cast<ElementType>(random() % 15);
      Shape shape;
      for (unsigned d = 0; d < random() % 4; ++d)
        shape.push_back(random() % 9);
      uint64_t size = *getByteSize(type, shape);
      auto &[tensor, bytes] = expected[name];
      for (uint64_t b = 0; b < size; ++b)
        bytes += static_cast<char>(random());
      tensor = {type, shape, view(bytes), nullptr};
      if (random() % 2) {
        ASSERT_TRUE(writer.add(name, tensor).ok());
        continue;
      }
      // In pieces.
      auto produce = [&bytes = bytes](const ByteSink &sink) {
        for (size_t at = 0; at < bytes.size(); at += 7) {
          std::string piece = bytes.substr(at, 7);
          Status status = sink(view(piece));
          if (!status.ok())
            return status;
        }
        return Status();
      };
      ASSERT_TRUE(writer.add(name, type, shape, produce).ok());
    }
    writer.setMetadata("k", "v\\\"");
    std::string path = folder.file("x.safetensors");
    ASSERT_TRUE(writer.write(path).ok());
    EXPECT_EQ(folder.names(), std::vector<std::string>{"x.safetensors"});
    Result<SafeTensorsFile> file = SafeTensorsFile::open(path);
    ASSERT_TRUE(file.ok()) << file.message();
    ASSERT_EQ(file->tensors().size(), expected.size());
    EXPECT_EQ(file->metadata().at("k"), "v\\\"");
    for (const auto &[name, pair] : expected) {
      const Tensor *tensor = file->find(name);
      ASSERT_TRUE(tensor);
      EXPECT_EQ(tensor->type, pair.first.type);
      EXPECT_EQ(tensor->shape, pair.first.shape);
      EXPECT_EQ(text(tensor->bytes), pair.second);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor->bytes.data) %
                    getByteWidth(tensor->type),
                0u);
    }
  }
}

TEST(SafeTensors, OrderOfAddDoesNotMatter) {
  Folder folder;
  std::string ab = simpleFile(folder, "1", {{"a", 1}, {"b", 2}});
  std::string ba = simpleFile(folder, "2", {{"b", 2}, {"a", 1}});
  EXPECT_EQ(read(ab), read(ba));
  // Tensors of whole cache lines stay aligned to them, behind odd ones too.
  SafeTensorsWriter writer;
  std::vector<uint8_t> odd = {1, 2, 3};
  ASSERT_TRUE(writer.add("a", tensorOf(ElementType::U8, {3}, odd)).ok());
  ASSERT_TRUE(writer.add("b", tensorOf(ElementType::F32, {16}, ones)).ok());
  ASSERT_TRUE(writer.add("c", tensorOf(ElementType::F32, {4, 4}, ones)).ok());
  ASSERT_TRUE(writer.write(folder.file("3")).ok());
  SafeTensorsFile file = *SafeTensorsFile::open(folder.file("3"));
  for (const char *name : {"b", "c"})
    EXPECT_EQ(reinterpret_cast<uintptr_t>(file.find(name)->bytes.data) % 64,
              0u);
}

TEST(SafeTensors, WriterRefuses) {
  Folder folder;
  SafeTensorsWriter writer;
  expectMessage(writer.add("a", tensorOf(ElementType::F32, {3}, ones)),
                {"'a'", "has 64 bytes", "expected 12"});
  ASSERT_TRUE(writer.add("a", tensorOf(ElementType::F32, {16}, ones)).ok());
  expectMessage(writer.add("a", tensorOf(ElementType::F32, {16}, ones)),
                {"'a'", "twice"});
  expectMessage(
      writer.add("__metadata__", tensorOf(ElementType::F32, {16}, ones)),
      {"reserved"});
  expectMessage(writer.add("\xff", tensorOf(ElementType::F32, {16}, ones)),
                {"\\xff", "UTF-8"});
  expectMessage(writer.add("n", ElementType::F32, {-1}, {}), {"negative"});
  writer.setMetadata("key", "\xff");
  expectMessage(writer.write(folder.file("x")), {"metadata 'key'", "UTF-8"});
  EXPECT_TRUE(folder.names().empty());
}

TEST(SafeTensors, NothingHalfWrittenStays) {
  Folder folder;
  std::string path = folder.write("x.safetensors", "before");
  auto expectRefused = [&](ByteProducer producer,
                           std::vector<std::string> parts) {
    SafeTensorsWriter writer;
    ASSERT_TRUE(writer.add("t", ElementType::U8, {4}, producer).ok());
    expectMessage(writer.write(path), parts);
    EXPECT_EQ(read(path), "before");
    EXPECT_EQ(folder.names(), std::vector<std::string>{"x.safetensors"});
  };
  const std::string five = "12345";
  // Nothing would stay if the process ended here.
  expectRefused(
      [&](const ByteSink &sink) {
        EXPECT_TRUE(sink({view(five).data, 1}).ok());
        EXPECT_EQ(folder.names(), std::vector<std::string>{"x.safetensors"});
        return Status();
      },
      {"1 bytes were produced"});
  {
    // What a producer says is no fault of the file that was to be written.
    SafeTensorsWriter writer;
    ASSERT_TRUE(
        writer
            .add("t", ElementType::U8, {4},
                 [](const ByteSink &) { return Status::error("no luck"); })
            .ok());
    EXPECT_EQ(writer.write(path).message(), "no luck");
    EXPECT_EQ(read(path), "before");
  }
  expectRefused(
      [&](const ByteSink &sink) { return sink({view(five).data, 3}); },
      {"x.safetensors", "tensor 't'", "3 bytes were produced", "expected 4"});
  expectRefused([&](const ByteSink &sink) { return sink(view(five)); },
                {"more than the 4 bytes"});
  // A producer that does not look at the sink's answer.
  expectRefused(
      [&](const ByteSink &sink) {
        (void)sink(view(five));
        return Status();
      },
      {"more than the 4 bytes"});
}

TEST(SafeTensors, UnwritableOutput) {
  Folder folder;
  SafeTensorsWriter writer;
  ASSERT_TRUE(writer.add("t", tensorOf(ElementType::F32, {16}, ones)).ok());
  expectMessage(writer.write(folder.file("none/x")),
                {"none/x", "No such file or directory", "folder"});
  expectMessage(writer.write(folder.path.string()), {"not a regular file"});
  // A device must not be replaced by a file.
  expectMessage(writer.write("/dev/null"), {"not a regular file"});
  EXPECT_TRUE(folder.names().empty());

  // A disk that is full, as far as a process can have one.
  rlimit old;
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = {64, old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  Status status = writer.write(folder.file("x"));
  ::setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, handler);
  expectMessage(status, {"cannot write", "File too large"});
  EXPECT_TRUE(folder.names().empty());
}

TEST(SafeTensors, ReplacesThroughLinksAndKeepsTheMode) {
  Folder folder;
  folder.write("target", "old");
  std::filesystem::permissions(folder.file("target"),
                               std::filesystem::perms::owner_read |
                                   std::filesystem::perms::owner_write);
  std::filesystem::create_symlink("target", folder.file("link"));
  simpleFile(folder, "link", {{"a", 1}});
  EXPECT_TRUE(std::filesystem::is_symlink(folder.file("link")));
  EXPECT_TRUE(SafeTensorsFile::open(folder.file("target")).ok());
  EXPECT_EQ(std::filesystem::status(folder.file("target")).permissions(),
            std::filesystem::perms::owner_read |
                std::filesystem::perms::owner_write);
}

TEST(SafeTensors, Sets) {
  Folder folder;
  std::string first = simpleFile(folder, "1.safetensors", {{"a", 1}});
  std::string second =
      simpleFile(folder, "2.safetensors", {{"b", 2}, {"c", 3}});
  Result<SafeTensorsSet> set = SafeTensorsSet::open({first, second});
  ASSERT_TRUE(set.ok()) << set.message();
  EXPECT_EQ(set->tensors().size(), 3u);
  EXPECT_EQ(elementsOf<float>(*set->find("c")), std::vector<float>{3.0f});
  EXPECT_NE(set->describe().find("2.safetensors"), std::string::npos);
  EXPECT_EQ(SafeTensorsSet::open({})->describe(), "any file (none was given)");

  std::string third = simpleFile(folder, "3.safetensors", {{"a", 9}});
  expectMessage(
      SafeTensorsSet::open({first, second, third}).status(),
      {"tensor 'a'", "1.safetensors", "3.safetensors", "each tensor once"});
  expectMessage(SafeTensorsSet::open({first, first}).status(), {"'a'"});

  // With an index, exactly what it lists is taken.
  std::string index =
      folder.write("m.safetensors.index.json",
                   "{\"metadata\":{\"total_size\":8},\"weight_map\":"
                   "{\"a\":\"3.safetensors\",\"b\":\"2.safetensors\"}}");
  set = SafeTensorsSet::open({index});
  ASSERT_TRUE(set.ok()) << set.message();
  EXPECT_EQ(set->tensors().size(), 2u);
  EXPECT_EQ(elementsOf<float>(*set->find("a")), std::vector<float>{9.0f});
}

TEST(SafeTensors, IndexInvalid) {
  Folder folder;
  simpleFile(folder, "1.safetensors", {{"a", 1}});
  auto refuse = [&](const std::string &json, std::vector<std::string> parts) {
    std::string path = folder.write("i.index.json", json);
    expectMessage(SafeTensorsSet::open({path}).status(), parts);
  };
  refuse("", {"i.index.json", "not JSON"});
  refuse("[1]", {"an array", "expected an object"});
  refuse("{}", {"weight_map is missing", "index.json?"});
  refuse("{\"weight_map\":3}", {"weight_map is a number"});
  refuse("{\"weight_map\":{\"a\":3}}", {"'a'", "a number"});
  for (const char *name : {"../1.safetensors", "/etc/x", "", "..", "d/x"})
    refuse("{\"weight_map\":{\"a\":\"" + std::string(name) + "\"}}",
           {"tensor 'a'", "in the folder of the index"});
  refuse("{\"weight_map\":{\"a\":\"2.safetensors\"}}",
         {"cannot open", "2.safetensors"});
  refuse("{\"weight_map\":{\"b\":\"1.safetensors\"}}",
         {"lists tensor 'b'", "1.safetensors", "does not hold it"});
}

TEST(SafeTensors, MetadataOfSets) {
  Folder folder;
  auto write = [&](const std::string &file, const std::string &key,
                   const std::string &value) {
    SafeTensorsWriter writer;
    writer.setMetadata(key, value);
    EXPECT_TRUE(writer.write(folder.file(file)).ok());
    return folder.file(file);
  };
  std::string a = write("a", "format", "pt"), b = write("b", "format", "np");
  SafeTensorsSet set = *SafeTensorsSet::open({a, b});
  EXPECT_EQ(*set.findMetadata("format"), "pt");
  EXPECT_FALSE(set.findMetadata("lacuna.layout.x"));
  std::string c = write("c", "lacuna.layout.x", "1");
  std::string d = write("d", "lacuna.layout.x", "2");
  expectMessage(SafeTensorsSet::open({c, d}).status(),
                {"'lacuna.layout.x'", "'1'", "'2'"});
}
