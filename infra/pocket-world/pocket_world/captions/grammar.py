"""Writes a caption that says what the given attributes say, and nothing that contradicts them."""

import random

from ..world.attributes import Attributes
from . import words as w


def caption(a: Attributes, r: random.Random) -> str:
    """One phrasing, short or long, of the attributes that are not None."""
    if a.scene is None:
        return ""
    text = {"street": _street, "robot": _robot, "shapes": _shapes}[a.scene](a, r)
    if r.random() < .35:
        own = {"street": w.STREET_FILLER, "robot": w.ROBOT_FILLER, "shapes": w.SHAPE_FILLER}[a.scene]
        parts = [text] + r.sample(own + w.FILLER, r.randint(1, 6))
        if r.random() < .3:
            r.shuffle(parts)
        text = " ".join(p if p.endswith(".") else p + "." for p in parts)
    return _style(text, r)


def canonical(a: Attributes) -> str:
    """The plain caption in which prompts of the world are listed."""
    if a.scene == "street":
        car = f", a {a.colour} car ahead" if a.car == "yes" else ""
        day = f"{a.weather} " if a.weather else ""
        side = f" with {a.side} on both sides" if a.side else ""
        return f"dashcam drive down a {day}street{side}, driving {a.speed or 'along'}{car}"
    if a.scene == "robot":
        return f"a robot arm moves a {a.colour} box to the {a.direction} on a shelf, {a.back} wall"
    speed = f" {a.speed}" if a.speed else ""
    return f"a {a.colour} {a.shape} moves {a.direction}{speed} on a {a.back} background"


def _style(text: str, r: random.Random) -> str:
    k = r.random()
    if k < .15:
        return text.lower().replace(",", "").replace(".", "")
    return text[:1].upper() + text[1:] if k < .7 else text.upper() if k > .985 else text


def _street(a: Attributes, r: random.Random) -> str:
    if r.random() < .2:
        return canonical(a)
    place = r.choice(("street", "road", "neighborhood street", "two lane neighborhood street", "suburban street", "lane", "avenue"))
    sentences: list[str] = []
    adjective = ""
    if a.weather:
        if r.random() < .5:
            adjective = r.choice(w.WEATHER[a.weather]) + " "
        else:
            sentences.append(r.choice(w.WEATHER_SENTENCE[a.weather]))
            if r.random() < .3:
                sentences.append(r.choice(w.WEATHER_SENTENCE[a.weather]))
    pace = " " + r.choice(w.SPEED[a.speed]) if a.speed else ""
    head = r.choice((f"first person view from a camera in a car driving{pace} down a {adjective}{place}", f"dashcam view of a {adjective}{place}, driving{pace}",
                     f"we drive{pace} along a {adjective}{place}", f"a car drives{pace} down a {adjective}{place}, seen from inside", f"driving{pace} down a {adjective}{place}",
                     f"a {adjective}{place} seen through the windshield, moving{pace}"))
    if a.side:
        s = r.choice(w.SIDE[a.side])
        tail = r.choice((f" with {s} on both sides", f" lined with {s}", f", {s} on the sides", f" past {s}", None))
        if tail:
            head += tail
        else:
            sentences.append(r.choice((f"There are {s} on both sides of the road.", f"{s.capitalize()} stand along the road.", f"On either side there are {s}.")))
    if a.car == "yes":
        c = r.choice(w.COLOUR[a.colour]) + " " if a.colour else ""
        head += r.choice((f", a {c}car ahead", f", following a {c}car", f" behind a {c}car", f", with a {c}vehicle in front", f", a {c}car in front of us"))
    elif a.car == "no" and r.random() < .3:
        sentences.append(r.choice(("The road ahead is empty.", "No other cars.", "There is no traffic.")))
    r.shuffle(sentences)
    return " ".join([head + ("." if sentences else "")] + sentences)


def _robot(a: Attributes, r: random.Random) -> str:
    c = r.choice(w.COLOUR[a.colour]) + " " if a.colour else ""
    thing = r.choice(("box", "box", "cube", "crate", "block", "package"))
    who = r.choice(("a robot arm", "a robotic arm", "the robot", "an industrial robot arm", "a mechanical arm", "a manipulator", "two robotic arms"))
    verb = r.choice(("moves", "carries", "slides", "picks up and moves", "pushes", "transports", "manipulates"))
    to = " " + r.choice(w.DIRECTION[a.direction][:3] if a.direction else ("",)) if a.direction else ""
    to = to.replace(" left", " to the left").replace("to the to the", "to the") if to in (" left", " right") and r.random() < .5 else to
    shelf = r.choice((" on a shelf", " along the shelf", " over a wooden shelf", ""))
    back = ""
    if a.back:
        b = r.choice(w.COLOUR[a.back])
        back = r.choice((f", {b} wall", f" in front of a {b} wall", f", {b} background", f" against a {b} backdrop", f". The wall behind is {b}", f" in a room with {b} walls"))
    return f"{who} {verb} a {c}{thing}{to}{shelf}{back}"


def _shapes(a: Attributes, r: random.Random) -> str:
    c = r.choice(w.COLOUR[a.colour]) + " " if a.colour else ""
    thing = r.choice(w.SHAPE[a.shape]) if a.shape else "shape"
    to = " " + r.choice(w.DIRECTION[a.direction]) if a.direction else ""
    pace = " " + r.choice(w.SPEED[a.speed]) if a.speed else ""
    verb = r.choice(("moves", "moving", "slides", "glides", "drifts", "travels", "floats"))
    if pace and r.random() < .4:
        move, pace = f"{verb}{pace}{to}", ""
    else:
        move = f"{verb}{to}{pace}"
    if not a.back:
        return f"a {c}{thing} {move}"
    b = r.choice(w.COLOUR[a.back])
    return r.choice((f"a {c}{thing} {move} on a {b} background", f"{b} background, a {c}{thing} {move}", f"a {c}{thing} {move} over a {b} backdrop",
                     f"on a plain {b} background a {c}{thing} {move}", f"a {c}{thing} {move}. The background is {b}", f"animation of a {c}{thing} that {move} across a {b} screen"))
