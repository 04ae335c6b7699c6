"""compare_holdings.py BASE FOLDER [--fhir] [--outline]

Everything a gateway serves at BASE against the files that its archive, or the system behind it, was filled with:
studies, series and instances by QIDO-RS, metadata, every instance as it was stored, frames, rendered images,
and with --fhir the ImagingStudy resources. --outline: metadata are those of a server that leaves pixel data and
private elements out of them."""
import collections
import io
import os
import sys
import urllib.parse

import numpy
import pydicom
from dicomweb import AS_STORED, Report, differences, get, get_json, parts, value

OWN = {"00081190", "00080005", "FFFCFFFC"}  # of metadata themselves, of their character set, of files
NATIVE = {"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"}
REPORT = Report()
expect = REPORT.expect


def read_folder(folder):
    held = {}
    for name in sorted(os.listdir(folder)):
        dataset = pydicom.dcmread(os.path.join(folder, name))
        held[dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.SOPInstanceUID] = dataset
    return held


def compare_search(root, held):
    wanted = collections.defaultdict(lambda: collections.defaultdict(set))
    for study, series, instance in held:
        wanted[study][series].add(instance)
    studies = get_json(root + "/studies")
    expect({value(s, "0020000D") for s in studies} == set(wanted), "studies", len(studies), "of", len(wanted))
    expect(len(studies) == len(wanted), "a study is there twice")
    for item in studies:
        study = value(item, "0020000D")
        counts = (value(item, "00201206"), value(item, "00201208"))
        expect(counts == (len(wanted[study]), sum(map(len, wanted[study].values()))), study, "counts", counts)
        modalities = {str(d.get("Modality") or "") for ids, d in held.items() if ids[0] == study} - {""}
        expect(set(item.get("00080061", {}).get("Value", [])) == modalities, study, "modalities", item.get("00080061"))
    for study, series in wanted.items():
        found = {value(s, "0020000E") for s in get_json("%s/studies/%s/series" % (root, study))}
        expect(found == set(series), study, "series", found)
        for uid in series:
            path = "%s/studies/%s/series/%s/instances" % (root, study, uid)
            expect({value(i, "00080018") for i in get_json(path)} == series[uid], uid, "instances")


def compare_keys(root, held):
    """Each study is found by its own attributes, in UTF-8 and percent-encoded."""
    for ids, dataset in held.items():
        for key in ("PatientID", "PatientName", "StudyDate", "AccessionNumber"):
            text = str(dataset.get(key) or "").split("=")[0]
            if not text or set(text) & set("*?\\") or "Date" in key and not text.isdigit():
                continue
            found = get_json("%s/studies?%s=%s" % (root, key, urllib.parse.quote(text)))
            expect(ids[0] in {value(s, "0020000D") for s in found}, ids[0], "is not found by", key, text)


def compare_metadata(root, held):
    for study in {ids[0] for ids in held}:
        items = {value(i, "00080018"): i for i in get_json("%s/studies/%s/metadata" % (root, study))}
        for ids, dataset in held.items():
            if ids[0] != study or not expect(ids[2] in items, ids[2], "has no metadata"):
                continue
            wanted = {"%08X" % e.tag for e in dataset if e.tag.element}
            given = set(items[ids[2]]) - OWN
            if "--outline" in sys.argv:
                wanted = {tag for tag in wanted if tag in given or tag != "7FE00010" and int(tag[:4], 16) % 2 == 0}
            expect(wanted - OWN == given, ids[2], "elements", (wanted - OWN) ^ given)
            name = items[ids[2]].get("00100010", {}).get("Value", [{}])[0]
            names = [n for n in str(dataset.get("PatientName") or "").split("=")]
            expect(name.get("Alphabetic", "") == names[0], ids[2], name, names)


def compare_instance(url, dataset):
    status, kind, body = get(url, AS_STORED)
    if not expect(status == 200, url, status, body[:200]):
        return
    (_, content), = parts(kind, body)
    received = pydicom.dcmread(io.BytesIO(content))
    different = list(differences(dataset, received))
    expect(not different, url, different[:3])


def compare_frame(url, dataset):
    number = int(dataset.get("NumberOfFrames") or 1)
    status, kind, body = get("%s/frames/%d" % (url, number), 'multipart/related; type="application/octet-stream"')
    if not expect(status == 200, url, "frame", status, body[:200]):
        return
    (_, content), = parts(kind, body)
    if dataset.file_meta.TransferSyntaxUID in NATIVE and dataset.BitsAllocated >= 8:
        pixels = dataset.pixel_array if number == 1 else dataset.pixel_array[number - 1]
        if dataset.get("PlanarConfiguration"):
            pixels = numpy.moveaxis(pixels, -1, 0)
        wanted = pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()
        expect(content[:len(wanted)] == wanted, url, "frame differs", len(content), len(wanted))
    status, kind, body = get(url + "/rendered", "image/jpeg")
    expect(status == 200 and kind == "image/jpeg" and body[:2] == b"\xff\xd8", url, "rendered", status, body[:200])


def main():
    base, folder = sys.argv[1:3]
    root, held = base + "/dicomweb", read_folder(folder)
    compare_search(root, held)
    compare_keys(root, held)
    compare_metadata(root, held)
    for ids, dataset in held.items():
        url = "%s/studies/%s/series/%s/instances/%s" % (root, *ids)
        compare_instance(url, dataset)
        if "PixelData" in dataset:
            compare_frame(url, dataset)
    if "--fhir" in sys.argv:
        total = get_json(base + "/fhir/ImagingStudy?_count=0", "application/fhir+json")["total"]
        expect(total == len({ids[0] for ids in held}), "ImagingStudy", total)
    REPORT.finish()


main()
