// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Plan images: what a resident runner would run gives the host's results, and what is damaged is refused.
#define ESPALIER_TABLE_DSP
#define ESPALIER_TABLE_THUMB
#include "device/plan/planimage.h"

#include "everyoperator.h"

#include "device/bench/fidelity.h"
#include "device/bench/pseudorandom.h"

#include <espalier/kerneltable.h>

#include <QtTest>

#include <random>
#include <set>

using namespace espalier;
using namespace espalier::test;

namespace {

const std::pair<DType, device::KernelFamily> forms[] = {
    {DType::float32, device::KernelFamily::plain}, {DType::int8, device::KernelFamily::plain},
    {DType::uint8, device::KernelFamily::plain},   {DType::int16, device::KernelFamily::plain},
    {DType::int8, device::KernelFamily::dsp},      {DType::int8, device::KernelFamily::thumb}};

Graph fewLayers(unsigned seed)
{
    RandomGraph random(seed);
    random.addConv2D(DType::int8);
    random.addPairwise(OpKind::add, DType::int8);
    random.addNetwork();
    return random.take();
}

// As the runner wants it: aligned.
struct Image
{
    explicit Image(const std::vector<std::uint8_t> &bytes)
        : words(bytes.size() / 8 + 1), size(std::uint32_t(bytes.size()))
    {
        std::memcpy(words.data(), bytes.data(), bytes.size());
    }
    std::uint8_t *data() { return reinterpret_cast<std::uint8_t *>(words.data()); }
    const char *check(std::uint32_t arena = 1u << 30)
    {
        return rt::PlanImage(data()).check(size, arena, rt::findKernel);
    }
    void seal()
    {
        const std::uint32_t sum = rt::planChecksum(data(), size);
        std::memcpy(data() + 12, &sum, 4);
    }
    std::vector<std::uint64_t> words;
    std::uint32_t size;
};

} // namespace

class TestPlanImage : public QObject
{
    Q_OBJECT

private slots:
    void kernelsHaveDifferentNames()
    {
        std::set<std::uint32_t> ids;
        for (const rt::Kernel &kernel : rt::kernelTable)
            QVERIFY(ids.insert(kernel.id).second);
    }

    void everyLoweringIsRegistered()
    {
        for (const auto &[type, family] : forms) {
            const auto plan = device::makePlan(*modelOf(everyOperator(type, 4)), family);
            QVERIFY2(plan, plan ? "" : plan.error().message.c_str());
            for (const device::PlanStep &step : plan->steps) {
                const std::string signature = kernelSignature(*plan, step);
                const rt::Kernel *kernel = rt::findKernel(rt::kernelId(signature.c_str()));
                QVERIFY2(kernel, (signature + " is not in kernels.def").c_str());
                QCOMPARE(std::size_t(kernel->settings), step.settings.size());
            }
        }
    }

    void runsAsTheHostDoes()
    {
        for (const auto &[type, family] : forms) {
            const auto model = modelOf(everyOperator(type, 1));
            const auto program = Program::compile(model);
            const auto plan = device::makePlan(*model, family);
            QVERIFY(program && plan);
            Image bytes(device::writePlanImage(*plan));
            QCOMPARE(bytes.check(std::uint32_t(plan->arenaBytes)), nullptr);
            const rt::PlanImage image(bytes.data());
            std::vector<rt::Kernel::Call> calls(plan->steps.size());
            image.resolve(calls.data(), rt::findKernel);
            std::vector<std::uint64_t> arena(plan->arenaBytes / 8 + 1);
            auto *memory = reinterpret_cast<std::uint8_t *>(arena.data());
            device::Fidelity fidelity(*program);
            for (std::uint32_t k = 0; k < 3; ++k) {
                const auto inputs = device::pseudoRandomInput((*program)->graph(), k);
                const std::uint8_t *from = inputs.data();
                const rt::PlanPort *port = image.ports();
                for (std::uint32_t i = 0; i < image.header().inputs; from += port++->bytes, ++i)
                    std::memcpy(memory + port->place, from, port->bytes);
                std::uint32_t done = 0;
                image.run(memory, calls.data(), [&](std::uint32_t step) { done += step == done; });
                QCOMPARE(std::size_t(done), plan->steps.size());
                fidelity.runHost(inputs);
                for (std::uint32_t i = 0; i < image.header().outputs; ++i, ++port)
                    fidelity.compare(i, {memory + port->place, port->bytes});
            }
            QCOMPARE(QString::fromStdString(fidelity.difference()), QString());
        }
    }

    void damageIsRefused()
    {
        const auto plan = device::makePlan(*modelOf(fewLayers(2)), device::KernelFamily::dsp);
        QVERIFY(plan);
        const auto whole = device::writePlanImage(*plan);
        std::mt19937 random(1);
        for (int i = 0; i < 200; ++i) {
            Image image(whole);
            image.data()[random() % image.size] ^= std::uint8_t(1u << random() % 8);
            QVERIFY(image.check());
        }
        for (const std::uint32_t length : {0u, 8u, 35u, 36u, 200u, std::uint32_t(whole.size()) - 1}) {
            Image image(whole);
            image.size = length;
            QVERIFY(image.check());
        }
        Image large(whole);
        QCOMPARE(large.check(std::uint32_t(plan->arenaBytes) - 1), "the plan needs more memory than there is");
    }

    // Whoever made the checksum right, no offset may lead out of the image or the arena while it is looked at.
    void lyingImagesAreReadWithinTheirBounds()
    {
        const auto plan = device::makePlan(*modelOf(fewLayers(3)), device::KernelFamily::thumb);
        QVERIFY(plan);
        const auto whole = device::writePlanImage(*plan);
        std::mt19937 random(2);
        for (int i = 0; i < 300; ++i) {
            Image image(whole);
            const std::uint32_t values[] = {
                0, 4, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff, std::uint32_t(random())};
            const std::uint32_t value = values[random() % 7], at = random() % (i % 2 ? 9 : image.size / 4);
            std::memcpy(image.data() + 4 * at, &value, 4);
            image.seal();
            if (const char *reason = image.check())
                QVERIFY(*reason);
        }
        const auto refuses = [&](std::uint32_t word, std::uint32_t value) {
            Image image(whole);
            std::memcpy(image.data() + 4 * word, &value, 4);
            image.seal();
            return image.check() != nullptr;
        };
        QVERIFY(refuses(0, 1));          // magic
        QVERIFY(refuses(1, 99));         // version
        QVERIFY(refuses(5, 0xfffffff8)); // constants
        QVERIFY(refuses(6, 1u << 31));   // inputs
        QVERIFY(refuses(8, 1u << 31));   // steps
        QVERIFY(refuses(9, 1u << 30));   // place of the first input
        QVERIFY(refuses(11, 6));         // its kind
    }
};

QTEST_GUILESS_MAIN(TestPlanImage)
#include "tst_planimage.moc"
