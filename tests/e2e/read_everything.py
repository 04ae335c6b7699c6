"""read_everything.py BASE FOLDER [--dciodvfy]

Stores every file below FOLDER in an archive at BASE, but those in "broken" and "dicomdir"; then reads all that leaves it with pydicom: whole studies as
multipart and as a zip with DICOMDIR, in the encoding they are stored in and decoded, and metadata as XML beside
JSON. With --dciodvfy no object may leave with errors that it did not come with."""
import io
import os
import subprocess
import sys
import tempfile
import urllib.request
import xml.etree.ElementTree as ElementTree
import zipfile

import numpy
import pydicom.fileset
from dicomweb import AS_STORED, Report, differences, get, get_json, parts, value

DECODED = 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.1'
ZIP = "application/zip; transfer-syntax=*"
PLAIN = "1.2.840.10008.1.2.1"
READABLE = {"1.2.840.10008.1.2", PLAIN, "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.5"}
pydicom.fileset._PREFIXES.setdefault("ANNOTATION", "AN")  # newer than this pydicom
# Says that it is compressed, and is not encapsulated: nobody can tell how to decode it.
UNDECIDED = "SC_rgb_jpeg.dcm"
REPORT = Report()
expect = REPORT.expect


def store(root, folder):
    """{(study, instance): path} of what was taken; the first file of several with one UID."""
    stored = {}
    for top, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            path = os.path.join(top, name)
            if name.endswith((".tsv", ".md", ".txt")) or os.path.basename(top) in ("broken", "dicomdir"):
                continue
            with open(path, "rb") as file:
                request = urllib.request.Request(root + "/studies", file.read(), {"Content-Type": "application/dicom"})
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    code = answer.status
            except urllib.error.HTTPError as error:
                code = error.code
            expect(code in (200, 202, 400, 409), path, "store", code)
            if code in (200, 202):
                dataset = pydicom.dcmread(path, stop_before_pixels=True, force=True)
                stored.setdefault((str(dataset.StudyInstanceUID), str(dataset.SOPInstanceUID)), path)
    return stored


def same_pixels(stored, received):
    if "PixelData" not in stored or stored.file_meta.get("TransferSyntaxUID") not in READABLE:
        return True
    try:
        wanted = stored.pixel_array
    except Exception:  # what pydicom cannot decode as it was stored says nothing
        return True
    return numpy.array_equal(wanted, received.pixel_array)


def compare_study(root, study, stored):
    url = "%s/studies/%s" % (root, study)
    for accept in (AS_STORED, DECODED):
        status, kind, body = get(url, accept)
        if status == 406 and accept == DECODED:  # no decoder for one of them
            continue
        if not expect(status == 200, url, accept, status, body[:200]):
            continue
        received = [pydicom.dcmread(io.BytesIO(content)) for _, content in parts(kind, body)]
        expect({d.SOPInstanceUID for d in received} == set(stored), url, len(received), "of", len(stored))
        for dataset in received:
            original = pydicom.dcmread(stored[dataset.SOPInstanceUID], force=True)
            different = [d for d in differences(original, dataset) if accept == AS_STORED or d[0][:4] != "7FE0"]
            if accept == DECODED:
                odd = stored[dataset.SOPInstanceUID].endswith(UNDECIDED)
                expect(odd or dataset.file_meta.TransferSyntaxUID == PLAIN, url, dataset.file_meta.TransferSyntaxUID)
                expect(same_pixels(original, dataset), url, dataset.SOPInstanceUID, "other pixels")
                different = []
            expect(not different, url, stored[dataset.SOPInstanceUID], different[:3])


def compare_zip(root, study, stored):
    url = "%s/studies/%s" % (root, study)
    status, _, body = get(url, ZIP)
    if not expect(status == 200, url, "zip", status, body[:200]):
        return
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(io.BytesIO(body)).extractall(folder)
        files = pydicom.fileset.FileSet(os.path.join(folder, "DICOMDIR"))
        listed = {str(instance.load().SOPInstanceUID) for instance in files}
        expect(listed == set(stored), url, "DICOMDIR names", len(listed), "of", len(stored))


def xml_value(attribute):
    """The values of a DicomAttribute (PS3.19 A.1.2) in the form of DICOM JSON, numbers as text."""
    values = []
    for child in attribute:
        kind = child.tag.split("}")[-1]
        if kind == "Item":
            values.append(xml_item(child))
        elif kind == "PersonName":
            groups = {}
            for group in child:
                parts_of = {p.tag.split("}")[-1]: p.text or "" for p in group}
                order = ("FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix")
                groups[group.tag.split("}")[-1]] = "^".join(parts_of.get(p, "") for p in order).rstrip("^")
            values.append(groups)
        elif kind == "Value":
            values.append(child.text or "")
        else:
            values.append((kind, child.get("uri") or child.text))
    return values


def xml_item(item):
    return {a.get("tag"): (a.get("vr"), xml_value(a)) for a in item}


def json_item(item):
    found = {}
    for tag, member in item.items():
        values = []
        for one in member.get("Value", []):
            if isinstance(one, dict) and member["vr"] == "SQ":
                values.append(json_item(one))
            elif isinstance(one, dict):
                values.append({group: text.rstrip("^") for group, text in one.items()})
            elif one is not None:
                values.append(float(one) if isinstance(one, (int, float)) else one)
        values += [(kind, member[kind]) for kind in ("InlineBinary",) if kind in member]
        values += [("BulkData", member["BulkDataURI"])] if "BulkDataURI" in member else []
        found[tag] = (member["vr"], values)
    return found


def unequal(xml, json, path=""):
    for tag in sorted(set(xml) | set(json)):
        if tag not in xml or tag not in json:
            yield path + tag
            continue
        (vr, ours), (other, theirs) = xml[tag], json[tag]
        if vr != other:
            yield path + tag, vr, other
        if vr == "SQ":
            ours += [{}] * (len(theirs) - len(ours))
            theirs += [{}] * (len(ours) - len(theirs))
            for a, b in zip(ours, theirs):
                yield from unequal(a, b, path + tag + ".")
            continue
        if any(isinstance(one, float) for one in theirs):
            ours = [float(one) for one in ours if one != ""]
        ours, theirs = [o for o in ours if o != ""], [t for t in theirs if t != ""]
        if ours != theirs:
            yield path + tag, ours, theirs


def compare_metadata(root, study):
    url = "%s/studies/%s/metadata" % (root, study)
    items = {value(i, "00080018"): i for i in get_json(url)}
    status, kind, body = get(url, 'multipart/related; type="application/dicom+xml"')
    if not expect(status == 200, url, "XML", status, body[:200]):
        return
    documents = [ElementTree.fromstring(content) for _, content in parts(kind, body)]
    expect(len(documents) == len(items), url, len(documents), "documents for", len(items))
    for document in documents:
        given = xml_item(document)
        uid = given["00080018"][1][0]
        different = list(unequal(given, json_item(items[uid])))
        expect(not different, url, uid, different[:3])


def errors(path):
    done = subprocess.run(["dciodvfy", "-new", path], capture_output=True, timeout=60)
    return {line for line in done.stderr.decode("latin-1").splitlines() if line.startswith("Error")}


def compare_errors(root, stored):
    with tempfile.TemporaryDirectory() as folder:
        for (study, instance), path in stored.items():
            ids = value(get_json("%s/studies/%s/instances?SOPInstanceUID=%s" % (root, study, instance))[0], "00081190")
            _, kind, body = get(ids, AS_STORED)
            with open(os.path.join(folder, "object"), "wb") as file:
                file.write(parts(kind, body)[0][1])
            before, after = errors(path), errors(os.path.join(folder, "object"))
            new = set() if "Error - Dicom dataset read failed" in before else after - before
            expect(not new, path, sorted(new)[:3])


def main():
    root = sys.argv[1] + "/dicomweb"
    stored = store(root, sys.argv[2])
    for study in sorted({key[0] for key in stored}):
        of_study = {key[1]: path for key, path in stored.items() if key[0] == study}
        compare_study(root, study, of_study)
        compare_zip(root, study, of_study)
        compare_metadata(root, study)
    if "--dciodvfy" in sys.argv:
        compare_errors(root, stored)
    print(len(stored), "stored")
    REPORT.finish()


main()
