// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/image.h"
#include "datafiles.h"
#include "hostile.h"
#include "support/shareddata.h"

#include <QBuffer>
#include <QImage>
#include <QTemporaryDir>

#include <set>

using namespace espalier;
using namespace espalier::datafiles;

namespace {

Bytes encoded(const QImage &image, const char *format, int quality = -1)
{
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, format, quality);
    return Bytes(bytes.begin(), bytes.end());
}

/// Pixel (x, y) is (10x, 20y, 30).
QImage colours(int width, int height)
{
    QImage image(width, height, QImage::Format_RGB32);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            image.setPixel(x, y, qRgb(10 * x, 20 * y, 30));
    return image;
}

QImage greys(int width, int height, int first)
{
    QImage image(width, height, QImage::Format_Grayscale8);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            image.scanLine(y)[x] = uchar(first + 10 * y + x);
    return image;
}

/// A PNG that claims a size and holds `packed` as its compressed pixels.
Bytes png(std::uint32_t width, std::uint32_t height, const Bytes &packed)
{
    Bytes file = text("\x89PNG\r\n\x1a\n");
    const auto bigEndian = [](std::uint32_t value) {
        return Bytes{std::uint8_t(value >> 24), std::uint8_t(value >> 16), std::uint8_t(value >> 8),
                     std::uint8_t(value)};
    };
    const auto chunk = [&](const std::string &name, const Bytes &data) {
        append(file, bigEndian(std::uint32_t(data.size())));
        Bytes body = text(name);
        append(body, data);
        append(file, body);
        append(file, bigEndian(std::uint32_t(crc32(0, body.data(), uInt(body.size())))));
    };
    Bytes header = bigEndian(width);
    append(header, bigEndian(height));
    append(header, {8, 0, 0, 0, 0});
    chunk("IHDR", header);
    chunk("IDAT", packed);
    chunk("IEND", {});
    return file;
}

} // namespace

class TestImageFolder : public QObject
{
    Q_OBJECT

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }
    void readsPngJpegAndBmp();
    void mixesGreyAndColour();
    void knowsGreyPalettes();
    void readsSplits();
    void takesValidationForTest();
    void refusesOtherSizes();
    void refusesDamage_data();
    void refusesDamage();
    void refusesBombs();
    void survivesLinksAndOtherFiles();
    void stopsWhenCancelled();
    void readsThePersonPictures();

private:
    std::filesystem::path folder() const { return m_folder->path().toStdString(); }
    void write(const std::string &name, const Bytes &bytes) const
    {
        std::filesystem::create_directories((folder() / name).parent_path());
        put(folder() / name, bytes);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestImageFolder::readsPngJpegAndBmp()
{
    write("cat/0.png", encoded(colours(4, 3), "PNG"));
    write("cat/1.BMP", encoded(colours(4, 3), "BMP"));
    write("dog/0.jpg", encoded(colours(4, 3), "JPG", 100));
    write("dog/1.jpeg", encoded(colours(4, 3), "JPG", 100));
    const Result<DatasetPtr> opened = openDataset(folder());
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    const Dataset &set = **opened;
    QCOMPARE(set.kind, std::string("image-folder"));
    QCOMPARE(set.classNames, (std::vector<std::string>{"cat", "dog"}));
    QCOMPARE(set.classes, 2u);
    QCOMPARE(set.test.shape, (Shape{3, 4, 3}));
    QCOMPARE(set.test.type, DType::uint8);
    QCOMPARE(set.train.count + set.test.count, 4u);
    QVERIFY(set.division.find("one split") != std::string::npos);
    for (const Samples *split : {&set.train, &set.test}) {
        for (std::size_t i = 0; i < split->count; ++i) {
            const int tolerance = split->labels[i] == 1 ? 12 : 0;            // JPEG loses a little
            const auto pixel = split->sample(i).subspan((2 * 4 + 3) * 3, 3); // x 3, y 2
            QVERIFY(std::abs(pixel[0] - 30) <= tolerance);
            QVERIFY(std::abs(pixel[1] - 40) <= tolerance);
            QVERIFY(std::abs(pixel[2] - 30) <= tolerance);
        }
    }
}

void TestImageFolder::mixesGreyAndColour()
{
    write("test/a/0.png", encoded(greys(2, 2, 5), "PNG"));
    Result<DatasetPtr> opened = openDataset(folder());
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    QCOMPARE((*opened)->test.shape, (Shape{2, 2, 1}));
    QCOMPARE(*(*opened)->test.values, (Bytes{5, 6, 15, 16}));
    write("test/b/0.png", encoded(colours(2, 2).convertToFormat(QImage::Format_ARGB32), "PNG"));
    opened = openDataset(folder());
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    QCOMPARE((*opened)->test.shape, (Shape{2, 2, 3}));
    QCOMPARE(*(*opened)->test.values,
             (Bytes{5, 5, 5, 6, 6, 6, 15, 15, 15, 16, 16, 16, 0, 0, 30, 10, 0, 30, 0, 20, 30, 10, 20, 30}));
}

void TestImageFolder::knowsGreyPalettes()
{
    QImage image = greys(3, 2, 100).convertToFormat(QImage::Format_Indexed8);
    for (const char *format : {"PNG", "BMP"}) {
        const Bytes file = encoded(image, format);
        const Result<ImageSize> size = imageSize(file);
        QVERIFY2(size, format);
        QCOMPARE(size->channels, 1);
        Bytes pixels(6);
        QVERIFY(decodeImage(file, *size, pixels));
        QCOMPARE(pixels, (Bytes{100, 101, 102, 110, 111, 112}));
    }
    const Result<ImageSize> coloured =
        imageSize(encoded(colours(3, 2).convertToFormat(QImage::Format_Indexed8), "PNG"));
    QVERIFY(coloured);
    QCOMPARE(coloured->channels, 3);
}

void TestImageFolder::readsSplits()
{
    const Bytes picture = encoded(greys(2, 2, 0), "PNG");
    write("train/b/0.png", picture);
    write("train/c/0.png", picture);
    write("test/a/0.png", picture);
    write("test/c/0.png", picture);
    write("test/c/1.png", picture);
    write("val/b/0.png", picture);
    const Result<DatasetPtr> opened = openDataset(folder());
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    const Dataset &set = **opened;
    QCOMPARE(set.classNames, (std::vector<std::string>{"a", "b", "c"}));
    QCOMPARE(set.train.labels, (std::vector<std::int32_t>{1, 2}));
    QCOMPARE(set.test.labels, (std::vector<std::int32_t>{0, 2, 2}));
    QCOMPARE(set.calibration.labels, (std::vector<std::int32_t>{1}));
    QVERIFY(set.division.empty());
}

void TestImageFolder::takesValidationForTest()
{
    const Bytes picture = encoded(greys(2, 2, 0), "PNG");
    write("train/b/0.png", picture);
    write("validation/b/0.png", picture);
    write("validation/b/1.png", picture);
    const Result<DatasetPtr> opened = openDataset(folder());
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    QCOMPARE((*opened)->test.count, 2u);
    QCOMPARE((*opened)->calibration.count, 1u);
}

void TestImageFolder::refusesOtherSizes()
{
    write("a/0.png", encoded(greys(2, 2, 0), "PNG"));
    write("b/0.png", encoded(greys(3, 2, 0), "PNG"));
    const std::string message = refusal(folder());
    VERIFY_SAYS(message, "b/0.png' is 3×2 pixels");
    VERIFY_SAYS(message, "a/0.png' is 2×2");
}

void TestImageFolder::refusesDamage_data()
{
    QTest::addColumn<QString>("format");
    for (const char *format : {"PNG", "JPG", "BMP"})
        QTest::newRow(format) << QString::fromLatin1(format);
}

void TestImageFolder::refusesDamage()
{
    QFETCH(QString, format);
    const Bytes whole = encoded(colours(16, 16), format.toLatin1().constData());
    write("a/0.png", encoded(colours(16, 16), "PNG"));
    const std::string name = "b/bad." + format.toLower().toStdString();
    Bytes pixels(16 * 16 * 3);
    for (std::size_t n = 0; n < whole.size(); n += 1 + whole.size() / 500) {
        const std::span<const std::uint8_t> prefix = std::span(whole).first(n);
        const Result<ImageSize> size = imageSize(prefix);
        if (size) // a cut picture may still be one: JPEG fills up what is missing
            (void)decodeImage(prefix, *size, std::span(pixels).first(std::size_t(16 * 16 * size->channels)));
        Bytes flipped = whole;
        flipped[n] ^= std::uint8_t(1 << (n % 8));
        if (const Result<ImageSize> other = imageSize(flipped); other && other->width == 16 && other->height == 16)
            (void)decodeImage(flipped, *other, std::span(pixels).first(std::size_t(16 * 16 * other->channels)));
    }
    write(name, Bytes(whole.begin(), whole.begin() + 12));
    VERIFY_SAYS(refusal(folder()), name);
    write(name, text("this is no picture"));
    VERIFY_SAYS(refusal(folder()), "no PNG, JPEG or BMP");
    write(name, {});
    VERIFY_SAYS(refusal(folder()), name);
}

void TestImageFolder::refusesBombs()
{
    VERIFY_SAYS(imageSize(png(5000, 5000, {})).error().message, "more than the 4096 each way");
    QVERIFY(!imageSize(png(0x7fffffff, 0x7fffffff, {})));
    const Bytes zeros = compressed(Bytes(std::size_t(20) << 20), 15);
    const Bytes bomb = png(8, 8, zeros); // unpacks to 20 MiB for 72 bytes of pixels
    const Result<ImageSize> size = imageSize(bomb);
    QVERIFY(size);
    Bytes pixels(64);
    QVERIFY(decodeImage(bomb, *size, pixels)); // takes the pixels it needs and leaves the rest packed
    QCOMPARE(pixels, Bytes(64));
    const Bytes huge = png(4096, 4096, compressed(Bytes(1000), 15));
    const Result<ImageSize> claimed = imageSize(huge);
    QVERIFY(claimed);
    Bytes many(std::size_t(4096) * 4096);
    QVERIFY(!decodeImage(huge, *claimed, many));
}

void TestImageFolder::survivesLinksAndOtherFiles()
{
    write("a/0.png", encoded(greys(2, 2, 0), "PNG"));
    write("a/notes.txt", text("hello"));
    write("a/.hidden.png", text("not read"));
    write("b/0.png", encoded(greys(2, 2, 0), "PNG"));
    std::filesystem::create_directory(folder() / "empty");
    std::filesystem::create_directory_symlink(folder(), folder() / "b" / "loop.png");
    std::filesystem::create_directory_symlink("self", folder() / "self");
    const Result<DatasetPtr> opened = openDataset(folder());
    QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
    QCOMPARE((*opened)->classNames, (std::vector<std::string>{"a", "b"}));
    std::filesystem::create_symlink("gone.png", folder() / "b" / "broken.png");
    QVERIFY(openDataset(folder())); // a link to nothing is no picture
}

void TestImageFolder::stopsWhenCancelled()
{
    write("a/0.png", encoded(greys(2, 2, 0), "PNG"));
    std::stop_source stop;
    stop.request_stop();
    const Result<DatasetPtr> opened = openDataset(folder(), Progress(stop.get_token(), {}));
    QVERIFY(!opened);
    QCOMPARE(opened.error().code, ErrorCode::cancelled);
}

void TestImageFolder::readsThePersonPictures()
{
    ESPALIER_NEEDS_SHARED("data/tflm-samples/person.bmp");
    const Result<Bytes> file = readFile(sharedFolder() / "data/tflm-samples/person.bmp");
    QVERIFY(file);
    const Result<ImageSize> size = imageSize(*file);
    QVERIFY(size);
    QCOMPARE(*size, (ImageSize{96, 96, 1}));
    Bytes pixels(96 * 96);
    QVERIFY(decodeImage(*file, *size, pixels));
    QVERIFY(std::set<std::uint8_t>(pixels.begin(), pixels.end()).size() > 50);
}

QTEST_APPLESS_MAIN(TestImageFolder)
#include "tst_imagefolder.moc"
