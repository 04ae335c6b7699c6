#!/usr/bin/python3
"""Compares our DICOM JSON with the model of pydicom, element by element.

Usage: compare_pydicom.py CORPUS JSON_FOLDER
JSON_FOLDER holds, for each file of the corpus, its path with the first '/' as '__' and '.json' behind. Prints how often each
documented difference occurs and every other difference; exit code 1 when there is any of the latter.

Documented differences (ours / pydicom):
  charset        (0008,0005) says ISO_IR 192, since the text is UTF-8 (PS3.18 F.2) / the file's value
  group length   left out (PS3.18 F.2.2) / present
  bulk           BulkDataURI for pixel data and long binary values / InlineBinary
  empty sequence only "vr" (PS3.18 F.2.5) / "Value": []
  empty group    a PN object without empty component groups (PS3.18 F.2.2) / with them
  null           null for an empty value among others / "" or omitted
  padding        blanks at the end of each value, and around AE, are gone / only at the end of the whole value
  float32        FL with the digits that a 32-bit number has / those of the 64-bit number it becomes
  text number    the digits of the file; a string where it is no number / a float, or an exception
  private VR     UN, a private attribute without VR in the file / the VR of pydicom's private dictionary
  choice         US, SS, OB or OW as the data set decides / "US or SS" with a number, or with bytes
  lut            the first number of a LUT descriptor as it is / made positive
  long number    SV and UV beyond 2**53 as strings / as numbers
  undeclared     undeclared bytes as UTF-8 where they are UTF-8 / as Latin-1
  kanji          decoded through each escape sequence / escapes or replacement characters left
  cut            elements that a truncated file holds partly are left out / partly there
  not a sequence UN with the bytes, where the value holds no items / SQ of no sense, or an exception
  prefix         a data set without preamble that has the letters DICM in its bytes is read from its start / from there
  late UN        UN that pydicom meets above 64 KiB: the dictionary's VR / UN
  refused        pydicom raises an exception for this element or file
"""
import base64
import json
import math
import os
import struct
import sys
import warnings
from collections import Counter

import pydicom
from pydicom import config
from pydicom.datadict import private_dictionaries  # noqa: F401  (fails early on a pydicom without it)

warnings.simplefilter("ignore")
config.convert_wrong_length_to_UN = True
classes = Counter()
faults = []


def note(name):
    classes[name] += 1


def fault(path, why, ours, theirs):
    faults.append(f"{path}: {why}: ours {str(ours)[:160]!r}, pydicom {str(theirs)[:160]!r}")


def strip(value):
    return value.strip(" \0") if isinstance(value, str) else value


def same_text(path, ours, theirs, dataset):
    if ours == theirs:
        return True
    if (ours is None and theirs in (None, "")) or (ours is None and strip(theirs) == ""):
        note("null")
        return True
    if isinstance(ours, str) and isinstance(theirs, str):
        if strip(ours) == strip(theirs) or [x.rstrip() for x in ours.split("=")] == [x.rstrip() for x in theirs.split("=")]:
            note("padding")
            return True
        try:
            if theirs.encode("latin-1").decode("utf-8").rstrip(" \0") == ours:
                note("undeclared")
                return True
        except (UnicodeDecodeError, UnicodeEncodeError):
            pass
        if "\x1b" in theirs or "\ufffd" in theirs:
            note("kanji")
            return True
    return False


def same_number(vr, ours, theirs):
    if ours == theirs:
        return True
    if vr == "FL" and isinstance(ours, (int, float)) and struct.pack("<f", ours) == struct.pack("<f", theirs):
        note("float32")
        return True
    if vr in ("FL", "FD") and isinstance(ours, str) and not math.isfinite(theirs):
        return {"NaN": math.isnan(theirs), "Infinity": theirs == math.inf, "-Infinity": theirs == -math.inf}[ours]
    if vr in ("SV", "UV") and isinstance(ours, str) and int(ours) == theirs:
        note("long number")
        return True
    if vr in ("DS", "IS"):
        if ours is None and theirs in (None, ""):
            note("null")
            return True
        try:
            if float(ours) == float(theirs):
                note("text number")
                return True
        except (TypeError, ValueError):
            pass
    return False


def compare_value(path, vr, ours, theirs, element, dataset):
    if vr == "PN":
        theirs_kept = {k: v for k, v in (theirs or {}).items() if v} if isinstance(theirs, dict) else theirs
        if theirs_kept != theirs:
            note("empty group")
        if not theirs_kept and ours is None:
            return
        if isinstance(ours, dict) and isinstance(theirs_kept, dict):
            if ours.keys() == theirs_kept.keys() and all(same_text(path, ours[k], theirs_kept[k], dataset) for k in ours):
                return
    elif vr in ("FL", "FD", "DS", "IS", "SV", "UV", "US", "SS", "UL", "SL"):
        if same_number(vr, ours, theirs):
            return
        if element.tag in pydicom.dataelem._LUT_DESCRIPTOR_TAGS and theirs - ours == 65536:
            note("lut")
            return
    elif same_text(path, ours, theirs, dataset):
        return
    fault(path, vr, ours, theirs)


def little_endian(element, dataset, raw):
    unit = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}.get(element.VR, 1)
    if dataset.is_little_endian or unit == 1:
        return raw
    return b"".join(raw[i:i + unit][::-1] for i in range(0, len(raw), unit))


def compare_element(path, ours, element, theirs, dataset, cut):
    vr = theirs["vr"]
    if " or " in vr and ours["vr"] in vr:
        note("choice")
        return
    if ours["vr"] != vr:
        if ours["vr"] == "UN" and element.tag.is_private:
            note("private VR")
        elif vr == "UN" and len(element.value or b"") >= 0xFFFF:
            note("late UN")
        elif ours["vr"] == "UN" and vr == "SQ" and "InlineBinary" in ours:
            note("not a sequence")
        else:
            fault(path, "vr", ours["vr"], vr)
        return
    if "BulkDataURI" in ours:
        uri = "/bulkdata/" + path.split(" ", 1)[1]
        if not ours["BulkDataURI"].endswith(uri):
            fault(path, "uri", ours["BulkDataURI"], uri)
        note("bulk")
        return
    if "InlineBinary" in ours or "InlineBinary" in theirs:
        raw = base64.b64decode(theirs.get("InlineBinary", ""))
        if base64.b64decode(ours.get("InlineBinary", "")) != little_endian(element, dataset, raw):
            fault(path, "binary", ours, theirs)
        return
    if vr == "SQ":
        return compare_items(path, ours, element, dataset, cut)
    if element.tag == 0x00080005:
        note("charset")
        if ours.get("Value", ["ISO_IR 192"]) != ["ISO_IR 192"]:
            fault(path, "charset", ours, theirs)
        return
    a, b = ours.get("Value", []), theirs.get("Value", [])
    if not a and all(strip(x) in ("", None) or x == {"Alphabetic": ""} for x in b):
        if b:
            note("padding")
        return
    if len(a) > len(b) and all(x is None for x in a[len(b):]):
        note("null")
        a = a[:len(b)]
    if len(a) != len(b):
        return fault(path, "count", a, b)
    for x, y in zip(a, b):
        compare_value(path, vr, x, y, element, dataset)


def compare_items(path, ours, element, dataset, cut):
    items = ours.get("Value", [])
    if not items and not element.value:
        note("empty sequence")
        return
    if len(items) != len(element.value):
        return note("cut") if cut else fault(path, "items", len(items), len(element.value))
    for i, (item, theirs) in enumerate(zip(items, element.value)):
        theirs.is_little_endian = dataset.is_little_endian
        compare_dataset(f"{path}/{i}", item, theirs, cut)


def compare_dataset(path, ours, dataset, cut):
    seen = set()
    joint = "" if path.endswith(" ") else "/"
    for tag in sorted(dataset.keys()):
        key = f"{int(tag):08X}"
        here = f"{path}{joint}{key}"
        if tag.element == 0:
            note("group length")
            continue
        try:
            element = dataset[tag]
            theirs = {"vr": "SQ"} if element.VR == "SQ" else element.to_json_dict(None, 1 << 40)
        except Exception as error:  # noqa: BLE001
            note("not a sequence" if "No tag to read" in str(error) else "refused")
            seen.add(key)
            continue
        seen.add(key)
        if key not in ours:
            if cut:
                note("cut")
            else:
                fault(here, "missing", None, theirs)
            continue
        compare_element(here, ours[key], element, theirs, dataset, cut)
    for key in ours.keys() - seen:
        if cut:
            note("cut")
        else:
            fault(f"{path}{joint}{key}", "extra", ours[key], None)
    if list(ours) != sorted(ours):
        fault(path, "order", list(ours), None)


def main(corpus, folder):
    compared = 0
    for name in sorted(os.listdir(folder)):
        relative = name[:-len(".json")].replace("__", "/", 1)
        path = os.path.join(corpus, relative)
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            text = file.read()
        ours = json.loads(text.replace("\x01", ""), parse_constant=lambda c: fault(relative, "constant", c, None))
        try:
            dataset = pydicom.dcmread(path, force=True)
        except Exception:  # noqa: BLE001
            note("refused")
            continue
        if relative == "broken/no_preamble_dicm_in_data":
            note("prefix")
            continue
        cut = any(word in relative for word in ("truncated", "too_short"))
        compare_dataset(relative + " ", ours, dataset, cut)
        compared += 1
    for name, count in sorted(classes.items()):
        print(f"{count:7} {name}")
    print(f"{compared} files compared, {len(faults)} undocumented differences")
    for line in faults[:60]:
        print("  " + line)
    return 1 if faults or compared == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
