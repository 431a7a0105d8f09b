"""Named colours (sRGB bytes) and the colours that weather gives to sky, ground and road."""

RGB = tuple[int, int, int]

COLOURS: dict[str, RGB] = {
    "red": (214, 48, 49), "green": (39, 174, 96), "blue": (41, 98, 214), "yellow": (241, 196, 15),
    "orange": (235, 125, 30), "purple": (142, 68, 173), "white": (236, 240, 241), "black": (30, 30, 34),
}
SKY: dict[str, RGB] = {"sunny": (128, 192, 240), "rainy": (112, 122, 134), "snowy": (206, 214, 222), "night": (16, 20, 44)}
GROUND: dict[str, RGB] = {"sunny": (96, 160, 72), "rainy": (70, 100, 66), "snowy": (230, 234, 238), "night": (24, 38, 34)}
ROAD: dict[str, RGB] = {"sunny": (96, 96, 100), "rainy": (58, 60, 68), "snowy": (146, 150, 158), "night": (38, 38, 46)}

BOX_COLOURS = ("red", "green", "blue", "yellow")
WALL_COLOURS = ("white", "blue", "orange")
CAR_COLOURS = ("red", "blue", "white", "yellow")
SHAPE_COLOURS = ("red", "green", "blue", "yellow", "orange", "purple")
BACK_COLOURS = ("white", "black", "blue", "yellow")


def shade(colour: RGB, k: float) -> RGB:
    """The colour times k, per channel."""
    return tuple(max(0, min(255, round(c * k))) for c in colour)  # type: ignore[return-value]


def mix(a: RGB, b: RGB, k: float) -> RGB:
    """a at k = 0, b at k = 1."""
    return tuple(round(x + (y - x) * k) for x, y in zip(a, b))  # type: ignore[return-value]


def wall(name: str) -> RGB:
    """The muted tone of a wall behind the robot."""
    return mix((70, 70, 70), COLOURS[name], 0.62)


def backdrop(name: str) -> RGB:
    """The muted tone of the plane behind a moving shape."""
    return mix((100, 100, 100), COLOURS[name], 0.8)
