"""Images written anew: upright, without place, time or maker, and in two smaller sizes.

Runs in a process of its own with little memory and time: what decodes strangers' images may die
alone.
"""

import resource
import signal
import warnings
from pathlib import Path

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

MOST_POINTS = 50_000_000
"""Above what any telephone takes; a small file can claim to be far more."""
PREVIEW = 1600
THUMBNAIL = 400
_MOST_SECONDS = 30
_MOST_MEMORY = 2 * 1024**3
_KEPT = frozenset({"transparency", "duration", "loop", "background", "disposal", "blend"})
_LARGEST_PROFILE = 4096


class Unreadable(Exception):
    """It is no image of that format, or one that is too large when it is unpacked."""


def prepare_process() -> None:
    """Limit the process in which images are read; ^C is for the one that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    Image.MAX_IMAGE_PIXELS = MOST_POINTS
    warnings.simplefilter("error", Image.DecompressionBombWarning)


def rewrite(source: Path, image_format: str, target: Path, preview: Path, thumbnail: Path) -> None:
    """Write the image, a preview and a thumbnail; raise `Unreadable` when that cannot be done.

    What takes longer than half a minute ends the process.
    """
    signal.alarm(_MOST_SECONDS)
    try:
        with Image.open(source, formats=[image_format]) as image:
            _check_size(image)
            _write_clean(image, image_format, target)
            image.seek(0)
            still = ImageOps.exif_transpose(image)
            _write_smaller(still, PREVIEW, preview)
            _write_smaller(still, THUMBNAIL, thumbnail)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, MemoryError) as error:
        raise Unreadable(type(error).__name__) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unreadable("too many points") from None
    finally:
        signal.alarm(0)


def _check_size(image: Image.Image) -> None:
    points = image.width * image.height
    frames: int = getattr(image, "n_frames", 1)
    if points > MOST_POINTS or points * frames > 4 * MOST_POINTS:
        raise Unreadable("too many points")


def _write_clean(image: Image.Image, image_format: str, target: Path) -> None:
    colours = image.info.get("icc_profile") or b""
    options: dict[str, object] = {
        # A profile of usual size says how colours are meant; a large one could say anything.
        "icc_profile": colours if len(colours) <= _LARGEST_PROFILE else b"",
    }
    if image_format == "JPEG":
        upright = _without_info(ImageOps.exif_transpose(image))
        if upright.mode not in {"RGB", "L"}:
            upright = upright.convert("RGB")
        upright.save(target, "JPEG", quality=90, progressive=True, **options)
        return
    frames = [
        _without_info(ImageOps.exif_transpose(frame)) for frame in ImageSequence.Iterator(image)
    ]
    if len(frames) > 1:
        options |= {"save_all": True, "append_images": frames[1:]}
    if image_format == "WEBP":
        options["quality"] = 90
    frames[0].save(target, image_format, **options)


def _without_info(image: Image.Image) -> Image.Image:
    """Return a copy that tells nothing but its points (R8: no place in a picture)."""
    copy = image.copy()
    copy.info = {key: value for key, value in image.info.items() if key in _KEPT}
    return copy


def _write_smaller(image: Image.Image, edge: int, target: Path) -> None:
    has_alpha = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
    small = image.convert("RGBA" if has_alpha else "RGB")
    small.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    small.info = {}
    small.save(target, "WEBP", quality=80)
