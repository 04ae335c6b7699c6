#!/usr/bin/python3
"""Writes render_expectations.tsv: what frames of the shared corpus look like as 8-bit images, computed with numpy.

    make_render_expectations.py CORPUS/dicom > render_expectations.tsv

A line: file, frame (from 1), window (center,width,function of the object or request; '-': smallest to largest
value), width, height, channels, mean of all samples, then probes "index=value". Independent of the gateway: pixels
come from pydicom, the formulas from PS3.3 C.11.2.1.2 and C.7.6.3.1.
"""
import sys

import numpy as np
import pydicom

PROBES = 24
CASES = [  # file, frame, window of the request or None
    ("modality/CT_small.dcm", 1, None),
    ("modality/CT_small.dcm", 1, (40, 400, "linear")),
    ("modality/CT_small.dcm", 1, (40, 400, "linear-exact")),
    ("modality/CT_small.dcm", 1, (40, 400, "sigmoid")),
    ("modality/MR_small.dcm", 1, None),
    ("ts/MR_small_bigendian.dcm", 1, None),
    ("ts/CTImage_LittleEndianImplicit.dcm", 1, None),
    ("series_mr16/MR08.dcm", 1, None),
    ("modality/dx_image.dcm", 1, None),
    ("modality/NM-MONO2-16-13x-heart", 7, None),
    ("modality/emri_small.dcm", 3, None),
    ("modality/rtdose.dcm", 5, None),
    ("modality/pt_sample.dcm", 1, None),
    ("modality/seg_image_ct_binary_single_frame.dcm", 1, None),
    ("ts/liver_nonbyte_aligned.dcm", 2, None),
    ("modality/examples_rgb_color.dcm", 1, None),
    ("modality/examples_palette.dcm", 1, None),
    ("ts/TestPattern_Palette.dcm", 1, None),
    ("ts/OBXXXX1A_rle_2frame.dcm", 2, None),
    ("ts/YBR_FULL-RLE.dcm", 1, None),
    ("ts/SC_rgb_rle_16bit.dcm", 1, None),
    ("ts/SC_rgb_small_odd.dcm", 1, None),
    ("modality/vlut_04.dcm", 1, None),
    ("modality/mlut_18.dcm", 1, None),
]


def table(item, values, descriptor="LUTDescriptor", data="LUTData"):
    entries, first, bits = [int(x) for x in item[descriptor].value]
    raw = item[data].value
    packed = isinstance(raw, bytes) and bits <= 8 and len(raw) < 2 * (entries or 65536)
    lut = np.frombuffer(raw, "u1" if packed else "<u2") if isinstance(raw, bytes) else np.asarray(raw)
    index = np.clip(np.rint(values) - first, 0, (entries or 65536) - 1).astype(int)
    return lut[index].astype(float), bits


def windowed(x, center, width, function):
    if function == "sigmoid":
        return 255 / (1 + np.exp(-4 * (x - center) / width))
    if function == "linear-exact":
        return np.clip(((x - center) / width + 0.5) * 255, 0, 255)
    return np.clip(((x - (center - 0.5)) / (width - 1) + 0.5) * 255, 0, 255)


def first(value):
    return float(value[0] if isinstance(value, pydicom.multival.MultiValue) else value)


def stored(ds, pixels):
    """pydicom leaves what lies above the high bit, and does not extend the sign."""
    if ds.BitsStored == ds.BitsAllocated or ds.BitsAllocated > 16 or pixels.dtype.kind == "f":
        return pixels
    mask = (1 << ds.BitsStored) - 1
    x = pixels.astype(np.int64) & mask
    return np.where(x > mask >> 1, x - mask - 1, x) if ds.PixelRepresentation else x


def grey(ds, pixels, window):
    x = stored(ds, pixels).astype(float)
    if "ModalityLUTSequence" in ds:
        x, _ = table(ds.ModalityLUTSequence[0], x)
    else:
        x = x * float(ds.get("RescaleSlope", 1)) + float(ds.get("RescaleIntercept", 0))
    said = window or None
    if not said and "WindowCenter" in ds:
        said = (first(ds.WindowCenter), first(ds.WindowWidth), "linear")
    if said:
        y = windowed(x, *said)
    elif "VOILUTSequence" in ds:
        y, bits = table(ds.VOILUTSequence[0], x)
        y = y * 255 / (2**bits - 1)
    elif ds.BitsStored == 1:
        y = x * 255
    else:
        y = (x - x.min()) / max(x.max() - x.min(), 1) * 255
        if "ModalityLUTSequence" in ds:  # the range of the table
            lut = table(ds.ModalityLUTSequence[0], np.arange(-32768, 65536))[0]
            y = (x - lut.min()) / (lut.max() - lut.min()) * 255
    y = np.floor(y + 0.5)
    if ds.PhotometricInterpretation == "MONOCHROME1":
        y = 255 - y
    return y, said


def palette(ds, pixels):
    out = []
    for color in ("Red", "Green", "Blue"):
        v, bits = table(ds, pixels, color + "PaletteColorLookupTableDescriptor", color + "PaletteColorLookupTableData")
        lut_most = v.max()
        out.append(np.floor(v / 256) if bits > 8 and lut_most > 255 else v)
    return np.stack(out, axis=-1)


def color(ds, pixels):
    x = pixels.astype(float)
    if ds.BitsStored > 8:
        x = np.floor(x / 2 ** (ds.BitsStored - 8))
    if ds.PhotometricInterpretation == "YBR_FULL":
        y, cb, cr = x[..., 0], x[..., 1] - 128, x[..., 2] - 128
        x = np.stack([y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb], axis=-1)
        x = np.clip(np.floor(x + 0.5), 0, 255)
    return x


def main(corpus):
    print("# made by make_render_expectations.py")
    for path, frame, window in CASES:
        ds = pydicom.dcmread(f"{corpus}/{path}")
        pixels = ds.pixel_array
        if int(ds.get("NumberOfFrames", 1) or 1) > 1:
            pixels = pixels[frame - 1]
        said = None
        if ds.PhotometricInterpretation.startswith("MONOCHROME"):
            image, said = grey(ds, pixels, window)
        elif ds.PhotometricInterpretation == "PALETTE COLOR":
            image = palette(ds, pixels)
        else:
            image = color(ds, pixels)
        flat = image.reshape(-1)
        step = max(len(flat) // PROBES, 1)
        probes = [f"{i}={int(flat[i])}" for i in range(step // 2, len(flat), step)][:PROBES]
        text = "-" if not window else ",".join(str(x) for x in window)
        channels = 1 if image.ndim == 2 else 3
        print("\t".join([path, str(frame), text, str(image.shape[1]), str(image.shape[0]), str(channels),
                         f"{flat.mean():.3f}", " ".join(probes)]))


if __name__ == "__main__":
    main(sys.argv[1])
