// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Plan images: what a resident runner would run gives the host's results, and what is damaged is refused.
#define ESPALIER_TABLE_DSP
#define ESPALIER_TABLE_THUMB
#include "device/plan/planimage.h"

#include "everyoperator.h"
#include "stepalone.h"

#include "device/bench/fidelity.h"
#include "device/bench/pseudorandom.h"
#include "support/graphbuilder.h"

#include <espalier/kerneltable.h>

#include <QtTest>

#include <map>
#include <random>
#include <set>

using namespace espalier;
using namespace espalier::test;

namespace {

const std::pair<DType, device::KernelFamily> forms[] = {
    {DType::float32, device::KernelFamily::plain}, {DType::int8, device::KernelFamily::plain},
    {DType::uint8, device::KernelFamily::plain},   {DType::int16, device::KernelFamily::plain},
    {DType::int8, device::KernelFamily::dsp},      {DType::int8, device::KernelFamily::thumb},
    {DType::int16, device::KernelFamily::dsp},     {DType::int16, device::KernelFamily::thumb}};

// Making it takes a while.
const device::ExecutionPlan &planOfEverything(DType type, device::KernelFamily family)
{
    static std::map<std::pair<DType, device::KernelFamily>, device::ExecutionPlan> made;
    const auto [at, isNew] = made.try_emplace({type, family});
    if (isNew)
        at->second = device::makePlan(*modelOf(everyOperator(type, 4)), family, device::WeightForms::compact).value();
    return at->second;
}

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

// Runs the plan's image on three inputs; what differs from the host's outputs, or from a run of all steps in order.
std::string differenceFromHost(const ModelPtr &model, const device::ExecutionPlan &plan)
{
    const auto program = Program::compile(model);
    Image bytes(device::writePlanImage(plan));
    if (const char *wrong = bytes.check(std::uint32_t(plan.arenaBytes)))
        return wrong;
    const rt::PlanImage image(bytes.data());
    std::vector<rt::Kernel::Call> calls(plan.steps.size());
    image.resolve(calls.data(), rt::findKernel);
    std::vector<std::uint64_t> arena(plan.arenaBytes / 8 + 1);
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
        if (done != plan.steps.size())
            return "not all steps ran in order";
        fidelity.runHost(inputs);
        for (std::uint32_t i = 0; i < image.header().outputs; ++i, ++port)
            fidelity.compare(i, {memory + port->place, port->bytes});
    }
    return fidelity.difference();
}

// Whether a setting only changes what is computed, not where.
bool isValue(const std::string &name)
{
    for (const char *part :
         {"zero",  "ZeroPoint",  "multiplier", "shift",      "rounding", "right",    "lift",     "Shift", "low",
          "high",  "outputMin",  "outputMax",  "activation", "count",    "negative", "alpha",    "beta",  "scale",
          "value", "Difference", "perChannel", "asymmetric", "hasBias",  "align",    "halfPixel"})
        if (name.find(part) != name.npos)
            return true;
    return false;
}

// Runs an image that was accepted: it must write to no more than its arena.
bool runsWithin(Image &bytes)
{
    const rt::PlanImage image(bytes.data());
    const auto whole = bytes.words;
    constexpr std::size_t margin = 512; // words
    std::vector<std::uint64_t> memory(image.header().arenaBytes / 8 + 1 + 2 * margin, 0x5aa5);
    rt::Kernel::Call call;
    image.resolve(&call, rt::findKernel);
    std::fill(memory.begin() + margin, memory.end() - margin, 0);
    image.run(reinterpret_cast<std::uint8_t *>(memory.data() + margin), &call, [](std::uint32_t) {});
    const auto isUntouched = [](std::uint64_t word) { return word == 0x5aa5; };
    return std::all_of(memory.begin(), memory.begin() + margin, isUntouched) &&
           std::all_of(memory.end() - margin, memory.end(), isUntouched) && bytes.words == whole;
}

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
            const device::ExecutionPlan &plan = planOfEverything(type, family);
            for (const device::PlanStep &step : plan.steps) {
                const std::string signature = kernelSignature(plan, step);
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
            const auto plan = device::makePlan(*model, family, device::WeightForms::compact);
            QVERIFY(plan);
            QCOMPARE(QString::fromStdString(differenceFromHost(model, *plan)), QString());
        }
    }

    // Rows of odd and even numbers of taps, groups of pixels that go on in the next row, and what is left of three.
    void windowsThatOverlapShareTheirRows()
    {
        std::map<std::string, int> used;
        for (const int height : {1, 2, 3, 5}) {
            for (const int width : {1, 2, 3, 5}) {
                for (const int channels : {1, 2, 3, 4}) {
                    for (const Padding padding : {Padding::same, Padding::valid}) {
                        RandomGraph random(unsigned(height * 100 + width * 10 + channels));
                        const int columns = 7 + (height + width + channels) % 3;
                        random.addOverlapping({2, 24, columns, channels}, 1 + (width + channels) % 4, height, width,
                                              padding);
                        const auto model = modelOf(random.take());
                        const auto plan = device::makePlan(*model, device::KernelFamily::dsp);
                        QVERIFY(plan);
                        ++used[plan->steps[0].function];
                        QCOMPARE(QString::fromStdString(differenceFromHost(model, *plan)), QString());
                    }
                }
            }
        }
        // Windows of one tap overlap nothing, and some random weights do not fit into pairs.
        QCOMPARE(used["dsp::convolution"] + used["dsp::rowConvolution"] + used["conv2dQuantized"], 128);
        QVERIFY(used["dsp::convolution"] <= 8 && used["dsp::rowConvolution"] >= 100);
        // Where their rows would take too much memory, each window is laid out by itself.
        RandomGraph random(1);
        random.addOverlapping({1, 5, 40, 12}, 3, 3, 3, Padding::same);
        const auto model = modelOf(random.take());
        const auto plan = device::makePlan(*model, device::KernelFamily::dsp);
        QVERIFY(plan);
        QCOMPARE(plan->steps[0].function, std::string("dsp::convolution"));
        QCOMPARE(QString::fromStdString(differenceFromHost(model, *plan)), QString());
    }

    // Four branches, given side by side: one after another they need a quarter of the room.
    void branchesComeOneAfterAnother()
    {
        GraphBuilder b;
        const TensorId x = b.input({1, 16, 16, 1});
        std::vector<TensorId> wide, narrow;
        for (float i = 0; i < 4; ++i) {
            std::vector<float> filter(8);
            for (std::size_t k = 0; k < filter.size(); ++k)
                filter[k] = float(k) - i;
            wide.push_back(b.conv2D(x, b.constant({8, 1, 1, 1}, filter), b.constant({8}, std::vector<float>(8, i))));
        }
        for (const TensorId layer : wide)
            narrow.push_back(b.averagePool2D(layer, 16));
        const TensorId joined = b.add(OpKind::concatenation, narrow, {1, 1, 1, 32}, ConcatenationOptions{3});
        const ModelPtr model = b.model({joined});
        for (const device::KernelFamily family : {device::KernelFamily::plain, device::KernelFamily::thumb}) {
            const auto plan = device::makePlan(*model, family);
            QVERIFY(plan);
            const std::size_t input = 16 * 16 * 4, layer = 8 * input, output = 32 * 4;
            QVERIFY2(plan->arenaBytes <= input + layer + 2 * output, std::to_string(plan->arenaBytes).c_str());
            QCOMPARE(plan->steps[1].typeName, std::string("AVERAGE_POOL_2D"));
            QCOMPARE(QString::fromStdString(differenceFromHost(model, *plan)), QString());
        }
    }

    void damageIsRefused()
    {
        static constexpr std::uint32_t header = sizeof(rt::PlanHeader);
        const auto plan = device::makePlan(*modelOf(fewLayers(2)), device::KernelFamily::dsp);
        QVERIFY(plan);
        const auto whole = device::writePlanImage(*plan);
        std::mt19937 random(1);
        for (int i = 0; i < 200; ++i) {
            Image image(whole);
            image.data()[random() % image.size] ^= std::uint8_t(1u << random() % 8);
            QVERIFY(image.check());
        }
        for (const std::uint32_t length : {0u, 8u, header - 1, header, 200u, std::uint32_t(whole.size()) - 1}) {
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
        static constexpr std::uint32_t header = sizeof(rt::PlanHeader) / 4; // words
        const auto plan = device::makePlan(*modelOf(fewLayers(3)), device::KernelFamily::thumb);
        QVERIFY(plan);
        const auto whole = device::writePlanImage(*plan);
        std::mt19937 random(2);
        for (int i = 0; i < 300; ++i) {
            Image image(whole);
            const std::uint32_t values[] = {
                0, 4, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff, std::uint32_t(random())};
            const std::uint32_t value = values[random() % 7], at = random() % (i % 2 ? header : image.size / 4);
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
        QVERIFY(refuses(0, 1));                                                   // magic
        QVERIFY(refuses(1, 99));                                                  // version
        QVERIFY(refuses(5, 0xfffffff8));                                          // constants
        QVERIFY(refuses(6, 1u << 31));                                            // inputs
        QVERIFY(refuses(8, 1u << 31));                                            // steps
        QVERIFY(refuses(5, 8));                                                   // constants within the header
        QVERIFY(refuses(header, 1u << 30));                                       // place of the first input
        QVERIFY(refuses(header + 1, 1u << 30));                                   // its bytes
        QVERIFY(refuses(header + 2, 6));                                          // their kind
        for (const std::uint32_t scale : {0x7f800000u, 0x7fc00000u, 0xbf800000u}) // infinite, none, negative
            QVERIFY(refuses(header + 3, scale));
        const std::uint32_t name = offsetof(rt::PlanHeader, name) / 4, sent = offsetof(rt::PlanHeader, sent) / 4;
        QVERIFY(refuses(sent + 1, 12)); // other bytes than the input takes
        QVERIFY(refuses(sent + 2, 6));
        QVERIFY(refuses(sent + 3, 0x7f800000));
        QVERIFY(refuses(header - 1, 1)); // an error of a model that is no autoencoder
        QVERIFY(refuses(header - 1, 2));
        Image image(whole);
        std::memset(image.data() + 4 * name, 'x', sizeof rt::PlanHeader::name); // without an end
        image.seal();
        QVERIFY(image.check());
    }

    // Every setting of every kernel that says where it reads and writes: what is accepted stays within the arena, and a
    // larger extent is not accepted.
    void forgedSettingsAreRefused()
    {
        static const std::set<std::string> extents = {"batches",
                                                      "inputHeight",
                                                      "inputWidth",
                                                      "inputChannels",
                                                      "filterHeight",
                                                      "filterWidth",
                                                      "outputHeight",
                                                      "outputWidth",
                                                      "outputChannels",
                                                      "channels",
                                                      "rows",
                                                      "inputs",
                                                      "outputs",
                                                      "depth",
                                                      "elements",
                                                      "n0",
                                                      "n4",
                                                      "k0",
                                                      "k3",
                                                      "r0",
                                                      "r3",
                                                      "inputLines",
                                                      "outputLines",
                                                      "linePairs",
                                                      "bandLines",
                                                      "inputLength",
                                                      "outputLength"};
        for (const auto &[type, family] : forms) {
            const device::ExecutionPlan &plan = planOfEverything(type, family);
            std::set<std::string> seen;
            for (const device::PlanStep &step : plan.steps) {
                if (!seen.insert(kernelSignature(plan, step)).second)
                    continue;
                const auto whole = device::writePlanImage(stepAlone(plan, step));
                QVERIFY2(!Image(whole).check(), step.function.c_str());
                for (std::size_t i = 0; i < step.settings.size(); ++i) {
                    if (isValue(step.settings[i].name))
                        continue;
                    const std::int32_t honest = std::get<std::int32_t>(step.settings[i].value);
                    for (const std::int32_t value : {honest + 1, 2 * honest + 1, 0, -1, INT32_MIN, INT32_MAX}) {
                        Image image(whole);
                        std::memcpy(image.data() + sizeof(rt::PlanHeader) + 4 * (2 + i), &value, 4);
                        image.seal();
                        const std::string which = step.function + ' ' + step.settings[i].name;
                        const bool isAccepted = !image.check();
                        if (value == INT32_MAX && extents.contains(step.settings[i].name))
                            QVERIFY2(!isAccepted, which.c_str());
                        if (isAccepted)
                            QVERIFY2(runsWithin(image), which.c_str());
                    }
                }
            }
        }
    }

    // A constant that a kernel writes, a table of rows that are not there, segments that do not end, indices of no
    // value.
    void forgedConstantsAreRefused()
    {
        const auto alone = [](const char *function, DType type, device::KernelFamily family) {
            const device::ExecutionPlan &plan = planOfEverything(type, family);
            const auto step = std::ranges::find(plan.steps, function, &device::PlanStep::function);
            return step == plan.steps.end() ? device::ExecutionPlan() : stepAlone(plan, *step);
        };
        const auto filled = [](device::ExecutionPlan plan, std::size_t argument, std::uint8_t byte) {
            device::PlanConstant &constant = plan.constants[plan.steps[0].arguments[argument].index];
            constant.data = std::make_shared<const Bytes>(constant.data->size(), byte);
            return Image(device::writePlanImage(plan));
        };
        const char *const leaves = "a layer of the plan leaves its tensors";
        const device::ExecutionPlan nearest = alone("resizeNearest", DType::int8, device::KernelFamily::plain);
        QCOMPARE(filled(nearest, 1, 0).check(), nullptr);
        QCOMPARE(filled(nearest, 1, 1).check(), leaves);
        for (const char *function : {"thumb::convolution", "thumb::depthwise3x3", "thumb::depthwiseConvolution"}) {
            const device::ExecutionPlan plan = alone(function, DType::int8, device::KernelFamily::thumb);
            QVERIFY2(!plan.steps.empty(), function);
            QCOMPARE(filled(plan, 1, 0).check(), nullptr);
            QCOMPARE(filled(plan, 1, 1).check(), leaves);
            QCOMPARE(filled(plan, 1, 128).check(), leaves);
        }
        for (const char *function : {"sparse::convolution", "sparse::fullyConnected"}) {
            for (const auto family : {device::KernelFamily::dsp, device::KernelFamily::thumb}) {
                const device::ExecutionPlan plan = alone(function, DType::int8, family);
                QVERIFY2(!plan.steps.empty(), function);
                QCOMPARE(Image(device::writePlanImage(plan)).check(), nullptr);
                QCOMPARE(filled(plan, 1, 0).check(), nullptr);
                QCOMPARE(filled(plan, 1, 1).check(), leaves);   // a length of 1, a weight of 1, a gap of 1, and so on
                QCOMPARE(filled(plan, 1, 255).check(), leaves); // beyond the window
            }
        }
        for (const char *function : {"sparse::convolutionFloat", "sparse::fullyConnectedFloat"}) {
            const device::ExecutionPlan plan = alone(function, DType::float32, device::KernelFamily::plain);
            QVERIFY2(!plan.steps.empty(), function);
            QCOMPARE(filled(plan, 2, 0).check(), nullptr);
            QCOMPARE(filled(plan, 2, 255).check(), leaves); // 65535 weights of an output
        }
        // A plan of one step, the bytes of its weights' table changed.
        const auto tableOf = [](const device::ExecutionPlan &plan) { return plan.steps[0].arguments[1].index; };
        const auto forged = [&](const device::ExecutionPlan &plan, auto forge) {
            device::ExecutionPlan copy = plan;
            Bytes bytes = *plan.constants[tableOf(plan)].data;
            forge(bytes);
            copy.constants[tableOf(plan)].data = std::make_shared<const Bytes>(std::move(bytes));
            return Image(device::writePlanImage(copy)).check();
        };
        using device::KernelFamily;
        for (const auto &[function, type, family] :
             {std::tuple("conv2dClusteredFloat", DType::float32, KernelFamily::plain),
              {"depthwiseConv2dClusteredFloat", DType::float32, KernelFamily::plain},
              {"fullyConnectedClusteredFloat", DType::float32, KernelFamily::plain},
              {"conv2dClusteredQuantized", DType::int8, KernelFamily::plain},
              {"depthwiseConv2dClusteredQuantized", DType::int8, KernelFamily::plain},
              {"fullyConnectedClusteredQuantized", DType::int8, KernelFamily::plain},
              {"dsp::clusteredConvolution", DType::int8, KernelFamily::dsp},
              {"dsp::clusteredFullyConnected", DType::int8, KernelFamily::dsp},
              {"thumb::clusteredConvolution", DType::int8, KernelFamily::thumb},
              {"thumb::clusteredFullyConnected", DType::int8, KernelFamily::thumb}}) {
            const device::ExecutionPlan plan = alone(function, type, family);
            QVERIFY2(!plan.steps.empty(), function);
            QCOMPARE(Image(device::writePlanImage(plan)).check(), nullptr);
            QCOMPARE(filled(plan, 1, 0).check(), leaves); // no values
            QCOMPARE(filled(plan, 1, 255).check(), leaves);
            QCOMPARE(forged(plan, [](Bytes &bytes) { bytes.resize(bytes.size() - 4); }), leaves);
            QCOMPARE(forged(plan, [](Bytes &bytes) { bytes[0] = 3; }), leaves);   // more bits than there are
            QCOMPARE(forged(plan, [](Bytes &bytes) { bytes[4] += 64; }), leaves); // and more values
            const std::uint8_t values = (*plan.constants[tableOf(plan)].data)[4];
            if ((values & (values - 1)) != 0 || values == 1) // not all indices are right
                QCOMPARE(forged(plan, [](Bytes &bytes) { bytes[bytes.size() - 4] = 255; }), leaves);
        }
        for (const auto &[function, family] : {std::pair("conv2dGroupedQuantized", KernelFamily::plain),
                                               {"fullyConnectedGroupedQuantized", KernelFamily::plain},
                                               {"dsp::groupedConvolution", KernelFamily::dsp},
                                               {"dsp::groupedFullyConnected", KernelFamily::dsp},
                                               {"thumb::groupedConvolution", KernelFamily::thumb},
                                               {"thumb::groupedFullyConnected", KernelFamily::thumb}}) {
            const device::ExecutionPlan plan = alone(function, DType::int8, family);
            QVERIFY2(!plan.steps.empty(), function);
            QCOMPARE(Image(device::writePlanImage(plan)).check(), nullptr);
            QCOMPARE(filled(plan, 1, 0).check(), leaves); // groups of one
            QCOMPARE(filled(plan, 1, 255).check(), leaves);
            QCOMPARE(forged(plan, [](Bytes &bytes) { bytes.resize(bytes.size() - 4); }), leaves);
            QCOMPARE(forged(plan, [](Bytes &bytes) { bytes[0] = 12; }), leaves); // groups larger than an output
            QCOMPARE(forged(plan, [](Bytes &bytes) { bytes[4] += 1; }), leaves); // weights that begin later
            QCOMPARE(forged(plan, [](Bytes &bytes) { bytes[4] = 0; }), leaves);  // no multipliers
        }
        device::ExecutionPlan writes = alone("copyBlock", DType::int8, device::KernelFamily::plain);
        const std::size_t bytes = byteCount(DType::int8, elementCount(writes.buffers[1].shape));
        writes.constants.push_back({"target", "", DType::int8, std::make_shared<const Bytes>(bytes), false});
        writes.steps[0].arguments[1] = {device::PlanRef::Kind::constant, writes.constants.size() - 1};
        QCOMPARE(Image(device::writePlanImage(writes)).check(), leaves);
    }
};

QTEST_GUILESS_MAIN(TestPlanImage)
#include "tst_planimage.moc"
