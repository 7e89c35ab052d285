// SPDX-FileCopyrightText: 2026 Linchpin contributors
// SPDX-License-Identifier: GPL-3.0-or-later

// Runs a fuzz entry without a fuzzer: over every file of a folder, over what is left when a file is
// cut off, and over copies with damaged bytes. The damage is the same in every run.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

// NOLINTNEXTLINE(readability-redundant-declaration): libFuzzer has no header for it
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kCuts = 100;
constexpr int kDamaged = 400;

class Noise {
public:
    std::size_t below(std::size_t limit)
    {
        m_state ^= m_state << 13U;
        m_state ^= m_state >> 7U;
        m_state ^= m_state << 17U;
        return std::size_t(m_state % std::max<std::size_t>(limit, 1));
    }

private:
    std::uint64_t m_state = 0x9e3779b97f4a7c15U;
};

void run(const Bytes &bytes)
{
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

void damage(Bytes &bytes, Noise &noise)
{
    const std::size_t times = 1 + noise.below(8);
    for (std::size_t i = 0; i < times && !bytes.empty(); ++i) {
        const auto at = std::ptrdiff_t(noise.below(bytes.size()));
        const auto end = at
            + std::ptrdiff_t(
                noise.below(std::min<std::size_t>(64, bytes.size() - std::size_t(at))));
        switch (noise.below(4)) {
        case 0: // another byte
            bytes[std::size_t(at)] = std::uint8_t(noise.below(256));
            break;
        case 1: // a piece is missing
            bytes.erase(bytes.begin() + at, bytes.begin() + end);
            break;
        case 2: { // a piece comes twice
            const Bytes piece(bytes.begin() + at, bytes.begin() + end);
            bytes.insert(bytes.begin() + at, piece.begin(), piece.end());
            break;
        }
        default: { // what parsers care about
            constexpr char special[] = "<>&\"'=/\\{}:;%\r\n\0-";
            bytes[std::size_t(at)] = std::uint8_t(special[noise.below(sizeof special - 1)]);
            break;
        }
        }
    }
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 2) {
        std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (const auto &entry : std::filesystem::directory_iterator(argv[1], error)) {
        files.push_back(entry.path());
    }
    if (files.empty()) {
        std::fprintf(stderr, "no corpus in %s\n", argv[1]);
        return 1;
    }
    std::ranges::sort(files);
    Noise noise;
    run({});
    for (const auto &file : files) {
        std::printf("%s\n", file.filename().c_str());
        std::fflush(stdout);
        std::ifstream stream(file, std::ios::binary);
        const Bytes whole { std::istreambuf_iterator<char>(stream), {} };
        run(whole);
        for (std::size_t cut = 0; cut < kCuts; ++cut) {
            run(Bytes(whole.begin(), whole.begin() + std::ptrdiff_t(whole.size() * cut / kCuts)));
        }
        for (int i = 0; i < kDamaged; ++i) {
            Bytes bytes = whole;
            damage(bytes, noise);
            run(bytes);
        }
    }
    return 0;
}
