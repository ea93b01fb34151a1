"""What kind of browser a session is in: just enough for its owner to know it again."""

_BROWSERS = (
    ("edg/", "edge"),
    ("edga/", "edge"),
    ("edgios/", "edge"),
    ("firefox/", "firefox"),
    ("fxios/", "firefox"),
    ("samsungbrowser/", "samsung"),
    ("chrome/", "chrome"),
    ("crios/", "chrome"),
    ("safari/", "safari"),
)
_SYSTEMS = (
    ("ipad", "ipad"),
    ("iphone", "iphone"),
    ("android", "android"),
    ("cros", "chromeos"),
    ("windows", "windows"),
    ("mac os", "mac"),
    ("linux", "linux"),
)
OTHER = "other"


def classify(user_agent: str) -> str:
    """Return a browser and a system, such as ``firefox/android``; never a version or a model."""
    text = user_agent.lower()
    browser = next((name for mark, name in _BROWSERS if mark in text), OTHER)
    system = next((name for mark, name in _SYSTEMS if mark in text), OTHER)
    return f"{browser}/{system}"
