"""Content types by file extension. A table of our own: the platform's differs from machine to machine."""

from __future__ import annotations

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"
BINARY = "application/octet-stream"

BY_EXTENSION = {
    "7z": "application/x-7z-compressed",
    "aac": "audio/aac",
    "avif": "image/avif",
    "bin": BINARY,
    "bmp": "image/bmp",
    "css": "text/css; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "eot": "application/vnd.ms-fontobject",
    "events": "text/event-stream",
    "flac": "audio/flac",
    "gif": "image/gif",
    "gz": "application/gzip",
    "htm": "text/html; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "ico": "image/vnd.microsoft.icon",
    "ics": "text/calendar; charset=utf-8",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "json": JSON,
    "jsonld": "application/ld+json",
    "jsonl": "application/x-ndjson",
    "md": "text/markdown; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "ndjson": "application/x-ndjson",
    "ogg": "audio/ogg",
    "otf": "font/otf",
    "pdf": "application/pdf",
    "png": "image/png",
    "rtf": "application/rtf",
    "svg": "image/svg+xml",
    "tar": "application/x-tar",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "toml": "application/toml",
    "ttf": "font/ttf",
    "txt": TEXT,
    "vtt": "text/vtt; charset=utf-8",
    "wasm": "application/wasm",
    "wav": "audio/wav",
    "weba": "audio/webm",
    "webm": "video/webm",
    "webp": "image/webp",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "xml": "application/xml",
    "yaml": "application/yaml",
    "yml": "application/yaml",
    "zip": "application/zip",
}


def media_type(file: str) -> str:
    """The content type of a file by its name; bytes of no known kind where the extension says nothing."""
    return BY_EXTENSION.get(file.rpartition(".")[2].lower(), BINARY)


def extension(content_type: str) -> str:
    """The way back, for naming a new body file: `application/json; charset=utf-8` → `json`."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind.endswith("+json"):
        return "json"
    if kind.endswith("+xml") and kind != "image/svg+xml":
        return "xml"
    usual = {"text/plain": "txt", "application/json": "json", "text/html": "html", "image/jpeg": "jpg"}
    if kind in usual:
        return usual[kind]
    return next((name for name, full in BY_EXTENSION.items() if full.partition(";")[0] == kind), "bin")
