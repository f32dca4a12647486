// SPDX-FileCopyrightText: 2026 The Espalier authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device/usb/usbinterface.h"

#include "device/discovery/permission.h"
#include "device/usb/usbcontext.h"

#include <libusb.h>

#include <optional>
#include <string>

namespace espalier::device {

namespace {

using End = UsbTransfer::End;
using std::chrono::milliseconds;

End endOf(int code)
{
    switch (code) {
    case LIBUSB_SUCCESS:
        return End::done;
    case LIBUSB_ERROR_PIPE:
        return End::stalled;
    case LIBUSB_ERROR_TIMEOUT:
        return End::timedOut;
    case LIBUSB_ERROR_NO_DEVICE:
        return End::gone;
    default:
        return End::failed;
    }
}

struct Endpoints
{
    std::uint8_t interface = 0, out = 0, in = 0;
};

std::optional<Endpoints> vendorEndpoints(libusb_device *device)
{
    libusb_config_descriptor *found = nullptr;
    if (libusb_get_active_config_descriptor(device, &found) != 0)
        return {};
    const std::unique_ptr<libusb_config_descriptor, void (*)(libusb_config_descriptor *)> config(
        found, libusb_free_config_descriptor);
    for (int i = 0; i < config->bNumInterfaces; ++i) {
        if (config->interface[i].num_altsetting < 1)
            continue;
        const libusb_interface_descriptor &each = config->interface[i].altsetting[0];
        if (each.bInterfaceClass != 0xff || each.bInterfaceSubClass != 0 || each.bInterfaceProtocol != 0)
            continue;
        Endpoints points{each.bInterfaceNumber, 0, 0};
        for (int k = 0; k < each.bNumEndpoints; ++k) {
            const libusb_endpoint_descriptor &point = each.endpoint[k];
            if ((point.bmAttributes & 3) == LIBUSB_TRANSFER_TYPE_BULK)
                (point.bEndpointAddress & LIBUSB_ENDPOINT_IN ? points.in : points.out) = point.bEndpointAddress;
        }
        if (points.in && points.out)
            return points;
    }
    return {};
}

class LibusbInterface : public UsbInterface
{
public:
    LibusbInterface(UsbContext context, libusb_device_handle *handle, Endpoints points)
        : m_context(std::move(context)), m_handle(handle), m_points(points)
    {
    }
    ~LibusbInterface() override
    {
        libusb_release_interface(m_handle, m_points.interface);
        libusb_close(m_handle);
    }

    UsbTransfer controlOut(std::uint8_t request, milliseconds deadline) override
    {
        return control(LIBUSB_ENDPOINT_OUT, request, {}, deadline);
    }
    UsbTransfer controlIn(std::uint8_t request, std::span<std::uint8_t> data, milliseconds deadline) override
    {
        return control(LIBUSB_ENDPOINT_IN, request, data, deadline);
    }
    UsbTransfer send(std::span<const std::uint8_t> data, milliseconds deadline) override
    {
        return bulk(m_points.out, const_cast<std::uint8_t *>(data.data()), data.size(), deadline); // only read
    }
    UsbTransfer receive(std::span<std::uint8_t> data, milliseconds deadline) override
    {
        return bulk(m_points.in, data.data(), data.size(), deadline);
    }
    void clearHalts() override
    {
        libusb_clear_halt(m_handle, m_points.in);
        libusb_clear_halt(m_handle, m_points.out);
    }

private:
    UsbTransfer control(std::uint8_t direction, std::uint8_t request, std::span<std::uint8_t> data,
                        milliseconds deadline)
    {
        const int count = libusb_control_transfer(
            m_handle, std::uint8_t(direction | LIBUSB_REQUEST_TYPE_VENDOR | LIBUSB_RECIPIENT_INTERFACE), request, 0,
            m_points.interface, data.data(), std::uint16_t(data.size()), unsigned(deadline.count()));
        return count < 0 ? UsbTransfer{endOf(count), 0} : UsbTransfer{End::done, std::size_t(count)};
    }
    UsbTransfer bulk(std::uint8_t endpoint, std::uint8_t *data, std::size_t bytes, milliseconds deadline)
    {
        int done = 0;
        const int code = libusb_bulk_transfer(m_handle, endpoint, data, int(bytes), &done, unsigned(deadline.count()));
        return {endOf(code), std::size_t(done)};
    }

    UsbContext m_context; // outlives the handle
    libusb_device_handle *m_handle;
    Endpoints m_points;
};

Error refused(int code)
{
    switch (code) {
    case LIBUSB_ERROR_ACCESS:
        return missingTool(std::string("the USB device may not be used by you: ") + installRules);
    case LIBUSB_ERROR_BUSY:
        return failed("the USB device is held by another program, perhaps picotool: end it and try again");
    case LIBUSB_ERROR_NO_DEVICE:
        return missingTool("the USB device has gone: plug the board in again");
    default:
        return failed(std::string("the USB device cannot be opened (") + libusb_strerror(code) +
                      "): plug the board in again");
    }
}

} // namespace

UsbContext makeUsbContext()
{
    libusb_context *context = nullptr;
    if (libusb_init(&context) != 0)
        context = nullptr;
    return {context, libusb_exit};
}

Result<std::unique_ptr<UsbInterface>> openUsbInterface(int bus, int address)
{
    UsbContext context = makeUsbContext();
    if (!context)
        return missingTool("this system's USB cannot be used: the library libusb does not start");
    libusb_device **list = nullptr;
    const ssize_t count = libusb_get_device_list(context.get(), &list);
    libusb_device_handle *handle = nullptr;
    int code = LIBUSB_ERROR_NO_DEVICE;
    std::optional<Endpoints> points;
    for (ssize_t i = 0; i < count; ++i) {
        if (libusb_get_bus_number(list[i]) != bus || libusb_get_device_address(list[i]) != address)
            continue;
        points = vendorEndpoints(list[i]);
        code = points ? libusb_open(list[i], &handle) : LIBUSB_ERROR_NOT_FOUND;
    }
    if (count >= 0)
        libusb_free_device_list(list, 1);
    if (code != 0)
        return refused(code);
    if (code = libusb_claim_interface(handle, points->interface); code != 0) {
        libusb_close(handle);
        return refused(code);
    }
    return std::unique_ptr<UsbInterface>(std::make_unique<LibusbInterface>(std::move(context), handle, *points));
}

} // namespace espalier::device
