"""Writes the app's texts from Android's catalogue, the one source of both: strings.py"""

import pathlib
import re
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parents[2]
ANDROID = ROOT / "android/app/src/main/res"
IOS = ROOT / "ios/App/Resources"


def text(android):
    """Android's escapes and placeholders as those of a .strings file."""
    plain = re.sub(r"\\(.)", r"\1", android)
    placed = re.sub(r"%(\d+)\$s", r"%\1$@", plain)
    return placed.replace("\\", "\\\\").replace('"', '\\"')


def main():
    """One folder for each language."""
    for file in sorted(ANDROID.glob("values*/strings.xml")):
        language = file.parent.name.removeprefix("values").removeprefix("-") or "en"
        lines = [f'"{s.get("name")}" = "{text(s.text)}";' for s in xml.parse(file).getroot() if s.get("translatable") != "false"]
        folder = IOS / f"{language}.lproj"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "Localizable.strings").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
