// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/simd/isa.h"
#include "oneoperator.h"
#include "support/shareddata.h"

#include <nlohmann/json.hpp>

#include <fstream>

using namespace espalier;

namespace {

using Json = nlohmann::json;

/// The cases of one operator.
std::vector<Json> casesOf(const std::string &op)
{
    std::ifstream file(sharedFolder() / "golden/tflm_int8_kernels.json");
    const Json all = Json::parse(file)["cases"];
    std::vector<Json> found;
    std::ranges::copy_if(all, std::back_inserter(found), [&](const Json &test) { return test["op"] == op; });
    return found;
}

Quantization perChannel(const Json &scales, int axis)
{
    Quantization q;
    q.scale = scales.get<std::vector<float>>();
    q.zeroPoint.assign(q.scale.size(), 0);
    q.axis = axis;
    return q;
}

Shape shapeOf(const Json &test, const char *key)
{
    return test[key].get<Shape>();
}

template <class T>
std::vector<T> valuesOf(const Json &test, const char *key)
{
    return test[key].get<std::vector<T>>();
}

} // namespace

/// Convolutions and dense layers against cases computed by TensorFlow Lite Micro's reference kernels.
class LayerGoldensTest : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { ESPALIER_NEEDS_SHARED("golden/tflm_int8_kernels.json"); }
    void cleanup() { setCurrentIsa(availableIsas().back()); }

    void convolution()
    {
        for (const Json &test : casesOf("CONV_2D int8 per-channel")) {
            const int stride = test["stride"];
            Conv2DOptions options{test["pad"] == 0 ? Padding::valid : Padding::same, stride, stride};
            if (test["act_min"] != -128)
                options.activation = Activation::relu;
            check(OpKind::conv2D, options, test, perChannel(test["filter_scales"], 0), shapeOf(test, "out_shape"));
        }
    }
    void depthwise()
    {
        for (const Json &test : casesOf("DEPTHWISE_CONV_2D int8 per-channel")) {
            DepthwiseConv2DOptions options;
            options.depthMultiplier = test["depth_multiplier"];
            Shape out = shapeOf(test, "in_shape");
            out[3] *= options.depthMultiplier;
            check(OpKind::depthwiseConv2D, options, test, perChannel(test["filter_scales"], 3), out);
        }
    }
    void dense()
    {
        for (const Json &test : casesOf("FULLY_CONNECTED int8 per-tensor"))
            check(OpKind::fullyConnected, FullyConnectedOptions(), test,
                  quantization(test["filter_scale"].get<double>(), 0),
                  {shapeOf(test, "in_shape")[0], shapeOf(test, "filter_shape")[0]});
    }

private:
    static void check(OpKind kind, const OpOptions &options, const Json &test, const Quantization &filter,
                      const Shape &out)
    {
        const auto bias = valuesOf<std::int32_t>(test, "bias");
        for (const Isa isa : availableIsas()) {
            setCurrentIsa(isa);
            OneOperator op(kind, options);
            op.input<std::int8_t>(shapeOf(test, "in_shape"),
                                  quantization(test["input_scale"].get<double>(), test["input_zp"].get<int>()))
                .constant(shapeOf(test, "filter_shape"), valuesOf<std::int8_t>(test, "filter"), filter)
                .constant({std::int32_t(bias.size())}, bias)
                .output<std::int8_t>(out,
                                     quantization(test["output_scale"].get<double>(), test["output_zp"].get<int>()));
            QCOMPARE(op.run<std::int8_t>(1, 0, valuesOf<std::int8_t>(test, "input")),
                     valuesOf<std::int8_t>(test, "output"));
        }
    }
};

QTEST_GUILESS_MAIN(LayerGoldensTest)
#include "tst_layergoldens.moc"
