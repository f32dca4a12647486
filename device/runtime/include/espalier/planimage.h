// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: MIT
#pragma once

#include <espalier/bounds.h>
#include <espalier/crc32.h>

#include <stdint.h>
#include <string.h>

/// A plan as a resident runner takes it: position-independent, little-endian, all fields 32 bits.
///
///     PlanHeader
///     a PlanPort for each input, then for each output
///     the steps: kernel id; settings | arguments << 16; settings; the place of each argument
///     zeros up to a multiple of 8 bytes, then the constants, each at a multiple of 8
///
/// A place is an offset, with planConstant set where it counts from the first constant and else from the arena, and a
/// length in bytes.
namespace espalier {
namespace rt {

constexpr uint32_t planMagic = 0x4c505345; // "ESPL"
constexpr uint32_t planVersion = 2;
constexpr uint32_t planAlignment = 8; // of the image, the arena, and all that lies in them
constexpr uint32_t planConstant = 0x80000000;
constexpr uint32_t planMostArguments = 16;

/// An input or output, or how the input comes from the MLPerf Tiny harness.
struct PlanPort
{
    uint32_t place, bytes;
    uint32_t kind; ///< ModelPort::Kind
    float scale;   ///< a number stands for scale * (number - zeroPoint), or for itself where the scale is 0
    int32_t zeroPoint;
};

struct PlanHeader
{
    uint32_t magic, version;
    uint32_t bytes;    ///< of the whole image
    uint32_t checksum; ///< of all other words and bytes
    uint32_t arenaBytes;
    uint32_t constants; ///< the offset of the first
    uint32_t inputs, outputs, steps;
    char name[16];       ///< the harness's for the model, and zeros
    PlanPort sent;       ///< of no bytes where the harness sends what the model takes; it has no place
    uint32_t tellsError; ///< 1: the result is the mean squared difference between input and output
};

/// FNV-1a of a kernel's signature: names it in an image.
constexpr uint32_t kernelId(const char *signature)
{
    uint32_t hash = 2166136261u;
    for (; *signature; ++signature) {
        if (*signature != ' ')
            hash = (hash ^ uint8_t(*signature)) * 16777619u;
    }
    return hash;
}

inline uint32_t planChecksum(const uint8_t *image, uint32_t bytes)
{
    return crc32(image + 16, bytes - 16, crc32(image, 12));
}

/// A kernel as a plan calls it: a step's settings are its layer.
struct Kernel
{
    typedef void (*Call)(const void *layer, void *const *arguments);
    uint32_t id;
    uint16_t settings, arguments; ///< how many
    uint32_t widths;              ///< of the arguments' values, two bits for each: 1, 2, 4 or 8 bytes
    Call call;
    bool (*staysWithin)(const void *layer, const bounds::Operand *operands); ///< see kernelbounds.h
};

/// Bytes of one value of a port's kind.
constexpr uint32_t planKinds = 6;
constexpr uint32_t planWidth(uint32_t kind)
{
    return kind < 2 ? 1 : kind == 2 ? 2 : kind == 5 ? 8 : 4;
}

/// A plan image in memory.
class PlanImage
{
public:
    /// `image` must be aligned to planAlignment.
    explicit PlanImage(const uint8_t *image) : m_image(image) {}

    const PlanHeader &header() const { return *reinterpret_cast<const PlanHeader *>(m_image); }
    const PlanPort *ports() const { return reinterpret_cast<const PlanPort *>(m_image + sizeof(PlanHeader)); }

    /// Null where the image is whole and may run: lengths, checksum, kernels and the place of every argument are right,
    /// and no layer leaves its arguments, whoever made the image. Else what is wrong with it. `available` bytes may be
    /// read. `find` gives the kernel of an id, or null.
    template <class Find>
    const char *check(uint32_t available, uint32_t arenaBytes, Find find) const
    {
        if (available < sizeof(PlanHeader))
            return "the plan is cut short";
        const PlanHeader &head = header();
        if (head.magic != planMagic)
            return "this is no plan";
        if (head.version != planVersion)
            return "the plan is of another version";
        if (head.bytes > available || head.bytes < sizeof(PlanHeader))
            return "the plan is cut short";
        if (planChecksum(m_image, head.bytes) != head.checksum)
            return "the plan is damaged";
        if (head.arenaBytes > arenaBytes)
            return "the plan needs more memory than there is";
        if (head.constants < sizeof(PlanHeader) || head.constants > head.bytes || head.constants % planAlignment)
            return "the plan's constants are misplaced";
        const uint32_t words = head.constants / 4;
        uint32_t at = sizeof(PlanHeader) / 4;
        const uint32_t portWords = sizeof(PlanPort) / 4;
        if (head.inputs > words || head.outputs > words || head.inputs + head.outputs > (words - at) / portWords)
            return "the plan's inputs and outputs are cut short";
        for (uint32_t i = 0; i < head.inputs + head.outputs; ++i, at += portWords) {
            const PlanPort &port = ports()[i];
            if ((port.place & planConstant) || !fits(port.place, port.bytes) || !isPort(port))
                return "an input or output of the plan is misplaced";
        }
        if (!suitsHarness())
            return "the plan's form for the harness does not fit its inputs and outputs";
        for (uint32_t i = 0; i < head.steps; ++i) {
            if (words - at < 2)
                return "the plan's steps are cut short";
            const uint32_t settings = word(at + 1) & 0xffff, arguments = word(at + 1) >> 16;
            const Kernel *kernel = find(word(at));
            if (!kernel)
                return "the plan calls a kernel that is not here";
            if (kernel->settings != settings || kernel->arguments != arguments || arguments > planMostArguments)
                return "the plan calls a kernel in a wrong way";
            at += 2;
            if (words - at < settings + 2 * arguments)
                return "the plan's steps are cut short";
            const void *const layer = m_image + 4 * at;
            at += settings;
            bounds::Operand operands[planMostArguments];
            for (uint32_t a = 0; a < arguments; ++a, at += 2) {
                if (!fits(word(at), word(at + 1)))
                    return "an argument of the plan is misplaced";
                operands[a].elements = word(at + 1) >> (kernel->widths >> (2 * a) & 3);
                operands[a].data = word(at) & planConstant ? constantAt(word(at)) : nullptr;
            }
            if (!kernel->staysWithin(layer, operands))
                return "a layer of the plan leaves its tensors";
        }
        return nullptr;
    }

    /// After check(): the kernels' addresses, one for each step.
    template <class Find>
    void resolve(Kernel::Call *calls, Find find) const
    {
        const uint32_t *step = firstStep();
        for (uint32_t i = 0; i < header().steps; ++i) {
            calls[i] = find(step[0])->call;
            step = argumentsOf(step) + 2 * (step[1] >> 16);
        }
    }

    /// One inference. `done` is called with the index of each step that is done.
    template <class Done>
    void run(uint8_t *arena, const Kernel::Call *calls, Done done) const
    {
        const uint32_t *step = firstStep();
        const uint32_t steps = header().steps;
        void *arguments[planMostArguments];
        for (uint32_t i = 0; i < steps; ++i) {
            const uint32_t *place = argumentsOf(step);
            const uint32_t count = step[1] >> 16;
            for (uint32_t a = 0; a < count; ++a, place += 2) {
                arguments[a] = *place & planConstant ? const_cast<uint8_t *>(constantAt(*place)) : arena + *place;
            }
            calls[i](step + 2, arguments);
            done(i);
            step = place;
        }
    }

private:
    uint32_t word(uint32_t index) const { return reinterpret_cast<const uint32_t *>(m_image)[index]; }
    const uint32_t *firstStep() const
    {
        return reinterpret_cast<const uint32_t *>(ports() + header().inputs + header().outputs);
    }
    static const uint32_t *argumentsOf(const uint32_t *step) { return step + 2 + (step[1] & 0xffff); }

    // Numbers of a known kind and a finite scale.
    static bool isPort(const PlanPort &port)
    {
        return port.kind < planKinds && port.bytes % planWidth(port.kind) == 0 && port.scale >= 0 && port.scale < 3e38f;
    }
    static uint32_t elements(const PlanPort &port) { return port.bytes / planWidth(port.kind); }

    bool suitsHarness() const
    {
        const PlanHeader &head = header();
        if (!memchr(head.name, 0, sizeof head.name) || head.tellsError > 1 || !isPort(head.sent))
            return false;
        if (head.sent.bytes && (head.inputs != 1 || elements(head.sent) != elements(ports()[0])))
            return false;
        return !head.tellsError ||
               (head.inputs == 1 && head.outputs == 1 && elements(ports()[0]) == elements(ports()[1]));
    }

    const uint8_t *constantAt(uint32_t place) const { return m_image + header().constants + (place & ~planConstant); }

    bool fits(uint32_t place, uint32_t bytes) const
    {
        const uint32_t there = place & planConstant ? header().bytes - header().constants : header().arenaBytes;
        const uint32_t offset = place & ~planConstant;
        return offset % planAlignment == 0 && bytes <= there && offset <= there - bytes;
    }

    const uint8_t *m_image;
};

} // namespace rt
} // namespace espalier
